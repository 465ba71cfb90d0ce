"""Who is bound to which front door: what every way of binding does, by word, by code, by QR, by staff."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.context import Context
from handlers.message import Person, Replies, Reply
from handlers.permissions import TABLE, may_in
from handlers.ticket import case
from handlers.wording import household as wording
from storage import households, persons
from storage.base import JsonObject, new_ref
from storage.deployment import Question, Spend
from storage.people import Account, BindCode, Building, Household, Resident, Unit
from storage.vault import Vault

WRONG_CODES = 5  # tries an account has in a day: a code has 39 bits, and nobody is to try them out, nor doors and names
CODE_LENGTH = 8
ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"  # nothing that is read as something else on a phone
CODE_HOLDS = timedelta(hours=48)
CODE_USES = 6
ASK_WITHIN = timedelta(minutes=10)
HOUSEHOLD_SCENE, PLACE_SCENE = "h", "u"  # how what a QR code says begins
NO_DOOR = "none:"  # of somebody whom no platform reaches: staff tell them
SILENT_DOORS = ("sms:", "voice:", NO_DOOR)  # nobody ever said anything there
SAID = "questions.said"  # what the words in an open question are sealed for


def tries(ctx: Context) -> Spend:
    """The vain tries of this account in this day; its messages are handled one after another, so they count up."""
    mine, day = f"bind:{ctx.who.account.id}", ctx.now.replace(hour=0, minute=0, second=0, microsecond=0)
    known = select(Spend).where(Spend.door == ctx.who.account.door, Spend.limit_name == mine, Spend.window_start == day)
    spend = ctx.db.scalars(known).one_or_none()
    if spend is None:
        spend = Spend(door=ctx.who.account.door, limit_name=mine, window_start=day, used=0)
        ctx.db.add(spend)
    return spend


def ask(ctx: Context, kind: str, said: str, **data: object) -> None:
    """Asks something about words that name a door or a code: they wait sealed, and go with the question."""
    ref = new_ref()
    stored: JsonObject = {"ref": ref, "said": ctx.vault.seal(said, SAID, ref), **data}
    until = ctx.now + ASK_WITHIN
    case.ask(ctx, ctx.who.account.id, ctx.address, kind, ticket=None, until=until, data=stored)
    persons.attend(ctx.db, ctx.who.account, until)


def said_then(ctx: Context, question: Question) -> str:
    """The words that a question was asked about."""
    return ctx.vault.open(question.data["said"], SAID, question.data["ref"])


def in_words(ctx: Context, home: Household) -> str:
    """A front door as its own people and staff read it, never anybody else."""
    return address(ctx.db, home)


def address(db: Session, home: Household) -> str:
    """The same, where nobody speaks."""
    building = db.get_one(Building, home.building_id)
    estate = db.get_one(Unit, home.estate_id)
    name = wording.BUILDING.format(number=building.name) if building.name.isascii() else building.name
    entrance = wording.HOME_ENTRANCE.format(entrance=home.entrance) if home.entrance else ""
    return wording.HOME.format(estate=estate.name, building=name, entrance=entrance, room=home.room)


def without_door(db: Session, vault: Vault, resident_id: int | None) -> Account:
    """An account for somebody who has none: what they are to hear waits for staff to pass it on (已转告)."""
    ref = new_ref()
    door = f"{NO_DOOR}proxy"
    account = Account(ref=ref, door=door, address=vault.seal(ref, "accounts.address", ref))
    account.address_hash, account.resident_id, account.follows = vault.lookup(f"{door}:{ref}"), resident_id, False
    db.add(account)
    db.flush()
    return account


def is_somebody_elses(ctx: Context, account: Account, resident: Resident) -> bool:
    """Whether another account of the same door speaks for this resident: a person has one on each."""
    bound = households.accounts_of(ctx.db, resident.id)
    return any(row.door == account.door and row.id != account.id for row in bound)


def speaks_already(ctx: Context, account: Account, resident: Resident) -> bool:
    """Whether another account, at whatever door, speaks for this resident: whoever joins it reads what it told us, so
    that a name and a door, which every neighbour knows, are not enough."""
    bound = households.accounts_of(ctx.db, resident.id)
    return any(row.id != account.id and not row.door.startswith(SILENT_DOORS) for row in bound)


def settle(ctx: Context, account: Account, home: Household, resident: Resident) -> Iterator[Reply]:
    """Binds an account to somebody behind a door, whatever it was bound to. Yields what the others there hear."""
    others = [row for row in households.accounts_in(ctx.db, home.id) if row.id != account.id]
    account.resident_id = resident.id
    households.drop_claims(ctx.db, account.id, ctx.now)
    contact = ctx.db.get(Resident, home.contact_id) if home.contact_id is not None else None
    if contact is None or not any(row.resident_id == contact.id for row in others):
        home.contact_id = resident.id  # notices reach a door by somebody who has an account
    attentive = [row.attentive_until for row in (account, *others) if row.resident_id == resident.id]
    account.attentive_until = max((moment for moment in attentive if moment is not None), default=None)
    ctx.db.flush()
    text = wording.HOUSEHOLD_NEW.format(home=in_words(ctx, home))
    for number in sorted({row.id for row in others if row.follows}):
        yield Reply(text, to=Person(number), name=f"home:{home.id}:{resident.id}:{account.id}:{ctx.inbox.id}:{number}")


def leave(ctx: Context, account: Account) -> None:
    """Unbinds an account; its door is written to by somebody else who lives there, if anybody."""
    resident = ctx.db.get(Resident, account.resident_id) if account.resident_id is not None else None
    home = households.home_of(ctx.db, account)
    account.resident_id = None
    ctx.db.flush()
    if resident is not None and home is not None and not households.accounts_of(ctx.db, resident.id):
        hand_on(ctx, home, resident)


def hand_on(ctx: Context, home: Household, resident: Resident) -> None:
    """Somebody else behind the door becomes its contact, where that was this resident."""
    if home.contact_id == resident.id:
        left = [row.resident_id for row in households.accounts_in(ctx.db, home.id) if row.resident_id != resident.id]
        still = resident.id if resident.name and resident.household_id == home.id else None
        home.contact_id = left[0] if left else still


# --- codes


def give_code(ctx: Context, home: Household, resident: Resident) -> str:
    """A fresh code for everybody behind a door; only its hash is kept."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    row = BindCode(code_hash=ctx.vault.lookup(f"code:{code}"), household_id=home.id, resident_id=resident.id)
    row.expires_at, row.uses_left = ctx.now + CODE_HOLDS, CODE_USES
    row.given_by_id = ctx.who.staff.id if ctx.who.staff is not None else None
    ctx.db.add(row)
    return code


