"""What staff ask of the level above them about a ticket, and what may still be taken back.

退单, 延期, 挂账 and the date of a complex case are asked for; until somebody decides, everything stays as it was.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, JsonObject
from storage.people import Id


class Wanted(StrEnum):
    """What may be asked for."""

    RETURN = "return"  # 退单
    EXTENSION = "extension"  # 延期
    SUSPENSION = "suspension"  # 挂账
    DATE = "date"  # a complex case's date that is further away than its handler may set himself


class DecisionState(StrEnum):
    """Where a question to the level above stands."""

    WAITING = "waiting"
    GRANTED = "granted"
    REFUSED = "refused"
    TAKEN_BACK = "taken_back"  # by whoever asked, or because the ticket moved on without it


class Decision(Base):
    """Something asked of the level above. Every time is business time; what was decided is never edited."""

    __tablename__ = "decisions"
    __table_args__ = (Index(None, "ticket_id", "kind", "state"), Index(None, "judge_id", "state"))
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    kind: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(12), default=DecisionState.WAITING)
    code: Mapped[str | None] = mapped_column(String(24))  # the reason, from the table of reasons
    article: Mapped[str | None] = mapped_column(String(200))  # the rule it leans on: 《…条例》第十二条
    body_id: Mapped[int | None] = mapped_column(ForeignKey("bodies.id"))  # the reason in words
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))  # the desk that asks
    proposed_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))  # 退单: who should have it instead
    until: Mapped[datetime | None]  # 延期, date: the new end; 挂账: when it is looked at again
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    asked_at: Mapped[datetime]
    judge_id: Mapped[int] = mapped_column(ForeignKey("units.id"))  # the unit that decides
    due_at: Mapped[datetime]  # by when
    rung: Mapped[int] = mapped_column(default=0)  # how often it was passed one level up because nobody decided
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None]
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("bodies.id"))
    final: Mapped[bool] = mapped_column(default=False)  # the district has spoken


class Undo(Base):
    """One act that may be taken back for a minute. ``before`` holds the ticket's fields as they were; no words."""

    __tablename__ = "undos"
    __table_args__ = (Index(None, "staff_id", "state", "until"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    fact_id: Mapped[int] = mapped_column(ForeignKey("facts.id"), unique=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    command: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]
    until: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10), default="open")  # open, done, over
    before: Mapped[JsonObject] = mapped_column(JSON, default=dict)
