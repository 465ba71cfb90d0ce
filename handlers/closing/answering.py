"""答复: advice and praise end with an answer, which the person hears; nobody is asked whether it is well now."""

from __future__ import annotations

from handlers.context import Context
from handlers.message import Replies, Reply
from handlers.ticket import case
from handlers.wording import advising as wording
from storage import tickets
from storage.facts import FactKind
from storage.tickets import Ticket
from storage.workflow import Closing, Status


def answer(ctx: Context, ticket: Ticket, said: str) -> Replies:
    """Ends it with what was said. Whoever answers what nobody took has taken it."""
    if not said:
        return [Reply(wording.ANSWER_EMPTY.format(number=ticket.number), ticket_id=ticket.id)]
    if ticket.status == Status.REPORTED:
        tickets.move(ticket, Status.ACCEPTED)
        ticket.holder_id = ctx.who.staff.id if ctx.who.staff is not None else None
        ticket.accepted_at = ctx.now
        case.record(ctx, ticket, FactKind.ACCEPTED, data={"late": ctx.now > ticket.accept_due, "by": "resolve"})
    tickets.move(ticket, Status.RESOLVED)
    ticket.resolved_at = ctx.now
    fact = case.record(ctx, ticket, FactKind.RESOLVED, body=ctx.keep(said), said_here=True, data={"photo": False})
    case.belongs(ctx, ticket)
    case.close(ctx, ticket, Closing.EXPLAINED)
    told = wording.TOLD[ticket.kind].format(number=ticket.number, said=said)
    done = Reply(wording.ANSWERED.format(number=ticket.number), ticket_id=ticket.id)
    return [done, *case.tell_members(ctx, ticket, fact, told)]
