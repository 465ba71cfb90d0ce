"""Whom a notice can reach, and by which account: one rule for the preview, the fan-out and what falls back.

An account of the household's contact person is chosen: doors that cost nothing before doors that do, of those the
oldest account. Everything runs inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, bindparam, case, exists, func, select, update
from sqlalchemy.orm import Session, aliased

from storage import notice_audience
from storage.inserts import table_of
from storage.knocking import NOBODY_LIVES_THERE, vacant
from storage.notice_doors import A_TIER, Doors, full, full_among, is_open, place, rank, speaks
from storage.notices import Ledger, LedgerState, Notice, NoticeKind
from storage.people import Account, Household, Resident, Unit

UNBOUND = "unbound"
IN_GROUP_ONLY = "in_group_only"
DOOR_CANNOT_SPEAK = "door_cannot_speak"
WINDOW_CLOSED = "window_closed"
MONTH_QUOTA = "month_quota"
OPTED_OUT = "opted_out"


# --- the preview


@dataclass(frozen=True, slots=True)
class Count:
    """Households of one community that share a way, or the lack of one."""

    community: str
    door: str | None
    reason: str | None
    households: int


def count_ways(db: Session, which: ColumnElement[bool], doors: Doors, kind: str = NoticeKind.ORDINARY) -> list[Count]:
    """These households by community and way, as the fan-out of a notice of this kind would choose now."""
    everybody_full = full(db, doors, None)
    able = is_open(doors)
    chosen = able if everybody_full is None else and_(able, Account.id.not_in(everybody_full))
    ways = (
        select(
            Account.resident_id,
            func.min(case((chosen, rank(doors)))).label("rank"),
            func.max(case((able, 1), else_=0)).label("able"),
            func.max(case((speaks(doors), 1), else_=0)).label("speaks"),
        )
        .where(Account.follows.is_(True), Account.resident_id.is_not(None))
        .group_by(Account.resident_id)
        .subquery()
    )
    off = _wants_none(kind).label("off")
    shape = (Unit.id, Unit.name, Account.door, off, ways.c.able, ways.c.speaks, _unbound().label("unbound"))
    query = (
        select(*shape, func.count())
        .select_from(Household)
        .join(Unit, Unit.id == Household.community_id)
        .outerjoin(Resident, Resident.id == Household.contact_id)
        .outerjoin(ways, ways.c.resident_id == Household.contact_id)
        .outerjoin(Account, Account.id == ways.c.rank % A_TIER)
        .where(which)
        .group_by(*shape)
        .order_by(Unit.id)
    )
    return [
        Count(name, None, OPTED_OUT, households)
        if door is not None and off
        else Count(name, door, None if door is not None else _reason(found, speaking, unbound), households)
        for _, name, door, off, found, speaking, unbound, households in db.execute(query)
    ]


def _unbound() -> ColumnElement[str]:
    """What a household that is not bound is called: empty, in a group all the same, or just that."""
    in_group = Household.group_id.is_not(None)
    return case((vacant(), NOBODY_LIVES_THERE), (in_group, IN_GROUP_ONLY), else_=UNBOUND)


def _wants_none(kind: str) -> ColumnElement[bool]:
    """Whether a household's contact asked to be spared: that holds for ordinary notices only."""
    if kind == NoticeKind.ORDINARY:
        return Resident.notices_off_at.is_not(None)
    return Household.id.is_(None)  # nobody: a column all the same, since nothing is grouped by a bare false


def _reason(able: int | None, speaking: int | None, unbound: str) -> str:
    """Why there is no way. ``able`` None: the household is not bound, and ``unbound`` says in which sense."""
    if able is None:
        return unbound
    if able:
        return MONTH_QUOTA
    return WINDOW_CLOSED if speaking else DOOR_CANNOT_SPEAK


# --- the fan-out


class Speaker(NamedTuple):
    """An account as a call needs it. ``address`` is encrypted; ``for_many``: the same person has other front doors."""

    door: str
    address: str
    ref: str
    for_many: bool


class Way(NamedTuple):
    """One household and the account it is reached by, or why there is none. ``speaker``: that account, if asked for."""

    household_id: int
    community_id: int
    account_id: int | None
    reason: str | None
    speaker: Speaker | None = None

    @property
    def state(self) -> LedgerState:
        """What the ledger begins with."""
        if self.account_id is not None:
            return LedgerState.PLANNED
        return LedgerState.SKIPPED if self.reason in (MONTH_QUOTA, OPTED_OUT) else LedgerState.NO_WAY


class _Home(NamedTuple):
    """A household of a page with its contact's accounts, the best first: id, whether it is open, whether it speaks,
    and what a call needs."""

    id: int
    community_id: int
    unbound: str
    off: bool
    accounts: list[tuple[int, bool, bool, Speaker | None]]


