"""What a morning says of a unit: what came in, what nobody answered, what is late, what was closed. Counts and numbers.

Every moment is business time. A unit's tickets are those below it in the tree, and those of the estates it walks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from storage.origins import ROOT_CAUSE
from storage.people import Post, Staff, Unit
from storage.tickets import Ticket
from storage.workflow import OPEN, WAITING_FOR_STAFF, Closing, Status

LEVELS = ("grid", "station", "community", "street", "district", "city")
OWN_DESK = frozenset({"property", "department", "enterprise"})  # whose tickets are those on their desk
NEVER_WAITED = (Status.MERGED, Status.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Counts:
    """A morning in five figures."""

    new: int
    unanswered: int
    overdue: int
    closed: int
    due: int


def below(db: Session, unit: Unit) -> ColumnElement[bool]:
    """Whether a ticket is a unit's: below it, or in an estate that it walks. A department's lie on its desk.

    The units are named one by one: a table of tickets is searched by its index then, on both engines.
    """
    inside = db.scalars(select(Unit.id).where(Unit.path.startswith(unit.path))).all()
    if unit.kind in OWN_DESK:
        return Ticket.desk_id.in_(inside)
    walked = db.scalars(select(Unit.id).where(Unit.grid_id.in_(inside))).all()
    here = Ticket.unit_id.in_({*inside, *walked})
    return or_(here, Ticket.unit_id.is_(None)) if unit.parent_id is None else here


def is_late(now: datetime) -> ColumnElement[bool]:
    """Whether something that was promised about what waits for staff is over."""
    unaccepted = and_(Ticket.status == Status.REPORTED, Ticket.accept_due <= now)
    undone = and_(Ticket.status.in_(WAITING_FOR_STAFF), Ticket.resolve_due <= now)
    return or_(unaccepted, undone)


def _due_until(now: datetime, until: datetime) -> ColumnElement[bool]:
    accept = and_(Ticket.status == Status.REPORTED, Ticket.accept_due > now, Ticket.accept_due <= until)
    resolve = and_(Ticket.status.in_(WAITING_FOR_STAFF), Ticket.resolve_due > now, Ticket.resolve_due <= until)
    return or_(accept, resolve)


def counts(db: Session, unit: Unit, begin: datetime, end: datetime, now: datetime, until: datetime) -> Counts:
    """What came in and was closed from ``begin`` until before ``end``; what stands so ``now``; what is due by
    ``until``."""
    report = Ticket.status.not_in(NEVER_WAITED) & (Ticket.source != ROOT_CAUSE)
    true_report = report & or_(Ticket.closing.is_(None), Ticket.closing != Closing.NOT_REPORT)
    came = and_(true_report, Ticket.opened_at >= begin, Ticket.opened_at < end)
    went = and_(Ticket.status == Status.CLOSED, Ticket.closed_at >= begin, Ticket.closed_at < end)
    wanted = (came, Ticket.status == Status.REPORTED, is_late(now), went, _due_until(now, until))
    looked_at = or_(Ticket.status.in_(OPEN), Ticket.opened_at >= begin, Ticket.closed_at >= begin)
    query = select(*(func.coalesce(func.sum(case((one, 1), else_=0)), 0) for one in wanted))
    return Counts(*(int(count) for count in db.execute(query.where(below(db, unit), looked_at)).one()))


def first_due(db: Session, unit: Unit, now: datetime, until: datetime, most: int) -> Sequence[int]:
    """Numbers of what is late or due by ``until``, the earliest first; without what was said in confidence."""
    due = case((Ticket.status == Status.REPORTED, Ticket.accept_due), else_=Ticket.resolve_due)
    wanted = or_(is_late(now), _due_until(now, until)) & Ticket.confidential.is_(False)
    query = select(Ticket.number).where(below(db, unit), Ticket.status.in_(WAITING_FOR_STAFF), wanted)
    return db.scalars(query.order_by(due, Ticket.id).limit(most)).all()


def manned(db: Session) -> Sequence[Unit]:
    """Every grid, community, street, district and city in which anybody works."""
    posts = select(Post.unit_id).join(Staff, Staff.id == Post.staff_id).where(Staff.active)
    return db.scalars(select(Unit).where(Unit.kind.in_(LEVELS), Unit.id.in_(posts)).order_by(Unit.path)).all()
