"""Photos and recordings: re-encoded without EXIF before they come here, found by their hash, gone when they expire.

One that lies on a platform yet is a row that is ``wanted``: it has its name at once, and its bytes when it was fetched.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Index, LargeBinary, String, Text, exists, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, new_ref
from storage.people import Id

LARGEST = 10 * 1024 * 1024  # bytes
STORED, WANTED, LOST = "stored", "wanted", "lost"
HANDLE = "media.handle"  # what its ciphertext is bound to, beside the row's ref


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
    state: Mapped[str] = mapped_column(String(10), default=STORED)
    door: Mapped[str | None] = mapped_column(String(60))  # where it is to be fetched
    handle: Mapped[str | None] = mapped_column(Text)  # encrypted: what the platform calls it
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None]  # wall time
    reason: Mapped[str | None] = mapped_column(String(80))


def keep(db: Session, content: bytes, mime: str, at: datetime, expires_at: datetime | None = None) -> Media:
    """Puts a file away, which has its id from now on. Both times are wall time."""
    digest = hashlib.sha256(content).hexdigest()
    row = Media(sha256=digest, mime=mime, bytes=content, created_at=at, expires_at=expires_at)
    db.add(row)
    db.flush()
    return row


def by_ref(db: Session, ref: str) -> Media | None:
    """The file of this name, if it is here."""
    return db.scalars(select(Media).where(Media.ref == ref, Media.bytes != b"")).one_or_none()


def known(db: Session, ref: str) -> int | None:
    """The id of the file of this name, here or on its way."""
    return db.scalar(select(Media.id).where(Media.ref == ref, or_(Media.bytes != b"", Media.state == WANTED)))


def is_any_due(db: Session, wall: datetime) -> bool:
    """Whether any file is to be fetched now."""
    return bool(db.scalar(select(exists().where(Media.state == WANTED, Media.next_try_at <= wall))))


def due(db: Session, wall: datetime, most: int) -> Sequence[Media]:
    """Files that are to be fetched now, locked."""
    query = select(Media).where(Media.state == WANTED, Media.next_try_at <= wall).order_by(Media.id).limit(most)
    return db.scalars(query.with_for_update(skip_locked=True)).all()
