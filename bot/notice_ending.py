"""A notice that may not go on: held for the night, past its validity, or cancelled.

Nothing here sends. Each step is a transaction of its own that may be cut short anywhere and done by anybody, as in
``notices``. What a platform has taken as a job is asked for back, and stays with whom it reached.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from bot import notice_doors, notice_news
from bot.channels.base import ChannelError
from bot.channels.oa_jobs import OfficialAccountMass
from bot.wiring import App
from handlers.rules import notice_hours
from storage import notice_control
from storage.notice_letting import is_over, stopped_by_night, to_write_down, unaccounted
from storage.notices import Notice, NoticeState, Slice

log = logging.getLogger(__name__)

STEP = 1000  # households of one transaction
LOOK_AGAIN = timedelta(minutes=1)  # a job that was dropped may have been sent a moment before: its report comes by then


def anything(app: App, db: Session) -> bool:
    """Whether there is something to end, hold or take back: a look that writes nothing."""
    hour = notice_doors.hour_of(app, db)
    unwritten = db.scalar(select(Notice.id).where(unaccounted(), to_write_down()).limit(1)) is not None
    return (
        unwritten
        or bool(notice_control.to_wind_up(db, app.clock.wall(), hour))
        or bool(notice_control.to_hold(db, hour))
        or bool(notice_control.to_take_back(db))
    )


def step(app: App) -> int:
    """Ends, holds or takes back a little of every notice that asks for it. Answers how much it did."""
    with app.reading() as db:
        hour = notice_doors.hour_of(app, db)
        ending = notice_control.to_wind_up(db, app.clock.wall(), hour)
        holding = notice_control.to_hold(db, hour)
        jobs = notice_control.to_take_back(db)
    ended = sum(_end(app, notice_id) for notice_id in ending)
    held = sum(_hold(app, notice_id) for notice_id in holding)
    return ended + held + sum(_take_back(app, job) for job in jobs)


def _end(app: App, notice_id: int) -> int:
    """Skips some households of a notice, and closes the account when nobody waits any more."""
    with app.writing() as db:
        hour, wall = notice_doors.hour_of(app, db), app.clock.wall()
        cancelled = _locked(db, notice_id, unaccounted())
        over = and_(Notice.state == NoticeState.SENDING, is_over(hour))
        notice = cancelled or _locked(db, notice_id, over)
        if notice is None:
            return 0
        reason = notice_control.CANCELLED if cancelled else notice_control.EXPIRED
        moved = notice_control.wind_up(db, notice, reason, wall, STEP)
        if cancelled and notice_control.is_accounted_for(db, notice):
            notice.done_at = hour.now
            moved += 1
    return moved


def written_down(app: App, db: Session, notice: Notice, *, complete: bool) -> None:
    """After a step of the fan-out: a notice that was cancelled and has nobody in it is over."""
    if complete and notice.state == NoticeState.CANCELLED and not notice.households:
        notice.done_at = app.clock.now(db)


def ended(app: App, db: Session, notice: Notice) -> None:
    """Tells the author of a notice that is done for how many it came too late."""
    late = notice_control.skipped(db, notice, notice_control.EXPIRED)
    if late:
        notice_news.tell_expired(app, db, notice, late)


def _hold(app: App, notice_id: int) -> int:
    """The author is told once a night when it goes on."""
    with app.writing() as db:
        hour = notice_doors.hour_of(app, db)
        notice = _locked(db, notice_id, stopped_by_night(hour))
        if notice is None:
            return 0
        notice.hold_until = notice_hours.by_day(hour.now, app.policy.notices)
        notice_news.tell_held(app, db, notice, notice.hold_until)
    return 1


def _locked(db: Session, notice_id: int, still: ColumnElement[bool]) -> Notice | None:
    """The notice, if that still holds and nobody else is at it."""
    query = select(Notice).where(Notice.id == notice_id, still)
    return db.scalars(query.with_for_update(skip_locked=True)).one_or_none()


def _take_back(app: App, job: Slice) -> int:
    """Asks the platform to drop a job. It is asked once; what it reports afterwards counts."""
    dropped = _drop(app, job)
    with app.writing() as db:
        notice_control.note_asked_back(db, job.id, dropped=dropped, look_at=app.clock.wall() + LOOK_AGAIN)
    return 1


def _drop(app: App, job: Slice) -> bool:
    channel = app.bulk.get(job.door)
    if not isinstance(channel, OfficialAccountMass) or job.platform_id is None:
        return False
    try:
        return channel.drop(job.platform_id)
    except ChannelError as error:
        log.warning("a job of %s could not be taken back (%s)", job.door.partition(":")[0], error)
        return False
