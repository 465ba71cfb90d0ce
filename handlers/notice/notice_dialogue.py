"""Writing a notice in a private chat, a question at a time. It can be left for anything else and taken up again.

While a question is open (half an hour), whatever is typed is its answer, unless it is plainly a command: a word with a
number, or alone. 上一步 goes back, 取消 drops the draft, 写通知 takes up what was left.
"""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import delete, select

from handlers.context import Context
from handlers.message import Incoming, Kind, Replies, Reply
from handlers.notice import (
    issuing,
    notice_asides,
    notice_drafting,
    notice_passing,
    notice_questions,
    notice_showing,
    notice_steps,
)
from handlers.notice.notice_asides import Aside
from handlers.notice.notice_drafting import Writer
from handlers.notice.notice_steps import FIX, Said
from handlers.orders import MENTION, parse
from handlers.ticket import case
from handlers.wording import notice_dialogue as wording
from handlers.wording import notice_talk as talk
from handlers.wording import notice_words as patterns
from storage import persons, shifts
from storage.deployment import Question
from storage.notices import Notice, NoticeKind, NoticeState
from storage.people import Unit

ASKED = "notice"  # a question
OPEN_FOR = timedelta(minutes=30)
TAKEN_UP_WITHIN = timedelta(days=3)
ANSWERS = frozenset({Kind.TEXT, Kind.IMAGE, Kind.VOICE, Kind.LINK})
_ORGANISATION, _NO_ORGANISATION = re.compile(wording.ORGANISATION), re.compile(wording.NO_ORGANISATION)
WORDS = frozenset({"text", f"{FIX}text"})  # steps at which a sentence may begin like a command


def begin(ctx: Context, writer: Writer, kind: str = NoticeKind.ORDINARY) -> Replies:
    """写通知 alone: takes up what was left, or asks the first question of a new one. 紧急通知 alone says the kind."""
    left = _left(ctx, writer)
    if left is not None and left.asks is not None:
        resumed = wording.RESUMED.format(number=left.number)
        return [Reply(f"{resumed}\n{_ask(ctx, writer, left, left.asks)}")]
    unit = issuing.drafting_unit(writer.posts, ctx.db)
    if unit is None:
        return [Reply(no_unit(ctx, writer))]
    if kind == NoticeKind.ORDINARY:
        return [Reply(_ask(ctx, writer, notice_drafting.open_notice(writer, unit), "kind"))]
    notice = notice_drafting.open_notice(writer, issuing.drafting_unit(writer.posts, ctx.db, kind) or unit, kind=kind)
    begun = wording.BEGUN.format(kind=patterns.KINDS[kind], number=notice.number, unit=unit.name)
    return [Reply(f"{begun}\n{_ask(ctx, writer, notice, 'text')}")]


def no_unit(ctx: Context, writer: Writer) -> str:
    """Why there is nobody to write to."""
    several = issuing.units_proposed_to(ctx.db, writer.posts)
    estates = [number for unit in several for number in issuing.proposers_estates(writer.posts, unit)]
    if not estates:
        return wording.NO_UNIT
    return wording.WHICH_UNIT.format(estate=ctx.db.get_one(Unit, estates[0]).name)


def _left(ctx: Context, writer: Writer) -> Notice | None:
    mine = select(Notice).where(
        Notice.author_id == writer.staff.id,
        Notice.state == NoticeState.DRAFT,
        Notice.asks.is_not(None),
        Notice.created_at >= ctx.now - TAKEN_UP_WITHIN,
    )
    return ctx.db.scalars(mine.order_by(Notice.id.desc()).limit(1)).first()


def _ask(ctx: Context, writer: Writer, notice: Notice, step: str) -> str:
    """Remembers what is asked, and answers with the question."""
    notice.asks = step
    until = ctx.now + OPEN_FOR
    data = {"notice": notice.id}
    case.ask(ctx, ctx.who.account.id, ctx.address, ASKED, ticket=None, until=until, data=data)
    persons.attend(ctx.db, ctx.who.account, until)
    if not step.startswith(FIX):
        return notice_questions.question(writer, notice, step)
    field = step.removeprefix(FIX)
    if field == "source":
        sentence = notice_questions.question(writer, notice, field)
    else:
        wrong = notice_drafting.problems(writer, notice)
        sentence = next((problem.sentence for problem in wrong if problem.field == field), "")
    return wording.MISSING.format(sentence=sentence, number=notice.number)


def finish(ctx: Context, writer: Writer, notice: Notice, first: str = "") -> Replies:
    """Asks for the first thing that is missing; else shows the preview, or passes it on to whoever decides."""
    wrong = notice_drafting.problems(writer, notice)
    if wrong:
        asked = _ask(ctx, writer, notice, f"{FIX}{wrong[0].field}")
        return [Reply(f"{first}\n{asked}" if first else asked)]
    done(ctx, notice)
    unit = ctx.db.get_one(Unit, notice.unit_id)
    if not issuing.may_issue(writer.posts, unit, notice.kind):
        return notice_passing.pass_on(writer, notice)
    return notice_showing.shown(writer, notice, first)


def done(ctx: Context, notice: Notice) -> None:
    """Nothing is asked about it any more."""
    notice.asks = None
    mine = Question.account_id.in_(ctx.mine), Question.kind == ASKED
    ctx.db.execute(delete(Question).where(*mine), execution_options={"synchronize_session": "fetch"})


# --- answers


