"""Ending a notice before everybody was reached, and trying again those whom it missed.

A notice that was cancelled or is no longer valid is wound up in steps: what has not left is skipped with the reason,
what may have left is ``unknown``, what somebody holds or a platform has taken is waited for. Its rows still add up to
the households that were confirmed. Everything runs inside the caller's transaction; ``wall`` is wall time.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, CursorResult, Subquery, and_, exists, func, or_, select, update
from sqlalchemy.orm import Session

from storage.notice_attempts import attempt_number, note_doubt
from storage.notice_doors import A_TIER, Doors, full, is_open, rank
from storage.notice_letting import Hour, is_over, stopped_by_night, unaccounted
from storage.notice_ways import OPTED_OUT
from storage.notices import (
    Attempt,
    Ledger,
    LedgerState,
    Notice,
    NoticeKind,
    NoticeState,
    Slice,
    is_planned,
    somebody_waits,
)
from storage.people import Account, Household

CANCELLED, EXPIRED = "cancelled", "expired"  # why a household is skipped
NO_ANSWER = "no_answer"
ASKED_BACK = "asked_back"  # in a slice's figures: the platform was asked to drop it, and whether it does
SLICES_A_STEP = 50
UNTOUCHED = {"synchronize_session": False}


# --- which notices


def to_wind_up(db: Session, wall: datetime, hour: Hour) -> Sequence[int]:
    """Notices in which something is to be skipped now, or that are cancelled and wholly accounted for."""
    mine = Ledger.notice_id == Notice.id
    planned = exists().where(mine, is_planned()).correlate(Notice)
    movable = exists().where(Slice.notice_id == Notice.id, _loose(wall)).correlate(Notice)
    waits = somebody_waits()
    cancelled = and_(unaccounted(), Notice.households > 0)
    over = and_(Notice.state == NoticeState.SENDING, is_over(hour))
    ends = or_(and_(or_(cancelled, over), or_(planned, movable)), and_(cancelled, ~waits))
    return db.scalars(select(Notice.id).where(ends).order_by(Notice.id)).all()


def to_hold(db: Session, hour: Hour) -> Sequence[int]:
    """Notices of which something waits for nothing but the end of the night."""
    if not hour.quiet:
        return []
    planned = exists().where(Ledger.notice_id == Notice.id, is_planned()).correlate(Notice)
    waiting = exists().where(Slice.notice_id == Notice.id, Slice.state == "waiting").correlate(Notice)
    return db.scalars(select(Notice.id).where(stopped_by_night(hour), or_(planned, waiting))).all()


def to_take_back(db: Session) -> Sequence[Slice]:
    """Jobs of cancelled notices that a platform has taken and was not asked to drop yet."""
    theirs = select(Slice).join(Notice, Notice.id == Slice.notice_id).where(unaccounted())
    rows = db.scalars(theirs.where(Slice.state == "submitted", Slice.platform_id.is_not(None)))
    return [row for row in rows if ASKED_BACK not in row.figures]


def note_asked_back(db: Session, slice_id: int, *, dropped: bool, look_at: datetime) -> None:
    """That a platform was asked to drop a job, and whether it said that it does."""
    row = db.scalars(select(Slice).where(Slice.id == slice_id, Slice.state == "submitted").with_for_update()).first()
    if row is not None:
        row.figures = {**row.figures, ASKED_BACK: dropped}
        row.next_try_at = look_at


def was_dropped(db: Session, slice_id: int) -> bool:
    """Whether a platform said that it drops this job."""
    return bool(db.get_one(Slice, slice_id).figures.get(ASKED_BACK))


def _loose(wall: datetime) -> ColumnElement[bool]:
    """Slices in nobody's hands: waiting, or their holder has vanished."""
    return or_(Slice.state == "waiting", and_(Slice.state == "leased", Slice.next_try_at <= wall))


# --- winding up


def wind_up(db: Session, notice: Notice, reason: str, wall: datetime, step: int) -> int:
    """Skips some of what has not left, for ``reason``. Answers how many households; the caller holds the notice."""
    loose = select(Slice).where(Slice.notice_id == notice.id, _loose(wall)).order_by(Slice.id).limit(SLICES_A_STEP)
    rows = db.scalars(loose.with_for_update(skip_locked=True)).all()
    moved = _dissolve(db, rows, reason)
    planned = select(Ledger.id).where(Ledger.notice_id == notice.id, is_planned())
    page = planned.order_by(Ledger.id).limit(step).with_for_update(skip_locked=True)
    return moved + _settle(db, Ledger.id.in_(db.scalars(page).all()), LedgerState.PLANNED, LedgerState.SKIPPED, reason)


