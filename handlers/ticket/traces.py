"""What leads to whoever reported a ticket, taken out of a text that somebody else wrote.

Numbers and doors are known by their look, names from the book, the platform and the reporter's own words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby

from sqlalchemy.orm import Session

from handlers.context import words_of
from handlers.permissions import NEIGHBOURS
from handlers.rules.privacy import MASK, discreet_place, nameless, names_said
from handlers.ticket import case
from handlers.wording import history
from handlers.wording.times import when
from storage import directory, facts, households, tickets
from storage.facts import Fact, FactKind
from storage.inbox import Body
from storage.origins import PATROL, PROXY
from storage.people import Account, Resident, Role, Staff
from storage.tickets import Ticket
from storage.vault import Vault

SHORTEST = 2  # characters of a name that is looked for: one alone stands in many words
ROOM = re.compile(r"(?<!\d)\d{3,4}(?!\d)")
SAID = frozenset({FactKind.ADDED, FactKind.CORRECTED, FactKind.REOPENED})


def without(db: Session, vault: Vault, ticket: Ticket, text: str, *, there: bool = False) -> str:
    """The text as those may read it who are never told who reported a ticket. ``there``: they go to its place."""
    place = case.where(db, ticket)
    if there and place:
        return place.join(without(db, vault, ticket, part) for part in text.split(place))
    bare = nameless(text.replace(place, discreet_place(place)) if place else text)
    said = [words_of(vault, db.get(Body, number)) for number in _bodies(db, ticket)]
    names = {name for words in said for name in names_said(words)} | _names(db, vault, ticket)
    for name in sorted(names, key=len, reverse=True):
        if len(name) >= SHORTEST and name not in place:
            bare = bare.replace(name, MASK)
    rooms = {room for words in said for room in _rooms(words)} - {str(ticket.number)}
    return ROOM.sub(lambda found: MASK if found[0] in rooms else found[0], bare)


def by_whom(db: Session, vault: Vault, ticket: Ticket, fact: Fact, *, hidden: bool) -> str:
    """Who of the staff did what stands in the history. ``hidden``: but not whoever reported it as a neighbour, or
    joined."""
    staff = db.get(Staff, fact.staff_id) if fact.staff_id is not None else None
    if staff is None or not hidden:
        return directory.name_of(vault, staff)
    for_another = ticket.source in (PATROL, PROXY) and any(Role(post.role) not in NEIGHBOURS for post in staff.posts)
    members: list[int | None] = [member.account_id for member in tickets.members(db, ticket)]
    return directory.name_of(vault, staff) if for_another or fact.account_id not in members else ""


def steps(db: Session, ticket: Ticket, now: datetime) -> Iterator[tuple[Fact, str]]:
    """What happened, each with its name; reminders of the clock one after the other are one."""
    for kind, rows in groupby(facts.of_ticket(db, ticket.id), key=lambda fact: fact.kind):
        found = list(rows)
        if kind == FactKind.LATE and len(found) > 1:
            yield found[0], history.LATE_AGAIN.format(count=len(found), last=when(found[-1].at, now))
        else:
            yield from ((fact, _named(fact)) for fact in found)


def _named(fact: Fact) -> str:
    why = history.ERASED.get(str(fact.data.get("why"))) if fact.kind == FactKind.ERASED else None
    return history.FACTS[fact.kind] if why is None else history.BECAUSE.format(what=history.FACTS[fact.kind], why=why)


def _bodies(db: Session, ticket: Ticket) -> Iterator[int]:
    """What the reporter wrote."""
    if ticket.words_id is not None:
        yield ticket.words_id
    for fact in facts.of_ticket(db, ticket.id):
        if fact.kind in SAID and fact.body_id is not None:
            yield fact.body_id


def _rooms(words: str) -> set[str]:
    """The numbers that are a door in these words: in somebody else's they may stand alone."""
    left = set(ROOM.findall(nameless(words)))
    return {room for room in ROOM.findall(words) if room not in left}


def _names(db: Session, vault: Vault, ticket: Ticket) -> set[str]:
    """How those are called who reported it or joined: in the book and on the platform."""
    return {name for member in tickets.members(db, ticket) for name in _called(db, vault, member.account_id)}


def _called(db: Session, vault: Vault, account_id: int) -> Iterator[str]:
    account = db.get_one(Account, account_id)
    if account.shown_name:
        yield vault.open(account.shown_name, "accounts.shown_name", account.ref)
    resident = db.get(Resident, account.resident_id) if account.resident_id is not None else None
    if resident is not None:
        yield households.name_of(vault, resident)
