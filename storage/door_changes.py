"""What was learnt at a front door and changed the household: who moved out, what its people are. Each change is a row
of history with what it takes to undo it.

Whoever moved out is let go at once; their names and numbers stay in the book for a day, since a slip of the thumb must
be undone, and are blanked then. Everything runs inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage import forgetting, households, listening
from storage.base import JsonObject
from storage.listening import Change
from storage.people import Account, Claim, Household, Resident
from storage.timers import Timer
from storage.vault import Vault

BLANK_AFTER = timedelta(hours=24)  # business time
BLANK = "knock:blank"  # a timer
CHANGED, UNDONE, BLANKED = "door", "door_undone", "door_blanked"  # kinds of change


def add_tags(home: Household, tags: Iterable[str]) -> list[str]:
    """Adds words to a household; answers those it did not have."""
    known = (home.tags or "").split()
    new = [tag for tag in dict.fromkeys(tags) if tag not in known]
    home.tags = " ".join([*known, *new]) or None
    return new


def drop_tags(home: Household, tags: Collection[str]) -> list[str]:
    """Takes words from a household; answers those it had."""
    known = (home.tags or "").split()
    home.tags = " ".join(tag for tag in known if tag not in tags) or None
    return [tag for tag in known if tag in tags]


def let_go(db: Session, home: Household, now: datetime) -> JsonObject:
    """Everybody behind a door lives there no more: accounts, contact and codes. Answers what it takes to undo it."""
    people = households.residents(db, home.id)
    accounts = households.accounts_in(db, home.id)
    before: JsonObject = {
        "contact": home.contact_id,
        "residents": [person.id for person in people],
        "accounts": [[account.id, account.resident_id] for account in accounts],
    }
    households.end_codes(db, home.id, now)
    home.contact_id = None
    for account in accounts:
        account.resident_id = None
    for person in people:
        person.household_id = None
    db.flush()
    return before


def note(db: Session, home: Household, visit_id: int, before: JsonObject, staff_id: int, now: datetime) -> None:
    """Writes down what a visit changed; where people were let go, they are blanked in a day."""
    data = {"visit": visit_id, **before}
    listening.note_change(db, _about(home.id), CHANGED, now, staff_id=staff_id, data=data)
    if before.get("residents"):
        timer = {"visit": visit_id, "household": home.id}
        db.add(Timer(name=f"knock:{visit_id}:blank", kind=BLANK, due_at=now + BLANK_AFTER, data=timer))
    db.flush()


def undo(db: Session, home: Household, visit_id: int, staff_id: int, now: datetime) -> Sequence[Account] | None:
    """What a visit changed is as before, as far as nobody changed it since. Answers the accounts that are bound again;
    None where names and numbers were blanked meanwhile.
    """
    changed = _of_visit(db, home.id, visit_id, CHANGED)
    if changed is None:
        return []
    drop_tags(home, changed.data["tags"])
    add_tags(home, changed.data["dropped"])
    people = [db.get_one(Resident, number) for number in changed.data.get("residents", ())]
    kept = [person for person in people if person.erased_at is None and person.household_id is None]
    for person in kept:
        person.household_id = home.id
    bound = _bind_again(db, changed.data.get("accounts", ()), {person.id for person in kept})
    if home.contact_id is None and changed.data.get("contact") in {person.id for person in kept}:
        home.contact_id = changed.data["contact"]
    listening.note_change(db, _about(home.id), UNDONE, now, staff_id=staff_id, data={"visit": visit_id})
    db.flush()
    return None if people and not kept else bound


def _bind_again(db: Session, pairs: Sequence[Sequence[int]], people: set[int]) -> list[Account]:
    bound = []
    for account_id, resident_id in pairs:
        account = db.get_one(Account, account_id)
        if account.resident_id is None and resident_id in people:
            account.resident_id = resident_id
            bound.append(account)
    return bound


def blank(db: Session, vault: Vault, household_id: int, visit_id: int, now: datetime) -> None:
    """A day later: the book forgets name and number of whoever moved out, unless it was undone."""
    changed = _of_visit(db, household_id, visit_id, CHANGED)
    if changed is None or _of_visit(db, household_id, visit_id, UNDONE) is not None:
        return
    for person in (db.get_one(Resident, number) for number in changed.data["residents"]):
        person.name, person.phone, person.phone_hash, person.erased_at = None, None, None, now
    known = [db.get_one(Account, number) for number, _ in changed.data["accounts"]]
    gone = [account.id for account in known if account.resident_id is None]
    forgetting.forget_person(db, vault, gone, now)
    listening.note_change(db, _about(household_id), BLANKED, now, data={"visit": visit_id})
    db.flush()


def _of_visit(db: Session, household_id: int, visit_id: int, kind: str) -> Change | None:
    rows = db.scalars(select(Change).where(Change.about == _about(household_id), Change.kind == kind))
    return next((row for row in rows if row.data["visit"] == visit_id), None)


def _about(household_id: int) -> str:
    return f"household:{household_id}"


def claims_waiting(db: Session, household_id: int) -> Sequence[int]:
    """The numbers of whoever asks to be bound to this door."""
    waiting = select(Claim.number).where(Claim.household_id == household_id, Claim.state == "waiting")
    return db.scalars(waiting.order_by(Claim.number)).all()
