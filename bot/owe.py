"""Turns what handlers want said into rows that are owed: finds the way to each person, names each effect once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.channels.base import Channel
from handlers.message import Card, DeskOf, Here, InGroup, Member, Person, Reply
from handlers.rules.privacy import discreet, discreet_place
from handlers.wording.desk import CARD_PLACE
from storage import directory
from storage.base import new_ref
from storage.conflict import insert_new
from storage.outbox import Outbox, OutboxState
from storage.people import Account, Group
from storage.streets import Chat, streets_of
from storage.vault import Vault

NO_ACCOUNT = "no account"
CANNOT_SPEAK = "the channel cannot speak unasked"
CATCH_UP = timedelta(days=7)  # how long news that had no way waits for the person to say something


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a message came from: what ``Here`` means. None for what the clock says."""

    key: str
    inbox_id: int
    account: Account
    group: Group | None


@dataclass(frozen=True, slots=True)
class Target:
    """One address of a reply."""

    account: Account | None
    group: Group | Chat | None
    address: str

    @property
    def door(self) -> str | None:
        if self.group is not None:
            return self.group.door
        return self.account.door if self.account is not None else None


@dataclass(frozen=True, slots=True)
class Desk:
    """What writing a row needs."""

    db: Session
    vault: Vault
    channels: Mapping[str, Channel]
    now: datetime
    wall: datetime

    def speaks(self, door: str | None) -> bool:
        """Whether this door can say something unasked."""
        channel = self.channels.get(door or "")
        return channel is not None and channel.abilities.speaks == "now"


def owe(desk: Desk, replies: Sequence[Reply], origin: Origin | None) -> int:
    """Writes a row for every address; names that exist already change nothing. Returns how many wait to be sent."""
    rows = [
        _row(desk, reply, target, origin, number)
        for number, reply in enumerate(replies)
        for target in _targets(desk, reply, origin)
    ]
    if rows:
        insert_new(desk.db, Outbox, rows, "name")
    return sum(row["state"] == OutboxState.WAITING for row in rows)


def _row(desk: Desk, reply: Reply, target: Target, origin: Origin | None, number: int) -> dict[str, object]:
    base = reply.name or (f"re:{origin.key}:{number}" if origin is not None else new_ref())
    ref = new_ref()
    in_group = target.group is not None
    card = reply.card if reply.card is None or not in_group else _discreet_card(reply.card)
    text = discreet(reply.in_group or reply.text) if in_group else reply.text
    state, reason = _first_state(desk, target)
    return {
        "ref": ref,
        "name": f"{base}>{target.address}"[:160],
        "queue": "replies",
        "urgent": reply.urgent,
        "account_id": target.account.id if target.account is not None else None,
        "group_id": target.group.id if target.group is not None else None,
        "address": target.address,
        "ticket_id": reply.ticket_id,
        "inbox_id": origin.inbox_id if origin is not None else None,
        "text": desk.vault.seal(text, "outbox.text", ref),
        "card": card.as_json() if card is not None else None,
        "media_id": reply.media_id,
        "state": state,
        "reason": reason,
        "created_at": desk.now,
        "next_try_at": desk.wall,
        "tries": 0,
    }


def _first_state(desk: Desk, target: Target) -> tuple[OutboxState, str | None]:
    if target.account is None and target.group is None:
        return OutboxState.NO_WAY, NO_ACCOUNT
    if desk.speaks(target.door):
        return OutboxState.WAITING, None
    _expect(desk, target)
    return OutboxState.NO_WAY, CANNOT_SPEAK


def _expect(desk: Desk, target: Target) -> None:
    """Whatever this person says next is answered with the news. Written seldom: many batches may want the same row."""
    account, channel = target.account, desk.channels.get(target.door or "")
    if account is None or channel is None or not channel.abilities.inline:
        return
    if account.attentive_until is None or account.attentive_until < desk.now + CATCH_UP:
        account.attentive_until = desk.now + CATCH_UP * 1.5


def _discreet_card(card: Card) -> Card:
    """Where a group reads it: the building, never the room."""
    fields = ((name, discreet_place(value) if name == CARD_PLACE else discreet(value)) for name, value in card.fields)
    return replace(card, fields=tuple(fields))


def _targets(desk: Desk, reply: Reply, origin: Origin | None) -> Iterator[Target]:
    match reply.to:
        case Here():
            if origin is not None:
                yield _here(origin)
        case Person(account_id):
            yield _person(desk, desk.db.get_one(Account, account_id))
        case Member(staff_id):
            yield _member(desk, staff_id)
        case InGroup(group_id):
            yield _in_group(desk.db.get_one(Group, group_id))
        case DeskOf(unit_id):
            yield from _desk(desk, unit_id)


def _here(origin: Origin) -> Target:
    if origin.group is not None:
        return _in_group(origin.group)
    return Target(origin.account, None, f"a:{origin.account.id}")


def _in_group(group: Group | Chat) -> Target:
    return Target(None, group, f"g:{group.id}")


def _person(desk: Desk, account: Account) -> Target:
    """The ladder of ways: this account, else another one of the same person that can be spoken to."""
    best = next((row for row in (account, *_others(desk, account)) if desk.speaks(row.door)), account)
    return Target(best, None, f"a:{best.id}")


def _others(desk: Desk, account: Account) -> Sequence[Account]:
    if account.resident_id is None:
        return ()
    same = select(Account).where(Account.resident_id == account.resident_id, Account.follows, Account.id != account.id)
    return desk.db.scalars(same.order_by(Account.id)).all()


def _member(desk: Desk, staff_id: int) -> Target:
    return _best(desk, staff_id, directory.accounts_of_staff(desk.db, staff_id))


def _best(desk: Desk, staff_id: int, accounts: Sequence[Account]) -> Target:
    best = next((row for row in accounts if desk.speaks(row.door)), accounts[0] if accounts else None)
    return Target(best, None, f"a:{best.id}" if best is not None else f"s:{staff_id}")


def _desk(desk: Desk, unit_id: int) -> Iterator[Target]:
    """The desk's staff group, and everybody of the desk in private; an empty desk's work goes one level up."""
    streets = streets_of(desk.db)
    group = streets.staff_group(unit_id)
    if group is not None:
        yield _in_group(group)
    people = streets.staff_at_or_above(unit_id)
    accounts = directory.accounts_of_all(desk.db, people)
    for staff_id in people:
        yield _best(desk, staff_id, accounts[staff_id])
