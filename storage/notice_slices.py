"""Slices of a notice: cut once, claimed under a lease, and the end of a notice.

A slice's members and request are frozen when it is cut. Leases and back-off run on wall time. Everything runs inside
the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import and_, exists, func, or_, select, update
from sqlalchemy.orm import Session

from storage.base import new_ref
from storage.notice_attempts import attempt_number, note_doubt
from storage.notice_letting import Hour, may_go
from storage.notices import Attempt, Ledger, LedgerState, Notice, NoticeState, Slice
from storage.people import Account

ON_THE_WAY = (NoticeState.CONFIRMED, NoticeState.SENDING)
WAITING = (LedgerState.PLANNED, LedgerState.CUT)
PLACE = "slices.request"  # what its ciphertext is bound to, beside the row's ref
BULK = "bulk"  # in a slice's figures: it goes out as one text for all, as a job of the platform


# --- cutting


class Planned(NamedTuple):
    """A household whose turn has come, with the account it is reached by. ``round``: how many ways were tried."""

    ledger_id: int
    household_id: int
    link_key: str
    account_id: int
    address: str  # encrypted
    account_ref: str
    round: int


class Left(NamedTuple):
    """What is still to be cut for a door. ``fresh``: of these no way was tried yet."""

    households: int
    people: int
    fresh: int


def next_door(db: Session, notice_id: int, but: Collection[str]) -> str | None:
    """The door of the household whose turn is next."""
    query = (
        select(Account.door)
        .join(Ledger, Ledger.account_id == Account.id)
        .where(Ledger.notice_id == notice_id, Ledger.state == LedgerState.PLANNED)
        .order_by(Ledger.id)
        .limit(1)
    )
    return db.scalar(query.where(Account.door.not_in(sorted(but))) if but else query)


def left_to_cut(db: Session, notice_id: int, door: str) -> Left:
    """How many households of a door are planned."""
    fresh = func.count().filter(Ledger.slice_id.is_(None))
    query = (
        select(func.count(), func.count(func.distinct(Account.id)), fresh)
        .select_from(Ledger)
        .join(Account, Account.id == Ledger.account_id)
        .where(Ledger.notice_id == notice_id, Ledger.state == LedgerState.PLANNED, Account.door == door)
    )
    return Left(*db.execute(query).one())


def planned(db: Session, notice_id: int, door: str, limit: int, *, by_person: bool = False) -> list[Planned]:
    """The next households of a door to cut, locked. The caller holds the notice's row locked too.

    ``by_person``: the households of one person stand side by side.
    """
    tried = select(Slice.round + 1).where(Slice.id == Ledger.slice_id).scalar_subquery()
    query = (
        select(
            Ledger.id,
            Ledger.household_id,
            Ledger.link_key,
            Account.id,
            Account.address,
            Account.ref,
            func.coalesce(tried, 0),
        )
        .join(Account, Account.id == Ledger.account_id)
        .where(Ledger.notice_id == notice_id, Ledger.state == LedgerState.PLANNED, Account.door == door)
        .order_by(*((Account.id, Ledger.id) if by_person else (Ledger.id,)))
        .limit(limit)
        .with_for_update(of=Ledger, skip_locked=True)
    )
    return [Planned(*row) for row in db.execute(query)]


def next_slice_number(db: Session, notice_id: int, round_: int, door: str) -> int:
    """Slices of one round and door are numbered from 1."""
    numbers = select(func.max(Slice.number)).where(
        Slice.notice_id == notice_id, Slice.round == round_, Slice.door == door
    )
    return (db.scalar(numbers) or 0) + 1


class Cut(NamedTuple):
    """A slice as it is stored. ``request`` is sealed; ``due`` is wall time."""

    notice_id: int
    door: str
    round: int
    ref: str
    provider_key: str
    request: str
    members: Sequence[int]
    due: datetime
    bulk: bool = False
    reason: str | None = None


def new_provider_key() -> str:
    """Random: nothing internal is shown to a platform."""
    return new_ref()


def add_slice(db: Session, cut: Cut) -> None:
    """Stores a slice, and makes these planned households its members for good."""
    row = Slice(
        ref=cut.ref,
        notice_id=cut.notice_id,
        round=cut.round,
        door=cut.door,
        number=next_slice_number(db, cut.notice_id, cut.round, cut.door),
        provider_key=cut.provider_key,
        request=cut.request,
        members=len(cut.members),
        next_try_at=cut.due,
        reason=cut.reason,
        figures={BULK: True} if cut.bulk else {},
    )
    db.add(row)
    db.flush()
    _set(db, cut.members, LedgerState.CUT, slice_id=row.id)


def set_aside(db: Session, members: Sequence[int], state: LedgerState, reason: str) -> None:
    """Planned households that cannot be cut: their address does not open."""
    _set(db, members, state, reason=reason)


def _set(db: Session, ledger_ids: Sequence[int], state: LedgerState, **values: object) -> None:
    if ledger_ids:
        db.execute(
            update(Ledger)
            .where(Ledger.id.in_(ledger_ids), Ledger.state == LedgerState.PLANNED)
            .values(state=state, **values),
            execution_options={"synchronize_session": False},
        )


def busy_elsewhere(db: Session, notice_id: int, door: str, until: datetime) -> bool:
    """Whether slices of other doors are being worked on, whose members may yet fall back on this one."""
    others = select(Slice.id).where(
        Slice.notice_id == notice_id,
        Slice.door != door,
        Slice.state.in_(("waiting", "leased")),
        Slice.next_try_at <= until,
    )
    return db.scalar(others.limit(1)) is not None


# --- claiming


@dataclass(frozen=True, slots=True)
class Claim:
    """A slice in somebody's hands. ``attempt`` numbers this try; ``doubtful_since`` is wall time."""

    slice_id: int
    notice_id: int
    lease: str
    door: str
    ref: str
    request: str | None
    members: int
    bulk: bool
    round: int
    tries: int
    attempt: int
    doubtful_since: datetime | None


