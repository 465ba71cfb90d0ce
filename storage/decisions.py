"""What staff ask of the level above them about a ticket, and what may still be taken back.

退单, 延期, 挂账 and the date of a complex case are asked for; until somebody decides, everything stays as it was.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import JSON, CursorResult, ForeignKey, Index, Select, String, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, JsonObject
from storage.people import Id
from storage.tickets import Ticket


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


def waiting(db: Session, ticket_id: int) -> Decision | None:
    """What is asked about a ticket and not decided yet; there is one at most."""
    asked = select(Decision).where(Decision.ticket_id == ticket_id, Decision.state == DecisionState.WAITING)
    return db.scalars(asked.order_by(Decision.id.desc())).first()


def latest(db: Session, ticket_id: int, kind: Wanted | None = None) -> Decision | None:
    """What was asked last about a ticket, of all or of one kind, whatever became of it."""
    asked = select(Decision).where(Decision.ticket_id == ticket_id).order_by(Decision.id.desc())
    return db.scalars(asked.where(Decision.kind == kind) if kind is not None else asked).first()


def lock(db: Session, ticket: Ticket) -> Ticket:
    """The ticket as it is now, kept from anybody else until the transaction ends: what is asked is asked once."""
    db.flush()
    return db.get_one(Ticket, ticket.id, with_for_update=True, populate_existing=True)


def settle(
    db: Session, decision: Decision, state: DecisionState, *, by: int, at: datetime, answer: int | None, final: bool
) -> bool:
    """Decides what still waits. False where somebody else was first: of two judges at once, one wins."""
    values = {"state": state, "decided_by_id": by, "decided_at": at, "answer_id": answer, "final": final}
    return _change(db, decision, values)


def pass_up(db: Session, decision: Decision, judge_id: int, due_at: datetime) -> bool:
    """Another unit is asked from now on. False where it was decided, or passed on, in this very moment."""
    return _change(db, decision, {"judge_id": judge_id, "due_at": due_at, "rung": decision.rung + 1})


def _change(db: Session, decision: Decision, values: dict[str, object]) -> bool:
    as_it_was = Decision.id == decision.id, Decision.state == DecisionState.WAITING, Decision.rung == decision.rung
    done = cast("CursorResult[Any]", db.execute(update(Decision).where(*as_it_was).values(**values)))
    db.refresh(decision)
    return bool(done.rowcount == 1)


def take_back(db: Session, ticket_id: int) -> None:
    """Nobody is asked any longer: the ticket went another way."""
    still = update(Decision).where(Decision.ticket_id == ticket_id, Decision.state == DecisionState.WAITING)
    db.execute(still.values(state=DecisionState.TAKEN_BACK))


def returned_before(db: Session, ticket_id: int, unit_id: int) -> bool:
    """Whether a unit has asked to be rid of a ticket already; what was taken back does not count."""
    asked = _returns(ticket_id).where(Decision.unit_id == unit_id, Decision.state != DecisionState.TAKEN_BACK)
    return db.scalar(asked.with_only_columns(Decision.id).limit(1)) is not None


def is_final(db: Session, ticket_id: int, unit_id: int) -> bool:
    """Whether the highest level has said that a ticket is this unit's."""
    said = _returns(ticket_id).where(Decision.final, Decision.state != DecisionState.WAITING)
    last = db.scalars(said.order_by(Decision.id.desc())).first()
    if last is None:
        return False
    return unit_id == (last.proposed_id if last.state == DecisionState.GRANTED else last.unit_id)


def _returns(ticket_id: int) -> Select[Decision]:
    return select(Decision).where(Decision.ticket_id == ticket_id, Decision.kind == Wanted.RETURN)


def asked_of(db: Session, unit_ids: Collection[int]) -> Sequence[tuple[Decision, Ticket]]:
    """What waits for the decision of these units, earliest first."""
    rows = db.execute(
        select(Decision, Ticket)
        .join(Ticket, Ticket.id == Decision.ticket_id)
        .where(Decision.judge_id.in_(unit_ids), Decision.state == DecisionState.WAITING)
        .order_by(Decision.due_at, Decision.id)
    ).all()
    return [(decision, ticket) for decision, ticket in rows]
