"""A notice among people: at the door, in the groups, in a curve over time, and the shifts of a call for help.

Rows only; what is done with them stands in the modules of each. All times are business time.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, JsonObject, new_ref
from storage.people import Id


class Knock(Base):
    """Somebody of the staff stood at a front door for a notice. A second visit is a row of its own."""

    __tablename__ = "knocks"
    __table_args__ = (Index(None, "notice_id", "household_id"), UniqueConstraint("name"))
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(160))  # exists once: a repeated tap or message is the same visit
    notice_id: Mapped[int] = mapped_column(ForeignKey("notices.id"))
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]
    found: Mapped[str] = mapped_column(String(12), default="told")  # told, absent, moved, tenant, alone
    undone_at: Mapped[datetime | None]


class GroupPost(Base):
    """A notice in a residents' group: one line, with a link that is the group's own."""

    __tablename__ = "group_posts"
    __table_args__ = (UniqueConstraint("notice_id", "group_id"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notices.id"))
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"))
    state: Mapped[str] = mapped_column(String(10), default="waiting")  # waiting, owed, skipped
    reason: Mapped[str | None] = mapped_column(String(60))
    link_hash: Mapped[str] = mapped_column(String(64), unique=True)
    link_key: Mapped[str] = mapped_column(String(12))
    at: Mapped[datetime | None]


class NoticeReader(Base):
    """Somebody who read a notice and is bound to no front door: counted as a person, never as a household.

    ``viewer_hash`` is of a random word in their browser, or of their account; it says nothing else about them.
    """

    __tablename__ = "notice_readers"
    __table_args__ = (UniqueConstraint("notice_id", "viewer_hash"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notices.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id"))
    viewer_hash: Mapped[str] = mapped_column(String(64))
    seen_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    household_id: Mapped[int | None] = mapped_column(ForeignKey("households.id"))  # once they said where they live


class NoticePoint(Base):
    """The figures of a notice at a moment: what its curve is drawn from. Rising ones never fall from point to point."""

    __tablename__ = "notice_points"
    __table_args__ = (UniqueConstraint("notice_id", "at"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notices.id"))
    at: Mapped[datetime]
    figures: Mapped[JsonObject] = mapped_column(JSON, default=dict)


class Shift(Base):
    """Places to fill in a call for help. A call without times has one shift."""

    __tablename__ = "shifts"
    __table_args__ = (UniqueConstraint("notice_id", "number"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notices.id"))
    number: Mapped[int]  # 1, 2 …: what people say
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    place: Mapped[str | None] = mapped_column(String(80))
    places: Mapped[int]
    stood_down_at: Mapped[datetime | None]


class SignUp(Base):
    """Somebody who offered to come. ``in`` has a place, ``waiting`` gets one when another leaves."""

    __tablename__ = "sign_ups"
    __table_args__ = (UniqueConstraint("shift_id", "account_id"), Index(None, "shift_id", "state", "turn"))
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    ref: Mapped[str] = mapped_column(String(32), default=new_ref, unique=True)
    shift_id: Mapped[int] = mapped_column(ForeignKey("shifts.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    state: Mapped[str] = mapped_column(String(10))  # in, waiting, out, replaced
    turn: Mapped[int]  # rises with every sign-up of the shift: who came first
    at: Mapped[datetime]
    changed_at: Mapped[datetime]
    by_staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # assigned or replaced by


class Publication(Base):
    """结果公示: what a residents' group is told of a month, once the secretary has looked at it. Nobody is named."""

    __tablename__ = "publications"
    __table_args__ = (UniqueConstraint("group_id", "month"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    ref: Mapped[str] = mapped_column(String(32), default=new_ref, unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)  # the community that confirms it
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"))
    month: Mapped[str] = mapped_column(String(7))  # 2026-03
    state: Mapped[str] = mapped_column(String(10), default="waiting")  # waiting, published, dropped
    figures: Mapped[JsonObject] = mapped_column(JSON, default=dict)
    picture_id: Mapped[int | None] = mapped_column(ForeignKey("media.id"))
    made_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
