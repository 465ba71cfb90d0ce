"""留言: what somebody of the place knows about a ticket and says to whoever works on it. It moves nothing."""

from __future__ import annotations

from handlers.context import Context
from handlers.message import Incoming, Replies, Reply
from handlers.orders import Order
from handlers.registry import on
from handlers.ticket import case
from handlers.ticket.choosing import choose_eligible
from handlers.ticket.working import me
from handlers.wording import commenting as wording
from handlers.wording import taxonomy
from storage.facts import FactKind
from storage.tickets import Ticket


@on("comment")
def comment(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """留言 1043 楼下有两家也漏: kept encrypted, told to the holder or the desk; the reporter hears nothing of it."""
    if not order.rest:
        return [Reply(wording.WHAT)]
    ticket = choose_eligible(incoming, ctx, order)
    if isinstance(ticket, Reply):
        return [ticket]
    fact = case.record(ctx, ticket, FactKind.COMMENTED, body=ctx.keep(order.rest), said_here=True)
    answer = Reply(wording.NOTED.format(number=ticket.number), ticket_id=ticket.id)
    return [answer, *case.tell_workers(ctx, ticket, fact, _form(ctx, ticket), order.rest)]


def _form(ctx: Context, ticket: Ticket) -> str:
    """The sentence with its places for the number and the words still open: who says it is said by their post."""
    post = next(iter(me(ctx).posts))
    return wording.TOLD.format(who=f"{post.unit.name}{taxonomy.ROLE[post.role]}", number="{number}", said="{said}")
