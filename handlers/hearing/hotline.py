"""An order of the 12345 hotline becomes a ticket: its deadline is the hotline's, and holds whatever becomes of it.

Each order is told by an account of its own that no platform reaches: what the resident would hear is for staff to pass
on, as with everybody whom no door reaches. An order that comes twice is one ticket.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from handlers.context import Context, words_of
from handlers.matter import joining, open_here
from handlers.matter.opening import open_ticket
from handlers.message import Incoming, Replies
from handlers.rules import deadlines, promises, told_before
from handlers.ticket import cards, promising
from nlp.normalise import fold
from nlp.reading import Part
from storage import hotline
from storage.inbox import Body
from storage.origins import HotlineOrder, Link, TicketLink
from storage.tickets import Ticket

DOOR, EVENT = "hotline:12345", "hotline_order"
GRAVITY = ("ordinary", "complex", "urgent", deadlines.EMERGENCY)


@dataclass(frozen=True, slots=True)
class OrderSaid:
    """What the hotline sends with the words. Both moments are aware."""

    number: str
    received_at: datetime
    due_at: datetime


def ordered(incoming: Incoming, ctx: Context) -> Replies | None:
    """What comes by the hotline's own door; nobody else's messages are orders."""
    if incoming.door != DOOR or incoming.event != EVENT:
        return None
    moments = (datetime.fromisoformat(incoming.data[name]) for name in ("received", "due"))
    return take(ctx, OrderSaid(incoming.data["number"], *moments), incoming.text)


def take(ctx: Context, said: OrderSaid, words: str) -> Replies:
    """Opens the ticket of an order and sends its card; nothing for an order that is known."""
    if hotline.by_number(ctx.db, said.number) is not None:
        return []
    given = promises.given(said.received_at, said.due_at, ctx.policy, hotline.SOURCE)
    ticket = open_ticket(
        ctx,
        _part(ctx, words),
        ctx.keep(words),
        kind=ctx.reading.kind or "fault",
        source=hotline.SOURCE,
        given={promises.RESOLVE: given},
    )
    row = HotlineOrder(number=said.number, ticket_id=ticket.id, received_at=said.received_at, due_at=said.due_at)
    earlier = find_earlier(ctx, ticket, words)
    if earlier is not None:
        row.earlier_id, row.earlier_at = earlier.id, earlier.opened_at
        ctx.db.add(TicketLink(ticket_id=ticket.id, other_id=earlier.id, kind=Link.SAME_AGAIN, at=ctx.now))
    ctx.db.add(row)
    ctx.db.flush()
    return list(cards.card_to_desk(ctx, ticket, fresh=True))


def _part(ctx: Context, words: str) -> Part:
    """One order is one ticket: the gravest of what it tells, with every place that it names."""
    parts = sorted(ctx.reading.parts, key=lambda part: GRAVITY.index(part.urgency), reverse=True)
    if not parts:
        return Part("other", "ordinary", tuple(ctx.reading.place), words)
    places = tuple(dict.fromkeys(place for part in (parts[0], *ctx.reading.parts) for place in part.place))
    return Part(parts[0].category, parts[0].urgency, places or tuple(ctx.reading.place), words)


def find_earlier(ctx: Context, ticket: Ticket, words: str) -> Ticket | None:
    """The first time that the same was told us, in the weeks before."""
    since = ticket.opened_at - promising.policy_of(ctx, ticket).hotline_earlier
    new = joining.told_of(ctx, ticket, words)
    for row in hotline.told_before(ctx.db, ticket, since):
        body = ctx.db.get(Body, row.words_id) if row.words_id is not None else None
        before = words_of(ctx.vault, body)
        shared = open_here.in_common(fold(words), fold(before))
        if told_before.is_same(new, joining.told_of(ctx, row, before), shared):
            return row
    return None
