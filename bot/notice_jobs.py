"""Jobs: what a platform took as a whole and reports on later. Until then its households are on their way there.

The report comes in like a message; it only makes the job due, since settling ten thousand households is no work for
the intake. A report that comes before the answer to the very call it is about is laid beside that call. One may also
never come, or while nobody remembers the call, since its sender died: so the platform is asked, after a minute, after
thirty-five, and then every few minutes until it knows.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy.orm import Session

from bot import notice_news
from bot.channels.base import Channel, ChannelError
from bot.channels.oa_jobs import JobState, OfficialAccountMass
from bot.wiring import App
from handlers.message import Incoming
from storage import notice_control, notice_settling
from storage.notice_settling import STATUS, Job
from storage.notice_slices import Claim
from storage.notices import LedgerState

log = logging.getLogger(__name__)

FIRST_LOOK = timedelta(minutes=1)
PATIENCE = timedelta(minutes=35)  # an administrator has thirty to confirm
EVERY = timedelta(minutes=5)
LONGEST = timedelta(hours=48)
LEASE = timedelta(seconds=60)
NOBODY_CONFIRMED = timedelta(minutes=29)  # a job that fails after this long was not confirmed in time
SUCCESS = "send success"
NOT_CONFIRMED, JOB_FAILED, NO_REPORT = "not_confirmed", "job_failed", "no_report"
_COUNTED = ("total", "filtered", "sent", "errors")


def submitted(app: App, held: Claim, platform_id: str | None) -> Callable[[Session], bool]:
    """What is to be written of a slice that the platform took."""

    def write(db: Session) -> bool:
        wall = app.clock.wall()
        return notice_settling.submit(db, held, platform_id, wall, wall + FIRST_LOOK)

    return write


def finished(app: App, db: Session, incoming: Incoming) -> None:
    """The platform's report of a job; one that is not ours is passed over."""
    data = incoming.data
    counted = {name: int(data[name]) for name in _COUNTED if data.get(name, "").isdigit()}
    figures = {STATUS: data.get("status", "")[:60], **counted}
    notice_settling.report(db, incoming.door, data.get("job", ""), figures, app.clock.wall())


def look(app: App, until: float) -> int:
    """Looks at the jobs that are due, until ``until`` (``time.monotonic()``). Answers how many."""
    looked = 0
    while time.monotonic() < until:
        with app.writing() as db:
            wall = app.clock.wall()
            job = notice_settling.take_job(db, wall, wall + LEASE)
        if job is None:
            break
        _close(app, job, _state(app, job))
        looked += 1
    return looked


def _state(app: App, job: Job) -> JobState:
    """How far the platform is, by its report or, where there is none, by asking it."""
    if job.status is not None:
        return "done" if job.status == SUCCESS else "failed"
    channel: Channel | None = app.bulk.get(job.door)
    if job.platform_id is None or not isinstance(channel, OfficialAccountMass):
        return "running"
    try:
        return channel.job(job.platform_id)
    except ChannelError as error:
        log.warning("a job of %s could not be asked about (%s)", job.door.partition(":")[0], error)
        return "running"


def _close(app: App, job: Job, state: JobState) -> None:
    with app.writing() as db:
        wall = app.clock.wall()
        age = wall - job.since
        if state == "done":
            notice_settling.settle_job(db, job, LedgerState.SENT, None, app.clock.now(db), wall)
        elif state == "failed" and notice_control.was_dropped(db, job.slice_id):
            notice_settling.settle_job(db, job, LedgerState.SKIPPED, notice_control.CANCELLED, app.clock.now(db), wall)
        elif state == "failed":
            reason = NOT_CONFIRMED if age >= NOBODY_CONFIRMED else JOB_FAILED
            if notice_settling.settle_job(db, job, LedgerState.FAILED, reason, app.clock.now(db), wall):
                notice_news.tell_failed(app, db, job.notice_id, confirmed=reason != NOT_CONFIRMED)
        elif age >= (LONGEST if job.platform_id is not None else PATIENCE):
            notice_settling.settle_job(db, job, LedgerState.UNKNOWN, NO_REPORT, app.clock.now(db), wall)
        else:
            notice_news.tell_waiting(app, db, job.notice_id)
            notice_settling.look_again(db, job, max(job.since + PATIENCE, wall + EVERY))
