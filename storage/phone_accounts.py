"""Telephone numbers that the book knows, as accounts: so that a number is one more way to the same person.

Numbers stand encrypted with residents and staff; here they become addresses of the doors for SMS and calls. Whoever
moved away or left is written to no more.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import CursorResult, and_, exists, or_, select, update
from sqlalchemy.orm import Session, aliased

from storage.base import new_ref
from storage.people import Account, Resident, Staff
from storage.vault import Vault

SMS, VOICE = "sms:main", "voice:main"
STEP = 200  # people in one transaction


def add_staff(db: Session, vault: Vault, after: int) -> int | None:
    """SMS and calls for the next members of staff behind ``after`` whose number has no account yet. Answers where to
    go on; None: at the end.
    """
    mine = aliased(Account)
    missing = ~exists().where(mine.staff_id == Staff.id, mine.door == SMS)
    query = select(Staff).where(Staff.id > after, Staff.active, Staff.phone.is_not(None), missing)
    rows = db.scalars(query.order_by(Staff.id).limit(STEP)).all()
    for person in rows:
        number = plain(vault.open(person.phone or "", "staff.phone", person.ref))
        for door in (SMS, VOICE):
            _bind(db, vault, door, number, staff_id=person.id)
    return rows[-1].id if len(rows) == STEP else None


def add_residents(db: Session, vault: Vault, after: int) -> int | None:
    """SMS for the next residents; the same otherwise. Nobody is rung up for a notice."""
    mine = aliased(Account)
    missing = ~exists().where(mine.resident_id == Resident.id, mine.door == SMS)
    query = select(Resident).where(Resident.id > after, Resident.phone.is_not(None), missing)
    rows = db.scalars(query.order_by(Resident.id).limit(STEP)).all()
    for person in rows:
        number = plain(vault.open(person.phone or "", "residents.phone", person.ref))
        _bind(db, vault, SMS, number, resident_id=person.id)
    return rows[-1].id if len(rows) == STEP else None


def let_go(db: Session, vault: Vault, *, resident_id: int | None = None, staff_id: int | None = None) -> None:
    """Another number was written down for this person: the old one is theirs no more, and, where it is nobody else's,
    not kept either."""
    mine = Account.resident_id == resident_id if resident_id is not None else Account.staff_id == staff_id
    rows = db.scalars(select(Account).where(mine, Account.door.in_((SMS, VOICE)))).all()
    for row in rows:
        row.resident_id = None if resident_id is not None else row.resident_id
        row.staff_id = None if staff_id is not None else row.staff_id
    db.flush()
    forget_numbers(db, vault, [row.id for row in rows if row.resident_id is None])


def forget_numbers(db: Session, vault: Vault, accounts: Collection[int]) -> None:
    """The telephone numbers among these accounts, whose person is erased: the rows stay, and lead to nobody."""
    numbers = select(Account).where(
        Account.id.in_(accounts), Account.door.in_((SMS, VOICE)), Account.staff_id.is_(None)
    )
    for row in db.scalars(numbers):
        row.address, row.follows = vault.seal(row.ref, "accounts.address", row.ref), False
        row.address_hash = vault.lookup(f"{row.door}:{row.ref}")
    db.flush()


def drop_stale(db: Session) -> int:
    """Numbers of residents whose number is not in the book any more, and of staff who left."""
    gone_resident = exists().where(Resident.id == Account.resident_id, Resident.phone.is_(None))
    gone_staff = exists().where(Staff.id == Account.staff_id, or_(~Staff.active, Staff.phone.is_(None)))
    phones = Account.door.in_((SMS, VOICE))
    done = 0
    for gone, values in (
        (gone_resident, {"resident_id": None}),
        (gone_staff, {"staff_id": None}),
    ):
        result = db.execute(update(Account).where(and_(phones, gone)).values(values))
        assert isinstance(result, CursorResult)
        done += result.rowcount
    return done


def of_number(db: Session, vault: Vault, number: str, resident_id: int | None) -> Account:
    """The account by which a telephone number hears by SMS, of this resident where one is known."""
    return _bind(db, vault, SMS, plain(number), resident_id=resident_id)


def plain(number: str) -> str:
    """The number without blanks, hyphens and the country's code."""
    kept = "".join(sign for sign in number if sign.isdigit() or sign == "+")
    return kept.removeprefix("+86") if kept.startswith("+86") and len(kept) == 14 else kept


def _bind(
    db: Session, vault: Vault, door: str, number: str, *, staff_id: int | None = None, resident_id: int | None = None
) -> Account:
    """One row for a number: who is resident and on the staff has both on it. A number that two residents share is the
    first one's."""
    hashes = vault.lookups(f"{door}:{number}")
    known = db.scalars(select(Account).where(Account.door == door, Account.address_hash.in_(hashes))).first()
    if known is None:
        ref = new_ref()
        sealed = vault.seal(number, "accounts.address", ref)
        known = Account(ref=ref, door=door, address=sealed, address_hash=hashes[0], follows=True)
        db.add(known)
    known.staff_id = known.staff_id or staff_id
    known.resident_id = known.resident_id or resident_id
    db.flush()
    return known