def next_page(
    db: Session, notice: Notice, doors: Doors, after: int, step: int, speakers: Collection[str] = ()
) -> list[Way]:
    """A notice's next households behind ``after``. ``speakers``: doors whose accounts are wanted in whole."""
    page = (
        select(
            Household.id,
            Household.community_id,
            Household.contact_id,
            _unbound().label("unbound"),
            _wants_none(notice.kind).label("off"),
        )
        .outerjoin(Resident, Resident.id == Household.contact_id)
        .where(notice_audience.members(db, notice), Household.id > after)
        .order_by(Household.id)
        .limit(step)
        .subquery()
    )
    # A join and not a scalar subquery with min(): PostgreSQL walks all accounts by id for each of those.
    account: tuple[Any, ...] = (Account.id, is_open(doors), speaks(doors))
    if speakers:
        other = aliased(Household)
        another = exists().where(other.contact_id == page.c.contact_id, other.id != page.c.id)
        account += (Account.door.in_(sorted(speakers)), Account.door, Account.address, Account.ref, another)
    query = (
        select(page.c.id, page.c.community_id, page.c.unbound, page.c.off, page.c.contact_id, *account)
        .outerjoin(Account, and_(Account.resident_id == page.c.contact_id, Account.follows.is_(True)))
        .order_by(page.c.id, rank(doors))
    )
    homes: list[_Home] = []
    contacts: set[int] = set()
    rows = db.connection().execute(query).all()  # at once: asking for each costs as much as all else
    for home_id, community_id, unbound, off, contact_id, account_id, able, speaking, *whole in rows:
        if not homes or homes[-1].id != home_id:
            homes.append(_Home(home_id, community_id, unbound, bool(off), []))
        if account_id is not None:
            speaker = Speaker(*whole[1:]) if whole and whole[0] else None
            homes[-1].accounts.append((account_id, bool(able), bool(speaking), speaker))
            contacts.add(contact_id)
    filled = full_among(db, doors, notice.id, contacts)
    return [_way(home, filled) for home in homes]


def _way(home: _Home, filled: frozenset[int]) -> Way:
    able = [account for account in home.accounts if account[1]]
    left = [account for account in able if account[0] not in filled] if filled else able
    if left and home.off:
        return Way(home.id, home.community_id, None, OPTED_OUT)
    if left:
        return Way(home.id, home.community_id, left[0][0], None, left[0][3])
    speaking = any(account[2] for account in home.accounts)
    reason = _reason(bool(able) if home.accounts else None, speaking, home.unbound)
    return Way(home.id, home.community_id, None, reason)


# --- falling back


def next_accounts(db: Session, doors: Doors, ledger_ids: Sequence[int], *, by: Doors | None = None) -> dict[int, int]:
    """For households whose account did not reach them, the next one behind it, where there is one.

    ``by``: only these of the doors.
    """
    if not ledger_ids:
        return {}
    tried = aliased(Account)
    query = (
        select(Ledger.id, Ledger.notice_id, Account.id, Household.contact_id)
        .join(Household, Household.id == Ledger.household_id)
        .join(tried, tried.id == Ledger.account_id)
        .join(Account, Account.resident_id == Household.contact_id)
        .where(
            Ledger.id.in_(ledger_ids),
            Account.follows.is_(True),
            is_open(by or doors),
            place(doors, Account) > place(doors, tried),
        )
        .order_by(Ledger.id, place(doors, Account))
    )
    rows = db.execute(query).all()
    contacts = {row[3] for row in rows if row[3] is not None}
    filled = full_among(db, doors, rows[0][1], contacts) if rows else frozenset()
    found: dict[int, int] = {}
    for ledger_id, _, account_id, _ in rows:
        if account_id not in filled:
            found.setdefault(ledger_id, account_id)
    return found


def plan_again(db: Session, accounts: Mapping[int, int], state: LedgerState) -> None:
    """Households (still in ``state``) whose turn comes once more, by these accounts."""
    if accounts:
        table = table_of(Ledger)
        again = update(table).where(table.c.id == bindparam("row"), table.c.state == str(state))
        values = again.values(account_id=bindparam("account"), state=str(LedgerState.PLANNED), waits=True, reason=None)
        rows = [{"row": row, "account": account} for row, account in accounts.items()]
        db.connection().execute(values, rows)


def step_on(db: Session, doors: Doors, ledger_ids: Sequence[int], reason: str) -> None:
    """Planned households whose account turns out to be no way: the next account, else none, with the reason."""
    accounts = next_accounts(db, doors, ledger_ids)
    plan_again(db, accounts, LedgerState.PLANNED)
    left = [row for row in ledger_ids if row not in accounts]
    if left:
        missed = update(Ledger).where(Ledger.id.in_(left), Ledger.state == LedgerState.PLANNED)
        db.execute(
            missed.values(state=LedgerState.NO_WAY, waits=None, reason=reason),
            execution_options={"synchronize_session": False},
        )
