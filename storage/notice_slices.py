"""Slices of a notice: cut once, claimed under a lease, settled in bulk.

A slice's members and request are frozen when it is cut. What may have reached somebody is an attempt row, written
before the slice is tried again, so that the time since the first doubtful try is never lost. Leases, back-off and
attempts run on wall time; ``sent_at`` is business time. Everything runs inside the caller's transaction.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    JSON,
    BigInteger,
    CursorResult,
    Integer,
    String,
    Subquery,
    case,
    cast,
    column,
    exists,
    func,
    insert,
    literal,
    null,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from storage.base import UtcTime, new_ref
from storage.notices import Attempt, Ledger, LedgerState, Notice, NoticeState, Slice
from storage.people import Account

NUMBERS_A_ROUND = 1000  # attempts of one household are numbered round * 1000 + try
ON_THE_WAY = (NoticeState.CONFIRMED, NoticeState.SENDING)
WAITING = (LedgerState.PLANNED, LedgerState.CUT)
PLACE = "slices.request"  # what its ciphertext is bound to, beside the row's ref


# --- cutting


class Planned(NamedTuple):
    """A household whose turn has come, with the account it is reached by."""

    ledger_id: int
    household_id: int
    link_key: str
    door: str
    address: str  # encrypted
    account_ref: str


def planned(db: Session, notice_id: int, limit: int) -> list[Planned]:
    """The next households to cut, locked. The caller holds the notice's row locked too."""
    query = (
        select(Ledger.id, Ledger.household_id, Ledger.link_key, Account.door, Account.address, Account.ref)
        .join(Account, Account.id == Ledger.account_id)
        .where(Ledger.notice_id == notice_id, Ledger.state == LedgerState.PLANNED)
        .order_by(Ledger.id)
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


def add_slice(
    db: Session, notice_id: int, door: str, number: int, ref: str, request: str, members: Sequence[int], wall: datetime
) -> None:
    """Stores a slice with its sealed request, and makes these households its members for good."""
    row = Slice(
        ref=ref,
        notice_id=notice_id,
        door=door,
        number=number,
        provider_key=new_ref(),  # random: nothing internal is shown to a platform
        request=request,
        members=len(members),
        next_try_at=wall,
    )
    db.add(row)
    db.flush()
    _set(db, members, LedgerState.CUT, slice_id=row.id)


def set_aside(db: Session, members: Sequence[int], state: LedgerState, reason: str) -> None:
    """Planned households that cannot be cut: their door is gone, or their address does not open."""
    _set(db, members, state, reason=reason)


def _set(db: Session, ledger_ids: Sequence[int], state: LedgerState, **values: object) -> None:
    if ledger_ids:
        db.execute(
            update(Ledger)
            .where(Ledger.id.in_(ledger_ids), Ledger.state == LedgerState.PLANNED)
            .values(state=state, **values),
            execution_options={"synchronize_session": False},
        )


# --- claiming


@dataclass(frozen=True, slots=True)
class Claim:
    """A slice in somebody's hands. ``attempt`` numbers this try; ``doubtful_since`` is wall time."""

    slice_id: int
    lease: str
    door: str
    ref: str
    request: str | None
    tries: int
    attempt: int
    doubtful_since: datetime | None


def claim(db: Session, wall: datetime, lease_for: timedelta) -> Claim | None:
    """Takes the slice that has been due for longest, those whose holder vanished first; None when nothing is due."""
    row = _due(db, "leased", wall) or _due(db, "waiting", wall)
    if row is None:
        return None
    if row.state == "leased" and row.lease_until is not None:
        # Its holder vanished between claim and settling: what it sent may have arrived.
        note_doubt(db, row.id, _attempt_number(row), row.lease_until - lease_for)
    doubt = select(func.min(Attempt.at)).where(Attempt.slice_id == row.id, Attempt.state == LedgerState.UNKNOWN)
    since = db.scalar(doubt) if row.tries else None
    row.state, row.lease, row.tries = "leased", new_ref(), row.tries + 1
    # While it is leased it falls due again when the lease ends, so one index finds both kinds.
    row.lease_until = row.next_try_at = wall + lease_for
    db.flush()
    return Claim(row.id, row.lease, row.door, row.ref, row.request, row.tries, _attempt_number(row), since)


def _due(db: Session, state: str, wall: datetime) -> Slice | None:
    query = (
        select(Slice)
        .where(Slice.state == state, Slice.next_try_at <= wall)
        .order_by(Slice.next_try_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return db.scalars(query).one_or_none()


def _attempt_number(row: Slice) -> int:
    return row.round * NUMBERS_A_ROUND + row.tries


# --- settling


class Settled(NamedTuple):
    """What became of one household."""

    ledger_id: int
    state: LedgerState
    reason: str | None


def settle(db: Session, held: Claim, results: Sequence[Settled], now: datetime, wall: datetime) -> bool:
    """Writes the outcome of every member at once. False when the lease was lost: another holder settles it."""
    if not _release(db, held, state=_whole(results), request=None, reason=None):
        return False
    outcome = _outcomes(db, results)
    sent_at = case((outcome.c.state == LedgerState.SENT, literal(now, UtcTime())), else_=null())
    db.execute(
        update(Ledger)
        .values(state=outcome.c.state, reason=outcome.c.reason, sent_at=sent_at)
        # A household that has read it meanwhile is SENT already, and stays so. The rows are found by their ids alone:
        # with the slice in the condition SQLite reads the whole list again for each member.
        .where(Ledger.id == outcome.c.id, Ledger.state == LedgerState.CUT),
        execution_options={"synchronize_session": False},
    )
    _add_attempts(db, select(outcome.c.id, outcome.c.state, outcome.c.reason), held.slice_id, held.attempt, wall)
    return True


def settle_alike(db: Session, held: Claim, state: LedgerState, reason: str, now: datetime, wall: datetime) -> bool:
    """The same outcome for every member, without the request."""
    members = db.scalars(select(Ledger.id).where(Ledger.slice_id == held.slice_id)).all()
    return settle(db, held, [Settled(member, state, reason) for member in members], now, wall)


def put_off(db: Session, held: Claim, until: datetime, reason: str) -> bool:
    """Back to the queue until ``until`` (wall). False when the lease was lost."""
    return _release(db, held, state="waiting", next_try_at=until, reason=reason)


def note_doubt(db: Session, slice_id: int, attempt: int, at: datetime) -> None:
    """One attempt of unknown outcome for every member."""
    members = select(Ledger.id, literal(str(LedgerState.UNKNOWN)), null()).where(Ledger.slice_id == slice_id)
    _add_attempts(db, members, slice_id, attempt, at)


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


def _add_attempts(db: Session, members: Any, slice_id: int, attempt: int, at: datetime) -> None:
    outcome = members.subquery()
    ledger_id, state, reason = outcome.c
    rows = select(
        ledger_id,
        literal(attempt, Integer),
        literal(slice_id, BigInteger),
        cast(state, String(10)),
        cast(reason, String(60)),
        literal(at, UtcTime()),
        literal({}, JSON),
    )
    names = ["ledger_id", "number", "slice_id", "state", "reason", "at", "data"]
    db.execute(insert(Attempt).from_select(names, rows, include_defaults=False))


def _outcomes(db: Session, results: Sequence[Settled]) -> Subquery:
    """The results as a table, so that a slice is settled by one statement."""
    if db.get_bind().dialect.name == "postgresql":
        return _unnested(results)
    rows = func.json_each(json.dumps(results)).table_valued("value")
    ledger_id, state, reason = (func.json_extract(rows.c.value, f"$[{place}]") for place in range(3))
    return select(
        cast(ledger_id, Integer).label("id"), cast(state, String).label("state"), cast(reason, String).label("reason")
    ).subquery("outcome")


def _unnested(results: Sequence[Settled]) -> Subquery:
    ids, states, reasons = ([row[place] for row in results] for place in range(3))
    rows = func.unnest(
        cast(literal(ids, ARRAY(BigInteger)), ARRAY(BigInteger)),
        cast(literal(states, ARRAY(String)), ARRAY(String)),
        cast(literal(reasons, ARRAY(String)), ARRAY(String)),
    )
    given = rows.table_valued(column("id", BigInteger), column("state", String), column("reason", String), name="given")
    return select(*given.render_derived().c).subquery("outcome")


# --- the end


def in_hand(db: Session) -> bool:
    """Whether any notice is on its way: a look that keeps idle sweeps from writing."""
    return db.scalar(select(Notice.id).where(Notice.state.in_(ON_THE_WAY)).limit(1)) is not None


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
