"""报名, 退出报名: a neighbour offers to come, or cannot. Whoever waits moves up and is told at once."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.context import Context
from handlers.message import Incoming, Replies, Reply
from handlers.notice import shifting
from handlers.orders import Order
from handlers.registry import on
from handlers.rules.shifts import first_words
from handlers.ticket import case
from handlers.wording import shifts as wording
from storage import directory, households, notice_ledger, shifts
from storage.notice_people import Shift
from storage.notices import Notice, NoticeState
from storage.shifts import CALLING


@on("sign_up")
def sign_up(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """报名, 报名 7, 报名 7 2. In a group only with a number or said to the bot: 报名 is said of many things."""
    if ctx.group is not None and not incoming.addressed and order.number is None:
        return []
    notice = _call(ctx, order)
    if isinstance(notice, str):
        return _mine(ctx, notice)
    rows = shifts.of(ctx.db, notice.id)
    left = [row for row in rows if not shifts.is_over(row, ctx.now)]
    chosen = _chosen(ctx, notice, rows, left, order.numbers[1:])
    if isinstance(chosen, str):
        return _mine(ctx, chosen)
    desk = shifting.Desk(ctx.db, ctx.now, ctx.policy.notices)
    return _mine(ctx, shifting.join(desk, notice, chosen, ctx.who.account.id, ctx.mine))


def _call(ctx: Context, order: Order) -> Notice | str:
    """The call that is meant, or what to say."""
    if order.no_number:
        return wording.NO_SUCH_CALL.format(number=order.no_number)
    if order.number is not None:
        notice = notice_ledger.by_number(ctx.db, order.number)
        if notice is None or notice.state not in (*CALLING, NoticeState.CANCELLED) or not shifts.of(ctx.db, notice.id):
            return wording.NO_SUCH_CALL.format(number=order.number)
        over = notice.state == NoticeState.CANCELLED or notice not in shifts.open_calls(ctx.db, ctx.now)
        return wording.CLOSED.format(number=notice.number) if over else notice
    calls = _here(ctx, shifts.open_calls(ctx.db, ctx.now))
    if not calls:
        return wording.NO_CALL
    if len(calls) > 1:
        return wording.WHICH_CALL.format(calls="\n".join(_call_line(ctx, call) for call in calls[:8]))
    return calls[0]


def _here(ctx: Context, calls: Sequence[Notice]) -> Sequence[Notice]:
    """Calls of the places above whoever speaks; all, where nobody knows their place. Any may be named by number."""
    home = households.home_of(ctx.db, ctx.who.account)
    place = home.estate_id if home is not None else ctx.group.unit_id if ctx.group is not None else None
    unit = directory.unit_of(ctx.db, place)
    if unit is None:
        return calls
    above = {level.id for level in directory.ancestors(ctx.db, unit)} | {unit.id}
    return [call for call in calls if call.unit_id in above]


def _call_line(ctx: Context, call: Notice) -> str:
    return wording.call_line(call.number, first_words(notice_ledger.text_of(ctx.vault, call)))


def _chosen(
    ctx: Context, notice: Notice, rows: Sequence[Shift], left: Sequence[Shift], said: tuple[int, ...]
) -> Shift | str:
    if not said:
        if len(left) == 1:
            return left[0]
        return wording.WHICH_SHIFT.format(number=notice.number, shifts=shifting.lines(ctx.db, notice, left))
    chosen = next((row for row in rows if row.number == said[0]), None)
    given = {"number": notice.number, "shift": said[0], "shifts": shifting.lines(ctx.db, notice, left)}
    if chosen is None:
        return wording.NO_SUCH_SHIFT.format(**given)
    if chosen in left:
        return chosen
    return wording.SHIFT_OVER.format(**given) if left else wording.NOTHING_LEFT


@on("sign_out")
def sign_out(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """退出报名, 退出报名 7, 退出报名 7 2: off every list that was meant; a repeat changes nothing."""
    if order.no_number:
        return _mine(ctx, wording.NO_SUCH_CALL.format(number=order.no_number))
    calls = shifts.open_calls(ctx.db, ctx.now)
    meant = [call for call in calls if order.number in (None, call.number)]
    here = [(call, one) for call in meant for one in shifts.mine(ctx.db, call.id, ctx.mine)]
    here = [(call, one) for call, one in here if order.numbers[1:2] in ((), (one.shift.number,))]
    ahead = [(call, one) for call, one in here if not shifts.is_over(one.shift, ctx.now)]
    if not ahead:
        return _mine(ctx, wording.PAST_ALREADY if here else wording.NOT_ON_LIST)
    news: list[Reply] = []
    for call, one in ahead:
        news += shifting.leave(ctx.db, call.number, one, ctx.now)
    left = wording.joined(shifting.said(one.shift) for _, one in ahead)
    return [*_mine(ctx, wording.OUT.format(shifts=left)), *news]


def _mine(ctx: Context, text: str) -> list[Reply]:
    """In private: who comes and who cannot is nobody's business in a group."""
    return [Reply(text, to=case.sender(ctx))]
