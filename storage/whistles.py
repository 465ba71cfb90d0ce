"""吹哨报到: who was called to help with a ticket, by when they must answer, and who works on it beside its holder."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CursorResult, ForeignKey, Index, Select, String, UniqueConstraint, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base
from storage.people import Id
from storage.tickets import Ticket, whole
from storage.timers import Reminder, Timer
from storage.workflow import OPEN


class Part(StrEnum):
    """What somebody does beside the holder."""

    MEMBER = "member"  # 专班: a part of the work
    COORDINATE = "coordinate"  # 协调单: the station brings together what one unit cannot do alone
    MEDIATE = "mediate"  # a quarrel climbs: whoever accepts takes it over


class HandState(StrEnum):
    """Where somebody's part stands."""

    ASKED = "asked"
    WORKING = "working"
    DONE = "done"
    RELEASED = "released"  # no longer needed


class Answer(StrEnum):
    """What a unit that was called has answered."""

    WAITING = "waiting"
    PRESENT = "present"  # 已到现场
    CONTACT = "contact"  # 已联系
    DECLINED = "declined"  # 说明不到


class Decided(StrEnum):
    """What was decided about a unit that says it cannot come."""

    MUST_COME = "must_come"
    EXCUSED = "excused"


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
    answer: Mapped[str] = mapped_column(String(10), default=Answer.WAITING)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    answered_at: Mapped[datetime | None]
    late: Mapped[bool] = mapped_column(default=False)
    body_id: Mapped[int | None] = mapped_column(ForeignKey("bodies.id"))  # what was said: where they meet, why not
    decided: Mapped[str | None] = mapped_column(String(10))  # on somebody who cannot come
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
    part: Mapped[str] = mapped_column(String(12))  # coordinate, member, mediate
    whistle_id: Mapped[int | None] = mapped_column(ForeignKey("whistles.id"))
    state: Mapped[str] = mapped_column(String(10), default=HandState.ASKED)
    body_id: Mapped[int | None] = mapped_column(ForeignKey("bodies.id"))  # what they are asked for
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    began_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("bodies.id"))


OPEN_HANDS = (HandState.ASKED, HandState.WORKING)


def latest(db: Session, ticket_id: int) -> Whistle | None:
    """The newest whistle about a ticket, or about what was merged into it."""
    return db.scalars(of_ticket(ticket_id).order_by(Whistle.id.desc())).first()


def of_ticket(ticket_id: int) -> Select[Whistle]:
    """Every whistle about a ticket."""
    return select(Whistle).where(Whistle.ticket_id.in_(whole(ticket_id)))


def next_round(db: Session, ticket_id: int) -> int:
    """The number of the next whistle about a ticket."""
    return (db.scalar(select(func.max(Whistle.round)).where(Whistle.ticket_id == ticket_id)) or 0) + 1


def calls(db: Session, whistle_id: int) -> Sequence[WhistleCall]:
    """The units that one whistle calls, as they were named."""
    return db.scalars(select(WhistleCall).where(WhistleCall.whistle_id == whistle_id).order_by(WhistleCall.id)).all()


def calls_about(db: Session, ticket_id: int) -> Sequence[WhistleCall]:
    """Every call of a signed whistle about a ticket, oldest first."""
    signed = of_ticket(ticket_id).where(Whistle.state.in_((WhistleState.BLOWN, WhistleState.OVER)))
    mine = select(WhistleCall).where(WhistleCall.whistle_id.in_(signed.with_only_columns(Whistle.id)))
    return db.scalars(mine.order_by(WhistleCall.id)).all()


def waits(call: WhistleCall) -> bool:
    """Whether a unit that was called still has to answer."""
    if call.answer == Answer.WAITING:
        return call.decided != Decided.EXCUSED
    return call.answer == Answer.DECLINED and call.decided == Decided.MUST_COME


def waiting_calls(db: Session, unit_ids: Collection[int]) -> list[tuple[WhistleCall, Ticket]]:
    """What these units are called to and have not answered, earliest first."""
    rows = db.execute(
        select(WhistleCall, Ticket)
        .join(Whistle, Whistle.id == WhistleCall.whistle_id)
        .join(Ticket, Ticket.id == Whistle.ticket_id)
        .where(
            WhistleCall.unit_id.in_(unit_ids),
            WhistleCall.answer.in_((Answer.WAITING, Answer.DECLINED)),
            Whistle.state == WhistleState.BLOWN,
            Ticket.status.in_(OPEN),
        )
        .order_by(WhistleCall.due_at, WhistleCall.id)
    ).all()
    return [(call, ticket) for call, ticket in rows if waits(call)]


