"""暂停, 继续, 取消 and 重发 of a notice that is being sent. Each is harmless when it is said twice.

What is done stands in the notice's row, locked meanwhile: of two who cancel at once the second hears that it is done.
Nothing here touches a household: whoever sends asks the row, and winding up goes on in steps behind it.
"""

from __future__ import annotations

from collections.abc import Callable

from handlers.context import Context
from handlers.message import Incoming, Replies, Reply
from handlers.notice import shifting, steering
from handlers.orders import Order
from handlers.registry import on
from handlers.rules import notice_hours
from handlers.wording import notice_control as wording
from handlers.wording.notices import moment
from handlers.wording.times import when
from storage import notice_control
from storage.notice_doors import Doors
from storage.notices import Notice, NoticeState

Act = Callable[[Context, Notice], Replies]
BEFORE = (NoticeState.DRAFT, NoticeState.PROPOSED, NoticeState.SIGNING)


@on("notice_pause")
def pause(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """Nothing more goes out until somebody says 继续通知."""
    return _steer(ctx, order, pause_notice)


@on("notice_resume")
def resume(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """Whoever has not had their turn gets it; nobody gets it twice."""
    return _steer(ctx, order, resume_notice)


@on("notice_cancel")
def cancel(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """Stops it, says how many have it already, and asks for the last word."""
    return _steer(ctx, order, ask_to_cancel)


@on("notice_cancel_really")
def cancel_really(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """It is not sent any further."""
    return _steer(ctx, order, cancel_notice)


@on("notice_retry")
def retry(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """How many failed and why, and how many of them could be tried again."""
    return _steer(ctx, order, ask_to_retry)


@on("notice_retry_really")
def retry_really(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """Tries the failures again, and nobody else."""
    return _steer(ctx, order, retry_notice)


def _steer(ctx: Context, order: Order, act: Act) -> Replies:
    notice, answer = steering.meant(ctx, order)
    return act(ctx, notice) if notice is not None else [Reply(answer)]


# --- pausing and going on; the console calls these too, with the notice's row locked


def pause_notice(ctx: Context, notice: Notice) -> Replies:
    """Holds it. Calls that are under way come back within seconds."""
    if (other := _not_running(ctx, notice, wording.NOT_BEGUN)) is not None:
        return [Reply(other)]
    if notice.paused_at is not None:
        return [Reply(_said(ctx, notice, wording.ALREADY_PAUSED, **_paused(ctx, notice)))]
    _hold(ctx, notice)
    return [Reply(_said(ctx, notice, wording.PAUSED)), *steering.told_author(ctx, notice, "notice_pause")]


def _hold(ctx: Context, notice: Notice) -> None:
    notice.paused_at = ctx.now
    notice.paused_by_id = ctx.who.staff.id if ctx.who.staff is not None else None
    steering.note(ctx, notice, "paused")
    ctx.db.flush()


def resume_notice(ctx: Context, notice: Notice) -> Replies:
    """Lets it go on: at once, or when the night is over."""
    if (other := _not_running(ctx, notice, wording.NOT_BEGUN)) is not None:
        return [Reply(other)]
    if notice.paused_at is None:
        return [Reply(_said(ctx, notice, wording.NOT_PAUSED))]
    notice.paused_at = notice.paused_by_id = None
    steering.note(ctx, notice, "resumed")
    words = _goes_on(ctx, notice)
    ctx.db.flush()
    ctx.bells.add("bulk")
    return [Reply(words), *steering.told_author(ctx, notice, "notice_resume")]


def _goes_on(ctx: Context, notice: Notice) -> str:
    given = {"number": notice.number, "left": steering.left(ctx, notice)}
    if _is_over(ctx, notice):
        assert notice.valid_until is not None
        return wording.GOES_ON_NEVER.format(until=moment(notice.valid_until), **given)
    goes = notice_hours.goes_at(notice.kind, notice.hold_until, ctx.now, ctx.policy.notices)
    if goes <= ctx.now:
        return wording.GOES_ON.format(**given)
    notice.hold_until = goes  # said here, so that nobody is told again when the night is noticed
    return wording.GOES_ON_LATER.format(until=when(goes, ctx.now), **given)


# --- cancelling


def ask_to_cancel(ctx: Context, notice: Notice) -> Replies:
    """A draft is dropped at once. What is being sent stands still until its fate is said."""
    if notice.state in BEFORE:
        return cancel_notice(ctx, notice)
    if (other := _not_running(ctx, notice, "")) is not None:
        return [Reply(other)]
    if notice.paused_at is None:
        _hold(ctx, notice)
    return [Reply(_said(ctx, notice, wording.CANCEL_ASKED))]


def cancel_notice(ctx: Context, notice: Notice) -> Replies:
    """What has not left is not sent; it stays with whom it reached, who can be sent a correction. Nobody comes to the
    shifts of a call that is cancelled: whoever signed up is told."""
    begun = notice.state in steering.RUNNING
    if not begun and notice.state not in BEFORE:
        return [Reply(_not_running(ctx, notice, "") or "")]
    notice.state, notice.cancelled_at = NoticeState.CANCELLED, ctx.now
    notice.cancelled_by_id = ctx.who.staff.id if ctx.who.staff is not None else None
    notice.paused_at = notice.paused_by_id = notice.asks = None
    if not begun:
        notice.done_at = ctx.now  # nobody was written down: there is nothing to wind up
    steering.note(ctx, notice, "cancelled")
    ctx.db.flush()
    ctx.bells.add("bulk")
    others = [*steering.told_author(ctx, notice, "notice_cancel_really"), *shifting.call_off(ctx.db, notice, ctx.now)]
    if not begun:
        return [Reply(wording.CANCELLED_DRAFT.format(number=notice.number)), *others]
    return [Reply(_said(ctx, notice, wording.CANCELLED) + _correct_how(ctx, notice)), *others]


def _correct_how(ctx: Context, notice: Notice) -> str:
    return wording.CORRECT_HOW.format(number=notice.number) if steering.reached(ctx, notice) else ""


# --- trying again


def ask_to_retry(ctx: Context, notice: Notice) -> Replies:
    """Says what failed and why, and how many have a way now."""
    if (other := _not_repeatable(ctx, notice)) is not None:
        return [Reply(other)]
    failed = notice_control.failures(ctx.db, notice)
    count = sum(failed.values())
    if not count:
        return [Reply(_said(ctx, notice, wording.NO_FAILURES))]
    able = notice_control.within_reach(ctx.db, notice, _doors(ctx))
    rest = wording.RETRY_REST.format(count=count - able) if able < count else ""
    words = wording.RETRY_ASKED if able else wording.RETRY_NOBODY
    given = {"number": notice.number, "failed": count, "why": wording.because(failed), "able": able, "rest": rest}
    return [Reply(words.format(**given))]


def retry_notice(ctx: Context, notice: Notice) -> Replies:
    """The failures that have a way now are planned again, in the same ledger."""
    if (other := _not_repeatable(ctx, notice)) is not None:
        return [Reply(other)]
    count = notice_control.plan_failures(ctx.db, notice, _doors(ctx))
    if not count:
        return [Reply(wording.RETRIED_ALREADY.format(number=notice.number))]
    steering.note(ctx, notice, "retried", households=count)
    ctx.bells.add("bulk")
    words = wording.RETRIED.format(number=notice.number, count=count)
    return [Reply(words), *steering.told_author(ctx, notice, "notice_retry_really")]


def _not_repeatable(ctx: Context, notice: Notice) -> str | None:
    if notice.state in BEFORE:
        return wording.NOT_BEGUN.format(number=notice.number)
    if notice.state == NoticeState.CANCELLED:
        return _cancelled(ctx, notice)
    if _is_over(ctx, notice):
        assert notice.valid_until is not None
        return wording.RETRY_TOO_LATE.format(number=notice.number, until=moment(notice.valid_until))
    return None


def _doors(ctx: Context) -> Doors:
    return ctx.notice_doors() if ctx.notice_doors is not None else Doors((), ctx.now, ctx.now)


# --- how it stands


def _not_running(ctx: Context, notice: Notice, before: str) -> str | None:
    """What to say of a notice that is not being sent; None of one that is."""
    if notice.state in steering.RUNNING:
        return None
    if notice.state == NoticeState.CANCELLED:
        return _cancelled(ctx, notice)
    if notice.state == NoticeState.DONE:
        words = _said(ctx, notice, wording.IS_DONE if before else wording.TOO_LATE)
        return words + ("" if before else _correct_how(ctx, notice))
    return before.format(number=notice.number)


def _cancelled(ctx: Context, notice: Notice) -> str:
    known = steering.at_and_by(ctx, notice.cancelled_by_id, notice.cancelled_at)
    words = _said(ctx, notice, wording.IS_CANCELLED, **known)
    return words + _correct_how(ctx, notice)


def _paused(ctx: Context, notice: Notice) -> dict[str, str]:
    return steering.at_and_by(ctx, notice.paused_by_id, notice.paused_at)


def _said(ctx: Context, notice: Notice, words: str, **more: str) -> str:
    cannot = wording.CANCEL_MAY if notice.state == NoticeState.CANCELLED else wording.PAUSE_CANNOT
    return words.format(number=notice.number, tally=steering.tally(ctx, notice, cannot), **more)


def _is_over(ctx: Context, notice: Notice) -> bool:
    return notice.valid_until is not None and notice.valid_until <= ctx.now
