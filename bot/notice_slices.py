"""What becomes of a slice after it was claimed, tried and heard of. They are cut in ``notice_cutting``, and their
calls are made in ``notice_sending``.

A slice is sent again byte for byte or not at all. Whoever dies between claim and settling leaves a lease that ends;
the slice is then repeated only where the platform still recognises its keys, else its households become ``unknown``.
Whom the platform cannot reach falls back on their next account; what it takes as a job is waited for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot import notice_doors, notice_jobs, notice_paused
from bot.channels.base import Abilities, Channel, Closed, Outcome, TryLater
from bot.notice_calls import Tried
from bot.notice_request import Request
from bot.wiring import App
from storage import notice_cuts, notice_settling, notice_ways
from storage.notice_attempts import Settled
from storage.notice_slices import Claim
from storage.notices import LedgerState
from storage.vault import VaultError

LEASE = timedelta(seconds=60)  # wall time; longer than any platform call may take
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=10)
MOST_TRIES = 60  # about nine hours of a platform that never takes it
NO_ANSWER, DOOR_SHUT = "no_answer", "door_shut"

STATE_OF = {"sent": LedgerState.SENT, "unknown": LedgerState.UNKNOWN}
MISSED = ("unreachable", "gone")
Write = Callable[[Session], bool]
"""What is to be written after a try. False when the lease was lost meanwhile."""


def whole(app: App, tried: Tried, kinds: Mapping[str, Sequence[int]]) -> Write:
    """What is to be written where everybody has an outcome, or nobody. ``kinds``: places of members by their call."""
    if len(kinds["told"]) == len(tried.heard):
        return _heard(app, tried)
    if kinds["doubtful"]:
        return _doubtful(app, tried.channel.abilities, tried.held)
    return _put_off(app, tried)


def without_calls(app: App, held: Claim) -> Write | tuple[Channel, Request]:
    """What a claimed slice needs for its calls, or what is to be written of it where there is nothing to call for."""
    channel = notice_doors.through(app, held.door, bulk=held.bulk)
    if channel is None:
        return _later(app, held, "door_gone", None)
    if held.doubtful_since is not None and not recognised(channel.abilities, held.doubtful_since, app.clock.wall()):
        return _all(app, held, LedgerState.UNKNOWN, NO_ANSWER)
    try:
        return channel, Request.load(app.vault.open(held.request or "", notice_cuts.PLACE, held.ref))
    except VaultError:
        return _all(app, held, LedgerState.FAILED, "address_unreadable")


def _put_off(app: App, tried: Tried) -> Write:
    """Nothing was sent."""
    later = [one for one in tried.heard if isinstance(one, TryLater)]
    quota = next((one for one in later if isinstance(one, Closed) and not one.fault), None)
    if quota is not None:
        return notice_paused.paused(app, tried.held, tried.request, quota)
    worst = max(later, key=lambda one: (isinstance(one, Closed), one.after or timedelta()))
    return _later(app, tried.held, DOOR_SHUT if isinstance(worst, Closed) else worst.reason, worst.after)


# --- what is written


def _heard(app: App, tried: Tried) -> Write:
    """Everybody's outcome is known, or the platform took it as a job."""
    outcomes = [one for one in tried.heard if isinstance(one, Outcome)]
    jobs = {one.platform_id for one in outcomes if one.state == "submitted"}
    if len(jobs) > 1:
        return _doubtful(app, tried.channel.abilities, tried.held)
    if jobs:
        return notice_jobs.submitted(app, tried.held, jobs.pop())
    ids = [member.ledger_id for member in tried.request.members]
    return _settled(app, tried.held, ids, outcomes)


def _settled(app: App, held: Claim, ids: Sequence[int], outcomes: Sequence[Outcome]) -> Write:
    """Each household its own outcome; whoever was missed falls back on their next account."""
    results = [outcome_of(row, outcome) for row, outcome in zip(ids, outcomes, strict=True)]

    def write(db: Session) -> bool:
        if not notice_settling.settle(db, held, results, app.clock.now(db), app.clock.wall()):
            return False
        fall_back(app, db, ids, outcomes)
        return True

    return write


def outcome_of(ledger_id: int, outcome: Outcome) -> Settled:
    """As the ledger has it."""
    return Settled(ledger_id, STATE_OF.get(outcome.state, LedgerState.FAILED), (outcome.reason or "")[:60] or None)


def fall_back(app: App, db: Session, ids: Sequence[int], outcomes: Sequence[Outcome]) -> None:
    """Whoever was missed is planned again by their next account; whom nobody will reach there is noted as gone."""
    states = list(zip(ids, (outcome.state for outcome in outcomes), strict=True))
    notice_settling.leave(db, [row for row, state in states if state == "gone"])
    step_back(app, db, [row for row, state in states if state in MISSED])


def step_back(app: App, db: Session, missed: Sequence[int]) -> None:
    """These failed; those who have another account are planned again by it."""
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
        step_back(app, db, members)
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
