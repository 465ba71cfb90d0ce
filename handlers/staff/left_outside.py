"""What was handed to somebody outside and nobody objected to: for us it has ended, and it never counts as solved."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from handlers.message import Replies
from storage import tickets
from storage.facts import Fact, FactKind
from storage.tickets import Ticket
from storage.workflow import Closing, Status

CLOSE = "transferred:close"  # the timer


def ring(ticket: Ticket, db: Session, now: datetime) -> Replies:
    """The days in which most objections come are over; the reporter may object some days more."""
    if ticket.status == Status.TRANSFERRED:
        tickets.move(ticket, Status.CLOSED)
        ticket.closing, ticket.closed_at = Closing.HANDED_OVER, now
        data = {"closing": Closing.HANDED_OVER, "silent": True}
        db.add(Fact(ticket_id=ticket.id, kind=FactKind.CLOSED, at=now, data=data))
        db.flush()
    return []
