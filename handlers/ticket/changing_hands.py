"""A ticket goes back to waiting at a desk: nobody holds it, a new round of hands begins, the promise stays."""

from __future__ import annotations

from handlers.context import Context
from handlers.ticket import case, second_looks
from storage import tickets
from storage.tickets import Ticket
from storage.workflow import Closing, Status


def back_to_desk(ctx: Context, ticket: Ticket, desk_id: int | None) -> None:
    """Puts it before a desk, or before whoever dispatches (None). The caller records why and arms the timers.

    That the street still has to talk to the resident goes with it, whoever works on it meanwhile.
    """
    if ticket.status != Status.REPORTED:
        tickets.move(ticket, Status.REPORTED)
    case.stop_timers(ctx.db, ticket, but=second_looks.TALK)
    ticket.holder_id, ticket.accepted_at, ticket.progress_due = None, None, None
    ticket.desk_id = desk_id
    ticket.handovers += 1


def is_taken_down(ticket: Ticket) -> bool:
    """Whether staff said that it was no report."""
    return ticket.status == Status.REJECTED and ticket.closing == Closing.NOT_REPORT
