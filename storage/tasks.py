"""Tasks for every grid of a place (任务), one row a grid: what was asked, by when, and what was found."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, ForeignKey, Index, String, UniqueConstraint, case, func, or_, select, update
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from storage.base import Base, new_ref
from storage.inserts import insert_all
from storage.people import Id, Unit, UnitKind
from storage.tickets import Ticket

OPEN, DONE = "open", "done"  # states of a row


class Task(Base):
    """Something that is to be looked at in every grid. ``number`` is what people say. Times are business time."""

    __tablename__ = "tasks"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    number: Mapped[int] = mapped_column(Id, unique=True)
    ref: Mapped[str] = mapped_column(String(32), default=new_ref)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)  # whose task it is; its grids are below
    owner_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    body_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    admission: Mapped[str | None] = mapped_column(String(120))  # the item of the community's admission list (准入清单)
    made_at: Mapped[datetime]
    due_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))


class TaskRow(Base):
    """A task in one grid. Done by a word; a fault that was found is a ticket that names the task."""

    __tablename__ = "task_rows"
    __table_args__ = (UniqueConstraint("task_id", "unit_id"), Index(None, "unit_id", "state"))
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    state: Mapped[str] = mapped_column(String(10), default="open")  # open, done
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    done_at: Mapped[datetime | None]
    body_id: Mapped[int | None] = mapped_column(ForeignKey("bodies.id"))


@dataclass(frozen=True, slots=True)
class Counted:
    """How far a task is in one community, or in whatever else its grids lie below."""

    unit: str
    done: int
    all: int


def by_number(db: Session, number: int) -> Task | None:
    """The task that people call by this number."""
    return db.scalars(select(Task).where(Task.number == number)).one_or_none()


def grids_below(db: Session, paths: Sequence[str]) -> Sequence[Unit]:
    """Every grid of these parts of the tree, in the order of the tree."""
    if not paths:
        return []
    inside = or_(*(Unit.path.startswith(path) for path in paths))
    return db.scalars(select(Unit).where(Unit.kind == UnitKind.GRID, inside).order_by(Unit.path)).all()


def give(db: Session, task: Task, grids: Sequence[Unit]) -> None:
    """A row for each grid."""
    insert_all(db, TaskRow, [{"task_id": task.id, "unit_id": grid.id} for grid in grids])


def open_grids(db: Session, task_id: int) -> Sequence[Unit]:
    """The grids that are not done, in the order of the tree."""
    query = select(Unit).join(TaskRow, TaskRow.unit_id == Unit.id)
    return db.scalars(query.where(TaskRow.task_id == task_id, TaskRow.state == OPEN).order_by(Unit.path)).all()


def rows_of(db: Session, task_id: int, unit_ids: Collection[int]) -> Sequence[tuple[TaskRow, Unit]]:
    """A task's rows in these grids."""
    query = select(TaskRow, Unit).join(Unit, Unit.id == TaskRow.unit_id)
    rows = db.execute(query.where(TaskRow.task_id == task_id, TaskRow.unit_id.in_(unit_ids)).order_by(Unit.path))
    return [(row[0], row[1]) for row in rows]


def finish(db: Session, row_ids: Collection[int], by: int, at: datetime, body_id: int | None) -> int:
    """Marks rows as done that are not; answers how many there were: of two at once one counts."""
    still = update(TaskRow).where(TaskRow.id.in_(row_ids), TaskRow.state == OPEN)
    values = {"state": DONE, "done_by_id": by, "done_at": at, "body_id": body_id}
    return cast("CursorResult[Any]", db.execute(still.values(**values))).rowcount


def end(db: Session, task: Task, by: int | None, at: datetime) -> bool:
    """Ends a task that has not ended. False where somebody else was first."""
    still = update(Task).where(Task.id == task.id, Task.ended_at.is_(None)).values(ended_at=at, ended_by_id=by)
    done = cast("CursorResult[Any]", db.execute(still)).rowcount == 1
    db.refresh(task)
    return done


def counted(db: Session, task_id: int) -> list[Counted]:
    """How far a task is, by what its grids lie below (a community), in the order of the tree: nobody is ranked."""
    above = aliased(Unit)
    done = func.sum(case((TaskRow.state == DONE, 1), else_=0))
    query = (
        select(func.coalesce(above.name, Unit.name), done, func.count())
        .select_from(TaskRow)
        .join(Unit, Unit.id == TaskRow.unit_id)
        .outerjoin(above, above.id == Unit.parent_id)
        .where(TaskRow.task_id == task_id)
        .group_by(func.coalesce(above.name, Unit.name), above.id)
        .order_by(func.min(Unit.path))
    )
    return [Counted(name, int(finished), count) for name, finished, count in db.execute(query)]


def found(db: Session, task_id: int) -> int:
    """How many tickets a task led to."""
    return db.scalar(select(func.count()).where(Ticket.task_id == task_id)) or 0


def running(db: Session, unit_ids: Collection[int], paths: Sequence[str], owner_id: int | None) -> Sequence[Task]:
    """Tasks that have not ended: of these grids, of grids below these parts of the tree, or one's own; earliest end
    first."""
    inside = or_(TaskRow.unit_id.in_(unit_ids), *(Unit.path.startswith(path) for path in paths))
    mine = select(TaskRow.task_id).join(Unit, Unit.id == TaskRow.unit_id).where(inside)
    whose = Task.id.in_(mine) if owner_id is None else or_(Task.id.in_(mine), Task.owner_id == owner_id)
    return db.scalars(select(Task).where(Task.ended_at.is_(None), whose).order_by(Task.due_at, Task.id)).all()


def left_open(db: Session, since: datetime, until: datetime) -> Sequence[tuple[Task, Unit]]:
    """Every grid that is not done with a task that is due within a stretch of time; earliest end first."""
    query = (
        select(Task, Unit)
        .join(TaskRow, TaskRow.task_id == Task.id)
        .join(Unit, Unit.id == TaskRow.unit_id)
        .where(Task.ended_at.is_(None), TaskRow.state == OPEN, Task.due_at > since, Task.due_at <= until)
        .order_by(Task.due_at, Task.id, Unit.path)
    )
    return [(row[0], row[1]) for row in db.execute(query)]
