"""Looking up front doors and who lives behind them. Names are sealed, so that they are compared after opening."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from storage.base import new_ref
from storage.inbox import Inbox
from storage.people import (
    Account,
    BindCode,
    Building,
    Claim,
    Group,
    Household,
    Post,
    Resident,
    Scene,
    Staff,
    Unit,
    UnitKind,
)
from storage.vault import Vault


def buildings(db: Session, estate_id: int) -> Sequence[Building]:
    """The buildings of an estate."""
    return db.scalars(select(Building).where(Building.estate_id == estate_id).order_by(Building.id)).all()


def behind(db: Session, building_ids: Collection[int], entrance: str, room: str) -> list[Household]:
    """The front doors that an address may mean; an entrance that is not said fits every one."""
    doors = select(Household).where(Household.building_id.in_(building_ids), Household.room == room)
    rows = db.scalars(doors.order_by(Household.id)).all()
    return [row for row in rows if not entrance or row.entrance in ("", entrance)]


def residents(db: Session, household_id: int) -> Sequence[Resident]:
    """Everybody who is known to live behind a door."""
    return db.scalars(select(Resident).where(Resident.household_id == household_id).order_by(Resident.id)).all()


def name_of(vault: Vault, resident: Resident) -> str:
    """A resident's name; empty where none is known or it was erased."""
    return vault.open(resident.name, "residents.name", resident.ref) if resident.name else ""


def add_resident(db: Session, vault: Vault, household_id: int, name: str = "", phone: str = "") -> Resident:
    """Somebody else who lives behind a door."""
    resident = Resident(ref=new_ref(), household_id=household_id)
    resident.name = vault.seal(name, "residents.name", resident.ref) if name else None
    db.add(resident)
    set_phone(vault, resident, phone)
    db.flush()
    return resident


def with_phone(db: Session, vault: Vault, phone: str) -> Resident | None:
    """Whoever has this telephone number; the first, where a family shares it."""
    hashes = vault.lookups(phone)
    return db.scalars(select(Resident).where(Resident.phone_hash.in_(hashes)).order_by(Resident.id).limit(1)).first()


def set_phone(vault: Vault, resident: Resident, phone: str) -> None:
    """A telephone number, found again by its keyed hash; none given leaves the one that is known."""
    if phone:
        resident.phone, resident.phone_hash = vault.seal(phone, "residents.phone", resident.ref), vault.lookup(phone)


def home_of(db: Session, account: Account) -> Household | None:
    """Where an account's person lives, if it is bound to a front door."""
    resident = db.get(Resident, account.resident_id) if account.resident_id is not None else None
    return db.get(Household, resident.household_id) if resident is not None and resident.household_id else None


def accounts_in(db: Session, household_id: int) -> Sequence[Account]:
    """The accounts of everybody behind a door."""
    living = select(Resident.id).where(Resident.household_id == household_id)
    return db.scalars(select(Account).where(Account.resident_id.in_(living)).order_by(Account.id)).all()


def accounts_of(db: Session, resident_id: int) -> Sequence[Account]:
    """The accounts of one resident."""
    return db.scalars(select(Account).where(Account.resident_id == resident_id).order_by(Account.id)).all()


def estates_heard_in(db: Session, account_ids: Collection[int]) -> list[int]:
    """The estates in whose groups somebody speaks, the latest first."""
    heard = (
        select(Group.unit_id)
        .join(Inbox, Inbox.group_id == Group.id)
        .where(Inbox.sender_id.in_(account_ids), Group.kind == "residents", Group.unit_id.is_not(None))
        .group_by(Group.unit_id)
        .order_by(func.max(Inbox.said_at).desc())
    )
    return [number for number in db.scalars(heard) if number is not None]


def estates(db: Session) -> Sequence[Unit]:
    """Every estate."""
    return db.scalars(select(Unit).where(Unit.kind == UnitKind.ESTATE).order_by(Unit.id)).all()


def nearest_with(db: Session, unit_ids: Sequence[int], roles: Collection[str]) -> Sequence[Staff]:
    """Active people of the first of these units that has any with one of the roles."""
    posts = select(Post.unit_id, Post.staff_id).where(Post.unit_id.in_(unit_ids), Post.role.in_(roles))
    held = db.execute(posts.join(Staff, Staff.id == Post.staff_id).where(Staff.active)).all()
    first = next((unit for unit in unit_ids if any(row.unit_id == unit for row in held)), None)
    ids = {row.staff_id for row in held if row.unit_id == first}
    return db.scalars(select(Staff).where(Staff.id.in_(ids)).order_by(Staff.id)).all()


# --- codes, scenes, claims


def code_of(db: Session, hashes: Sequence[str], now: datetime) -> BindCode | None:
    """A household's code that still holds."""
    return db.scalars(
        select(BindCode).where(
            BindCode.code_hash.in_(hashes),
            BindCode.household_id.is_not(None),
            BindCode.uses_left > 0,
            BindCode.expires_at > now,
        )
    ).one_or_none()


def use_code(db: Session, code: BindCode, now: datetime) -> bool:
    """Takes one use by compare-and-set: of two people with the last one, one is too late."""
    taken = db.execute(
        update(BindCode)
        .where(BindCode.id == code.id, BindCode.uses_left > 0, BindCode.expires_at > now)
        .values(uses_left=BindCode.uses_left - 1, used_at=now)
        .returning(BindCode.id)
    )
    return taken.scalar_one_or_none() is not None


def end_codes(db: Session, household_id: int, now: datetime) -> None:
    """No code of this door binds anybody any more."""
    held = update(BindCode).where(BindCode.household_id == household_id, BindCode.uses_left > 0)
    db.execute(held.values(uses_left=0, used_at=now))


def scene(db: Session, door: str, name: str) -> Scene | None:
    """The place whose QR code says this."""
    return db.scalars(select(Scene).where(Scene.door == door, Scene.scene == name)).one_or_none()


def claim(db: Session, number: int) -> Claim | None:
    """The claim that staff call by this number."""
    return db.scalars(select(Claim).where(Claim.number == number)).one_or_none()


def waiting_claim(db: Session, account_id: int, household_id: int) -> Claim | None:
    """What this account has claimed of this door and nobody has decided."""
    mine = select(Claim).where(Claim.account_id == account_id, Claim.household_id == household_id)
    return db.scalars(mine.where(Claim.state == "waiting")).first()


def drop_claims(db: Session, account_id: int, now: datetime) -> None:
    """What an account has claimed elsewhere is over once it is bound."""
    waiting = update(Claim).where(Claim.account_id == account_id, Claim.state == "waiting")
    db.execute(waiting.values(state="lapsed", settled_at=now, name=None))


def settle_claim(db: Session, claim: Claim, state: str, now: datetime, staff_id: int | None) -> bool:
    """Decides a claim by compare-and-set; the name in it is gone then. False: somebody else was first."""
    taken = db.execute(
        update(Claim)
        .where(Claim.id == claim.id, Claim.state == "waiting")
        .values(state=state, settled_at=now, settled_by_id=staff_id, name=None)
        .returning(Claim.id)
    )
    return taken.scalar_one_or_none() is not None
