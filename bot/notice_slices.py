"""Slices of a notice on their way out: for each claim (tx), send, settle (tx). They are cut in ``notice_cutting``.

A slice is sent again byte for byte or not at all. Whoever dies between claim and settling leaves a lease that ends;
the slice is then repeated only where the platform still recognises its keys, else its households become ``unknown``.
Whom the platform cannot reach falls back on their next account; what it takes as a job is waited for.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from bot import notice_doors, notice_jobs, notice_paused, watch
from bot.channels.base import Abilities, Channel, Closed, Outcome, TryLater
from bot.notice_request import Request
from bot.wiring import App
from storage import notice_settling, notice_slices, notice_ways
from storage.engine import is_passing
from storage.notice_attempts import Settled
from storage.notice_slices import Claim
from storage.notices import LedgerState
from storage.vault import VaultError

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)  # wall time; longer than any platform call may take
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=10)
MOST_TRIES = 60  # about nine hours of a platform that never takes it
TRIES_OF_A_TRANSACTION = 5
NO_ANSWER, DOOR_SHUT, LIMIT = "no_answer", "door_shut", "limit"

STATE_OF = {"sent": LedgerState.SENT, "unknown": LedgerState.UNKNOWN}
MISSED = ("unreachable", "gone")
T = TypeVar("T")
Write = Callable[[Session], bool]
"""What is to be written after a try. False when the lease was lost meanwhile."""


def send_due(app: App, until: float) -> int:
    """Sends slices that are due until ``until`` (``time.monotonic()``). Answers how many it tried."""
    tried = 0
    held = _again(app, lambda db: _claim(app, db))
    while held is not None:
        write = _try(app, held)
        more = time.monotonic() < until
        held = _again(app, _closing(app, held, write, more))
        tried += 1
    return tried


def _claim(app: App, db: Session) -> Claim | None:
    """The next slice that the platforms' limits let out now. What they hold back waits for the next window."""
    wall = app.clock.wall()
    hour = notice_doors.hour_of(app, db)
    while (held := notice_slices.claim(db, wall, LEASE, hour)) is not None:
        channel = notice_doors.through(app, held.door, bulk=held.bulk)
        waits = notice_doors.reserve(db, channel, held.members, wall) if channel is not None else None
        if waits is None:
            return held
        notice_slices.unclaim(db, held, waits, LIMIT)
    return None


def _closing(app: App, held: Claim, write: Write, more: bool) -> Callable[[Session], Claim | None]:
    """Settles one slice and claims the next in the same transaction: one durable commit a slice."""

    def close(db: Session) -> Claim | None:
        if not write(db):
            log.warning("slice %d was settled by somebody else: its lease had ended", held.slice_id)
        return _claim(app, db) if more else None

    return close


def _try(app: App, held: Claim) -> Write:
    """One try at a slice, outside any transaction."""
    channel = notice_doors.through(app, held.door, bulk=held.bulk)
    if channel is None:
        return _later(app, held, "door_gone", None)
    if held.doubtful_since is not None and not recognised(channel.abilities, held.doubtful_since, app.clock.wall()):
        return _all(app, held, LedgerState.UNKNOWN, NO_ANSWER)
    try:
        request = Request.load(app.vault.open(held.request or "", notice_slices.PLACE, held.ref))
    except VaultError:
        return _all(app, held, LedgerState.FAILED, "address_unreadable")
    return _send(app, channel, held, request)


def _send(app: App, channel: Channel, held: Claim, request: Request) -> Write:
    try:
        outcomes = channel.send(request.messages())
    except Closed as error:
        if not error.fault:
            return notice_paused.paused(app, held, request, error)
        watch.note_fault(app, held.door, error.reason)
        return _later(app, held, DOOR_SHUT, error.after)
    except TryLater as error:
        return _later(app, held, error.reason, error.after)
    except Exception as error:  # noqa: BLE001 - Unsure, or a fault in a channel: whichever, it may have arrived
        log.warning("slice %d through %s: %s", held.slice_id, held.door.partition(":")[0], type(error).__name__)
        return _doubtful(app, channel.abilities, held)
    if held.door in app.doors_down():
        watch.note_well(app, held.door)
    return _heard(app, channel, held, request, outcomes)


