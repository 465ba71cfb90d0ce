"""结果公示: what became of a month's reports, by residents' group. Counts only: nothing here names anybody.

Tip-offs, what was no report after all, what was taken back or merged, and questions, advice and praise are not counted.
Times are business time; a month is one of Asia/Shanghai, given by its beginning and its end.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from storage.base import new_ref
from storage.candidates import SHADOW
from storage.conflict import on_conflict_do_nothing
from storage.notice_people import Publication
from storage.people import Building, Group, Unit, UnitKind
from storage.tickets import Ticket
from storage.workflow import OPEN, Closing, Status

NEW, WAITING, PUBLISHED, DROPPED = "new", "waiting", "published", "dropped"
COUNTED = ("fault", "complaint")
DELICATE = frozenset({"dispute", "welfare", "security"})  # one such report a month points at a door
NEVER = (Status.MERGED, Status.WITHDRAWN)


def groups(db: Session) -> Sequence[tuple[Group, Unit]]:
    """Residents' groups that are told, with the estate they are bound to; never where the bot only listens."""
    query = (
        select(Group, Unit)
        .join(Unit, Unit.id == Group.unit_id)
        .where(Group.kind == "residents", Group.mode != SHADOW, Unit.kind == UnitKind.ESTATE)
        .order_by(Group.id)
    )
    return [(row[0], row[1]) for row in db.execute(query)]


def counted(db: Session, group: Group, begin: datetime, end: datetime) -> dict[str, Any]:
    """A group's month: ``reported``, ``done``, ``explained``, ``open`` by state, and what it was about."""
    found: dict[str, Any] = {"reported": 0, "done": 0, "explained": 0, "open": {}, "about": {}}
    about: Counter[str] = Counter()
    for status, closing, category, count in db.execute(_counts(group, begin, end)):
        found["reported"] += count
        about["other" if category in DELICATE else category] += count
        if status in OPEN or status == Status.TRANSFERRED:
            found["open"][status] = found["open"].get(status, 0) + count
        elif closing == Closing.SOLVED:
            found["done"] += count
        else:
            found["explained"] += count
    found["about"] = dict(about.most_common())
    return found


def _counts(group: Group, begin: datetime, end: datetime) -> Select[str, str | None, str, int]:
    return (
        select(Ticket.status, Ticket.closing, Ticket.category, func.count())
        .where(
            _there(group),
            Ticket.opened_at >= begin,
            Ticket.opened_at < end,
            Ticket.confidential.is_(False),
            Ticket.kind.in_(COUNTED),
            Ticket.status.not_in(NEVER),
            or_(Ticket.closing.is_(None), Ticket.closing.not_in((Closing.NOT_REPORT, Closing.WITHDRAWN))),
        )
        .group_by(Ticket.status, Ticket.closing, Ticket.category)
    )


def _there(group: Group) -> ColumnElement[bool]:
    """The group's estate, or its building where it is a building's group."""
    if group.building_id is None:
        return Ticket.unit_id == group.unit_id
    return and_(Ticket.unit_id == group.unit_id, Ticket.building_id == group.building_id)


def write(db: Session, rows: Sequence[dict[str, Any]]) -> None:
    """New publications; a group's month exists once."""
    if rows:
        statement = on_conflict_do_nothing(db, Publication, "group_id", "month")
        db.connection().execute(statement, [{"ref": new_ref(), "state": NEW} | row for row in rows])


def next_new(db: Session) -> Publication | None:
    """A publication without its picture."""
    query = select(Publication).where(Publication.state == NEW).order_by(Publication.id).limit(1)
    return db.scalars(query).one_or_none()


def still_new(db: Session, unit_id: int, month: str) -> bool:
    """Whether any of a community's month lacks its picture."""
    query = select(Publication.id).where(
        Publication.unit_id == unit_id, Publication.month == month, Publication.state == NEW
    )
    return db.scalar(query.limit(1)) is not None


def waiting(db: Session, path: str, month: str | None = None) -> Sequence[tuple[Publication, Group]]:
    """What waits for the secretary of a part of the tree, locked, oldest first. A group that was made one where the bot
    only listens, after it was counted, waits for nobody."""
    query = (
        select(Publication, Group)
        .join(Group, Group.id == Publication.group_id)
        .join(Unit, Unit.id == Publication.unit_id)
        .where(Publication.state == WAITING, Unit.path.startswith(path), Group.mode != SHADOW)
        .order_by(Publication.id)
        .with_for_update(of=Publication)
        .execution_options(populate_existing=True)
    )
    rows = db.execute(query.where(Publication.month == month) if month is not None else query)
    return [(row[0], row[1]) for row in rows]


def place_of(db: Session, group: Group) -> str:
    """Where a group lives, as its picture says it."""
    unit, building = db.get_one(Unit, group.unit_id), None
    if group.building_id is not None:
        building = db.get_one(Building, group.building_id)
    return unit.name + (building.name if building is not None else "")
