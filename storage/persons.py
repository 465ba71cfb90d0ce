"""One person, several accounts: whoever is bound to the same resident or the same member of staff is the same person."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from storage.people import Account


def accounts_of(db: Session, account: Account) -> Sequence[Account]:
    """The account, then every other one of the same person that can be written to, the last heard first."""
    bound = []
    if account.resident_id is not None:
        bound.append(Account.resident_id == account.resident_id)
    if account.staff_id is not None:
        bound.append(Account.staff_id == account.staff_id)
    if not bound:
        return (account,)
    others = select(Account).where(or_(*bound), Account.follows, Account.id != account.id)
    return (account, *db.scalars(others.order_by(Account.last_said_at.desc().nulls_last(), Account.id)))


def same(db: Session, one_id: int, other_id: int) -> bool:
    """Whether two accounts are the same person's."""
    if one_id == other_id:
        return True
    one, other = db.get_one(Account, one_id), db.get_one(Account, other_id)
    return _shared(one.resident_id, other.resident_id) or _shared(one.staff_id, other.staff_id)


def _shared(one: int | None, other: int | None) -> bool:
    return one is not None and one == other
