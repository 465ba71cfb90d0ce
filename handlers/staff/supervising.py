"""督办: an inspector's opinion of a ticket, written beside it. It moves nothing, and nothing else is theirs to do.

Whoever holds the ticket and the level above read it in private; a group reads that there is one, never the words.
"""

from __future__ import annotations

from collections.abc import Iterator

from handlers.context import Context
from handlers.message import Incoming, Member, Replies, Reply, To
from handlers.orders import Order
from handlers.permissions import told_who
from handlers.registry import on
from handlers.staff import opinions
from handlers.ticket import case
from handlers.ticket.choosing import choose_eligible
from handlers.ticket.working import me
from handlers.wording import supervising as wording
from handlers.wording import taxonomy
from storage import directory
from storage.facts import Fact, FactKind
from storage.people import Staff
from storage.tickets import Ticket


@on("supervise")
def supervise(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """督办 1043 请今天内上门: kept encrypted; the same words a second time are answered, and told to nobody."""
    if not order.rest:
        return [Reply(wording.WHAT)]
    ticket = choose_eligible(incoming, ctx, order)
    if isinstance(ticket, Reply):
        return [ticket]
    number = ticket.number
    before = opinions.of_ticket(ctx.db, ticket)[-1:]
    if any(one.staff_id == me(ctx).id and opinions.said(ctx.db, ctx.vault, one) == order.rest for one in before):
        return [Reply(wording.ALREADY.format(number=number), ticket_id=ticket.id)]
    fact = case.record(ctx, ticket, FactKind.SUPERVISED, body=ctx.keep(order.rest), said_here=True)
    answer = Reply(wording.NOTED.format(number=number, who=_who_hears(ctx, ticket)), ticket_id=ticket.id)
    return [answer, *_told(ctx, ticket, fact, order.rest)]


def _who_hears(ctx: Context, ticket: Ticket) -> str:
    """Who was told, as the answer names them: somebody by name, units by theirs."""
    holder = ctx.db.get(Staff, ticket.holder_id) if ticket.holder_id is not None else None
    desk = directory.unit_of(ctx.db, ticket.desk_id)
    above = directory.level_above(ctx.db, desk)
    first = directory.name_of(ctx.vault, holder) or (desk.name if desk is not None else "")
    named = [name for name in (first, above.name if above is not None else "") if name]
    return wording.AND.join(named) or taxonomy.ROLE["dispatcher"]


def _told(ctx: Context, ticket: Ticket, fact: Fact, words: str) -> Iterator[Reply]:
    """The holder, before acceptance the desk, and the level above; where no desk is known those who dispatch there."""
    name = f"ticket:{ticket.number}:supervised:{fact.id}"
    in_group = wording.IN_GROUP.format(number=ticket.number)
    for to, hidden in _addresses(ctx, ticket):
        text = wording.TOLD.format(number=ticket.number, said=case.shown(words, hidden=hidden))
        yield Reply(text, to=to, in_group=in_group, name=name, ticket_id=ticket.id)


def _addresses(ctx: Context, ticket: Ticket) -> Iterator[tuple[To, bool]]:
    holder = ctx.db.get(Staff, ticket.holder_id) if ticket.holder_id is not None else None
    desk = directory.unit_of(ctx.db, ticket.desk_id) or directory.unit_of(ctx.db, ticket.unit_id)
    if holder is not None and holder.active:
        yield Member(holder.id), not told_who(holder)
    elif desk is not None:
        yield from ((to, case.hides(ctx.db, ticket)) for to in case.at_desk(ctx.db, ticket, desk.id))
    above = directory.level_above(ctx.db, desk)
    if above is not None:
        hidden = case.hides_reporter(ctx.db, above.id)
        yield from ((to, hidden) for to in case.at_desk(ctx.db, ticket, above.id))
