"""What is owed to people: one row a message, with a due time, a lease and an outcome."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, JsonObject, new_ref
from storage.people import Id


class OutboxState(StrEnum):
    """Where a message to somebody stands."""

    WAITING = "waiting"
    HELD = "held"  # may still be taken back: nobody claims it, and it keeps nobody waiting
    LEASED = "leased"
    SENT = "sent"
    ANSWERED_INLINE = "answered_inline"  # said within the platform's own request; final
    DEAD = "dead"  # given up, with a reason
    UNKNOWN = "unknown"  # may have arrived; must not be repeated
    NO_WAY = "no_way"  # no channel can say it to this person; counted and shown


SETTLED = frozenset(
    {OutboxState.SENT, OutboxState.ANSWERED_INLINE, OutboxState.DEAD, OutboxState.UNKNOWN, OutboxState.NO_WAY}
)


class Outbox(Base):
    """A message owed to one account or one group."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index(None, "state", "next_try_at"),
        Index(None, "address", "state", "id"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    ref: Mapped[str] = mapped_column(String(32), default=new_ref, unique=True)  # also the platform's idempotency key
    name: Mapped[str] = mapped_column(String(160), unique=True)
    queue: Mapped[str] = mapped_column(String(8), default="replies")
    urgent: Mapped[bool] = mapped_column(default=False)  # emergencies do not wait behind older rows
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id"))
    address: Mapped[str] = mapped_column(String(30))  # ``a:<account>`` or ``g:<group>``: the order of one address
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"), index=True)
    inbox_id: Mapped[int | None] = mapped_column(ForeignKey("inbox.id"))  # what it answers
    text: Mapped[str | None] = mapped_column(Text)  # encrypted
    card: Mapped[JsonObject | None] = mapped_column(JSON)  # buttons and fields; never personal
    media_id: Mapped[int | None] = mapped_column(ForeignKey("media.id"))
    state: Mapped[str] = mapped_column(String(16), default=OutboxState.WAITING)
    created_at: Mapped[datetime]  # business time
    next_try_at: Mapped[datetime]  # wall time
    lease_until: Mapped[datetime | None]  # wall time
    lease: Mapped[str | None] = mapped_column(String(32))  # who holds it
    tries: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str | None] = mapped_column(String(80))
    sent_at: Mapped[datetime | None]  # business time
    platform_id: Mapped[str | None] = mapped_column(String(160), index=True)  # so that a quote of it is understood
    overtaken: Mapped[JsonObject | None] = mapped_column(JSON)  # failures reported before the call was answered, by job
    way: Mapped[str] = mapped_column(String(10), default="message")  # message, template, subscribe, stamp, recall
    together: Mapped[str | None] = mapped_column(String(64), index=True)  # rows that one call may carry, for good
    code: Mapped[str | None] = mapped_column(Text)  # encrypted: lets the platform change the card once
    code_until: Mapped[datetime | None]  # wall time
    fallback_of_id: Mapped[int | None] = mapped_column(ForeignKey("outbox.id"))  # the way that failed before


def told_under(db: Session, prefix: str) -> list[int]:
    """The accounts that were sent anything whose name begins so, each once."""
    told = select(Outbox.account_id).where(Outbox.name.startswith(prefix, autoescape=True))
    return sorted({number for number in db.scalars(told) if number is not None})
