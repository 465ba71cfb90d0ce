"""Notices at work: every step is a transaction of its own and can be cut short anywhere.

confirmed → (fan-out in steps, each with its cursor) → sending → (slices cut, claimed, sent, settled) → done
                                                   whom a slice misses is cut again, by their next account
"""

from __future__ import annotations

import logging
import time

from sqlalchemy import select

from bot import notice_cutting, notice_doors, notice_jobs, notice_slices
from bot.wiring import App
from storage import notice_ledger
from storage import notice_slices as slices
from storage.notice_figures import Figures, figures
from storage.notices import Notice, NoticeState

log = logging.getLogger(__name__)

STEP = 1000  # households of one fan-out transaction: short enough that intake on SQLite does not wait long
SECONDS = 2.0  # how long one call works at most, give or take a step


def run_due(app: App, seconds: float = SECONDS) -> int:
    """Does what notices have due, for about ``seconds``; answers how much it did, 0 when there is nothing to do now.

    Any number of workers and sweeps may call it at once, and each may die anywhere. Faults of the database are raised
    and leave everything as it was.
    """
    with app.reading() as db:
        if not slices.anything_due(db, app.clock.wall(), notice_doors.hour_of(app, db)):
            return 0
    until = time.monotonic() + seconds
    done = 0
    for step in (fan_out_step, notice_cutting.cut_step):
        while time.monotonic() < until and (worked := step(app)):
            done += worked
    if time.monotonic() < until:
        done += notice_slices.send_due(app, until)
        done += notice_jobs.look(app, until)
        done += finish(app)
    return done


def fan_out_step(app: App) -> int:
    """Writes the next ledger rows of the oldest confirmed notice. Answers at least 1 when there was such a notice."""
    with app.writing() as db:
        waiting = select(Notice).where(Notice.state == NoticeState.CONFIRMED).order_by(Notice.id).limit(1)
        notice = db.scalars(waiting.with_for_update(skip_locked=True)).one_or_none()
        if notice is None:
            return 0
        rows = notice_ledger.fan_out_step(db, app.vault, notice, notice_doors.doors_of(app), STEP)
        if notice.state == NoticeState.SENDING:
            log.info("notice %d: the ledger has %d households", notice.number, notice.households)
        return max(rows, 1)


def finish(app: App) -> int:
    """Closes notices whose states add up to their snapshot. Answers how many."""
    with app.reading() as db:
        ready = slices.ready_to_finish(db)
    return sum(_finish(app, notice_id) for notice_id in ready)


def _finish(app: App, notice_id: int) -> bool:
    with app.writing() as db:
        notice = slices.finish(db, notice_id, app.clock.now(db))
    if notice is not None:
        log.info("notice %d: done, %d households", notice.number, notice.households)
    return notice is not None


def progress(app: App, notice_id: int) -> Figures:
    """Figures for a page. Raises NoResultFound for a notice that is not there."""
    with app.reading() as db:
        return figures(db, notice_id)
