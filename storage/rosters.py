"""Who is on duty when, and who stands in for whom: 值班, 带班, leave and other absence. Times are business time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base
from storage.people import Id

SHIFT = "shift"  # a kind of absence: the work was handed over until the next shift


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
    kind: Mapped[str] = mapped_column(String(10), default="leave")  # leave or SHIFT
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]  # came back before


def duties_between(db: Session, unit_ids: Collection[int], since: datetime, until: datetime) -> Sequence[Duty]:
    """What stands on the rosters of these units and touches a stretch of time, in the order in which it begins."""
    standing = Duty.dropped_at.is_(None) & (Duty.ends_at > since) & (Duty.starts_at < until)
    query = select(Duty).where(Duty.unit_id.in_(unit_ids), standing)
    return db.scalars(query.order_by(Duty.starts_at, Duty.part, Duty.id)).all()


def last_by(db: Session, staff_id: int, since: datetime) -> tuple[Duty | None, Duty | None]:
    """The line that somebody put down last since then and that still stands, and the one they took off last."""
    made = select(Duty).where(Duty.made_by_id == staff_id, Duty.made_at >= since, Duty.dropped_at.is_(None))
    dropped = select(Duty).where(Duty.dropped_by_id == staff_id, Duty.dropped_at >= since)
    return (
        db.scalars(made.order_by(Duty.id.desc()).limit(1)).first(),
        db.scalars(dropped.order_by(Duty.dropped_at.desc(), Duty.id.desc()).limit(1)).first(),
    )


def last_absence_by(db: Session, staff_id: int, since: datetime) -> Absence | None:
    """What somebody noted last since then, their own or a colleague's leave or a shift, also one that is over."""
    noted = select(Absence).where(Absence.made_by_id == staff_id, Absence.made_at >= since)
    return db.scalars(noted.order_by(Absence.id.desc()).limit(1)).first()


def absences_of(db: Session, staff_ids: Collection[int], since: datetime) -> Sequence[Absence]:
    """What is known of these people's absence that is not over by a moment, in the order in which it begins."""
    open_end = Absence.ends_at.is_(None) | (Absence.ends_at > since)
    query = select(Absence).where(Absence.staff_id.in_(staff_ids), Absence.ended_at.is_(None), open_end)
    return db.scalars(query.order_by(Absence.starts_at, Absence.id)).all()
