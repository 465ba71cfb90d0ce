"""One person, several accounts: whoever is bound to the same resident or member of staff is the same person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from storage.people import Account
from storage.tickets import Member


def accounts_of(db: Session, account: Account) -> Sequence[Account]:
    """The account, then every other one of the same person that can be written to, the last heard first."""
    bound = _bound(account)
    if not bound:
        return (account,)
    others = select(Account).where(or_(*bound), Account.follows, Account.id != account.id)
    return (account, *db.scalars(others.order_by(Account.last_said_at.desc().nulls_last(), Account.id)))


def ids_of(db: Session, account: Account) -> frozenset[int]:
    """The ids of every account of the same person, also of those that cannot be written to. Strangers cost no query."""
    bound = _bound(account)
    if not bound:
        return frozenset({account.id})
    return frozenset(db.scalars(select(Account.id).where(or_(*bound)))) | {account.id}


def attend(db: Session, account: Account, until: datetime) -> None:
    """Until then everything this person says, by whatever account, is read with their tickets in mind."""
    for one in accounts_of(db, account):
        one.attentive_until = max(until, one.attentive_until or until)


def _bound(account: Account) -> list[ColumnElement[bool]]:
    bound = []
    if account.resident_id is not None:
        bound.append(Account.resident_id == account.resident_id)
    if account.staff_id is not None:
        bound.append(Account.staff_id == account.staff_id)
    return bound


def same(db: Session, one_id: int, other_id: int) -> bool:
    """Whether two accounts are the same person's."""
    if one_id == other_id:
        return True
    one, other = db.get_one(Account, one_id), db.get_one(Account, other_id)
    return _shared(one.resident_id, other.resident_id) or _shared(one.staff_id, other.staff_id)


def _shared(one: int | None, other: int | None) -> bool:
    return one is not None and one == other


def one_each(db: Session, members: Sequence[Member]) -> Sequence[Member]:
    """Whoever a ticket concerns, each person once: somebody may have joined by two accounts before they were known to
    be one. The first stays, so that the reporter remains the reporter."""
    if len(members) < 2:
        return members
    ids = [member.account_id for member in members]
    rows = db.execute(select(Account.id, Account.resident_id, Account.staff_id).where(Account.id.in_(ids)))
    marks = {number: _marks(number, resident, staff) for number, resident, staff in rows}
    found: list[Member] = []
    seen: set[tuple[str, int]] = set()
    for member in members:
        if not marks[member.account_id] & seen:
            found.append(member)
        seen |= marks[member.account_id]
    return found


def _marks(account_id: int, resident_id: int | None, staff_id: int | None) -> set[tuple[str, int]]:
    """Whatever two accounts of one person have in common."""
    numbers = {"account": account_id, "resident": resident_id, "staff": staff_id}
    return {(name, number) for name, number in numbers.items() if number is not None}
