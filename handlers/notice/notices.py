"""通知 …, 修改, 试发: an administrator writes a notice at one go or step by step, changes it, tries it on himself."""

from __future__ import annotations

import re

from handlers.context import Context
from handlers.message import Incoming, Replies, Reply
from handlers.notice import issuing, notice_audience, notice_dialogue, notice_drafting, notice_passing, notice_steps
from handlers.notice.notice_drafting import OPEN, Writer
from handlers.notice.notice_places import Unclear
from handlers.notice.notice_steps import Said
from handlers.orders import MENTION, Order
from handlers.registry import on
from handlers.rosters import colleagues
from handlers.rules import notice_words
from handlers.wording import notice_dialogue as wording
from handlers.wording import notice_drafting as drafting_words
from handlers.wording import notice_words as patterns
from handlers.wording import notices as message_words
from handlers.wording.commands import COMMANDS
from storage import directory
from storage import notice_audience as audiences
from storage import notice_ledger as ledger
from storage.notices import Notice, NoticeState
from storage.people import Staff, Unit

TEST_PATH = "/n/test/{number}/{token}"
SHORT = 15  # characters of 通知小赵下午来一趟
WHOLE = 2000  # bytes of a test message


# --- in one go


@on("notice")
def draft(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """通知 明天清洗水箱, 通知 @3号楼,5号楼 …; alone it asks step by step. Then the preview, or what is missing."""
    writer = notice_drafting.writer_of(ctx)
    if writer is None:
        return [Reply(wording.NO_UNIT)]
    kind, whom, text = _parts(incoming.text)
    if not text and not whom:
        _, whom, text = _parts(ctx.words)
    if not text and not whom:
        return notice_dialogue.begin(ctx, writer, kind)
    unfit = _unfit(ctx, writer, whom, text)
    if unfit is not None:
        return [Reply(unfit)]
    unit = _unit(writer, kind, whom)
    if unit is None:
        return [Reply(notice_dialogue.no_unit(ctx, writer))]
    if not ledger.anybody(ctx.db, audiences.within(unit.path)):
        return [Reply(drafting_words.NOBODY.format(unit=unit.name))]
    return _drafted(ctx, writer, unit, (kind, whom, text))


def _unfit(ctx: Context, writer: Writer, whom: str, text: str) -> str | None:
    """Why it cannot be a notice: too long, too short, or meant for colleagues where households would read it."""
    most = writer.policy.text_longest
    if len(text) > most:
        return drafting_words.TOO_LONG.format(length=len(text), limit=most)
    if text and notice_words.too_short(text):
        return wording.TOO_SHORT.format(said=text)
    to_one = len(text) <= SHORT and any(len(colleagues.named(ctx, text[:size])) == 1 for size in (2, 3))
    to_staff = not whom and (to_one or patterns.FOR_COLLEAGUES.match(text) is not None)
    return wording.FOR_COLLEAGUES if to_staff else None


def _drafted(ctx: Context, writer: Writer, unit: Unit, parts: tuple[str, str, str]) -> Replies:
    kind, whom, text = parts
    notice = notice_drafting.open_notice(writer, unit, text, kind)
    if whom:
        try:
            notice_steps.choose(writer, notice, whom)
        except Unclear as error:
            ctx.db.delete(notice)
            ctx.db.flush()
            return [Reply(str(error))]
    return notice_dialogue.finish(ctx, writer, notice)


def _parts(said: str) -> tuple[str, str, str]:
    """Kind, to whom, and the words as they were written: a notice keeps its full-width signs and digits."""
    text = MENTION.sub("", notice_words.cleaned(said)).lstrip()
    found = patterns.BEGINNING.match(text)
    if found is None:
        return "ordinary", "", ""
    kind = patterns.KIND_WORDS.get(found["kind"] or found["more"] or "", "ordinary")
    rest = text[found.end() :]
    whom: list[str] = []
    while (at := patterns.AT.match(rest)) is not None or (whom and whom[-1].endswith(patterns.MORE_FOLLOWS)):
        word = at or re.match(r"(?P<whom>\S+)\s*", rest)
        if word is None:
            break
        whom.append(word["whom"])
        rest = rest[word.end() :]
    return kind, ",".join(whom), rest.strip()


def _unit(writer: Writer, kind: str, whom: str) -> Unit | None:
    """For whom it is written; of several communities that a property company works in, the one that was named."""
    unit = issuing.drafting_unit(writer.posts, writer.db, kind)
    if unit is not None or not whom:
        return unit
    for candidate in issuing.units_proposed_to(writer.db, writer.posts):
        try:
            notice_audience.read(writer.db, candidate, whom, writer.now)
        except Unclear:
            continue
        return candidate
    return None


# --- changing it


@on("notice_edit")
def edit(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """修改 3 新内容, 修改 3 有效期 明天 17 点: whatever was signed is void, and the preview is shown again."""
    writer = notice_drafting.writer_of(ctx)
    notice = ledger.by_number(ctx.db, order.numbers[0], lock=True) if order.numbers else None
    if not order.numbers or writer is None:
        return [Reply(wording.CHANGE_WHICH)]
    if notice is None:
        return [Reply(wording.NO_SUCH.format(number=order.numbers[0]))]
    unit = ctx.db.get_one(Unit, notice.unit_id)
    if not issuing.may_change(writer.staff, notice, unit):
        name = directory.name_of(ctx.vault, ctx.db.get(Staff, notice.author_id))
        return [Reply(wording.NOT_YOURS.format(number=notice.number, unit=unit.name, name=name))]
    if notice.state not in OPEN:
        return [Reply(notice_passing.too_late(notice))]
    words = _behind_number(incoming.text) or order.rest
    if not words:
        return [Reply(wording.CHANGE_WHICH)]
    signed = notice.reviewed_at is not None or notice.confirmed_at is not None
    stays = _changed(writer, notice, words)
    if stays is not None:
        return [Reply(stays)]
    return _after_change(ctx, writer, notice, wording.CHANGED_SIGNED if signed else wording.CHANGED)


def _behind_number(said: str) -> str:
    """The new words as they were written."""
    text = MENTION.sub("", notice_words.cleaned(said)).lstrip()
    word = next((word for word in sorted(COMMANDS["notice_edit"].words, key=len, reverse=True) if word in text), "")
    found = patterns.EDITED.match(text.partition(word)[2]) if word else None
    return found["words"].strip() if found is not None else ""


def _changed(writer: Writer, notice: Notice, words: str) -> str | None:
    named = patterns.FIELD.match(words)
    if named is None or not (named["apart"] or _is_a_field(named["field"], named["words"])):
        return notice_steps.take(writer, notice, "text", Said(words))
    return notice_steps.take(writer, notice, wording.FIELDS[named["field"]], Said(named["words"]))


def _is_a_field(name: str, words: str) -> bool:
    """发给3号楼, 来源供电公司 95598: of what is glued to its word, what is short and no sentence."""
    proof = wording.FIELDS[name] != "source" or notice_drafting.PROVABLE.search(words) is not None
    return proof and len(words) <= patterns.GLUED and patterns.SENTENCE.search(words) is None


def _after_change(ctx: Context, writer: Writer, notice: Notice, first: str) -> Replies:
    if notice.author_id != writer.staff.id:
        notice_drafting.note(writer, notice, "taken_over", author=notice.author_id)
        notice.author_id, notice.state = writer.staff.id, NoticeState.DRAFT
    if notice.state == NoticeState.PROPOSED:
        if not notice_drafting.problems(writer, notice):
            return notice_passing.pass_on(writer, notice)
        notice.state = NoticeState.DRAFT  # nobody is asked about what cannot go; its author is
    return notice_dialogue.finish(ctx, writer, notice, first)


# --- trying it on oneself


@on("notice_try")
def try_on_me(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """试发 3: the real message to whoever writes it, with a page that counts nothing."""
    writer = notice_drafting.writer_of(ctx)
    if writer is None:
        return [Reply(wording.NO_UNIT)]
    notice = ledger.by_number(ctx.db, order.numbers[0]) if order.numbers else _latest(writer)
    if notice is None:
        number = order.numbers[0] if order.numbers else None
        return [Reply(wording.TRY_WHICH if number is None else wording.NO_SUCH.format(number=number))]
    unit = ctx.db.get_one(Unit, notice.unit_id)
    if not issuing.may_change(writer.staff, notice, unit):
        name = directory.name_of(ctx.vault, ctx.db.get(Staff, notice.author_id))
        return [Reply(wording.NOT_YOURS.format(number=notice.number, unit=unit.name, name=name))]
    return [Reply(wording.TRY_SENT), Reply(test_message(writer, notice, unit, ctx.public_url))]


def test_message(writer: Writer, notice: Notice, unit: Unit, public_url: str) -> str:
    """Exactly what a household receives, marked as a test, with the link of the test's own page."""
    token = writer.vault.link(ledger.test_name(notice.id))
    link = public_url + TEST_PATH.format(number=notice.number, token=token)
    text = notice_drafting.words_of(writer, notice)
    return f"{wording.TRY_MARK}\n{message_words.message_of(notice, unit.name, text, link, WHOLE)}"


def _latest(writer: Writer) -> Notice | None:
    return ledger.latest_draft(writer.db, writer.staff.id)