def answered(incoming: Incoming, ctx: Context) -> Replies | None:
    """What was said while a question about a draft is open; None where it is meant for something else."""
    if not incoming.private or ctx.group is not None or incoming.kind not in ANSWERS:
        return None
    if not ctx.who.is_staff or not ctx.who.is_attentive(ctx.now):
        return None
    asked = case.asked(ctx, ASKED)
    writer = notice_drafting.writer_of(ctx)
    notice = ctx.db.get(Notice, asked.data["notice"], with_for_update=True) if asked is not None else None
    if writer is None or notice is None:
        return None
    if notice.asks is None or notice.state != NoticeState.DRAFT or notice.author_id != writer.staff.id:
        done(ctx, notice)
        return None
    return _answer(incoming, ctx, writer, notice, notice.asks)


def _answer(incoming: Incoming, ctx: Context, writer: Writer, notice: Notice, step: str) -> Replies | None:
    if (step in WORDS and _begins_anew(incoming, ctx, notice)) or _begins_another(incoming):
        return None
    said = _said(incoming, ctx, step)
    aside = notice_asides.heard(writer, notice, step, said)
    if aside is not None:
        return [Reply(_aside(ctx, writer, notice, step, aside))]
    if incoming.kind is Kind.TEXT and _is_aside(ctx, step):
        return None
    if step.removeprefix(FIX) == "source" and not _may_be_a_source(said):
        return _no_source(ctx, writer, notice, step)
    if step.startswith(FIX):
        return _mend(ctx, writer, notice, step.removeprefix(FIX), said)
    keeps = notice_asides.keeps(writer, notice, step, said)
    stays = None if keeps else notice_steps.take(writer, notice, step, said)
    if stays is not None:
        _ask(ctx, writer, notice, step)
        return [Reply(stays)]
    heard = f"{wording.VOICE_HEARD.format(text=said.text)}\n" if step == "text" and said.voice_id is not None else ""
    written = step == "kind" and notice_questions.given(writer, notice, "text")  # only the kind was wanted
    behind = notice_steps.following(writer, notice, "text" if written else step)
    if behind is not None:
        return [Reply(heard + _ask(ctx, writer, notice, behind))]
    return finish(ctx, writer, notice)


def _may_be_a_source(said: Said) -> bool:
    """有点长, 领导还没看 and 老人看得懂吗 are nobody's name."""
    if not said.word or said.word in patterns.NONE or re.search(r"\d", said.word):
        return True
    return bool(_ORGANISATION.search(said.word)) and _NO_ORGANISATION.search(said.word) is None


def _no_source(ctx: Context, writer: Writer, notice: Notice, step: str) -> Replies | None:
    """The draft is kept and asked about once more, unless something broken was told of."""
    if ctx.reading.parts and ctx.reading.band == "high":
        return None
    _ask(ctx, writer, notice, step)
    question = notice_questions.question(writer, notice, "source")
    return [Reply(wording.NO_SOURCE_YET.format(number=notice.number, question=question))]


def _said(incoming: Incoming, ctx: Context, step: str) -> Said:
    media_id = case.photo_id(ctx, incoming.media)
    text = MENTION.sub("", incoming.text).strip()
    if step in WORDS and (order := parse(ctx.words)) is not None and order.command == "notice":
        text = words_behind(text)
    picture = media_id if incoming.kind is Kind.IMAGE else None
    voice = media_id if incoming.kind is Kind.VOICE else None
    return Said(text or incoming.data.get("url", ""), picture, voice)


def words_behind(text: str) -> str:
    """What stands behind 通知 where the words were asked for and somebody began anew."""
    return patterns.BEGINNING.sub("", text)


def _begins_anew(incoming: Incoming, ctx: Context, notice: Notice) -> bool:
    """Whether 通知 @3号楼 … or 通知 紧急 … was said: as words alone it would go to others, or as another kind. So it is
    with 招募 … where the words of a call are asked for: its shifts are all written anew."""
    order = parse(ctx.words)
    if order is not None and order.command == "call":
        return bool(order.rest and shifts.of(ctx.db, notice.id))
    text = MENTION.sub("", incoming.text).strip()
    found = patterns.BEGINNING.match(text)
    if order is None or order.command != "notice" or found is None:
        return False
    kind = patterns.KIND_WORDS.get(found["kind"] or found["more"] or "", notice.kind)
    return kind != notice.kind or patterns.AT.match(text[found.end() :]) is not None


def _begins_another(incoming: Incoming) -> bool:
    """给3号楼发个通知：…, 重要通知：…, typed while something else is asked: a notice of its own, with its words."""
    text = MENTION.sub("", incoming.text).strip()
    found = talk.ASKED_FOR.match(text) or talk.KIND_FIRST.match(text)
    return found is not None and bool(found["text"])


def _is_aside(ctx: Context, step: str) -> bool:
    """Whether this is plainly a command and no answer."""
    order = parse(ctx.words)
    if order is None:
        return False
    return step not in WORDS or bool(order.numbers) or not order.rest


def _mend(ctx: Context, writer: Writer, notice: Notice, field: str, said: Said) -> Replies:
    stays = notice_steps.take(writer, notice, field, said)
    still = {problem.field for problem in notice_drafting.problems(writer, notice)}
    if stays is not None and field in still:
        _ask(ctx, writer, notice, f"{FIX}{field}")
        return [Reply(stays)]
    return finish(ctx, writer, notice)


def _aside(ctx: Context, writer: Writer, notice: Notice, step: str, aside: Aside) -> str:
    if aside.leaves:
        return _drop(ctx, writer, notice)
    if aside.waits:
        _ask(ctx, writer, notice, step)
        return wording.WAITS.format(number=notice.number)
    first = wording.AT_THE_FIRST if aside.first else ""
    return first + _ask(ctx, writer, notice, aside.step or step)


def _drop(ctx: Context, writer: Writer, notice: Notice) -> str:
    notice.state, notice.cancelled_at, notice.cancelled_by_id = NoticeState.CANCELLED, ctx.now, writer.staff.id
    done(ctx, notice)
    return wording.LEFT.format(number=notice.number)
