"""吹哨报到: who was called to help with a ticket, by when they must answer, and who works on it beside its holder."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base
from storage.people import Id


class WhistleKind(StrEnum):
    """Why departments are called together."""

    ENFORCEMENT = "enforcement"  # 综合执法
    EMERGENCY = "emergency"  # 应急处置
    HARD = "hard"  # 重点难点


class WhistleState(StrEnum):
    """Where a whistle stands."""

    DRAFTED = "drafted"  # waits for the leader's signature
    BLOWN = "blown"
    REFUSED = "refused"  # not signed
    OVER = "over"  # every unit answered and the ticket was done, or it was called off


class Whistle(Base):
    """A call for help about one ticket, from a unit to departments. Times are business time."""

    __tablename__ = "whistles"
    __table_args__ = (UniqueConstraint("ticket_id", "round"), Index(None, "signer_unit_id", "state"))
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    round: Mapped[int] = mapped_column(default=1)
    kind: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(10), default=WhistleState.DRAFTED)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))  # who whistles
    by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]
    problems_id: Mapped[int | None] = mapped_column(ForeignKey("bodies.id"))  # 问题清单
    needs_id: Mapped[int | None] = mapped_column(ForeignKey("bodies.id"))  # 需求清单
    signer_unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))  # whose leader on duty signs
    signed_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    signed_at: Mapped[datetime | None]
    over_at: Mapped[datetime | None]


class WhistleCall(Base):
    """One unit that was called. ``rung`` is how far above it is asked by now: 0 itself, 1 its head, 2 the district."""

    __tablename__ = "whistle_calls"
    __table_args__ = (UniqueConstraint("whistle_id", "unit_id"), Index(None, "unit_id", "answer"))
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    whistle_id: Mapped[int] = mapped_column(ForeignKey("whistles.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    due_at: Mapped[datetime | None]  # from the signature on
    rung: Mapped[int] = mapped_column(default=0)
    answer: Mapped[str] = mapped_column(String(10), default="waiting")  # waiting, present, contact, declined
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    answered_at: Mapped[datetime | None]
    late: Mapped[bool] = mapped_column(default=False)
    body_id: Mapped[int | None] = mapped_column(ForeignKey("bodies.id"))  # what was said: where they meet, why not
    decided: Mapped[str | None] = mapped_column(String(10))  # the district on a refusal: must_come, excused
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    rating: Mapped[int | None]  # the street's, 1 to 5
    rated_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    rated_at: Mapped[datetime | None]


class Hand(Base):
    """Somebody who works on a ticket beside its holder: a task force, or a coordination at the station (协调单)."""

    __tablename__ = "hands"
    __table_args__ = (UniqueConstraint("ticket_id", "unit_id", "round"), Index(None, "unit_id", "state"))
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    round: Mapped[int] = mapped_column(default=1)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    part: Mapped[str] = mapped_column(String(12))  # coordinate, member
    whistle_id: Mapped[int | None] = mapped_column(ForeignKey("whistles.id"))
    state: Mapped[str] = mapped_column(String(10), default="asked")  # asked, working, done, released
    body_id: Mapped[int | None] = mapped_column(ForeignKey("bodies.id"))  # what they are asked for
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    began_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("bodies.id"))
