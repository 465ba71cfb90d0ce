"""不收通知, 恢复通知: a resident wants no ordinary notices, or wants them again. Important ones come all the same."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from handlers.context import Context
from handlers.message import Incoming, Replies, Reply
from handlers.orders import Order
from handlers.registry import on
from handlers.wording import opting_out as wording
from storage import notice_control
from storage.people import Account, Household, Resident


@on("notices_off")
def off(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """Ordinary notices pass by whoever speaks; one that has not left for them yet does so too."""
    people = _people(ctx)
    if not people:
        return [Reply(wording.NOT_BOUND)]
    if all(person.notices_off_at is not None for person in people):
        return [Reply(wording.ALREADY_OFF)]
    for person in people:
        person.notices_off_at = person.notices_off_at or ctx.now
    ctx.db.flush()
    homes = _homes(ctx, people)
    notice_control.spare(ctx.db, homes)
    return [Reply(wording.OFF if homes else wording.NOT_CONTACT)]


@on("notices_on")
def on_again(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """All notices come again, from the next one on."""
    if order.number is not None and ctx.who.is_staff:
        return [Reply(wording.RESUME_INSTEAD.format(number=order.number))]
    people = _people(ctx)
    if not people:
        return [Reply(wording.NOT_BOUND)]
    if all(person.notices_off_at is None for person in people):
        return [Reply(wording.ALREADY_ON)]
    for person in people:
        person.notices_off_at = None
    ctx.db.flush()
    return [Reply(wording.ON)]


def _people(ctx: Context) -> Sequence[Resident]:
    """Whoever speaks, as a resident: by all of their accounts."""
    ids = select(Account.resident_id).where(Account.id.in_(ctx.mine))
    return ctx.db.scalars(select(Resident).where(Resident.id.in_(ids)).order_by(Resident.id)).all()


def _homes(ctx: Context, people: Sequence[Resident]) -> Sequence[int]:
    """The front doors whose notices come to them."""
    ids = [person.id for person in people]
    return ctx.db.scalars(select(Household.id).where(Household.contact_id.in_(ids))).all()
