"""Cutting: whose turn has come, and slices whose members are fixed for good. Inside the caller's transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Select, bindparam, exists, func, insert, select, update
from sqlalchemy.orm import Session

from storage.base import new_ref
from storage.given import given
from storage.inserts import table_of
from storage.notices import Ledger, LedgerState, Slice, is_planned
from storage.people import Account, Household

PLACE = "slices.request"  # what its ciphertext is bound to, beside the row's ref
BULK = "bulk"  # in a slice's figures: it goes out as one text for all, as a job of the platform


class Planned(NamedTuple):
    """A household whose turn has come, with the account it is reached by. ``round``: how many ways were tried."""

    ledger_id: int
    household_id: int
    link_key: str
    account_id: int
    address: str  # encrypted
    account_ref: str
    others: bool  # whether the same person speaks for another front door
    round: int


class Cut(NamedTuple):
    """A slice as it is stored. ``request`` is sealed, or follows; ``members`` are rows, or households that become
    rows with it; ``due`` is wall time."""

    notice_id: int
    door: str
    round: int
    ref: str
    provider_key: str
    request: str | None
    members: Sequence[int]
    due: datetime
    bulk: bool = False
    reason: str | None = None
    tries: int = 0


def new_provider_key() -> str:
    """Random: nothing internal is shown to a platform."""
    return new_ref()


# --- whose turn has come


def next_door(db: Session, notice_id: int, but: Collection[str]) -> str | None:
    """The door of the household whose turn is next."""
    query = select(Account.door).join(Ledger, Ledger.account_id == Account.id).where(*_planned(notice_id))
    query = query.order_by(Ledger.id).limit(1)
    return db.scalar(query.where(Account.door.not_in(sorted(but))) if but else query)


def left_to_cut(db: Session, notice_id: int, door: str, most: int) -> int:
    """How many households of a door are planned, counted no further than ``most``."""
    few = select(Ledger.id).join(Account, Account.id == Ledger.account_id).where(*_planned(notice_id))
    return db.scalar(select(func.count()).select_from(few.where(Account.door == door).limit(most).subquery())) or 0


def any_fresh(db: Session, notice_id: int, door: str) -> bool:
    """Whether a household of a door is planned for which no way was tried yet."""
    fresh = select(Ledger.id).join(Account, Account.id == Ledger.account_id).where(*_planned(notice_id))
    return db.scalar(fresh.where(Account.door == door, Ledger.slice_id.is_(None)).limit(1)) is not None


def planned(db: Session, notice_id: int, door: str, limit: int) -> list[Planned]:
    """The next households of a door to cut, locked. The caller holds the notice's row locked too."""
    query = _next(notice_id, Account.door == door).order_by(Ledger.id).limit(limit)
    return [Planned(*row) for row in db.connection().execute(query.with_for_update(of=Ledger, skip_locked=True))]


def with_their_others(db: Session, notice_id: int, rows: Sequence[Planned]) -> list[Planned]:
    """These households, each followed by the others that the same person speaks for, whose turn has come too."""
    people = {row.account_id for row in rows if row.others}
    if not people:
        return list(rows)
    contacts = select(Account.resident_id).where(Account.id.in_(people))
    theirs = select(Household.id).where(Household.contact_id.in_(contacts))
    query = _next(notice_id, Ledger.household_id.in_(theirs), Ledger.id > rows[-1].ledger_id)
    together: dict[int, list[Planned]] = defaultdict(list)
    for row in (*rows, *(Planned(*more) for more in db.execute(query.order_by(Ledger.id)))):
        together[row.account_id].append(row)
    known = {row.account_id for row in rows}
    return [row for account_id, theirs_all in together.items() if account_id in known for row in theirs_all]


def _next(notice_id: int, *rules: ColumnElement[bool]) -> Select[int, int, str, int, str, str, bool, Any]:
    tried = select(Slice.round + 1).where(Slice.id == Ledger.slice_id).scalar_subquery()
    columns = (Ledger.id, Ledger.household_id, Ledger.link_key, Account.id, Account.address, Account.ref)
    another = exists().where(Household.contact_id == Account.resident_id, Household.id != Ledger.household_id)
    return (
        select(*columns, another.correlate(Account, Ledger), func.coalesce(tried, 0))
        .join(Account, Account.id == Ledger.account_id)
        .where(*_planned(notice_id), *rules)
    )