def hands_of(db: Session, ticket_id: int) -> Sequence[Hand]:
    """Whoever works, or worked, on a ticket beside its holder."""
    return db.scalars(select(Hand).where(Hand.ticket_id.in_(whole(ticket_id))).order_by(Hand.id)).all()


def open_hand(db: Session, ticket_id: int, unit_ids: Collection[int]) -> Hand | None:
    """The part of one of these units in a ticket that is not done yet, newest first."""
    mine = select(Hand).where(Hand.ticket_id.in_(whole(ticket_id)), Hand.unit_id.in_(unit_ids))
    return db.scalars(mine.where(Hand.state.in_(OPEN_HANDS)).order_by(Hand.id.desc())).first()


def open_hands(db: Session, unit_ids: Collection[int]) -> list[tuple[Hand, Ticket]]:
    """What these units have to do beside somebody else, by the date it is due."""
    rows = db.execute(
        select(Hand, Ticket)
        .join(Ticket, Ticket.id == Hand.ticket_id)
        .where(Hand.unit_id.in_(unit_ids), Hand.state.in_(OPEN_HANDS), Ticket.status.in_(OPEN))
        .order_by(Hand.due_at, Hand.id)
    ).all()
    return [(hand, ticket) for hand, ticket in rows]


def works_on(db: Session, ticket_id: int, unit_ids: Collection[int]) -> bool:
    """Whether one of these units was called to a ticket, or has a part in it that nobody took away."""
    if any(call.unit_id in unit_ids for call in calls_about(db, ticket_id)):
        return True
    return any(hand.unit_id in unit_ids and hand.state != HandState.RELEASED for hand in hands_of(db, ticket_id))


def to_sign(db: Session, unit_ids: Collection[int]) -> list[tuple[Whistle, Ticket]]:
    """Whistles that wait for a signature of these units, oldest first."""
    rows = db.execute(
        select(Whistle, Ticket)
        .join(Ticket, Ticket.id == Whistle.ticket_id)
        .where(
            Whistle.signer_unit_id.in_(unit_ids),
            Whistle.state == WhistleState.DRAFTED,
            Whistle.needs_id.is_not(None),
            Ticket.status.in_(OPEN),
        )
        .order_by(Whistle.id)
    ).all()
    return [(whistle, ticket) for whistle, ticket in rows]


def declined(db: Session, unit_ids: Collection[int]) -> list[tuple[WhistleCall, Ticket]]:
    """Units that cannot come to a whistle which one of these units signed, and about whom nobody has decided yet."""
    rows = db.execute(
        select(WhistleCall, Ticket)
        .join(Whistle, Whistle.id == WhistleCall.whistle_id)
        .join(Ticket, Ticket.id == Whistle.ticket_id)
        .where(
            Whistle.signer_unit_id.in_(unit_ids),
            Whistle.state == WhistleState.BLOWN,
            WhistleCall.answer == Answer.DECLINED,
            WhistleCall.decided.is_(None),
            Ticket.status.in_(OPEN),
        )
        .order_by(WhistleCall.id)
    ).all()
    return [(call, ticket) for call, ticket in rows]


def take(db: Session, row: Whistle | WhistleCall | Hand, column: str, values: dict[str, Any]) -> bool:
    """Changes a row that still stands as it was read, in ``column``; False where somebody else was first."""
    db.flush()
    kind = type(row)
    here = update(kind).where(kind.id == row.id, getattr(kind, column) == getattr(row, column))
    result = db.execute(here.values(values), execution_options={"synchronize_session": False})
    assert isinstance(result, CursorResult)
    db.refresh(row)
    return result.rowcount == 1


def stop(db: Session, mark: str) -> None:
    """Stops what waits under names that begin with ``mark``: timers, and reminders that were not said yet."""
    for table in (Timer, Reminder):
        named = table.name.startswith(mark, autoescape=True)
        db.execute(update(table).where(named, table.state == "waiting").values(state="stopped"))