def bind_by_code(ctx: Context, code: str, *, sure: bool = False, in_person: bool | None = None) -> Replies | None:
    """Binds by a household's code; None when there is none such. Asks first when another door would be left, and
    whether this is the very person whom the code was given to, once somebody speaks for them elsewhere (``in_person``).
    """
    account = ctx.who.account
    found = households.code_of(ctx.db, ctx.vault.lookups(f"code:{code}"), ctx.now)
    home = ctx.db.get(Household, found.household_id) if found is not None and found.household_id is not None else None
    if found is None or home is None:
        return None
    before = households.home_of(ctx.db, account)
    if before is not None and before.id == home.id:
        return [Reply(wording.ALREADY_HOME.format(home=in_words(ctx, home)))]
    if before is not None and not sure:
        ask(ctx, "rebind", code, code=True)
        return [Reply(wording.REBIND.format(home=in_words(ctx, before)))]
    given = _given(ctx, found, home)
    if in_person is None and given is not None and speaks_already(ctx, account, given):
        ask(ctx, "in_person", code, code=True)
        return [Reply(wording.IN_PERSON.format(home=in_words(ctx, home)))]
    if not households.use_code(ctx.db, found, ctx.now):
        return None
    himself = given is not None and in_person is not False
    return welcome(ctx, home, given if given and himself else households.add_resident(ctx.db, ctx.vault, home.id))


def _given(ctx: Context, code: BindCode, home: Household) -> Resident | None:
    """Whom the code was given to, where this account may still become theirs: a person has one on each door."""
    given = ctx.db.get(Resident, code.resident_id) if code.resident_id is not None else None
    if given is None or given.household_id != home.id or is_somebody_elses(ctx, ctx.who.account, given):
        return None
    return given


def welcome(ctx: Context, home: Household, resident: Resident) -> Replies:
    """Binds whoever is speaking, and tells them how to report."""
    ctx.who.account.hinted_at = ctx.now
    told = list(settle(ctx, ctx.who.account, home, resident))
    return [Reply(f"{wording.BOUND_HOME.format(home=in_words(ctx, home))}{wording.HOW_TO_REPORT}"), *told]


# --- staff of a place


def in_charge_of(ctx: Context, estate: Unit, command: str) -> bool:
    """Whether whoever is speaking may decide who lives in this estate."""
    return may_in(ctx.who, command, estate.path, estate.grid_id)


def estates_of(ctx: Context, command: str) -> list[Unit]:
    """The estates whose people this member of staff may register."""
    if not ctx.who.roles & TABLE[command].roles:
        return []
    return [estate for estate in households.estates(ctx.db) if in_charge_of(ctx, estate, command)]