def _dissolve(db: Session, rows: Sequence[Slice], reason: str) -> int:
    """Slices that are not sent any more. What may have arrived of one is never called skipped."""
    for row in rows:
        if row.state == "leased" and row.lease_until is not None:
            note_doubt(db, row.id, attempt_number(row), row.lease_until)
    ids = [row.id for row in rows]
    doubt = select(Attempt.slice_id).where(Attempt.slice_id.in_(ids), Attempt.state == LedgerState.UNKNOWN)
    doubtful = set(db.scalars(doubt.distinct()).all()) if ids else set()
    for row in rows:
        unsure = row.id in doubtful
        row.state, row.reason = ("unknown", NO_ANSWER) if unsure else ("dead", reason)
        row.request = row.lease = row.lease_until = None
    db.flush()
    clean = [number for number in ids if number not in doubtful]
    moved = _settle(db, Ledger.slice_id.in_(clean), LedgerState.CUT, LedgerState.SKIPPED, reason)
    return moved + _settle(db, Ledger.slice_id.in_(doubtful), LedgerState.CUT, LedgerState.UNKNOWN, NO_ANSWER)


def _settle(db: Session, which: ColumnElement[bool], was: LedgerState, state: LedgerState, reason: str) -> int:
    left = update(Ledger).where(which, Ledger.state == was).values(state=state, waits=None, reason=reason)
    result = db.execute(left, execution_options=UNTOUCHED)
    assert isinstance(result, CursorResult)
    return result.rowcount


def spare(db: Session, households: Collection[int]) -> int:
    """Whoever has just opted out gets no ordinary notice that has not left for them. Answers how many that were."""
    ordinary = select(Notice.id).where(Notice.kind == NoticeKind.ORDINARY, Notice.state == NoticeState.SENDING)
    theirs = and_(Ledger.household_id.in_(households), Ledger.notice_id.in_(ordinary))
    return _settle(db, theirs, LedgerState.PLANNED, LedgerState.SKIPPED, OPTED_OUT)


def is_accounted_for(db: Session, notice: Notice) -> bool:
    """Whether nobody of a notice waits any more."""
    return not db.scalar(select(somebody_waits()).where(Notice.id == notice.id))


def skipped(db: Session, notice: Notice, reason: str) -> int:
    """How many households were skipped for this reason."""
    mine = (Ledger.notice_id == notice.id, Ledger.state == LedgerState.SKIPPED, Ledger.reason == reason)
    return db.scalar(select(func.count()).where(*mine)) or 0


# --- trying again


def failures(db: Session, notice: Notice) -> dict[str | None, int]:
    """Households that were not reached, by reason."""
    rows = db.execute(
        select(Ledger.reason, func.count())
        .where(Ledger.notice_id == notice.id, Ledger.state == LedgerState.FAILED)
        .group_by(Ledger.reason)
        .order_by(func.count().desc(), Ledger.reason)
    )
    return dict(rows.all())


def within_reach(db: Session, notice: Notice, doors: Doors) -> int:
    """How many of the failures have a way now."""
    return db.scalar(select(func.count()).select_from(_best(db, notice, doors))) or 0


def plan_failures(db: Session, notice: Notice, doors: Doors) -> int:
    """Gives each failure that has a way now its best one again, in a new round. Answers how many.

    What was sent, or may have been, is left alone. The caller holds the notice's row locked.
    """
    best = _best(db, notice, doors)
    again = (
        update(Ledger)
        .where(Ledger.id == best.c.id, Ledger.state == LedgerState.FAILED)
        .values(state=LedgerState.PLANNED, waits=True, reason=None, account_id=best.c.place % A_TIER)
    )
    result = db.execute(again, execution_options=UNTOUCHED)
    assert isinstance(result, CursorResult)
    if result.rowcount and notice.state == NoticeState.DONE:
        notice.state, notice.done_at = NoticeState.SENDING, None
    db.flush()
    return result.rowcount


def _best(db: Session, notice: Notice, doors: Doors) -> Subquery:
    """Failed rows with the place of the account that the fan-out would choose now."""
    filled = full(db, doors, notice.id)
    query = (
        select(Ledger.id, func.min(rank(doors)).label("place"))
        .join(Household, Household.id == Ledger.household_id)
        .join(Account, Account.resident_id == Household.contact_id)
        .where(
            Ledger.notice_id == notice.id,
            Ledger.state == LedgerState.FAILED,
            Account.follows.is_(True),
            is_open(doors),
        )
        .group_by(Ledger.id)
    )
    return (query if filled is None else query.where(Account.id.not_in(filled))).subquery("best")
