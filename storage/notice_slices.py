"""Slices of a notice on their way: claimed under a lease, and the end of a notice. They are cut in ``notice_cuts``.

A slice's members and request are frozen when it is cut. Leases and back-off run on wall time. Everything runs inside
the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, update
from sqlalchemy.orm import Session

from storage.base import new_ref
from storage.notice_attempts import attempt_number, note_doubt
from storage.notice_cuts import BULK
from storage.notice_letting import Hour, may_go, to_write_down, unaccounted
from storage.notices import Attempt, Ledger, LedgerState, Notice, NoticeState, Slice, is_planned, somebody_waits

ON_THE_WAY = (NoticeState.CONFIRMED, NoticeState.SENDING)


# --- claiming


class Due(NamedTuple):
    """A slice that may go out now."""

    id: int
    door: str
    members: int
    bulk: bool


@dataclass(frozen=True, slots=True)
class Claim:
    """A slice in somebody's hands. ``attempt`` numbers this try; ``begin_by`` and ``doubtful_since`` are wall time:
    a call that is not begun by then might outlast the lease."""

    slice_id: int
    notice_id: int
    lease: str
    begin_by: datetime
    door: str
    ref: str
    request: str | None
    members: int
    bulk: bool
    round: int
    tries: int
    attempt: int
    doubtful_since: datetime | None


def due(db: Session, wall: datetime, hour: Hour, but: Collection[str], most: int) -> list[Due]:
    """Slices that may go out now by doors other than these, those whose holder vanished first, then by their turn."""
    found: list[Due] = []
    for state in ("leased", "waiting"):
        query = select(Slice.id, Slice.door, Slice.members, Slice.figures).where(*_is_due(state, wall))
        query = query.join(Notice, Notice.id == Slice.notice_id).where(may_go(hour), Slice.door.not_in(sorted(but)))
        rows = db.execute(query.order_by(Slice.next_try_at, Slice.id).limit(most - len(found)))
        found += [Due(number, door, members, BULK in figures) for number, door, members, figures in rows]
    return found


def going(db: Session, notices: Collection[int], hour: Hour) -> set[int]:
    """Those of these notices of which something may leave now."""
    return set(db.scalars(select(Notice.id).where(Notice.id.in_(sorted(notices)), may_go(hour))))


def _is_due(state: str, wall: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Slice.state == state, Slice.next_try_at <= wall


def claim(db: Session, wall: datetime, lease_for: timedelta, hour: Hour) -> Claim | None:
    """Takes the slice that has been due for longest; None when nothing may go."""
    taken = claim_these(db, [one.id for one in due(db, wall, hour, (), 1)], wall, lease_for)
    return taken[0] if taken else None


def claim_these(db: Session, ids: Sequence[int], wall: datetime, lease_for: timedelta) -> list[Claim]:
    """Takes these slices, but none that somebody else was quicker to take."""
    if not ids:
        return []
    still = or_(and_(*_is_due("leased", wall)), and_(*_is_due("waiting", wall)))
    query = select(Slice).where(Slice.id.in_(ids), still).order_by(Slice.next_try_at, Slice.id)
    fresh = query.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    rows = db.scalars(fresh).all()
    for row in rows:
        if row.state == "leased" and row.lease_until is not None:
            # Its holder vanished between claim and settling: what it sent may have arrived.
            note_doubt(db, row.id, attempt_number(row), row.lease_until - lease_for)
    doubts: dict[int | None, datetime] = dict(db.execute(_doubts([row.id for row in rows if row.tries])).all())
    for row in rows:
        row.state, row.lease, row.tries = "leased", new_ref(), row.tries + 1
        # While it is leased it falls due again when the lease ends, so one index finds both kinds.
        row.lease_until = row.next_try_at = wall + lease_for
    db.flush()
    return [_claimed(row, wall + lease_for / 2, doubts.get(row.id)) for row in rows]


def _doubts(ids: Sequence[int]) -> Select[int | None, datetime]:
    doubtful = select(Attempt.slice_id, func.min(Attempt.at)).where(Attempt.state == LedgerState.UNKNOWN)
    return doubtful.where(Attempt.slice_id.in_(ids)).group_by(Attempt.slice_id)


def _claimed(row: Slice, begin_by: datetime, doubtful_since: datetime | None) -> Claim:
    return Claim(
        slice_id=row.id,
        notice_id=row.notice_id,
        lease=row.lease or "",
        begin_by=begin_by,
        door=row.door,
        ref=row.ref,
        request=row.request,
        members=row.members,
        bulk=BULK in row.figures,
        round=row.round,
        tries=row.tries,
        attempt=attempt_number(row),
        doubtful_since=doubtful_since,
    )


def unclaim(db: Session, held: Claim, until: datetime, reason: str) -> None:
    """A claimed slice that was not tried waits, and with it every other one of its door that is due."""
    back = {"state": "waiting", "lease": None, "lease_until": None, "tries": Slice.tries - 1}
    waits = {"next_try_at": until, "reason": reason}
    mine = update(Slice).where(Slice.id == held.slice_id, Slice.lease == held.lease)
    others = update(Slice).where(Slice.door == held.door, Slice.state == "waiting", Slice.next_try_at < until)
    for statement in (mine.values(**back, **waits), others.values(**waits)):
        db.execute(statement, execution_options={"synchronize_session": False})
    db.expire_all()


def busy_elsewhere(db: Session, notice_id: int, door: str, until: datetime) -> bool:
    """Whether slices of other doors are being worked on, whose members may yet fall back on this one."""
    others = select(Slice.id).where(
        Slice.notice_id == notice_id,
        Slice.door != door,
        Slice.state.in_(("waiting", "leased")),
        Slice.next_try_at <= until,
    )
    return db.scalar(others.limit(1)) is not None


# --- the end


def in_hand(db: Session) -> bool:
    """Whether any notice is on its way."""
    on_the_way = or_(Notice.state.in_(ON_THE_WAY), unaccounted())
    return db.scalar(select(Notice.id).where(on_the_way).limit(1)) is not None


def anything_due(db: Session, wall: datetime, hour: Hour) -> bool:
    """Whether there is something to do for a notice now: a look that keeps idle sweeps from writing.

    A notice may be on its way for half an hour while a platform waits for a person, or until next month.
    """
    if not in_hand(db):
        return False
    going = select(Notice.id).where(may_go(hour))
    due = exists().where(
        Slice.next_try_at <= wall,
        or_(
            and_(Slice.state.in_(("waiting", "leased")), Slice.notice_id.in_(going)),
            Slice.state == "submitted",  # the platform has it, whatever holds the notice
        ),
    )
    begins = exists().where(to_write_down())
    cut = exists().where(may_go(hour), Ledger.notice_id == Notice.id, is_planned())
    return bool(db.scalar(select(or_(begins, due, cut)))) or bool(ready_to_finish(db))


def ready_to_finish(db: Session) -> Sequence[int]:
    """Notices being sent in which nobody waits any more."""
    return db.scalars(select(Notice.id).where(Notice.state == NoticeState.SENDING, ~somebody_waits())).all()


def adds_up(db: Session, notice_id: int) -> bool:
    """Whether the rows of a notice being sent are exactly its snapshot. None of them is ever taken away."""
    notice = db.get_one(Notice, notice_id)
    return db.scalar(select(func.count()).where(Ledger.notice_id == notice_id)) == notice.households


def finish(db: Session, notice_id: int, now: datetime) -> Notice | None:
    """The notice, if it is done now: nobody waits any more. That its rows add up was looked at before."""
    query = select(Notice).where(Notice.id == notice_id, Notice.state == NoticeState.SENDING)
    notice = db.scalars(query.with_for_update(skip_locked=True)).one_or_none()
    if notice is None or notice_id not in ready_to_finish(db):
        return None
    notice.state, notice.done_at = NoticeState.DONE, now
    db.flush()
    return notice
