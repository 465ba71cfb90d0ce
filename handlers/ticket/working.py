"""Who works on a ticket: whoever is speaking, and the ticket that they took up by reporting on it."""

from __future__ import annotations

from handlers.context import Context
from handlers.message import Reply
from handlers.ticket import beside, case
from handlers.ticket.choosing import not_now
from handlers.ticket.promising import at_acceptance, kept
from storage import tickets
from storage.facts import FactKind
from storage.people import Staff
from storage.tickets import Ticket
from storage.workflow import Status


def me(ctx: Context) -> Staff:
    """Whoever of the staff is speaking. Raises PermissionError where it is a resident: the table let nobody through."""
    if ctx.who.staff is None:
        raise PermissionError("only staff reach this handler")
    return ctx.who.staff


def work_on(ctx: Context, ticket: Ticket, command: str) -> Reply | None:
    """Somebody who reports progress or the end of a ticket that nobody took has taken it."""
    if command == "resolve" and (left := beside.left(ctx, ticket)) is not None:
        return left
    if ticket.status == Status.REPORTED:
        made = at_acceptance(ctx, ticket)
        tickets.move(ticket, Status.ACCEPTED)
        ticket.holder_id, ticket.accepted_at = me(ctx).id, ctx.now
        data = {"late": ctx.now > ticket.accept_due, "by": command, **kept(made)}
        case.record(ctx, ticket, FactKind.ACCEPTED, data=data)
        case.taken(ctx, ticket)
        return None
    if ticket.status not in (Status.ACCEPTED, Status.IN_PROGRESS):
        return not_now(ticket, command)
    return None
