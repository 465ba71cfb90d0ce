"""Two tickets that belong together without being one: written once, read from either side."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from storage.origins import Link, TicketLink
from storage.tickets import Ticket


def link(db: Session, ticket: Ticket, other: Ticket, kind: Link, now: datetime) -> bool:
    """``ticket`` is to ``other`` what ``kind`` says. Answers whether that is new."""
    same = select(TicketLink.id).where(TicketLink.ticket_id == ticket.id, TicketLink.other_id == other.id)
    if ticket.id == other.id or db.scalar(same.where(TicketLink.kind == kind)) is not None:
        return False
    db.add(TicketLink(ticket_id=ticket.id, other_id=other.id, kind=kind, at=now))
    db.flush()
    return True


def others(db: Session, ticket: Ticket, kind: Link) -> Sequence[Ticket]:
    """Whatever a ticket is linked to in this way, from whichever side; oldest number first."""
    rows = select(TicketLink.ticket_id, TicketLink.other_id).where(TicketLink.kind == kind)
    rows = rows.where(or_(TicketLink.ticket_id == ticket.id, TicketLink.other_id == ticket.id))
    ids = {number for pair in db.execute(rows) for number in pair} - {ticket.id}
    return db.scalars(select(Ticket).where(Ticket.id.in_(ids)).order_by(Ticket.number)).all() if ids else []
