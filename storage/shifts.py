"""The shifts of a call for help, and who comes. A place that falls free goes to whoever has waited longest.

Everything runs inside the caller's transaction and locks the shift's row first, so that the last place is given once.
Times are business time, aware.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from storage.notice_people import Shift, SignUp
from storage.notices import Notice, NoticeState

IN, WAITING, OUT, REPLACED = "in", "waiting", "out", "replaced"
COMING = (IN, WAITING)
CALLING = (NoticeState.CONFIRMED, NoticeState.SENDING, NoticeState.DONE)

Became = Literal["in", "waiting", "already_in", "already_waiting"]


class Planned(NamedTuple):
    """A shift as it was written down."""

    starts_at: datetime | None
    ends_at: datetime | None
    place: str
    places: int


@dataclass(frozen=True, slots=True)
class Listed:
    """Somebody on a call's list. ``number`` is what people say: it belongs to them for good."""

    number: int
    row: SignUp
    shift: Shift
    place_in_line: int  # among those of the shift in the same state, from 1


class Tally(NamedTuple):
    """People of a whole call."""

    places: int
    have: int
    waiting: int


def plan(db: Session, notice_id: int, shifts: Sequence[Planned]) -> None:
    """Writes a call's shifts, numbered from 1, in place of those it had: of a draft, to which nobody has come yet."""
    db.execute(delete(Shift).where(Shift.notice_id == notice_id))
    for number, one in enumerate(shifts, 1):
        row = Shift(notice_id=notice_id, number=number, starts_at=one.starts_at, ends_at=one.ends_at)
        row.place, row.places = one.place or None, one.places
        db.add(row)
    db.flush()


def of(db: Session, notice_id: int) -> Sequence[Shift]:
    """A call's shifts; none: the notice is no call."""
    return db.scalars(select(Shift).where(Shift.notice_id == notice_id).order_by(Shift.number)).all()


def is_over(shift: Shift, now: datetime) -> bool:
    """Whether nobody can join any more: it has begun to end, or was called off."""
    last = shift.ends_at or shift.starts_at
    return shift.stood_down_at is not None or (last is not None and last <= now)


def open_calls(db: Session, now: datetime) -> Sequence[Notice]:
    """Calls that went out and have a shift that is not over, newest first."""
    has_shift = select(Shift.notice_id).where(
        Shift.stood_down_at.is_(None), func.coalesce(Shift.ends_at, Shift.starts_at, now) >= now
    )
    query = select(Notice).where(Notice.id.in_(has_shift), Notice.state.in_(CALLING)).order_by(Notice.id.desc())
    return db.scalars(query).all()


def listed(db: Session, notice_id: int) -> list[Listed]:
    """Everybody who ever signed up, by number; those who left keep theirs."""
    query = select(SignUp, Shift).join(Shift).where(Shift.notice_id == notice_id).order_by(SignUp.id)
    rows = [(row[0], row[1]) for row in db.execute(query)]
    numbers = {row.id: number for number, (row, _) in enumerate(rows, 1)}
    in_line = sorted(rows, key=lambda pair: pair[0].turn)
    places: dict[tuple[int, str], int] = {}
    found = []
    for row, shift in in_line:
        key = (row.shift_id, row.state)
        places[key] = places.get(key, 0) + 1
        found.append(Listed(numbers[row.id], row, shift, places[key]))
    return sorted(found, key=lambda one: one.number)


def mine(db: Session, notice_id: int, accounts: Collection[int]) -> list[Listed]:
    """Where one person (all their accounts) is on the list and still means to come."""
    return [one for one in listed(db, notice_id) if one.row.account_id in accounts and one.row.state in COMING]


def join(db: Session, shift_id: int, account_id: int, accounts: Collection[int], now: datetime) -> Became:
    """Gives somebody a place, or one in the waiting line. ``accounts``: all of this person's."""
    shift = _locked(db, shift_id)
    rows = db.scalars(select(SignUp).where(SignUp.shift_id == shift_id, SignUp.account_id.in_(sorted(accounts)))).all()
    coming = next((row for row in rows if row.state in COMING), None)
    if coming is not None:
        return "already_in" if coming.state == IN else "already_waiting"
    state: Became = "in" if _taken(db, shift_id) < shift.places else "waiting"
    _write(db, shift_id, account_id, next((row for row in rows if row.account_id == account_id), None), state, now)
    return state


