"""Notices at work: every step is a transaction of its own and can be cut short anywhere.

confirmed → (fan-out in steps, each with its cursor) → sending → (slices cut, claimed, sent, settled) → done
                                                   whom a slice misses is cut again, by their next account
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from sqlalchemy import select

from bot import (
    leadership,
    notice_cutting,
    notice_doors,
    notice_ending,
    notice_groups,
    notice_jobs,
    notice_pages,
    notice_straight,
)
from bot.notice_calls import Calls
from bot.notice_pages import Ahead
from bot.notice_sending import PATIENCE, Sending
from bot.wiring import App
from storage import notice_groups as aloud
from storage import notice_slices as slices
from storage.notice_figures import Figures, figures
from storage.notice_letting import to_write_down
from storage.notices import Notice, NoticeState

log = logging.getLogger(__name__)

STEP = 1000  # households of one fan-out transaction, to begin with
SHORT, SHORT_BESIDE = 0.05, 0.1  # seconds of such a transaction: where others wait for it, and where they need not
UNDISTURBED = 0.4  # the same of the fan-out where nobody waits for it: no call of that notice is under way yet
LARGEST = 4000  # households of one transaction: what they take in memory stays small
WORKING, AT_WORK = "notices", timedelta(seconds=10)  # the lease of whoever works at them
SECONDS = 2.0  # how long one call works at most, give or take a step
AT_A_STRETCH = 6.0  # the same for a worker that does nothing else: each end waits for the last calls, with idle threads


def run_due(app: App, seconds: float = SECONDS) -> int:
    """Does what notices have due, for about ``seconds``; answers how much it did, 0 when there is nothing to do now.

    Any number of workers and sweeps may call it at once, and each may die anywhere. Faults of the database are raised
    and leave everything as it was. Calls that are under way when the time is over are waited for.
    """
    if not anything_due(app):
        return 0
    until = time.monotonic() + seconds
    done = notice_ending.step(app) + notice_groups.say_due(app, until)  # groups wait behind no million of calls
    done += _write_and_send(app, until)
    if time.monotonic() < until:
        done += notice_jobs.look(app, until)
        done += notice_ending.step(app)
        done += finish(app)
    return done


@contextlib.contextmanager
def at_work(app: App) -> Iterator[Callable[[], bool]]:
    """Says that somebody works at the notices, for as long as what it yields is called now and then: the clock's sweep
    stays away. Others may work beside."""
    fence = leadership.lead(app, WORKING, AT_WORK) if anything_due(app) else None
    yield lambda: fence is not None and leadership.keep(app, WORKING, fence, AT_WORK)
    if fence is not None:
        leadership.give_up(app, WORKING, fence)


def sweep(app: App) -> int:
    """What has nobody who works at it: a worker that died is stood in for once what it said last is over."""
    if not anything_due(app) or (fence := leadership.lead(app, WORKING, AT_WORK)) is None:
        return 0
    try:
        return run_due(app)
    finally:
        leadership.give_up(app, WORKING, fence)


def anything_due(app: App) -> bool:
    """A look that keeps idle sweeps from writing."""
    with app.reading() as db:
        hour = notice_doors.hour_of(app, db)
        return (
            slices.anything_due(db, app.clock.wall(), hour)
            or notice_ending.anything(app, db)
            or aloud.is_any_due(db, hour)
        )


def _write_and_send(app: App, until: float) -> int:
    """The ledger is written and cut while calls are under way."""
    done, idle = 0, False
    cut = _Stride(notice_cutting.cut_step, notice_cutting.CUT_STEP, notice_cutting.CUT_STEP)
    with Calls(app.clock.wall) as calls, Ahead(app) as ahead:
        fan_out = _Stride(partial(fan_out_step, ahead=ahead), STEP, STEP, UNDISTURBED)
        sending = Sending(app, calls)
        while sending.busy or not idle:
            more = time.monotonic() < until
            worked = sending.turn(more=more, patience=PATIENCE if idle else 0.0)
            wrote = (fan_out.go(app, 0) or cut.go(app, sending.missed)) if more else 0
            sending.dry &= not wrote or fan_out.rested_at is None
            done += worked + wrote
            idle = not worked and not wrote
    return done


@dataclass(slots=True)
class _Stride:
    """A step that is taken again and again, as large as keeps it short; once it finds nothing it rests."""

    step: Callable[[App, int], int]
    size: int
    least: int
    beside: float = SHORT_BESIDE
    rested_at: int | None = None  # how many slices had been missed then: their households may be cut again

    def go(self, app: App, missed: int) -> int:
        """Takes one step, unless there was nothing to do when it was last taken. Answers how many households."""
        if self.rested_at == missed:
            return 0
        begun = time.monotonic()
        rows = self.step(app, self.size)
        took = time.monotonic() - begun
        self.rested_at = None if rows else missed
        longest = SHORT if app.engine.dialect.name == "sqlite" else self.beside
        if took > longest:
            self.size = max(self.size // 2, self.least)
        elif took < longest / 2 and rows > self.size // 2:
            self.size = min(self.size * 2, LARGEST)
        return rows


def fan_out_step(app: App, step: int | None = None, ahead: Ahead | None = None) -> int:
    """Writes the next ledger rows of the oldest notice whose ledger is not complete. Answers at least 1 if there was
    one. When it is complete the groups that will be told are written down too."""
    size = step or STEP
    unwritten = select(Notice).where(to_write_down()).order_by(Notice.id).limit(1)
    with app.reading() as db:
        seen = db.scalars(unwritten).one_or_none()
    if seen is None:
        return 0
    # Looking households up takes longer than writing them down: nobody waits for that.
    ready = (ahead.page if ahead is not None else partial(notice_pages.prepared, app))(seen.id, seen.cursor, size)
    page = ready.page
    with app.writing() as db:
        locked = unwritten.where(Notice.id == seen.id, Notice.cursor == seen.cursor)
        notice = db.scalars(locked.with_for_update(skip_locked=True)).one_or_none()
        if notice is None:
            return 1  # somebody else was quicker
        # It may have been paused a moment ago: then its households are cut when it goes on.
        notice_straight.write(app, db, notice, page, ready.calls if notice_pages.goes_at_once(app, db, notice) else ())
        notice_ending.written_down(app, db, notice, complete=page.last)
        if notice.state == NoticeState.SENDING:
            aloud.plan(db, app.vault, notice)
            log.info("notice %d: the ledger has %d households", notice.number, notice.households)
    return max(len(page.ways), 1)


def finish(app: App) -> int:
    """Closes notices whose states add up to their snapshot. Answers how many."""
    with app.reading() as db:
        ready = [number for number in slices.ready_to_finish(db) if slices.adds_up(db, number)]
    return sum(_finish(app, notice_id) for notice_id in ready)


def _finish(app: App, notice_id: int) -> bool:
    with app.writing() as db:
        notice = slices.finish(db, notice_id, app.clock.now(db))
        if notice is not None:
            notice_ending.ended(app, db, notice)
    if notice is not None:
        log.info("notice %d: done, %d households", notice.number, notice.households)
    return notice is not None


def progress(app: App, notice_id: int) -> Figures:
    """Figures for a page. Raises NoResultFound for a notice that is not there."""
    with app.reading() as db:
        return figures(db, notice_id)
