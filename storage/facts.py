"""What happened to a ticket: append-only, one row a change, with who, when and why (rule 6)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, JsonObject
from storage.people import Id


class FactKind(StrEnum):
    """The grammar of history."""

    OPENED = "opened"
    ADDED = "added"  # further words or photos of the reporter
    CORRECTED = "corrected"
    SUPPORTED = "supported"
    PLACED = "placed"
    ROUTED = "routed"
    RECATEGORISED = "recategorised"
    NOT_REPORT = "not_report"  # staff: it never was one
    IS_REPORT = "is_report"  # staff: it was one after all
    ACCEPTED = "accepted"
    PROGRESS = "progress"
    CONTACTED = "contacted"
    REASSIGNED = "reassigned"
    RETURNED = "returned"
    HELP_ASKED = "help_asked"
    EVIDENCE = "evidence"
    RESOLVED = "resolved"
    VERIFIED = "verified"
    RATED = "rated"
    REOPENED = "reopened"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"  # on both: what was merged and what it became part of
    SPLIT = "split"  # on both: the merge was undone
    LATE = "late"  # a rung of the ladder was reached: yellow, red
    TOLD = "told"
    ERASED = "erased"
    ASKED = "asked"  # 退单, 延期, 挂账, a far date: asked of the level above
    DECIDED = "decided"  # and what it said
    EXTENDED = "extended"
    SUSPENDED = "suspended"
    LOOKED_AT = "looked_at"  # the regular look at what is 挂账
    RESUMED = "resumed"  # 恢复
    DATED = "dated"  # by when a complex case will be done
    TRANSFERRED = "transferred"  # 移交
    REJECTED = "rejected"  # 不予受理
    WHISTLED = "whistled"
    WHISTLE_SIGNED = "whistle_signed"
    WHISTLE_OVER = "whistle_over"
    RESPONDED = "responded"  # 报到
    DECLINED = "declined"  # 说明不到
    WHISTLE_RATED = "whistle_rated"
    HAND_ASKED = "hand_asked"  # a task force, a coordination
    HAND_DONE = "hand_done"
    HANDED_OVER = "handed_over"  # 交班, leave
    SUPERVISED = "supervised"  # 督办意见
    LANE = "lane"
    LINKED = "linked"
    TALKED = "talked"  # the street spoke to the resident after the second reopening
    UNDONE = "undone"  # 撤销: the act before it was taken back
    NUDGED = "nudged"  # 催办: by the office above
    COMMENTED = "commented"  # 留言: what somebody of the place adds for whoever works on it


# What is said or noted beside a ticket and leaves it where it is: whoever acted on it may still take that back.
BESIDE = frozenset({
    FactKind.OPENED, FactKind.ADDED, FactKind.CORRECTED, FactKind.SUPPORTED, FactKind.PLACED, FactKind.ROUTED,
    FactKind.EVIDENCE, FactKind.LATE, FactKind.TOLD, FactKind.LANE, FactKind.LINKED, FactKind.SUPERVISED,
    FactKind.NUDGED, FactKind.LOOKED_AT, FactKind.COMMENTED,
})  # fmt: skip


# What somebody did that changes where a ticket stands; its closing follows from one of these.
MOVES = frozenset(FactKind) - BESIDE - {FactKind.UNDONE, FactKind.ERASED, FactKind.CLOSED}


class Fact(Base):
    """One change. ``name`` exists once (rule 4); None where a repeat is legitimate and harmless."""

    __tablename__ = "facts"
    __table_args__ = (Index(None, "ticket_id", "id"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[str | None] = mapped_column(String(160), unique=True)
    at: Mapped[datetime]  # business time
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    inbox_id: Mapped[int | None] = mapped_column(ForeignKey("inbox.id"), index=True)
    body_id: Mapped[int | None] = mapped_column(ForeignKey("bodies.id"))
    media_id: Mapped[int | None] = mapped_column(ForeignKey("media.id"))
    data: Mapped[JsonObject] = mapped_column(JSON, default=dict)  # never personal text


def of_ticket(db: Session, ticket_id: int) -> list[Fact]:
    """The history of a ticket, oldest first."""
    return list(db.scalars(select(Fact).where(Fact.ticket_id == ticket_id).order_by(Fact.id)))


def of_message(db: Session, inbox_id: int) -> bool:
    """Whether anything happened to a ticket by a message."""
    return db.scalar(select(Fact.id).where(Fact.inbox_id == inbox_id).limit(1)) is not None


def by_ticket(db: Session, ticket_ids: Sequence[int], kind: FactKind) -> dict[int, list[Fact]]:
    """What happened of one kind to each of these tickets, oldest first; those without are left out."""
    found: dict[int, list[Fact]] = {}
    for fact in db.scalars(select(Fact).where(Fact.ticket_id.in_(ticket_ids), Fact.kind == kind).order_by(Fact.id)):
        found.setdefault(fact.ticket_id, []).append(fact)
    return found


def newest_act(db: Session, ticket_id: int, kinds: Collection[FactKind], after: int = 0) -> Fact | None:
    """The last thing of these kinds that happened to a ticket, later than the fact ``after``."""
    query = select(Fact).where(Fact.ticket_id == ticket_id, Fact.kind.in_(kinds), Fact.id > after)
    return db.scalars(query.order_by(Fact.id.desc()).limit(1)).first()