# --- what is written


def _heard(app: App, channel: Channel, held: Claim, request: Request, outcomes: Sequence[Outcome]) -> Write:
    jobs = {outcome.platform_id for outcome in outcomes if outcome.state == "submitted"}
    if len(outcomes) != len(request.members) or len(jobs) > 1:
        return _doubtful(app, channel.abilities, held)
    if jobs:
        return notice_jobs.submitted(app, held, jobs.pop())
    ids = [member.ledger_id for member in request.members]
    return _settled(app, held, ids, outcomes)


def _settled(app: App, held: Claim, ids: Sequence[int], outcomes: Sequence[Outcome]) -> Write:
    """Each household its own outcome; whoever was missed falls back on their next account."""
    results = [
        Settled(row, STATE_OF.get(outcome.state, LedgerState.FAILED), (outcome.reason or "")[:60] or None)
        for row, outcome in zip(ids, outcomes, strict=True)
    ]
    gone = [row for row, outcome in zip(ids, outcomes, strict=True) if outcome.state == "gone"]
    missed = [row for row, outcome in zip(ids, outcomes, strict=True) if outcome.state in MISSED]

    def write(db: Session) -> bool:
        if not notice_settling.settle(db, held, results, app.clock.now(db), app.clock.wall()):
            return False
        notice_settling.leave(db, gone)
        _fall_back(app, db, missed)
        return True

    return write


def _fall_back(app: App, db: Session, missed: Sequence[int]) -> None:
    accounts = notice_ways.next_accounts(db, notice_doors.doors_of(app), missed)
    notice_ways.plan_again(db, accounts, LedgerState.FAILED)


def _all(app: App, held: Claim, state: LedgerState, reason: str) -> Write:
    return lambda db: notice_settling.settle_alike(db, held, state, reason, app.clock.now(db), app.clock.wall())


def _given_up(app: App, held: Claim, reason: str) -> Write:
    """Nothing was sent in all this time: the next account may do better."""

    def write(db: Session) -> bool:
        members = notice_settling.members_of(db, held.slice_id)
        if not _all(app, held, LedgerState.FAILED, reason)(db):
            return False
        _fall_back(app, db, members)
        return True

    return write


def _later(app: App, held: Claim, reason: str, after: timedelta | None) -> Write:
    pause = next_pause(held.tries, after)
    if pause is not None:
        return lambda db: notice_settling.put_off(db, held, app.clock.wall() + pause, reason[:80])
    if held.doubtful_since is not None:
        return _all(app, held, LedgerState.UNKNOWN, NO_ANSWER)
    return _given_up(app, held, reason[:60])


def _doubtful(app: App, abilities: Abilities, held: Claim) -> Write:
    pause = next_pause(held.tries, None)
    if abilities.idempotent_for is None or pause is None:
        return _all(app, held, LedgerState.UNKNOWN, NO_ANSWER)

    def write(db: Session) -> bool:
        wall = app.clock.wall()
        return notice_settling.put_off(db, held, wall + pause, NO_ANSWER, doubtful_at=wall)

    return write


def recognised(abilities: Abilities, since: datetime, wall: datetime) -> bool:
    """Whether the platform still knows a key it may first have seen at ``since``, with a lease's length to spare."""
    return abilities.idempotent_for is not None and wall - since + LEASE <= abilities.idempotent_for


def next_pause(tries: int, after: timedelta | None) -> timedelta | None:
    """How long to wait after this many tries; None when it is time to give up. The platform's own wish counts."""
    if tries >= MOST_TRIES:
        return None
    doubled = FIRST_PAUSE * (1 << min(tries - 1, 12))
    return max(min(doubled, LONGEST_PAUSE), after or timedelta())


def _again(app: App, work: Callable[[Session], T]) -> T:
    """Runs a transaction, again if it lost a race: after sending, the outcome must be written."""
    for left in reversed(range(TRIES_OF_A_TRANSACTION)):
        try:
            with app.writing() as db:
                return work(db)
        except DBAPIError as error:
            if not left or not is_passing(error):
                raise
    raise AssertionError
