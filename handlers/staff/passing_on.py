"""已转告: what no channel could tell a resident, somebody told them by telephone or at the door."""

from __future__ import annotations

from handlers.context import Context
from handlers.message import Incoming, Replies, Reply
from handlers.orders import Order
from handlers.registry import on
from handlers.ticket import case
from handlers.ticket.choosing import choose
from handlers.wording import passing_on as wording
from storage import unsaid
from storage.facts import FactKind


@on("passed_on")
def passed_on(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """已转告 1043: the news counts as told, and is not said again at the resident's next word."""
    ticket = choose(incoming, ctx, order)
    if isinstance(ticket, Reply):
        return [ticket]
    told = unsaid.pass_on(ctx.db, ticket.id)
    if not told:
        return [Reply(wording.NOTHING_LEFT.format(number=ticket.number), ticket_id=ticket.id)]
    case.record(ctx, ticket, FactKind.TOLD, data={"by": "staff", "messages": told})
    case.belongs(ctx, ticket)
    return [Reply(wording.PASSED_ON.format(number=ticket.number), ticket_id=ticket.id)]
