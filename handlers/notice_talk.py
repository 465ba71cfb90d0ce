"""A notice in everyday words, in private: 给3号楼发个通知, 多少人看了, 停！, 别发了, 发错了.

Each is a command that the speaker could have given, of the notice they had in hand last; what stops or drops one is
understood in most ways of saying it. Nothing is ever sent by such a word: that takes the line with the count.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import func, or_, select

from handlers import commanding
from handlers.context import Context
from handlers.matter import own_open
from handlers.message import Incoming, Kind, Replies, Reply
from handlers.notice import issuing, notice_control, notice_dialogue, notice_drafting, notice_reviewing, steering
from handlers.notice.notice_dialogue import ASKED, TAKEN_UP_WITHIN
from handlers.notice.notice_progress import NOT_CONFIRMED, RUNNING
from handlers.orders import MENTION, Order, parse
from handlers.permissions import may
from handlers.rules import notice_words
from handlers.wording import notice_signing as expired
from handlers.wording import notice_talk as wording
from handlers.wording.notices import confirm_line
from nlp.normalise import fold
from storage import notice_ledger, undos
from storage.deployment import Question
from storage.notices import Notice, NoticeState

IN_HAND = timedelta(days=1)  # how long after it was sent somebody means it without saying its number
HINTED = timedelta(hours=2)
READ_WITHIN = timedelta(days=7)
IDLE = frozenset({"greeting", "agreement", "thanks"})
AROUND = " \t\n,，.。!！?？~～;；"


def said(incoming: Incoming, ctx: Context) -> Replies | None:
    """Before commands: 撤销 and 通知发错了 begin like some."""
    if not _is_of_office(incoming, ctx):
        return None
    text = MENTION.sub("", notice_words.cleaned(incoming.text)).strip()
    for step in (notice_reviewing.reason, _begun, _corrected):
        if (found := step(incoming, ctx, text)) is not None:
            return found
    word = fold(text).strip(AROUND)
    if not word or len(word) > wording.LONGEST or not _writes(ctx):
        return None
    answers = (step(incoming, ctx, word) for step in (_stopped, _looked, _planned, _meant))
    return next((answer for answer in answers if answer is not None), None)


def _is_of_office(incoming: Incoming, ctx: Context) -> bool:
    """Whether somebody of the staff speaks to the bot alone."""
    spoken = incoming.kind is Kind.TEXT or (incoming.kind is Kind.VOICE and bool(incoming.text))
    return spoken and incoming.private and ctx.group is None and ctx.who.is_staff


def _writes(ctx: Context) -> bool:
    return may(ctx.who, "notice", ctx.chat_kind)


# --- beginning one


def _begun(incoming: Incoming, ctx: Context, text: str) -> Replies | None:
    """我想发个通知, 给3号楼发个通知：…, 帮我通知一下大家…: what 通知 alone, or with whom and what, would do."""
    if wording.HOW.match(fold(text).strip(AROUND)):
        return commanding.run(incoming, ctx, Order("help", rest=wording.HOW_HELP))
    forms = (wording.ASKED_FOR, wording.KIND_FIRST, wording.TO_TELL, wording.TO_ALL)
    found = next(filter(None, (form.match(text) for form in forms)), None)
    if found is None or parse(ctx.words) is not None:
        return None
    parts = found.groupdict()
    parts["text"] = parts["text"] or parts.get("after") or ""
    whom = f"@{''.join(parts['whom'].split())} " if parts.get("whom") else ""
    typed = wording.AS_COMMAND.format(kind=parts.get("kind") or "", whom=whom, text=parts["text"].strip())
    return commanding.run(replace(incoming, text=typed), ctx, Order("notice", rest=parts["text"].strip()))


def _corrected(incoming: Incoming, ctx: Context, text: str) -> Replies | None:
    """更正 1 后天9点, and 更正通知 … without a number: of the one they sent last."""
    found = wording.CORRECT.match(text)
    if found is None or not may(ctx.who, "notice_correct", ctx.chat_kind):
        return None
    number = int(found["number"]) if found["number"] else None
    sent = _last(ctx, READ_WITHIN, sent=True) if number is None else None
    if number is None and sent is None:
        return None
    meant = number or (sent.number if sent is not None else 0)
    typed = wording.CORRECT_AS_COMMAND.format(number=meant, words=found["words"])
    return commanding.run(replace(incoming, text=typed), ctx, Order("notice_correct", (meant,), found["words"]))


# --- of one that is there


def _stopped(incoming: Incoming, ctx: Context, word: str) -> Replies | None:
    """停！: whatever is being sent and is theirs to stop stands still; going on is one word."""
    found = wording.STOP.match(word)
    if found is None or not (found["number"] or steering.running(ctx, "notice_pause")):
        return None
    numbers = (int(found["number"]),) if found["number"] else ()
    return commanding.run(incoming, ctx, Order("notice_pause", numbers))


def _looked(incoming: Incoming, ctx: Context, word: str) -> Replies | None:
    """谁看了, 谁没看, 催一下没看的: of the one that is named, else of the one that they sent last."""
    found = next(((command, seen) for command, form in LOOKS if (seen := form.match(word)) is not None), None)
    if found is None:
        return None
    command, groups = found[0], found[1].groupdict()
    number, whose = groups.get("number"), groups.get("whose")
    sent = None if number or whose else _last(ctx, READ_WITHIN, sent=True)
    if not number and sent is None and wording.NAMES_IT not in word:
        return None
    numbers = (int(number),) if number else (sent.number,) if sent is not None else ()
    told = command if may(ctx.who, command, ctx.chat_kind) else "notice_progress"
    return commanding.run(incoming, ctx, Order(told, numbers))


LOOKS = (
    ("knock_list", wording.UNREAD),
    ("notice_progress", wording.READ),
    ("notice_remind", wording.URGE),
    ("notice_remind_stop", wording.NO_MORE),
)


FORMS = (
    *(wording.STOP, wording.DROP, wording.WRONG, wording.SEND, wording.LATER, wording.TRY, wording.EDIT),
    *(wording.WHOM, wording.MORE),
)


def _planned(incoming: Incoming, ctx: Context, word: str) -> Replies | None:
    """明天早上8点再催一次没看的: of the one that they sent last."""
    found = wording.URGE_AT.match(word)
    sent = _last(ctx, READ_WITHIN, sent=True) if found is not None else None
    if found is None or sent is None:
        return None
    typed = wording.URGE_AS_COMMAND.format(number=sent.number, plan=found["plan"])
    return commanding.run(replace(incoming, text=typed), ctx, Order("notice_remind", (sent.number,), found["plan"]))


def _meant(incoming: Incoming, ctx: Context, word: str) -> Replies | None:
    """不发了, 发错了, 发吧, 等会儿再发: of the one in hand."""
    if not any(form.match(word) for form in FORMS):
        return None
    notice = _last(ctx, IN_HAND)
    if notice is None or notice.asks is not None or _is_for_another(ctx, notice, word):
        return None
    return _draft(incoming, ctx, notice, word) if notice.state in NOT_CONFIRMED else _sent(incoming, ctx, notice, word)


def _draft(incoming: Incoming, ctx: Context, notice: Notice, word: str) -> Replies | None:
    """What is said of a draft that was shown: 不发了 drops it, and whatever sounds like a yes hears what to say."""
    if wording.LATER.match(word):
        return [Reply(wording.KEPT.format(number=notice.number))]
    if wording.DROP.match(word):
        return notice_control.cancel_notice(ctx, notice)
    if wording.TRY.match(word):
        return commanding.run(incoming, ctx, Order("notice_try", (notice.number,)))
    words = _changed(incoming, ctx, notice, word)
    if not words:
        return _shown_line(ctx, notice)
    typed = wording.EDIT_AS_COMMAND.format(number=notice.number, words=words)
    return commanding.run(replace(incoming, text=typed), ctx, Order("notice_edit", (notice.number,), words))


def _changed(incoming: Incoming, ctx: Context, notice: Notice, word: str) -> str | None:
    """What 修改 would say of it: a field, whom it goes to, or its words with one more sentence."""
    if (found := wording.EDIT.match(word)) is not None:
        return found["words"]
    if (found := wording.WHOM.match(word)) is not None:
        return wording.TO_WHOM.format(whom=found["whom"])
    more = wording.MORE.match(notice_words.cleaned(incoming.text).strip(AROUND))
    if more is None:
        return None
    written = notice_ledger.text_of(ctx.vault, notice).rstrip(AROUND)
    return wording.AND_MORE.format(words=written, more=more["more"])


def _shown_line(ctx: Context, notice: Notice) -> Replies:
    """The line that sends it; where that no longer holds, the preview once more."""
    writer = notice_drafting.writer_of(ctx)
    if writer is None or ctx.now - notice.created_at <= ctx.policy.notices.preview_holds:
        return [Reply(_not_yet(notice))]
    return notice_dialogue.finish(ctx, writer, notice, expired.EXPIRED)


def _sent(incoming: Incoming, ctx: Context, notice: Notice, word: str) -> Replies | None:
    """撤回, 发错了: it stops, and they hear how many have it and how those are told what is right."""
    if any(form.match(word) for form in (wording.STOP, wording.DROP, wording.WRONG)):
        return commanding.run(incoming, ctx, Order("notice_cancel", (notice.number,)))
    return None


def _last(ctx: Context, within: timedelta, *, sent: bool = False) -> Notice | None:
    """What somebody wrote, reviewed or sent last; what is still being sent is in their mind however long that takes."""
    me = ctx.who.staff.id if ctx.who.staff is not None else 0
    last = func.coalesce(Notice.confirmed_at, Notice.reviewed_at, Notice.created_at)
    theirs = or_(Notice.author_id == me, Notice.confirmed_by_id == me, Notice.reviewed_by_id == me)
    mine = select(Notice).where(theirs, or_(last >= ctx.now - within, Notice.state.in_(RUNNING)))
    if sent:
        mine = mine.where(Notice.confirmed_at.is_not(None))
    return ctx.db.scalars(mine.order_by(last.desc(), Notice.id.desc()).limit(1).with_for_update()).first()


def _is_for_another(ctx: Context, notice: Notice, word: str) -> bool:
    """Whether something else was asked or done since, which a bare 取消 or 好的 is for."""
    since = notice.confirmed_at or notice.reviewed_at or notice.created_at
    asked = Question.account_id.in_(ctx.mine), Question.asked_at >= since, Question.expires_at > ctx.now
    if ctx.db.scalars(select(Question.id).where(*asked, Question.kind != ASKED).limit(1)).first() is not None:
        return True
    if parse(word) is None or ctx.who.staff is None:
        return False
    return undos.newest_of(ctx.db, ctx.who.staff.id, since) is not None or bool(own_open.reported(ctx))


# --- what nobody understood


def hint(incoming: Incoming, ctx: Context) -> Replies | None:
    """Behind all else: to whoever has a notice in hand, what can be said of it."""
    word = fold(incoming.text).strip(AROUND)
    if not _is_of_office(incoming, ctx) or not _writes(ctx) or ctx.reading.cues & IDLE or not word:
        return None
    notice = _waiting(ctx, word) or _last(ctx, HINTED) or _left(ctx)
    form = _form(ctx, notice, word) if notice is not None else None
    if form is None or notice is None:
        return None
    return [Reply(_not_yet(notice) if form == wording.NOT_YET else form.format(number=notice.number))]


def _waiting(ctx: Context, word: str) -> Notice | None:
    """What somebody else proposed and waits for them, where it sounds like a yes or a no to it."""
    if not (wording.SEND.match(word) or wording.NO.match(word) or wording.WRONG.match(word)):
        return None
    me = ctx.who.staff.id if ctx.who.staff is not None else 0
    waiting = notice_ledger.proposed(ctx.db)
    theirs = (notice for notice, unit in waiting if issuing.may_issue(ctx.who.posts, unit, notice.kind))
    return next((notice for notice in theirs if notice.author_id != me), None)


def _form(ctx: Context, notice: Notice, word: str) -> str | None:
    if notice.state == NoticeState.PROPOSED:
        mine = ctx.who.staff is not None and notice.author_id == ctx.who.staff.id
        return None if mine else wording.WAITS
    if notice.state == NoticeState.DRAFT and notice.asks is not None:
        return wording.LEFT_OVER if len(word) <= wording.SHORT or wording.ABOUT.search(word) else None
    if notice.state == NoticeState.DRAFT and notice.fingerprint:
        fresh = ctx.now - notice.created_at <= ctx.policy.notices.preview_holds
        return wording.NOT_YET if fresh else None
    if wording.ABOUT.search(word) is None:
        return None
    return wording.RUNNING if notice.state in RUNNING else wording.GONE if notice.state == NoticeState.DONE else None


def _left(ctx: Context) -> Notice | None:
    """What was begun and left in the middle."""
    me = ctx.who.staff.id if ctx.who.staff is not None else 0
    begun = Notice.author_id == me, Notice.state == NoticeState.DRAFT, Notice.asks.is_not(None)
    mine = select(Notice).where(*begun, Notice.created_at >= ctx.now - TAKEN_UP_WITHIN)
    return ctx.db.scalars(mine.order_by(Notice.id.desc()).limit(1)).first()


def _not_yet(notice: Notice) -> str:
    return wording.NOT_YET.format(number=notice.number, line=confirm_line(notice.number, notice.counted))
