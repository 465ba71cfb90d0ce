"""Notices: one row a household, frozen slices, attempts. The states add up to the snapshot or it is not done."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    and_,
    exists,
    or_,
    text,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, JsonObject, new_ref
from storage.people import Id


class NoticeKind(StrEnum):
    """How grave it is: how it looks, whom an opt-out spares it, and whether it waits for the morning."""

    ORDINARY = "ordinary"
    IMPORTANT = "important"
    EMERGENCY = "emergency"
    DRILL = "drill"  # 演练: says so in its first line


class Purpose(StrEnum):
    """What a notice is to the one it follows, if it follows any."""

    FIRST = "first"
    REMIND = "remind"  # to those who did not read ``of_id``; what is read counts there too
    CORRECT = "correct"  # to exactly those who were sent ``of_id``


class NoticeState(StrEnum):
    DRAFT = "draft"
    PROPOSED = "proposed"  # written by somebody who may not issue it: waits for a community or a street
    SIGNING = "signing"  # confirmed by one; waits for the second person
    CONFIRMED = "confirmed"  # the fan-out may begin
    SENDING = "sending"  # the ledger is complete, slices are going out
    DONE = "done"
    CANCELLED = "cancelled"


class LedgerState(StrEnum):
    """What became of one household."""

    PLANNED = "planned"
    CUT = "cut"  # member of a slice
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    NO_WAY = "no_way"
    SKIPPED = "skipped"


class Notice(Base):
    """A message to many households, issued by a unit."""

    __tablename__ = "notices"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    ref: Mapped[str] = mapped_column(String(32), default=new_ref, unique=True)
    number: Mapped[int] = mapped_column(Id, unique=True)
    state: Mapped[str] = mapped_column(String(12), default=NoticeState.DRAFT)
    version: Mapped[int] = mapped_column(default=0)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))  # who issues it; its households are the audience
    author_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    text: Mapped[str] = mapped_column(Text)  # encrypted
    fingerprint: Mapped[str] = mapped_column(String(64))  # of text and audience: what was confirmed is what is sent
    counted: Mapped[int] = mapped_column(default=0)  # households at the preview
    households: Mapped[int] = mapped_column(default=0)  # the snapshot, once the fan-out is complete
    cursor: Mapped[int] = mapped_column(Id, default=0)  # last household of the fan-out, written with its rows
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    done_at: Mapped[datetime | None]
    link_hash: Mapped[str | None] = mapped_column(String(64), unique=True)  # of the page that everybody is sent alike
    link_key: Mapped[str | None] = mapped_column(String(12))

    kind: Mapped[str] = mapped_column(String(10), default=NoticeKind.ORDINARY, server_default="ordinary")
    purpose: Mapped[str] = mapped_column(String(10), default=Purpose.FIRST, server_default="first")
    of_id: Mapped[int | None] = mapped_column(ForeignKey("notices.id"), index=True)  # what it reminds of or corrects
    asks: Mapped[str | None] = mapped_column(String(20))  # of a draft: what its author is asked for next
    audience: Mapped[JsonObject] = mapped_column(JSON, default=dict, server_default="{}")  # {}: everybody of the unit
    source: Mapped[str | None] = mapped_column(String(200))  # whose word it is, with its number or link; public
    reason: Mapped[str | None] = mapped_column(String(200))  # why it could not wait for the morning; no personal data
    link: Mapped[str | None] = mapped_column(String(500))  # where more is said; public
    picture_id: Mapped[int | None] = mapped_column(ForeignKey("media.id"))
    voice_id: Mapped[int | None] = mapped_column(ForeignKey("media.id"))
    valid_from: Mapped[datetime | None]  # business time, as everything below
    valid_until: Mapped[datetime | None]  # after it nothing is sent
    hold_until: Mapped[datetime | None]  # nothing is sent before it: the morning, or when its author wants it sent
    in_groups: Mapped[bool] = mapped_column(default=True, server_default=true())  # said in the residents' groups too
    proposed_at: Mapped[datetime | None]
    reviewed_at: Mapped[datetime | None]  # 审核
    reviewed_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    second_at: Mapped[datetime | None]
    second_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    consent: Mapped[str | None] = mapped_column(Text)  # encrypted: 电话请示 … 同意, in the words of who noted it
    paused_at: Mapped[datetime | None]  # nothing new goes out while it is set
    paused_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    cancelled_at: Mapped[datetime | None]
    cancelled_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


_PLANNED_ONLY = text("waits IS NOT NULL")


class Ledger(Base):
    """One household of one notice. A million are written and settled within a minute, and pay for each constraint.

    No index has a column that settling changes: PostgreSQL then writes the new state beside the old one, in the half
    of each page that is kept free for it, and touches no index. ``waits`` stands for the state where one is needed.
    What community, account and slice are is taken from their rows as this one is written, and none of those is ever
    deleted: they are not looked up once more for each household.
    """

    __tablename__ = "ledger"
    __table_args__ = (
        UniqueConstraint("notice_id", "household_id"),
        CheckConstraint("state <> 'planned' OR waits IS NOT NULL", name="planned_waits"),
        Index(None, "notice_id", "id", sqlite_where=_PLANNED_ONLY, postgresql_where=_PLANNED_ONLY),
        {"postgresql_with": {"fillfactor": 50}},
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notices.id"))
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"), index=True)
    community_id: Mapped[int] = mapped_column(Id)
    account_id: Mapped[int | None] = mapped_column(Id)  # the way chosen
    state: Mapped[str] = mapped_column(String(10), default=LedgerState.PLANNED)
    waits: Mapped[bool | None] = mapped_column(default=True)  # set while it is planned, else None
    reason: Mapped[str | None] = mapped_column(String(60))
    slice_id: Mapped[int | None] = mapped_column(Id, index=True)
    link_hash: Mapped[str] = mapped_column(String(64), unique=True)
    link_key: Mapped[str] = mapped_column(String(12))
    sent_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]  # the platform's own report that it reached the phone
    seen_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    knocked_at: Mapped[datetime | None]  # somebody stood at the door and told them


def is_planned() -> ColumnElement[bool]:
    """Households whose turn is still to come, found by the index that has no others."""
    return and_(Ledger.waits.is_not(None), Ledger.state == LedgerState.PLANNED)


class Slice(Base):
    """Members frozen when cut; sent again byte for byte or not at all."""

    __tablename__ = "slices"
    __table_args__ = (
        UniqueConstraint("notice_id", "round", "door", "number"),
        Index(None, "state", "next_try_at"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    ref: Mapped[str] = mapped_column(String(32), default=new_ref, unique=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notices.id"))
    round: Mapped[int] = mapped_column(default=0)
    door: Mapped[str] = mapped_column(String(60))
    number: Mapped[int]
    provider_key: Mapped[str] = mapped_column(String(64), unique=True)
    request: Mapped[str | None] = mapped_column(Text)  # encrypted, exactly what is sent
    members: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default="waiting")  # waiting, leased, submitted, sent, dead, unknown
    platform_id: Mapped[str | None] = mapped_column(String(160), index=True)  # a job that the platform reports on later
    figures: Mapped[JsonObject] = mapped_column(JSON, default=dict)  # what the platform counted
    next_try_at: Mapped[datetime]  # wall time
    lease: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str | None] = mapped_column(String(80))


def somebody_waits() -> ColumnElement[bool]:
    """Whether anybody of a notice (of the query around it) is still to be reached. Whoever is cut is in a slice that
    is not settled: of the others no row is looked at."""
    planned = exists().where(Ledger.notice_id == Notice.id, is_planned())
    unsettled = exists().where(
        Slice.notice_id == Notice.id,
        Slice.state.in_(("waiting", "leased", "submitted")),
        exists().where(Ledger.slice_id == Slice.id, Ledger.state == LedgerState.CUT),
    )
    return or_(planned.correlate(Notice), unsettled.correlate(Notice))


class Attempt(Base):
    """One try to reach one household that was not plain: it failed, or nobody knows.

    A plain success is in the household's row and its slice's: when, which try of which round.
    """

    __tablename__ = "attempts"
    __table_args__ = (UniqueConstraint("ledger_id", "number"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    ledger_id: Mapped[int] = mapped_column(ForeignKey("ledger.id"))
    number: Mapped[int]
    slice_id: Mapped[int | None] = mapped_column(ForeignKey("slices.id"), index=True)
    state: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str | None] = mapped_column(String(60))
    at: Mapped[datetime]
    data: Mapped[JsonObject] = mapped_column(JSON, default=dict)
