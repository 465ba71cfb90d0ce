"""What came in: one row a message under a name that can exist once, and the encrypted words that facts point to."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, new_ref
from storage.people import Id


class InboxState(StrEnum):
    """``received`` is only seen inside the transaction of intake."""

    RECEIVED = "received"
    HANDLED = "handled"
    FAILED = "failed"  # alone too: kept with its raw bytes for the operator (``menkou inbox retry``)


class Inbox(Base):
    """A message or event of a platform. ``key`` is its name (``in:oa:<appid>:<MsgId>``): a repeat finds the first."""

    __tablename__ = "inbox"
    __table_args__ = (
        Index(None, "sender_id", "group_id", "said_at"),
        Index(None, "forget_at"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    ref: Mapped[str] = mapped_column(String(32), default=new_ref)
    key: Mapped[str] = mapped_column(String(160), unique=True)
    door: Mapped[str] = mapped_column(String(60))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id"))  # None: a private chat
    sender_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    kind: Mapped[str] = mapped_column(String(12))
    said_at: Mapped[datetime]
    received_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10), default=InboxState.RECEIVED)
    error: Mapped[str | None] = mapped_column(String(80))  # the class of the error, never its text
    text: Mapped[str | None] = mapped_column(Text)  # encrypted; blanked when forgotten
    raw: Mapped[str | None] = mapped_column(Text)  # encrypted raw bytes of a failed message
    text_hash: Mapped[str | None] = mapped_column(String(60))
    media: Mapped[str | None] = mapped_column(String(300))  # ``media:<id>`` or the platform's handle, to be fetched
    quoted_key: Mapped[str | None] = mapped_column(String(160))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id", use_alter=True), index=True)
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("outbox.id", use_alter=True))
    forget_at: Mapped[datetime | None]  # wall time; None once it belongs to a ticket or is already blank
    recalled_at: Mapped[datetime | None]


class Body(Base):
    """Somebody's words, encrypted, referenced by facts so that erasure can blank them without touching history."""

    __tablename__ = "bodies"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    ref: Mapped[str] = mapped_column(String(32), default=new_ref)
    text: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]
