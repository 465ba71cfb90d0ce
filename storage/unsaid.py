"""News of tickets that no channel could tell a resident: somebody has to pass them on by telephone or at the door."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, and_, func, or_, select, true, update
from sqlalchemy.orm import Session

from storage.outbox import Outbox, OutboxState
from storage.people import Account
from storage.tickets import Ticket

PASSED_ON = "passed on by staff"
_LEFT = and_(
    Outbox.state == OutboxState.NO_WAY,
    Outbox.ticket_id.is_not(None),
    Outbox.account_id.is_not(None),
    or_(Outbox.reason.is_(None), Outbox.reason != PASSED_ON),
)


def tickets_of(db: Session, staff_id: int, desk_ids: Collection[int], most: int) -> Sequence[tuple[int, int]]:
    """Number of each ticket with such news, and how many: those the person holds, and those nobody holds of a desk."""
    nobodys = and_(Ticket.holder_id.is_(None), Ticket.desk_id.in_(sorted(desk_ids)))
    return _numbers(db, most, or_(Ticket.holder_id == staff_id, nobodys))


def everywhere(db: Session, most: int) -> Sequence[tuple[int, int]]:
    """The same for all tickets, the oldest news first."""
    return _numbers(db, most, true())


def _numbers(db: Session, most: int, which: ColumnElement[bool]) -> Sequence[tuple[int, int]]:
    query = (
        select(Ticket.number, func.count())
        .select_from(Outbox)
        .join(Ticket, Ticket.id == Outbox.ticket_id)
        .join(Account, Account.id == Outbox.account_id)
        .where(_LEFT, Account.staff_id.is_(None), which)
        .group_by(Ticket.number)
        .order_by(func.min(Outbox.id))
        .limit(most)
    )
    return [(number, count) for number, count in db.execute(query)]


def count(db: Session, ticket_id: int) -> int:
    """How many messages about a ticket residents have not been told."""
    query = select(func.count()).select_from(Outbox).join(Account, Account.id == Outbox.account_id)
    return db.scalar(query.where(_LEFT, Account.staff_id.is_(None), Outbox.ticket_id == ticket_id)) or 0


def pass_on(db: Session, ticket_id: int) -> int:
    """Somebody has told them: it is not said again at their next word. Answers how many messages that was."""
    residents: ColumnElement[bool] = Outbox.account_id.in_(select(Account.id).where(Account.staff_id.is_(None)))
    left = update(Outbox).where(_LEFT, residents, Outbox.ticket_id == ticket_id)
    return len(db.execute(left.values(reason=PASSED_ON).returning(Outbox.id)).all())