def leave(db: Session, row: SignUp, now: datetime, *, state: str = OUT, by: int | None = None) -> SignUp | None:
    """Takes somebody off the list. Answers who gets the place that falls free, if anybody waited for it."""
    shift = _locked(db, row.shift_id)
    db.refresh(row)
    if row.state not in COMING:
        return None
    row.state, row.changed_at, row.by_staff_id = state, now, by
    db.flush()
    return _fill(db, shift, now)


def admit(db: Session, row: SignUp, now: datetime, by: int) -> None:
    """The organiser gives a place to somebody who waits, also beyond the number of places."""
    _locked(db, row.shift_id)
    db.refresh(row)
    row.state, row.changed_at, row.by_staff_id = IN, now, by
    db.flush()


def move(db: Session, row: SignUp, to: Shift, now: datetime, by: int) -> SignUp | None:
    """The organiser puts somebody into another shift; answers who gets the place that falls free."""
    follows = leave(db, row, now, by=by)
    _locked(db, to.id)
    other = db.scalars(select(SignUp).where(SignUp.shift_id == to.id, SignUp.account_id == row.account_id))
    _write(db, to.id, row.account_id, other.one_or_none(), IN, now, by)
    return follows


def stand_down(db: Session, shift: Shift, now: datetime) -> list[SignUp]:
    """Calls a shift off. Answers whom it has to be told to; nobody when that was done before."""
    locked = _locked(db, shift.id)
    if locked.stood_down_at is not None:
        return []
    locked.stood_down_at = now
    db.flush()
    return coming_to(db, shift.id)


def stand_all_down(db: Session, notice_id: int, now: datetime) -> list[tuple[Shift, list[SignUp]]]:
    """Calls off every shift that is not over; each with those it has to be told to."""
    left = [shift for shift in of(db, notice_id) if not is_over(shift, now)]
    return [(shift, stand_down(db, shift, now)) for shift in left]


def tally(db: Session, notice_id: int) -> Tally:
    """How many are wanted, come and wait, over the shifts that were not called off."""
    counted = counts(db, notice_id)
    rows = [row for row in of(db, notice_id) if row.stood_down_at is None]
    pairs = [counted.get(row.id, (0, 0)) for row in rows]
    return Tally(sum(row.places for row in rows), sum(have for have, _ in pairs), sum(wait for _, wait in pairs))


def coming_to(db: Session, shift_id: int, states: Collection[str] = COMING) -> list[SignUp]:
    """Who means to come, in the order in which they came forward."""
    query = select(SignUp).where(SignUp.shift_id == shift_id, SignUp.state.in_(sorted(states)))
    return list(db.scalars(query.order_by(SignUp.turn)))


def counts(db: Session, notice_id: int) -> dict[int, tuple[int, int]]:
    """By the shift's id: how many have a place, how many wait."""
    query = (
        select(SignUp.shift_id, SignUp.state, func.count())
        .join(Shift)
        .where(Shift.notice_id == notice_id, SignUp.state.in_(COMING))
        .group_by(SignUp.shift_id, SignUp.state)
    )
    found: dict[int, tuple[int, int]] = {}
    for shift_id, state, count in db.execute(query):
        have, wait = found.get(shift_id, (0, 0))
        found[shift_id] = (count, wait) if state == IN else (have, count)
    return found


def _locked(db: Session, shift_id: int) -> Shift:
    query = select(Shift).where(Shift.id == shift_id).with_for_update().execution_options(populate_existing=True)
    return db.scalars(query).one()


def _taken(db: Session, shift_id: int) -> int:
    return db.scalar(select(func.count()).where(SignUp.shift_id == shift_id, SignUp.state == IN)) or 0


def _fill(db: Session, shift: Shift, now: datetime) -> SignUp | None:
    if is_over(shift, now) or _taken(db, shift.id) >= shift.places:
        return None
    first = next(iter(coming_to(db, shift.id, (WAITING,))), None)
    if first is not None:
        first.state, first.changed_at = IN, now
        db.flush()
    return first


def _write(
    db: Session, shift_id: int, account_id: int, row: SignUp | None, state: str, now: datetime, by: int | None = None
) -> None:
    """A row again, or for the first time; whoever comes back stands at the end of the line."""
    turn = (db.scalar(select(func.max(SignUp.turn)).where(SignUp.shift_id == shift_id)) or 0) + 1
    if row is None:
        row = SignUp(shift_id=shift_id, account_id=account_id, at=now)
        db.add(row)
    row.state, row.turn, row.changed_at, row.by_staff_id = state, turn, now, by
    db.flush()
