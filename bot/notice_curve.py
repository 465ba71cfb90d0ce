"""Points of the curves of notices: one a minute in the first hour, then fewer, for three days.

Each costs one count of the notice's ledger, in a transaction that only reads; whichever clock is first takes it.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from bot import leadership
from bot.wiring import App
from storage import notice_curve
from storage.notice_curve import Watched
from storage.notice_figures import figures

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=30)  # wall time; nobody else counts meanwhile
# How old a notice is, and how far apart its points are then. Business time.
STEPS = (
    (timedelta(hours=1), timedelta(minutes=1)),
    (timedelta(hours=6), timedelta(minutes=5)),
    (timedelta(hours=24), timedelta(minutes=15)),
)
LATER = timedelta(hours=1)


def mark(app: App) -> int:
    """Takes the points that are due. Answers how many; cheap when there are none."""
    with app.reading() as db:
        now = app.clock.now(db)
        due = [one for one in notice_curve.watched(db, now) if is_due(one, now)]
    if not due or leadership.lead(app, "notice-curve", LEASE) is None:
        return 0
    return sum(_mark(app, one.notice_id) for one in due)


def is_due(one: Watched, now: datetime) -> bool:
    """Whether the next point of a curve is due. Points lie on whole minutes."""
    if one.latest is None:
        return True
    age = now - one.confirmed_at
    apart = next((step for until, step in STEPS if age < until), LATER)
    return now - one.latest >= apart


def _mark(app: App, notice_id: int) -> bool:
    with app.reading() as db:
        at = app.clock.now(db).replace(second=0, microsecond=0)
        counted = figures(db, notice_id)
    if not counted.total.adds_up:
        log.error("notice %d: its figures do not add up", counted.number)
        return False
    with app.writing() as db:
        return notice_curve.add(db, notice_id, at, counted)
