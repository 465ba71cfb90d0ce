"""Photos and recordings: re-encoded without EXIF before they come here, found by their hash, gone when they expire."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, LargeBinary, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, new_ref
from storage.people import Id

LARGEST = 10 * 1024 * 1024  # bytes


class Media(Base):
    """One file of at most 10 MB."""

    __tablename__ = "media"
    __table_args__ = (Index(None, "state", "next_try_at"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    ref: Mapped[str] = mapped_column(String(32), default=new_ref, unique=True)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    mime: Mapped[str] = mapped_column(String(60))
    bytes: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]  # wall time
    expires_at: Mapped[datetime | None]  # wall time
    state: Mapped[str] = mapped_column(String(10), default="stored")  # stored, wanted, lost
    door: Mapped[str | None] = mapped_column(String(60))  # where it is to be fetched
    handle: Mapped[str | None] = mapped_column(Text)  # encrypted: what the platform calls it
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None]  # wall time
    reason: Mapped[str | None] = mapped_column(String(80))


def by_ref(db: Session, ref: str) -> Media | None:
    """The file of this name, if it has not been purged."""
    return db.scalars(select(Media).where(Media.ref == ref, Media.bytes != b"")).one_or_none()
