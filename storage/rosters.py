"""Who is on duty when, and who stands in for whom: 值班, 带班, leave and other absence. Times are business time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base
from storage.people import Id


class Duty(Base):
    """Somebody is on duty for a unit, and all below it, from one moment until before another."""

    __tablename__ = "duties"
    __table_args__ = (Index(None, "unit_id", "starts_at"), Index(None, "staff_id", "starts_at"))
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    part: Mapped[str] = mapped_column(String(8))  # duty: 值班员; leader: 带班领导
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    made_at: Mapped[datetime]
    dropped_at: Mapped[datetime | None]
    dropped_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))


class Absence(Base):
    """Somebody is away; a substitute gets what they would have got. ``ends_at`` None: until they say they are back."""

    __tablename__ = "absences"
    __table_args__ = (Index(None, "staff_id", "starts_at"), Index(None, "substitute_id"))
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    substitute_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    kind: Mapped[str] = mapped_column(String(10), default="leave")  # leave, shift: handed over until the next shift
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]  # came back before
