"""抹去原话 1043: the words and photos of a ticket that is over, for good, because somebody asked for it."""

from __future__ import annotations

from handlers.context import Context
from handlers.message import Incoming, Replies, Reply
from handlers.orders import Order
from handlers.registry import on
from handlers.rules.privacy import discreet_place
from handlers.ticket import case
from handlers.ticket.choosing import choose
from handlers.wording import erasing as wording
from handlers.wording.commands import BLANKS
from storage import erasing, incidents
from storage.tickets import Ticket


@on("erase")
def erase(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """What is lost is said first, and done only where 确认 stands behind the number: there is no way back."""
    if order.number is None:
        return [Reply(wording.WHICH)]
    ticket = choose(incoming, ctx, order)
    if isinstance(ticket, Reply):
        return [ticket]
    if ticket.erased_at is not None:
        return [Reply(wording.ALREADY.format(number=ticket.number), ticket_id=ticket.id)]
    if ticket.status not in erasing.OVER:
        return [Reply(wording.NOT_OVER.format(number=ticket.number), ticket_id=ticket.id)]
    why = _why(order.rest.strip(BLANKS))
    if why is None:
        return [Reply(lost(ctx, ticket, wording.SURE), ticket_id=ticket.id, part="sure")]
    return _erased(ctx, ticket, why)


def lost(ctx: Context, ticket: Ticket, form: str = wording.LOST) -> str:
    """What goes with the words of a ticket, with what was merged into it."""
    parts = wording.APART.join(str(part.number) for part in incidents.parts(ctx.db, ticket))
    also = wording.WITH_PARTS.format(numbers=parts) if parts else ""
    return form.format(number=ticket.number, also=also)


def _why(words: str) -> str | None:
    """确认, 确认 报事人要求: why, where somebody is sure; said without a reason it was asked for."""
    surely = next((word for word in wording.SURELY if words.startswith(word)), None)
    if surely is None:
        return None
    said = words.removeprefix(surely).strip(BLANKS)
    return next((why for why, name in wording.WHY.items() if name == said), None) if said else "asked"


def _erased(ctx: Context, ticket: Ticket, why: str) -> Replies:
    number, ticket_id = ticket.number, ticket.id
    staff_id = ctx.who.staff.id if ctx.who.staff is not None else None
    fact = erasing.erase(ctx.db, ticket, ctx.now, discreet_place, staff_id=staff_id, why=why)
    ctx.facts.append(fact)
    answer = Reply(wording.ERASED.format(number=number), ticket_id=ticket_id)
    if ticket.confidential:
        return [answer]  # a message might be read by whom it was told of
    return [answer, *case.tell_members(ctx, ticket, fact, wording.TOLD.format(number=number))]
