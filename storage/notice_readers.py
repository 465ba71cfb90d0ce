"""People who read a notice and are bound to no front door: counted as people, never as households.

A door that somebody says is theirs is noted and shown apart (自报). It marks no household: else one neighbour could
take another off the list of doors to knock on. ``now`` is business time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.conflict import on_conflict_do_nothing
from storage.notice_people import NoticeReader

MOST = 2000  # people of one group who are counted: no group is larger, and a link may be published anywhere


@dataclass(frozen=True, slots=True)
class Reading:
    """Somebody reads. ``group_id`` None: a page that is no group's. ``marks``: as they are known under each key."""

    notice_id: int
    group_id: int | None
    marks: tuple[str, ...]
    household_id: int | None = None


def known(db: Session, notice_id: int, marks: Sequence[str]) -> NoticeReader | None:
    """Somebody who has read this notice before."""
    if not marks:
        return None
    hashes = [hash_of(notice_id, mark) for mark in marks]
    mine = select(NoticeReader).where(NoticeReader.notice_id == notice_id, NoticeReader.viewer_hash.in_(hashes))
    return db.scalars(mine.order_by(NoticeReader.id).limit(1)).first()


def hash_of(notice_id: int, mark: str) -> str:
    """What tells a reader from others of the same notice, and cannot be followed from one notice to the next."""
    return hashlib.sha256(f"{notice_id}:{mark}".encode()).hexdigest()


def note(db: Session, reading: Reading, now: datetime, *, confirmed: bool) -> bool:
    """Notes that somebody looked or confirmed; the first time of each stays. False: they are too many."""
    row = known(db, reading.notice_id, reading.marks) or _new(db, reading, now)
    if row is None:
        return False
    if confirmed and row.confirmed_at is None:
        row.confirmed_at = now
    if reading.household_id is not None:
        row.household_id = reading.household_id
    db.flush()
    return True


def _new(db: Session, reading: Reading, now: datetime) -> NoticeReader | None:
    """A page tells of itself twice at once where somebody opens it twice: one row all the same."""
    here = (NoticeReader.notice_id == reading.notice_id, NoticeReader.group_id.is_not_distinct_from(reading.group_id))
    if (db.scalar(select(func.count()).select_from(NoticeReader).where(*here)) or 0) >= MOST:
        return None
    row = {
        "notice_id": reading.notice_id,
        "group_id": reading.group_id,
        "viewer_hash": hash_of(reading.notice_id, reading.marks[0]),
        "seen_at": now,
    }
    db.connection().execute(on_conflict_do_nothing(db, NoticeReader, "notice_id", "viewer_hash").values([row]))
    return known(db, reading.notice_id, reading.marks)
