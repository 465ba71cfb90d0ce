"""名单, 安排, 换人, 取消班次, 带话: the organiser of a call sees who comes, and arranges it.

Organisers are whoever may confirm notices for the issuing unit. Numbers on the list belong to people for good.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from handlers.context import Context
from handlers.households import homes
from handlers.message import Incoming, Replies, Reply
from handlers.notice import shifting
from handlers.orders import Order
from handlers.permissions import may_in
from handlers.registry import on
from handlers.wording import shifts as wording
from handlers.wording.commands import BLANKS
from storage import directory, households, notice_ledger, shifts
from storage.notice_people import Shift
from storage.notices import Notice
from storage.people import Account, Household, Resident, Staff
from storage.shifts import COMING, IN, Listed


class _Said(Exception):
    """What to answer instead."""


def _answered(work: Callable[[Context, Order], Iterable[Reply]], ctx: Context, order: Order) -> Replies:
    try:
        return list(work(ctx, order))
    except _Said as said:
        return [Reply(str(said))]


@on("sign_ups")
def sign_ups(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """名单 7: everybody by shift, with their number; those who left are not shown."""
    return _answered(_list, ctx, order)


def _list(ctx: Context, order: Order) -> Iterable[Reply]:
    notice = _organised(ctx, order)
    rows, counts = shifts.of(ctx.db, notice.id), shifts.counts(ctx.db, notice.id)
    everybody = shifts.listed(ctx.db, notice.id)
    told = [wording.list_head(notice.number, *shifts.tally(ctx.db, notice.id))]
    for row in rows:
        told += _shift_lines(ctx, row, counts.get(row.id, (0, 0))[0], everybody)
    yield Reply("\n".join([*told, wording.LIST_FOOT.format(number=notice.number)]))


def _shift_lines(ctx: Context, shift: Shift, have: int, everybody: Iterable[Listed]) -> Iterable[str]:
    off = wording.LIST_OFF if shift.stood_down_at is not None else ""
    when = shifting.said(shift)
    yield wording.LIST_SHIFT.format(shift=shift.number, when=when, have=have, places=shift.places, off=off)
    here = [one for one in everybody if one.shift.id == shift.id and one.row.state in COMING]
    for one in sorted(here, key=lambda one: (one.row.state != IN, one.row.turn)):
        form = wording.LIST_ROW if one.row.state == IN else wording.LIST_LINE
        yield form.format(number=one.number, who=_name(ctx, one))
    if not here:
        yield wording.LIST_NOBODY


def _name(ctx: Context, one: Listed) -> str:
    """Name and door of whoever is known, else the name they show; organisers have to know whom to wait for."""
    account = ctx.db.get_one(Account, one.row.account_id)
    if account.staff_id is not None:
        return directory.name_of(ctx.vault, ctx.db.get(Staff, account.staff_id))
    resident = ctx.db.get(Resident, account.resident_id) if account.resident_id is not None else None
    home = ctx.db.get(Household, resident.household_id) if resident is not None and resident.household_id else None
    name = households.name_of(ctx.vault, resident) if resident is not None else ""
    shown = ctx.vault.open(account.shown_name, "accounts.shown_name", account.ref) if account.shown_name else ""
    door = homes.in_words(ctx, home) if home is not None else ""
    return " ".join(part for part in (name or shown or wording.SOMEBODY, door) if part)


@on("assign_shift")
def assign(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """安排 7 4: a place for somebody who waits; 安排 7 4 2班: into another shift."""
    return _answered(_assign, ctx, order)


def _assign(ctx: Context, order: Order) -> Iterable[Reply]:
    notice = _organised(ctx, order, need=2, how=wording.HOW_ARRANGE)
    one = _person(ctx, notice, order.numbers[1])
    target, by = _target(ctx, notice, order), _me(ctx)
    _still_on(ctx, target or one.shift)
    if target is not None and target.id != one.shift.id:
        follows = shifts.move(ctx.db, one.row, target, ctx.now, by)
        moved = shifts.mine(ctx.db, notice.id, {one.row.account_id})
        row = next(found.row for found in moved if found.shift.id == target.id)
        text = wording.SHIFTED.format(shift=shifting.said(target), number=notice.number)
        yield Reply(wording.ARRANGED.format(place=one.number, shift=shifting.said(target)))
        yield shifting.tell(row, text)
        yield from shifting.moved_up(follows, one.shift, notice.number)
        shifting.arm(shifting.Desk(ctx.db, ctx.now, ctx.policy.notices), target)
        return
    shift = shifting.said(one.shift)
    if one.row.state == IN:
        raise _Said(wording.HAS_PLACE.format(place=one.number, shift=shift))
    shifts.admit(ctx.db, one.row, ctx.now, by)
    yield Reply(wording.ARRANGED.format(place=one.number, shift=shift))
    yield shifting.tell(one.row, wording.ADMITTED.format(shift=shift, number=notice.number))


def _target(ctx: Context, notice: Notice, order: Order) -> Shift | None:
    number = order.numbers[2] if len(order.numbers) > 2 else None
    found = wording.TO_SHIFT.match(order.rest)
    if found is not None:
        number = int(found["shift"])
    return _shift(ctx, notice, number) if number is not None else None


@on("replace_shift")
def replace(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """换人 7 2 5: number 2 steps down, number 5 (who waits in the same shift) steps up."""
    return _answered(_replace, ctx, order)


def _replace(ctx: Context, order: Order) -> Iterable[Reply]:
    notice = _organised(ctx, order, need=3, how=wording.HOW_REPLACE)
    out, into = (_person(ctx, notice, number) for number in order.numbers[1:3])
    given = {"number": notice.number, "out": out.number, "into": into.number}
    if out.shift.id != into.shift.id or out.number == into.number:
        raise _Said(wording.NOT_THIS_SHIFT.format(**given))
    _still_on(ctx, out.shift)
    shift = shifting.said(out.shift)
    shifts.admit(ctx.db, into.row, ctx.now, _me(ctx))  # first: the place must not fall to who has waited longer
    shifts.leave(ctx.db, out.row, ctx.now, state=shifts.REPLACED, by=_me(ctx))
    yield Reply(wording.CHANGED.format(**given, shift=shift))
    yield shifting.tell(out.row, wording.REPLACED.format(shift=shift))
    yield shifting.tell(into.row, wording.ADMITTED.format(shift=shift, number=notice.number))


@on("stand_down")
def stand_down(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """取消班次 7 2 下雨: everybody of the shift is told, with the reason; a repeat tells nobody."""
    return _answered(_stand_down, ctx, order)


def _stand_down(ctx: Context, order: Order) -> Iterable[Reply]:
    notice = _organised(ctx, order, need=2, how=wording.HOW_CALL_OFF)
    shift = _shift(ctx, notice, order.numbers[1])
    was_off, words = shift.stood_down_at is not None, shifting.said(shift)
    told = shifts.stand_down(ctx.db, shift, ctx.now)
    if was_off:
        raise _Said(wording.CALLED_OFF_ALREADY.format(shift=words))
    yield Reply(wording.CALLED_OFF.format(shift=words, count=len(told)))
    text = wording.STOOD_DOWN.format(shift=words, why=wording.because(order.rest.strip(BLANKS)))
    for row in told:
        yield shifting.tell(row, text)


@on("tell_sign_ups")
def tell_everybody(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """带话 7 集合地点改到西门: to everybody who has a place in what is still to come, each in private."""
    return _answered(_tell_everybody, ctx, order)


def _tell_everybody(ctx: Context, order: Order) -> Iterable[Reply]:
    notice = _organised(ctx, order, need=1, how=wording.HOW_PASS_ON)
    if not order.rest:
        raise _Said(wording.HOW_PASS_ON)
    listed = shifts.listed(ctx.db, notice.id)
    coming = [one.row for one in listed if one.row.state == IN and not shifts.is_over(one.shift, ctx.now)]
    people = {row.account_id: row for row in coming}
    if not people:
        raise _Said(wording.NOBODY_TO_TELL.format(number=notice.number))
    yield Reply(wording.TOLD.format(count=len(people)))
    text = wording.PASSED_ON.format(number=notice.number, text=order.rest)
    for row in people.values():
        yield shifting.tell(row, text)


# --- who and what is meant


def _organised(ctx: Context, order: Order, need: int = 0, how: str = "") -> Notice:
    """The call, if whoever speaks organises it; without a number their newest."""
    if order.no_number:
        raise _Said(wording.NO_SUCH_CALL.format(number=order.no_number))
    if len(order.numbers) < need:
        raise _Said(how)
    if order.number is None:
        mine = (notice for notice in shifts.open_calls(ctx.db, ctx.now) if _organises(ctx, notice))
        newest = next(mine, None)
        if newest is None:
            raise _Said(wording.HOW_LIST)
        return newest
    notice = notice_ledger.by_number(ctx.db, order.number)
    if notice is None or not shifts.of(ctx.db, notice.id):
        raise _Said(wording.NO_SUCH_CALL.format(number=order.number))
    if not _organises(ctx, notice):
        unit = directory.unit_of(ctx.db, notice.unit_id)
        raise _Said(wording.NOT_YOURS.format(number=notice.number, unit=unit.name if unit is not None else ""))
    return notice


def _organises(ctx: Context, notice: Notice) -> bool:
    unit = directory.unit_of(ctx.db, notice.unit_id)
    return unit is not None and may_in(ctx.who, "sign_ups", unit.path, None)


def _person(ctx: Context, notice: Notice, number: int) -> Listed:
    found = next((one for one in shifts.listed(ctx.db, notice.id) if one.number == number), None)
    if found is None:
        raise _Said(wording.NO_SUCH_PERSON.format(number=notice.number, place=number))
    if found.row.state not in COMING:
        raise _Said(wording.HAS_LEFT.format(place=number))
    return found


def _shift(ctx: Context, notice: Notice, number: int) -> Shift:
    rows = shifts.of(ctx.db, notice.id)
    found = next((row for row in rows if row.number == number), None)
    if found is None:
        listed = shifting.lines(ctx.db, notice, rows)
        raise _Said(wording.NO_SUCH_SHIFT.format(number=notice.number, shift=number, shifts=listed))
    return found


def _still_on(ctx: Context, shift: Shift) -> None:
    """Nobody is told to come to what is over or was called off."""
    if shifts.is_over(shift, ctx.now):
        raise _Said(wording.SHIFT_IS_OVER.format(shift=shifting.said(shift)))


def _me(ctx: Context) -> int:
    assert ctx.who.staff is not None
    return ctx.who.staff.id
