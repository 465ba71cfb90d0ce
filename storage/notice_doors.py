"""The doors as notices go out by them, and which accounts they can write to now.

A platform that speaks only after a person's word is a way while their window is open, and one that brings a person so
many mass messages a month is none beyond that. Everything is an expression over accounts, so that the preview, the
fan-out and what falls back follow the same rule.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select
from sqlalchemy.orm import Session

from storage.notices import Ledger, LedgerState, Notice, NoticeState, Slice
from storage.people import Account, Household

ON_ITS_WAY = (LedgerState.PLANNED, LedgerState.CUT)
MAY_HAVE_ARRIVED = (LedgerState.SENT, LedgerState.UNKNOWN)
A_TIER = 1 << 48  # more accounts than there will ever be


@dataclass(frozen=True, slots=True)
class Pace:
    """A ceiling of the platform: ``most`` calls, or people, in so many seconds; None: in a day of Shanghai."""

    name: str
    most: int
    seconds: float | None
    by_people: bool = False


@dataclass(frozen=True, slots=True)
class Door:
    """A door as notices go out by it."""

    name: str
    paid: bool = False
    windowed: bool = False  # only to people whose window is open
    a_month: int | None = None  # what the platform brings to one person in a month
    down: bool = False  # somebody has to mend it: taken where there is no other that costs nothing
    batch: int = 1  # people of one call
    at_once: int = 1  # calls under way at the same time
    paces: tuple[Pace, ...] = ()

    @property
    def tier(self) -> int:
        """The lower the better."""
        return 2 * self.paid + self.down


@dataclass(frozen=True, slots=True)
class Doors:
    """The doors as they are now. ``wall`` and the beginning of the month are the platforms' time."""

    able: tuple[Door, ...]
    wall: datetime
    month: datetime

    def free_but(self, name: str) -> Doors:
        """Those that cost nothing and work, without one of them."""
        left = tuple(door for door in self.able if not door.tier and door.name != name)
        return Doors(left, self.wall, self.month)

    def named(self, *, windowed: bool) -> list[str]:
        """Those that speak at any time, or only within windows."""
        return [door.name for door in self.able if door.windowed is windowed]


def speaks(doors: Doors) -> ColumnElement[bool]:
    """Whether an account's door speaks, to whomever."""
    return Account.door.in_([door.name for door in doors.able]) if doors.able else false()


def is_open(doors: Doors) -> ColumnElement[bool]:
    """Whether an account can be written to now."""
    free_from = or_(Account.with_person_until.is_(None), Account.with_person_until <= doors.wall)
    window = and_(Account.window_until > doors.wall, Account.window_left > 0, free_from)
    always, sometimes = doors.named(windowed=False), doors.named(windowed=True)
    ways: list[ColumnElement[bool]] = [Account.door.in_(always)] if always else []
    ways += [and_(Account.door.in_(sometimes), window)] if sometimes else []
    return or_(false(), *ways)


def rank(doors: Doors) -> ColumnElement[int]:
    """The order in which a person's accounts are chosen."""
    tiers = {door.name: door.tier * A_TIER for door in doors.able if door.tier}
    return case(tiers, value=Account.door, else_=0) + Account.id if tiers else Account.id + 0


def place(doors: Doors, account: Any) -> ColumnElement[int]:
    """The same, without regard to what is broken just now: falling back in it comes to an end."""
    paid = {door.name: A_TIER for door in doors.able if door.paid}
    placed: ColumnElement[int] = case(paid, value=account.door, else_=0) + account.id if paid else account.id + 0
    return placed


# --- what a person received this month


def full(db: Session, doors: Doors, but: int | None) -> Select[int | None] | None:
    """Accounts that received this month what the platform brings to one person; None where nobody can have.

    What is on its way counts, and what may have arrived. ``but``: a notice that is not counted.
    """
    limited = {door.name: door.a_month for door in doors.able if door.a_month is not None}
    if not limited:
        return None
    lately = select(Notice.id).where(
        Notice.confirmed_at.is_not(None),
        Notice.state.not_in((NoticeState.DRAFT, NoticeState.CANCELLED)),
        or_(Notice.done_at.is_(None), Notice.done_at >= doors.month),
    )
    notices = [number for number in db.scalars(lately) if number != but]
    if len(notices) < min(limited.values()):
        return None
    counted = or_(
        Ledger.state.in_(ON_ITS_WAY),
        # A slice's last try stands in ``next_try_at``, give or take a lease.
        and_(Ledger.state.in_(MAY_HAVE_ARRIVED), Slice.next_try_at >= doors.month),
    )
    return (
        select(Ledger.account_id)
        .join(Account, Account.id == Ledger.account_id)
        .outerjoin(Slice, Slice.id == Ledger.slice_id)
        .where(Ledger.notice_id.in_(notices), Account.door.in_(sorted(limited)), counted)
        .group_by(Ledger.account_id, Account.door)
        # Somebody who speaks for two households receives it once.
        .having(func.count(func.distinct(Ledger.notice_id)) >= case(limited, value=Account.door))
    )


def full_among(db: Session, doors: Doors, but: int | None, contacts: Collection[int]) -> frozenset[int]:
    """The same of a few people: the ledger is indexed by household, not by account."""
    everybody = full(db, doors, but)
    if everybody is None or not contacts:
        return frozenset()
    theirs = select(Household.id).where(Household.contact_id.in_(sorted(contacts)))
    return frozenset(number for number in db.scalars(everybody.where(Ledger.household_id.in_(theirs))) if number)
