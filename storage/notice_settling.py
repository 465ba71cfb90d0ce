"""What became of a slice: settled in bulk, put off, or in the platform's hands until it reports.

``sent_at`` is business time, everything else the wall's. Everything runs inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import CursorResult, case, literal, null, or_, select, update
from sqlalchemy.orm import Session

from storage.base import UtcTime
from storage.notice_attempts import Settled, add_attempts, as_table, attempt_number, note_doubt
from storage.notice_cuts import BULK
from storage.notice_slices import Claim
from storage.notices import Ledger, LedgerState, Slice
from storage.people import Account

SINCE = "since"  # in a slice's figures: when the platform took the job (wall time)
STATUS = "status"  # what the platform said of the finished job
EARLY = "early"  # reports that came while the call was under way, by the platform's name of the job


def settle(db: Session, held: Claim, results: Sequence[Settled], now: datetime, wall: datetime) -> bool:
    """Writes the outcome of every member at once. False when the lease was lost: another holder settles it."""
    if not _release(db, held, state=_whole(results), request=None, reason=None):
        return False
    outcome = as_table(db, results)
    sent_at = case((outcome.c.state == LedgerState.SENT, literal(now, UtcTime())), else_=null())
    db.execute(
        update(Ledger)
        .values(state=outcome.c.state, reason=outcome.c.reason, sent_at=sent_at)
        # A household that has read it meanwhile is SENT already, and stays so. The rows are found by their ids alone:
        # with the slice in the condition SQLite reads the whole list again for each member.
        .where(Ledger.id == outcome.c.id, Ledger.state == LedgerState.CUT),
        execution_options={"synchronize_session": False},
    )
    if any(result.state != LedgerState.SENT or result.reason for result in results):
        odd = or_(outcome.c.state != LedgerState.SENT, outcome.c.reason.is_not(None))
        told = select(outcome.c.id, outcome.c.state, outcome.c.reason).where(odd)
        add_attempts(db, told, held.slice_id, held.attempt, wall)
    return True


def settle_sent(db: Session, held: Sequence[Claim], now: datetime, wall: datetime) -> int:
    """Writes that everybody in these slices was reached. Answers how many slices were still ours to settle."""
    leases = [one.lease for one in held]
    mine = update(Slice).where(Slice.lease.in_(leases), Slice.state == "leased").returning(Slice.id)
    sent = mine.values(state="sent", lease=None, lease_until=None, request=None, reason=None)
    ids = db.scalars(sent, execution_options={"synchronize_session": False}).all()
    if ids:
        members = update(Ledger).where(Ledger.slice_id.in_(ids), Ledger.state == LedgerState.CUT)
        values = {"state": LedgerState.SENT, "reason": None, "sent_at": now}
        db.execute(members.values(**values), execution_options={"synchronize_session": False})
    return len(ids)


def settle_alike(db: Session, held: Claim, state: LedgerState, reason: str, now: datetime, wall: datetime) -> bool:
    """The same outcome for every member, without the request."""
    results = [Settled(member, state, reason) for member in members_of(db, held.slice_id)]
    return settle(db, held, results, now, wall)


def members_of(db: Session, slice_id: int) -> Sequence[int]:
    """The households of a slice."""
    return db.scalars(select(Ledger.id).where(Ledger.slice_id == slice_id).order_by(Ledger.id)).all()


def accounts_of(db: Session, ledger_ids: Sequence[int]) -> dict[int, int]:
    """The accounts by which households are reached now."""
    rows = db.execute(select(Ledger.id, Ledger.account_id).where(Ledger.id.in_(ledger_ids)))
    return {row: account for row, account in rows if account is not None}


def put_off(db: Session, held: Claim, until: datetime, reason: str, doubtful_at: datetime | None = None) -> bool:
    """Back to the queue until ``until`` (wall). False when the lease was lost."""
    kept = _release(db, held, state="waiting", next_try_at=until, reason=reason)
    if kept and doubtful_at is not None:
        note_doubt(db, held.slice_id, held.attempt, doubtful_at)
    return kept


def _release(db: Session, held: Claim, **values: object) -> bool:
    result = db.execute(
        update(Slice)
        .where(Slice.id == held.slice_id, Slice.lease == held.lease, Slice.state == "leased")
        .values(lease=None, lease_until=None, **values),
        execution_options={"synchronize_session": False},
    )
    assert isinstance(result, CursorResult)
    return result.rowcount == 1


def _whole(results: Collection[Settled]) -> str:
    states = {result.state for result in results}
    if states == {LedgerState.FAILED}:
        return "dead"
    return "unknown" if states == {LedgerState.UNKNOWN} else "sent"


def leave(db: Session, ledger_ids: Sequence[int]) -> None:
    """The accounts of these households cannot be reached until somebody is heard by them again."""
    if ledger_ids:
        theirs = select(Ledger.account_id).where(Ledger.id.in_(ledger_ids))
        left = update(Account).where(Account.id.in_(theirs)).values(follows=False)
        db.execute(left, execution_options={"synchronize_session": False})


# --- a job in the platform's hands


class Job(NamedTuple):
    """A slice that a platform has taken and will report on. ``status``: what it reported, if anything."""

    slice_id: int
    notice_id: int
    door: str
    platform_id: str | None
    since: datetime
    status: str | None


def submit(db: Session, held: Claim, platform_id: str | None, wall: datetime, look_at: datetime) -> bool:
    """The platform took it; its households stay cut. False when the lease was lost.

    A report that was quicker than this makes it due at once.
    """
    row = db.scalars(select(Slice).where(Slice.id == held.slice_id).with_for_update()).one()
    early = row.figures.get(EARLY, {}).get(platform_id, {})
    figures = {BULK: True, SINCE: wall.isoformat(), **early}
    return _release(
        db,
        held,
        state="submitted",
        platform_id=platform_id,
        figures=figures,
        request=None,
        reason=None,
        next_try_at=wall if early else look_at,
    )


def take_job(db: Session, wall: datetime, back_at: datetime) -> Job | None:
    """The job that it is time to look at; others leave it alone until ``back_at``."""
    query = (
        select(Slice)
        .where(Slice.state == "submitted", Slice.next_try_at <= wall)
        .order_by(Slice.next_try_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = db.scalars(query).one_or_none()
    if row is None:
        return None
    row.next_try_at = back_at
    since = datetime.fromisoformat(row.figures[SINCE])
    return Job(row.id, row.notice_id, row.door, row.platform_id, since, row.figures.get(STATUS))


def report(db: Session, door: str, platform_id: str, figures: Mapping[str, object], wall: datetime) -> bool:
    """Keeps what a platform reports of a job, and makes one that is not settled due. False for an unknown job.

    A report of a job that nobody knows may be about a call that is under way: it is laid beside those.
    """
    row = _known_as(db, door, platform_id)
    if row is None:
        _lay_by(db, door, platform_id, figures)
        # While that waited for its locks the call may have returned and the job got its name.
        row = _known_as(db, door, platform_id)
    if row is None:
        return False
    row.figures = {**row.figures, **figures}
    if row.state == "submitted":
        row.next_try_at = wall
    db.flush()
    return True


def _known_as(db: Session, door: str, platform_id: str) -> Slice | None:
    query = select(Slice).where(Slice.platform_id == platform_id, Slice.door == door)
    fresh = query.with_for_update().execution_options(populate_existing=True)
    return db.scalars(fresh).first() if platform_id else None


def _lay_by(db: Session, door: str, platform_id: str, figures: Mapping[str, object]) -> None:
    called = select(Slice).where(Slice.door == door, Slice.state == "leased").order_by(Slice.id)
    for row in db.scalars(called.with_for_update()):
        if BULK in row.figures:
            row.figures = {**row.figures, EARLY: {**row.figures.get(EARLY, {}), platform_id: dict(figures)}}
    db.flush()


def look_again(db: Session, job: Job, at: datetime) -> None:
    """When to look at an unfinished job next; a report that came meanwhile is looked at at once."""
    row = _submitted(db, job)
    if row is not None and STATUS not in row.figures:
        row.next_try_at = at


def settle_job(db: Session, job: Job, state: LedgerState, reason: str | None, now: datetime, wall: datetime) -> bool:
    """The same outcome for every household of a job. False when somebody else has settled it."""
    row = _submitted(db, job)
    if row is None:
        return False
    row.state = {LedgerState.SENT: "sent", LedgerState.UNKNOWN: "unknown"}.get(state, "dead")
    row.reason, row.next_try_at = reason, wall
    db.flush()
    sent_at = now if state == LedgerState.SENT else None
    db.execute(
        update(Ledger)
        .where(Ledger.slice_id == row.id, Ledger.state == LedgerState.CUT)
        .values(state=state, reason=reason, sent_at=sent_at),
        execution_options={"synchronize_session": False},
    )
    if state != LedgerState.SENT:
        members = select(Ledger.id, literal(str(state)), literal(reason)).where(Ledger.slice_id == row.id)
        add_attempts(db, members, row.id, attempt_number(row), wall)
    return True


def _submitted(db: Session, job: Job) -> Slice | None:
    query = select(Slice).where(Slice.id == job.slice_id, Slice.state == "submitted")
    return db.scalars(query.with_for_update().execution_options(populate_existing=True)).one_or_none()
