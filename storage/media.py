"""Photos and recordings: re-encoded without EXIF before they come here, found by their hash, gone when they expire."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, new_ref
from storage.people import Id

LARGEST = 10 * 1024 * 1024  # bytes


class Media(Base):
    """One file of at most 10 MB."""

    __tablename__ = "media"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    ref: Mapped[str] = mapped_column(String(32), default=new_ref, unique=True)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    mime: Mapped[str] = mapped_column(String(60))
    bytes: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]  # wall time
    expires_at: Mapped[datetime | None]  # wall time


def by_ref(db: Session, ref: str) -> Media | None:
    """The file of this name, if it has not been purged."""
    return db.scalars(select(Media).where(Media.ref == ref, Media.bytes != b"")).one_or_none()
