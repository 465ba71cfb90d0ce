"""Tasks for every grid of a place (任务), one row a grid: what was asked, by when, and what was found."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, new_ref
from storage.people import Id


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
