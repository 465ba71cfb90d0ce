"""The ladder of ways: by which account and in which form something can be said to a person now.

This chat, then the person's other accounts, then a form the platform fills in (a template, only to the reporter about
their own ticket), then what costs money. Below the last rung is the state ``no_way``: counted, shown to staff, and
said at the person's next word.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, select, update
from sqlalchemy.orm import Session

from bot.channels.base import Abilities, Channel, Way
from handlers.message import Card
from storage import persons
from storage.base import new_ref
from storage.inserts import insert_one
from storage.outbox import Outbox, OutboxState
from storage.people import Account
from storage.tickets import Ticket
from storage.vault import Vault

NO_ACCOUNT = "no account"
CANNOT_SPEAK = "the channel cannot speak unasked"
FORMS: tuple[Way, ...] = ("template", "subscribe")


@dataclass(frozen=True, slots=True)
class Rung:
    """One way to one person."""

    account: Account
    way: Way = "message"


@dataclass(frozen=True, slots=True)
class Ladder:
    """The doors as they are now. ``down`` are those that somebody has to mend. ``wall`` is wall time."""

    channels: Mapping[str, Channel]
    wall: datetime
    down: frozenset[str] = frozenset()

    def abilities(self, door: str | None) -> Abilities | None:
        """What a door can do now; None for one that cannot speak at all."""
        channel = self.channels.get(door or "")
        if channel is None or channel.abilities.speaks != "now" or door in self.down:
            return None
        return channel.abilities

    def rungs(self, accounts: Sequence[Account], *, urgent: bool, form: bool) -> list[Rung]:
        """Every way to a person that is open now, the best first. ``accounts`` stand in the order of preference.

        What costs money is for emergencies; and for residents who have nothing else. Staff are to have the app.
        """
        able = [(row, found) for row in accounts if row.follows and (found := self.abilities(row.door)) is not None]
        free = [Rung(row) for row, found in able if not _paid(found) and self.open(row, found)]
        forms = [Rung(row, way) for row, found in able if form for way in FORMS if way in found.ways]
        only_paid = all(_paid(found) and row.staff_id is None for row, found in able)
        paid = [Rung(row) for row, found in able if _paid(found) and (urgent or (only_paid and not found.aloud))]
        return [*free, *forms, *paid]

    def plain(self, account: Account) -> bool:
        """Whether this account can be written to now, at no cost."""
        found = self.abilities(account.door)
        return found is not None and not _paid(found) and account.follows and self.open(account, found)

    def open(self, account: Account, abilities: Abilities) -> bool:
        """Whether the platform lets us speak to this person now."""
        if account.with_person_until is not None and account.with_person_until > self.wall:
            return False
        if not abilities.windows:
            return True
        return account.window_until is not None and account.window_until > self.wall and account.window_left > 0


def _paid(abilities: Abilities) -> bool:
    return abilities.costs or abilities.aloud


def spend(db: Session, account: Account, wall: datetime, messages: int = 1) -> bool:
    """Takes messages off the person's window, all that are left where they are fewer. False: there is none left."""
    rest = case((Account.window_left > messages, Account.window_left - messages), else_=0)
    taken = db.execute(
        update(Account)
        .where(Account.id == account.id, Account.window_until > wall, Account.window_left > 0)
        .values(window_left=rest)
        .returning(Account.id)
    )
    return taken.scalar_one_or_none() is not None


def is_own_ticket(db: Session, account: Account, ticket_id: int | None) -> bool:
    """Whether this is news of a ticket to the very person who reported it: templates are for nothing else."""
    reporter = db.scalar(select(Ticket.reporter_id).where(Ticket.id == ticket_id)) if ticket_id is not None else None
    return reporter is not None and persons.same(db, reporter, account.id)


def next_way(db: Session, vault: Vault, ladder: Ladder, row: Outbox) -> Outbox | None:
    """The same words by the next way that was not tried yet, as a row of its own; None below the last rung."""
    if row.account_id is None or row.way not in ("message", *FORMS):
        return None
    account = db.get_one(Account, row.account_id)
    before = list(_before(db, row))
    tried = {(one.account_id, one.way) for one in (*before, *besides(db, row))}
    form = is_own_ticket(db, account, row.ticket_id)
    for rung in ladder.rungs(persons.accounts_of(db, account), urgent=row.urgent, form=form):
        if (rung.account.id, rung.way) not in tried:
            return _copy(db, vault, row, rung, len(before), ladder.wall)
    return None


def besides(db: Session, row: Outbox) -> Sequence[Outbox]:
    """The rows by which an emergency goes to the same person by their other accounts at the same time."""
    if not row.urgent or row.account_id is None:
        return ()
    base = list(_before(db, row))[-1].name.rpartition(">")[0]
    others = persons.ids_of(db, db.get_one(Account, row.account_id)) - {row.account_id}
    names = [f"{base}>a:{number}"[:160] for number in sorted(others)]
    return db.scalars(select(Outbox).where(Outbox.name.in_(names))).all() if names else ()


def _before(db: Session, row: Outbox) -> Iterator[Outbox]:
    """The row and those whose way failed before it."""
    one: Outbox | None = row
    while one is not None:
        yield one
        one = db.get(Outbox, one.fallback_of_id) if one.fallback_of_id is not None else None


def _copy(db: Session, vault: Vault, row: Outbox, rung: Rung, number: int, wall: datetime) -> Outbox | None:
    ref = new_ref()
    text = vault.open(row.text, "outbox.text", row.ref) if row.text else ""
    card = Card.from_json(row.card) if row.card and rung.way == "message" else None
    root = row.name.rpartition("+")[0] if row.fallback_of_id is not None else row.name
    name = f"{root[:155]}+{number}"
    if db.scalar(select(Outbox.id).where(Outbox.name == name)) is not None:
        return None  # somebody else stepped on at the same time
    copied = {
        "ref": ref,
        "name": name,
        "queue": row.queue,
        "urgent": row.urgent,
        "account_id": rung.account.id,
        "address": f"a:{rung.account.id}",
        "ticket_id": row.ticket_id,
        "inbox_id": row.inbox_id,
        "text": vault.seal(text, "outbox.text", ref),
        "card": row.card,
        "media_id": row.media_id,
        "way": rung.way,
        "together": together(rung.account.door, text, card, row.media_id),
        "state": OutboxState.WAITING,
        "created_at": row.created_at,
        "next_try_at": wall,
        "tries": 0,
        "fallback_of_id": row.id,
    }
    return db.get_one(Outbox, insert_one(db, Outbox, copied))


def together(door: str, text: str, card: Card | None, media_id: int | None) -> str | None:
    """The mark of rows that one call may carry: the same words, card and picture through the same door.

    Only a card is worth one call for many people: it can be changed for all of them at once.
    """
    if card is None:
        return None
    parts = (door, text, repr(card), str(media_id))
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=16).hexdigest()
