"""更正 and 催看 of a notice: what follows it is a notice of its own, to exactly those whom it concerns.

A correction goes to whoever may have the wrong one; a reminder to whoever was sent it and has not read it. Both are
shown and confirmed like any notice; a plan of reminders is confirmed once.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func, select

from handlers.context import Context
from handlers.message import Incoming, Replies, Reply
from handlers.notice import notice_dialogue, notice_drafting, notice_showing, reminding, steering
from handlers.notice.notice_drafting import Changes, Writer
from handlers.orders import MENTION, Order
from handlers.registry import on
from handlers.rules import notice_hours, notice_words, spoken_times
from handlers.ticket import case
from handlers.wording import notice_control as wording
from handlers.wording import notice_words as patterns
from handlers.wording.commands import COMMANDS
from handlers.wording.notices import moment
from handlers.wording.times import when
from storage import notice_audience
from storage.notice_audience import AS_OF, SENT_OF
from storage.notices import Notice, NoticeState, Purpose
from storage.people import Household, Staff, Unit

PLAN = "notice_remind"  # a question: what is to be planned, until it is confirmed
ASKED_FOR = timedelta(minutes=30)
USUAL, MOST = 3, 7  # reminders of one plan
FARTHEST = timedelta(days=14)
UNSENT = (NoticeState.DRAFT, NoticeState.PROPOSED, NoticeState.SIGNING)


# --- correcting


@on("notice_correct")
def correct(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """Drafts a correction to whoever may have the wrong one, and shows it like any notice."""
    notice, answer = steering.meant(ctx, order)
    writer = notice_drafting.writer_of(ctx)
    if notice is None or writer is None:
        return [Reply(answer)]
    wrong = _uncorrectable(ctx, notice)
    if wrong is not None:
        return [Reply(wrong.format(number=notice.number))]
    words = _behind_number(incoming.text, order.command) or order.rest
    if notice_words.too_short(words):
        return [Reply(wording.CORRECT_WORDS.format(number=notice.number))]
    made = correction(writer, notice, words)
    first = wording.CORRECTION.format(number=notice.number, count=_count(writer, made))
    return notice_dialogue.finish(ctx, writer, made, first)


def _uncorrectable(ctx: Context, notice: Notice) -> str | None:
    if notice.state in UNSENT:
        return wording.CORRECT_DRAFT
    if notice.state in steering.RUNNING:
        return wording.CORRECT_RUNNING
    return None if steering.reached(ctx, notice) else wording.CORRECT_NOBODY


def correction(writer: Writer, notice: Notice, words: str) -> Notice:
    """A draft of the right words, as grave as the wrong ones were, to whoever may have those."""
    made = notice_drafting.open_notice(writer, writer.db.get_one(Unit, notice.unit_id), words, notice.kind)
    made.purpose, made.of_id, made.in_groups = Purpose.CORRECT, notice.id, notice.in_groups
    audience = {SENT_OF: notice.id, AS_OF: writer.now.isoformat()}
    kept = Changes(audience=audience, source=made.source or notice.source, reason=notice.reason)
    notice_drafting.change(writer, made, kept)
    notice_drafting.note(writer, notice, "corrected", by=made.number)
    return made


def _behind_number(said: str, command: str) -> str:
    """What was written behind the command and its first number; a second number belongs to the words."""
    text = MENTION.sub("", notice_words.cleaned(said)).lstrip()
    word = next((word for word in COMMANDS[command].words if word in text), "")
    found = patterns.EDITED.match(text.partition(word)[2]) if word else None
    return found["words"].strip() if found is not None else ""


def _count(writer: Writer, made: Notice) -> int:
    theirs = notice_audience.members(writer.db, made)
    return writer.db.scalar(select(func.count()).select_from(Household).where(theirs)) or 0


# --- reminding


@on("notice_remind")
def remind(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """催看通知 3: the unread, now, after a preview; 催看通知 3 每天9点 共3次: later, once it is confirmed."""
    named, answer = steering.meant(ctx, order)
    writer = notice_drafting.writer_of(ctx)
    if named is None or writer is None:
        return [Reply(answer)]
    notice = reminding.of_whom(ctx.db, named)
    head = "" if notice is named else wording.OF_ANOTHER.format(number=named.number, first=notice.number)
    wrong = _not_to_be_reminded(ctx, notice)
    if wrong is not None:
        return [Reply(head + wrong)]
    count = reminding.unread(ctx.db, notice, ctx.now)
    if not count:
        return [Reply(head + wording.REMIND_NOBODY.format(number=notice.number))]
    said = _behind_number(incoming.text, order.command) or order.rest
    if said:
        return [Reply(head + _ask_for_plan(ctx, notice, said, count))]
    lately = reminding.latest(ctx.db, notice, ctx.now)
    if lately is not None and lately.confirmed_at is not None:
        given = {"number": notice.number, "at": when(lately.confirmed_at, ctx.now), "count": lately.counted}
        return [Reply(head + wording.REMINDED_LATELY.format(**given))]
    return remind_now(writer, notice, head)


def remind_now(writer: Writer, notice: Notice, head: str = "") -> Replies:
    """Drafts a reminder and shows it with its count; it goes when that is confirmed."""
    made = reminding.draft(writer, notice)
    wrong = notice_drafting.problems(writer, made)
    if wrong:
        return [Reply(wrong[0].sentence)]
    first = head + wording.REMINDER.format(number=notice.number, count=_count(writer, made))
    return notice_showing.shown(writer, made, first)


def _not_to_be_reminded(ctx: Context, notice: Notice) -> str | None:
    number = notice.number
    if notice.state == NoticeState.CANCELLED:
        return wording.REMIND_CANCELLED.format(number=number)
    if notice.state not in reminding.SENT:
        return wording.REMIND_NOT_SENT.format(number=number)
    if notice.valid_until is not None and notice.valid_until <= ctx.now:
        return wording.REMIND_OVER.format(number=number, until=moment(notice.valid_until))
    return wording.REMIND_PAUSED.format(number=number) if notice.paused_at is not None else None


# --- planning


class Wanted(NamedTuple):
    """A plan as somebody said it."""

    at: datetime
    times: int


def _ask_for_plan(ctx: Context, notice: Notice, said: str, count: int) -> str:
    wanted = read_plan(said, ctx.now)
    if wanted is None:
        return wording.REMIND_WHEN.format(number=notice.number)
    wrong = _bad_plan(ctx, notice, wanted)
    if wrong is not None:
        return wrong
    data = {"notice": notice.id, "at": wanted.at.isoformat(), "times": wanted.times}
    case.ask(ctx, ctx.who.account.id, ctx.address, PLAN, ticket=None, until=ctx.now + ASKED_FOR, data=data)
    return wording.PLAN_ASKED.format(number=notice.number, count=count, plan=_in_words(wanted, ctx.now))


def read_plan(said: str, now: datetime) -> Wanted | None:
    """``明天9点``, ``每天9点 共3次``; None where that is not understood."""
    span = spoken_times.find(said, now)
    if span is None or span.end is not None or span.before not in wording.BEFORE_THE_DAY:
        return None
    times = wording.TIMES.fullmatch(span.after) if span.after else None
    if span.after and times is None:
        return None
    count = spoken_times.number(times["times"]) if times is not None else None
    if span.before not in wording.DAILY:
        return Wanted(span.start, 1) if times is None or count == 1 else None
    return Wanted(span.start, (count or 0) if times is not None else USUAL)


def _bad_plan(ctx: Context, notice: Notice, wanted: Wanted) -> str | None:
    policy = ctx.policy.notices
    if not 1 <= wanted.times <= MOST:
        return wording.REMIND_MOST.format(most=MOST)
    if not ctx.now < wanted.at <= ctx.now + FARTHEST:
        return wording.REMIND_TOO_FAR.format(days=FARTHEST.days)
    if notice_hours.is_night(wanted.at, policy):
        return wording.REMIND_AT_NIGHT.format(start=f"{policy.quiet_from:%H:%M}", end=f"{policy.quiet_until:%H:%M}")
    if notice.valid_until is not None and notice.valid_until <= wanted.at:
        return wording.REMIND_AFTER_END.format(number=notice.number, until=moment(notice.valid_until))
    return None


def _in_words(wanted: Wanted, now: datetime) -> str:
    return wording.plan(when(wanted.at, now), wanted.times)


@on("notice_remind_really")
def remind_really(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """The plan that was shown holds from now on."""
    named, answer = steering.meant(ctx, order)
    if named is None:
        return [Reply(answer)]
    notice = reminding.of_whom(ctx.db, named)
    question = case.asked(ctx, PLAN)
    staff = ctx.who.staff
    if question is None or question.data["notice"] != notice.id or staff is None:
        return [Reply(_planned_already(ctx, notice))]
    wanted = Wanted(datetime.fromisoformat(question.data["at"]), int(question.data["times"]))
    ctx.db.delete(question)
    wrong = _not_to_be_reminded(ctx, notice) or _bad_plan(ctx, notice, wanted)
    if wrong is not None:
        return [Reply(wrong)]
    return [Reply(plan_reminders(ctx, notice, staff, wanted))]


def plan_reminders(ctx: Context, notice: Notice, staff: Staff, wanted: Wanted) -> str:
    """Plans them, in place of what was planned before."""
    reminding.plan(ctx.db, notice, staff, wanted.at, wanted.times)
    steering.note(ctx, notice, "remind_planned", at=wanted.at.isoformat(), times=wanted.times)
    return wording.PLANNED.format(number=notice.number, plan=_in_words(wanted, ctx.now))


def _planned_already(ctx: Context, notice: Notice) -> str:
    timer = reminding.planned(ctx.db, notice)
    if timer is None:
        return wording.NOTHING_TO_CONFIRM.format(number=notice.number)
    wanted = Wanted(timer.due_at, int(timer.data["left"]))
    return wording.PLANNED_ALREADY.format(number=notice.number, plan=_in_words(wanted, ctx.now))


@on("notice_remind_stop")
def remind_stop(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """No planned reminder of this notice any more."""
    named, answer = steering.meant(ctx, order)
    if named is None:
        return [Reply(answer)]
    return [Reply(stop_reminding(ctx, reminding.of_whom(ctx.db, named)))]


def stop_reminding(ctx: Context, notice: Notice) -> str:
    """Drops the plan of a notice, and says whether there was one."""
    if not reminding.stop(ctx.db, notice):
        return wording.NO_PLAN.format(number=notice.number)
    steering.note(ctx, notice, "remind_stopped")
    return wording.PLAN_STOPPED.format(number=notice.number)
