"""Orders of the hotline and what had been told of the same before them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.origins import HotlineOrder
from storage.tickets import Ticket
from storage.workflow import Status

SOURCE = "hotline"  # of a ticket
MOST = 200  # older tickets that are compared
NOT_TOLD = (Status.REJECTED, Status.WITHDRAWN)


def by_number(db: Session, number: str) -> HotlineOrder | None:
    """The order of this number, as the hotline counts them."""
    return db.scalars(select(HotlineOrder).where(HotlineOrder.number == number)).one_or_none()


def of_ticket(db: Session, ticket_id: int) -> HotlineOrder | None:
    """The order that a ticket was opened for."""
    return db.scalars(select(HotlineOrder).where(HotlineOrder.ticket_id == ticket_id)).one_or_none()


def told_before(db: Session, ticket: Ticket, since: datetime) -> Sequence[Ticket]:
    """Tickets of the same place and category that residents had told us of, the oldest first."""
    if ticket.unit_id is None:
        return []
    query = select(Ticket).where(
        Ticket.unit_id == ticket.unit_id,
        Ticket.category == ticket.category,
        Ticket.opened_at >= since,
        Ticket.opened_at < ticket.opened_at,
        Ticket.id != ticket.id,
        Ticket.source != SOURCE,
        Ticket.status.not_in(NOT_TOLD),
        Ticket.confidential.is_(False),
    )
    return db.scalars(query.order_by(Ticket.opened_at, Ticket.id).limit(MOST)).all()
