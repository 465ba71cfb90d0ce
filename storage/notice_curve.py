"""The curve of a notice: its figures at moments, the newest with everything, the older ones with what is drawn.

Rising figures never fall from point to point: a count that would let one fall is not taken. Of a time in which nothing
changed only the beginning and the end are kept. All times are business time; everything runs inside the caller's
transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from storage.base import JsonObject
from storage.conflict import on_conflict_do_nothing
from storage.notice_figures import Figures, Tally, figures, heading
from storage.notice_people import NoticePoint
from storage.notices import Notice, NoticeState

DRAWN = ("total", "people", "people_confirmed")
ON_ITS_WAY = frozenset({NoticeState.CONFIRMED, NoticeState.SENDING})
LARGE = 50_000  # households; so many are counted in about a tenth of a second
WATCHED = timedelta(days=3)  # how long a point is taken now and then, counted from the confirmation


@dataclass(frozen=True, slots=True)
class Watched:
    """A notice whose curve is being drawn. ``latest``: of its newest point, if it has one."""

    notice_id: int
    confirmed_at: datetime
    on_its_way: bool
    latest: datetime | None


def watched(db: Session, now: datetime) -> list[Watched]:
    """The notices that a point may be due for."""
    latest = select(func.max(NoticePoint.at)).where(NoticePoint.notice_id == Notice.id).scalar_subquery()
    query = (
        select(Notice.id, Notice.confirmed_at, Notice.state, latest)
        .where(
            Notice.confirmed_at.is_not(None),
            or_(Notice.state.in_(ON_ITS_WAY), Notice.confirmed_at > now - WATCHED),
        )
        .order_by(Notice.id)
    )
    return [
        Watched(notice_id, confirmed_at, state in ON_ITS_WAY, last)
        for notice_id, confirmed_at, state, last in db.execute(query)
        if confirmed_at is not None
    ]


def points(db: Session, notice_id: int) -> Sequence[NoticePoint]:
    """All points, the oldest first."""
    query = select(NoticePoint).where(NoticePoint.notice_id == notice_id).order_by(NoticePoint.at)
    return db.scalars(query).all()


def newest(db: Session, notice_id: int) -> NoticePoint | None:
    """The newest point: with places and reasons."""
    return next(iter(_last(db, notice_id, 1)), None)


def told(db: Session, notice_id: int) -> tuple[Figures, datetime | None]:
    """The figures for an answer in a transaction that others wait for: counted where that is quick. Of a large notice
    they are those of its newest point, and the moment they are of; None: of now.
    """
    notice = db.get_one(Notice, notice_id)
    point = newest(db, notice_id) if max(notice.households, notice.counted) > LARGE else None
    if point is None:
        return figures(db, notice_id), None
    return heading(db, notice_id).with_counts(point.figures), point.at


def add(db: Session, notice_id: int, at: datetime, counted: Figures) -> bool:
    """Takes a point. False when there is one of this moment or later, or when something would fall."""
    before = _last(db, notice_id, 2)
    now = counted.as_json()
    if before and (at <= before[0].at or counted.total.falls_behind(Tally(**before[0].figures["total"]))):
        return False
    if len(before) == 2 and _drawn(now) == _drawn(before[0].figures) == _drawn(before[1].figures):
        before[0].at, before[0].figures = at, now
        db.flush()
        return True
    if before:
        before[0].figures = _drawn(before[0].figures)
        db.flush()
    row = {"notice_id": notice_id, "at": at, "figures": now}
    db.connection().execute(on_conflict_do_nothing(db, NoticePoint, "notice_id", "at").values([row]))
    return True


def _last(db: Session, notice_id: int, count: int) -> Sequence[NoticePoint]:
    query = select(NoticePoint).where(NoticePoint.notice_id == notice_id).order_by(NoticePoint.at.desc()).limit(count)
    return db.scalars(query).all()


def _drawn(figures: JsonObject) -> JsonObject:
    return {name: figures[name] for name in DRAWN}