def _planned(notice_id: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Ledger.notice_id == notice_id, is_planned()


def spend(db: Session, account_ids: Sequence[int], wall: datetime) -> list[bool]:
    """Takes a message off the window of each account, as often as it is named; whether there was one left."""
    window = dict(db.execute(_open(account_ids, wall)).all())
    spent: dict[int, int] = defaultdict(int)
    heard = []
    for number in account_ids:
        heard.append(spent[number] < window.get(number, 0))
        spent[number] += heard[-1]
    taken = given(db, {"id": BigInteger(), "count": BigInteger()}, [pair for pair in spent.items() if pair[1]])
    less = update(Account).where(Account.id == taken.c.id).values(window_left=Account.window_left - taken.c.count)
    db.execute(less, execution_options={"synchronize_session": False})
    return heard


def _open(account_ids: Sequence[int], wall: datetime) -> Select[int, int]:
    # Locked in the order of their ids, as everybody does: nobody else may spend what is counted on here.
    mine = select(Account.id, Account.window_left).where(Account.id.in_(set(account_ids)), Account.window_until > wall)
    return mine.order_by(Account.id).with_for_update()


# --- slices


def add_slices(db: Session, cuts: Sequence[Cut]) -> None:
    """Stores slices, and makes their planned households members for good."""
    ids = _stored(db, cuts)
    pairs = [(member, ids[cut.ref]) for cut in cuts for member in cut.members]
    mine = given(db, {"id": BigInteger(), "slice_id": BigInteger()}, pairs)
    db.execute(
        update(Ledger)
        .where(Ledger.id == mine.c.id, Ledger.state == LedgerState.PLANNED)
        .values(state=LedgerState.CUT, waits=None, slice_id=mine.c.slice_id),
        execution_options={"synchronize_session": False},
    )


def open_slices(db: Session, cuts: Sequence[Cut]) -> list[int]:
    """Stores slices whose households are written down with them, in this transaction; their requests follow."""
    ids = _stored(db, cuts)
    return [ids[cut.ref] for cut in cuts]


def fill_slices(db: Session, requests: Mapping[int, str]) -> None:
    """The sealed requests of slices that were just opened."""
    table = table_of(Slice)
    filled = update(table).where(table.c.id == bindparam("slice")).values(request=bindparam("sealed"))
    rows = [{"slice": slice_id, "sealed": sealed} for slice_id, sealed in requests.items()]
    db.connection().execute(filled, rows)


def still_cut(db: Session, slice_id: int, members: Collection[int]) -> frozenset[int]:
    """Which of these still wait in their slice: whoever was shown the link meanwhile has read it already."""
    waiting = select(Ledger.id).where(Ledger.slice_id == slice_id, Ledger.state == LedgerState.CUT)
    return frozenset(db.scalars(waiting)) & frozenset(members)


def split_off(db: Session, slice_id: int, cut: Cut) -> int:
    """A slice of its own for these members of a slice: the others are settled. Answers its number."""
    (made,) = _stored(db, [cut]).values()
    moved = update(Ledger).where(Ledger.slice_id == slice_id, Ledger.id.in_(cut.members)).values(slice_id=made)
    fewer = update(Slice).where(Slice.id == slice_id).values(members=Slice.members - len(cut.members))
    for statement in (moved, fewer):
        db.execute(statement, execution_options={"synchronize_session": False})
    return made


def set_aside(db: Session, members: Sequence[int], state: LedgerState, reason: str) -> None:
    """Planned households that cannot be cut: their address does not open."""
    aside = update(Ledger).where(Ledger.id.in_(members), Ledger.state == LedgerState.PLANNED)
    db.execute(aside.values(state=state, waits=None, reason=reason), execution_options={"synchronize_session": False})


def _stored(db: Session, cuts: Sequence[Cut]) -> dict[str, int]:
    """Writes the rows of slices; their ids by their refs. Those of one round and door are numbered from 1."""
    last: dict[tuple[int, str], int] = {}
    rows = []
    for cut in cuts:
        kind = (cut.round, cut.door)
        last[kind] = (last[kind] if kind in last else _last_number(db, cut)) + 1
        rows.append(
            {
                "ref": cut.ref,
                "notice_id": cut.notice_id,
                "round": cut.round,
                "door": cut.door,
                "number": last[kind],
                "provider_key": cut.provider_key,
                "request": cut.request,
                "members": len(cut.members),
                "state": "waiting",
                "next_try_at": cut.due,
                "tries": cut.tries,
                "reason": cut.reason,
                "figures": {BULK: True} if cut.bulk else {},
            }
        )
    table = table_of(Slice)
    made = db.connection().execute(insert(table).returning(table.c.ref, table.c.id), rows)
    return dict(made.all())


def _last_number(db: Session, cut: Cut) -> int:
    same = (Slice.notice_id == cut.notice_id, Slice.round == cut.round, Slice.door == cut.door)
    return db.scalar(select(func.max(Slice.number)).where(*same)) or 0