def claim(db: Session, wall: datetime, lease_for: timedelta, hour: Hour) -> Claim | None:
    """Takes the slice that has been due for longest, those whose holder vanished first; None when nothing may go."""
    row = _due(db, "leased", wall, hour) or _due(db, "waiting", wall, hour)
    if row is None:
        return None
    if row.state == "leased" and row.lease_until is not None:
        # Its holder vanished between claim and settling: what it sent may have arrived.
        note_doubt(db, row.id, attempt_number(row), row.lease_until - lease_for)
    doubt = select(func.min(Attempt.at)).where(Attempt.slice_id == row.id, Attempt.state == LedgerState.UNKNOWN)
    since = db.scalar(doubt) if row.tries else None
    row.state, row.lease, row.tries = "leased", new_ref(), row.tries + 1
    # While it is leased it falls due again when the lease ends, so one index finds both kinds.
    row.lease_until = row.next_try_at = wall + lease_for
    db.flush()
    return Claim(
        slice_id=row.id,
        notice_id=row.notice_id,
        lease=row.lease,
        door=row.door,
        ref=row.ref,
        request=row.request,
        members=row.members,
        bulk=BULK in row.figures,
        round=row.round,
        tries=row.tries,
        attempt=attempt_number(row),
        doubtful_since=since,
    )


def _due(db: Session, state: str, wall: datetime, hour: Hour) -> Slice | None:
    query = (
        select(Slice)
        .join(Notice, Notice.id == Slice.notice_id)
        .where(Slice.state == state, Slice.next_try_at <= wall, may_go(hour))
        .order_by(Slice.next_try_at)
        .limit(1)
        .with_for_update(skip_locked=True, of=Slice)
    )
    return db.scalars(query).one_or_none()


def unclaim(db: Session, held: Claim, until: datetime, reason: str) -> None:
    """A claimed slice that was not tried waits, and with it every other one of its door that is due."""
    back = {"state": "waiting", "lease": None, "lease_until": None, "tries": Slice.tries - 1}
    waits = {"next_try_at": until, "reason": reason}
    mine = update(Slice).where(Slice.id == held.slice_id, Slice.lease == held.lease)
    others = update(Slice).where(Slice.door == held.door, Slice.state == "waiting", Slice.next_try_at < until)
    for statement in (mine.values(**back, **waits), others.values(**waits)):
        db.execute(statement, execution_options={"synchronize_session": False})
    db.expire_all()


# --- the end


def in_hand(db: Session) -> bool:
    """Whether any notice is on its way."""
    return db.scalar(select(Notice.id).where(Notice.state.in_(ON_THE_WAY)).limit(1)) is not None


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
    begins = exists().where(Notice.state == NoticeState.CONFIRMED)
    cut = exists().where(may_go(hour), Ledger.notice_id == Notice.id, Ledger.state == LedgerState.PLANNED)
    return bool(db.scalar(select(or_(begins, due, cut)))) or bool(ready_to_finish(db))


def ready_to_finish(db: Session) -> Sequence[int]:
    """Notices being sent in which nobody waits any more."""
    waiting = exists().where(Ledger.notice_id == Notice.id, Ledger.state.in_(WAITING)).correlate(Notice)
    return db.scalars(select(Notice.id).where(Notice.state == NoticeState.SENDING, ~waiting)).all()


def finish(db: Session, notice_id: int, now: datetime) -> Notice | None:
    """The notice, if it is done now: nobody waits, and the rows are exactly the snapshot."""
    query = select(Notice).where(Notice.id == notice_id, Notice.state == NoticeState.SENDING)
    notice = db.scalars(query.with_for_update(skip_locked=True)).one_or_none()
    settled = select(func.count()).where(Ledger.notice_id == notice_id, Ledger.state.not_in(WAITING))
    if notice is None or db.scalar(settled) != notice.households:
        return None
    notice.state, notice.done_at = NoticeState.DONE, now
    db.flush()
    return notice
