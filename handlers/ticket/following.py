"""What somebody passed on themselves: they may see how it goes and urge it, as long as it is open.

Nothing that was said in confidence; and whoever sees the tickets of their own desk alone, only while it lies there.
"""

from __future__ import annotations

from sqlalchemy import select

from handlers.context import Context
from handlers.orders import Order
from handlers.permissions import TABLE, may, told_who
from storage import facts, tickets
from storage.facts import Fact, FactKind
from storage.tickets import Ticket
from storage.workflow import OPEN

COMMANDS = frozenset({"look", "nudge"})


def follows(ctx: Context, ticket: Ticket) -> bool:
    """Whether whoever speaks gave it to somebody else, or stands in for whoever did."""
    staff = ctx.who.staff
    if staff is None or ticket.status not in OPEN or ticket.confidential or not ticket.handovers:
        return False
    if not told_who(staff) and ticket.desk_id not in ctx.who.desks:
        return False
    given = facts.by_ticket(ctx.db, [ticket.id], FactKind.REASSIGNED).get(ticket.id, [])
    return any(fact.staff_id in ctx.who.hands for fact in given)


def may_give(ctx: Context, order: Order) -> bool:
    """Whether somebody may give this command here: by their posts, or 催办 of what they passed on."""
    if may(ctx.who, order.command, ctx.chat_kind):
        return True
    if order.command != "nudge" or ctx.chat_kind not in TABLE["nudge"].chats:
        return False
    if not order.numbers:
        return bool(passed_on(ctx))
    named = [tickets.by_number(ctx.db, number) for number in order.numbers]
    return all(row is not None and follows(ctx, tickets.lead(ctx.db, row)) for row in named)


def passed_on(ctx: Context) -> list[Ticket]:
    """What whoever speaks gave to somebody else and is open yet."""
    given = select(Fact.ticket_id).where(Fact.kind == FactKind.REASSIGNED, Fact.staff_id.in_(ctx.who.hands))
    rows = ctx.db.scalars(select(Ticket).where(Ticket.status.in_(OPEN), Ticket.handovers > 0, Ticket.id.in_(given)))
    return [row for row in rows if follows(ctx, row)]
