"""Turns what handlers want said into rows that are owed: finds the way to each person, names each effect once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot import ladder, shown, veil
from bot.channels.base import Channel, Way
from bot.ladder import CANNOT_SPEAK, NO_ACCOUNT, Ladder, Rung
from handlers.message import Card, CardsOf, DeskOf, Here, InGroup, Member, MessagesOf, Person, Reply
from handlers.rosters import on_duty
from handlers.rules.privacy import discreet
from storage import directory, persons, presence
from storage.base import new_ref
from storage.candidates import SHADOW
from storage.conflict import insert_new
from storage.outbox import Outbox, OutboxState
from storage.people import Account, Group
from storage.streets import Chat, streets_of
from storage.tickets import Ticket
from storage.vault import Vault

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
    way: Way | None = "message"  # None: there is none now
    code: str | None = None  # of a card that is changed
    together: str | None = None

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
    down: frozenset[str] = frozenset()  # doors that somebody has to mend

    @property
    def ladder(self) -> Ladder:
        """The doors as they are now."""
        return Ladder(self.channels, self.wall, self.down)

    @property
    def fills_forms(self) -> bool:
        """Whether any door has templates: without one nobody needs to know whose ticket it is."""
        return any(channel.abilities.ways.intersection(ladder.FORMS) for channel in self.channels.values())


def owe(desk: Desk, replies: Sequence[Reply], origin: Origin | None) -> int:
    """Writes a row for every address; names that exist already change nothing. Returns how many wait to be sent."""
    rows = [
        _row(desk, reply, target, origin, name)
        for number, reply in enumerate(replies)
        for name in (reply.name or (f"re:{origin.key}:{number}" if origin is not None else new_ref()),)
        for target in _targets(desk, reply, origin)
    ]
    if rows:
        insert_new(desk.db, Outbox, rows, "name")
    return sum(row["state"] == OutboxState.WAITING for row in rows)


def _row(desk: Desk, reply: Reply, target: Target, origin: Origin | None, name: str) -> dict[str, object]:
    ref = new_ref()
    in_group = target.group is not None
    name = (in_group and reply.group_name) or name
    text, card = _as_read(desk, reply, target)
    state, reason = _first_state(desk, target)
    return {
        "ref": ref,
        "name": f"{name}>{target.address}"[:160],
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
        "way": target.way or "message",
        "together": target.together or _together(target, text, card, reply.media_id),
        "code": desk.vault.seal(target.code, "outbox.code", ref) if target.code is not None else None,
        "state": OutboxState.HELD if reply.hold else state,
        "reason": reason,
        "created_at": desk.now,
        "next_try_at": _when(desk, target),
        "tries": 0,
    }


def _as_read(desk: Desk, reply: Reply, target: Target) -> tuple[str, Card | None]:
    """The words and the card as a group reads them, or this person."""
    if target.group is None:
        return veil.for_reader(desk.db, desk.vault, reply, reply.text, target.account)
    text = reply.in_group or reply.text
    card = veil.without_rooms(reply.card) if reply.card is not None else None
    return text if reply.as_written else discreet(text), card


def _when(desk: Desk, target: Target) -> datetime:
    """At once; or when the person of the staff who talks to them on the platform has surely gone."""
    account = target.account
    if account is None or target.way is not None or account.with_person_until is None:
        return desk.wall
    return max(desk.wall, account.with_person_until)


def _together(target: Target, text: str, card: Card | None, media_id: int | None) -> str | None:
    if target.account is None or target.way not in (None, "message"):
        return None
    return ladder.together(target.account.door, text, card, media_id)


def _first_state(desk: Desk, target: Target) -> tuple[OutboxState, str | None]:
    if target.account is None and target.group is None:
        return OutboxState.NO_WAY, NO_ACCOUNT
    if target.way is not None and (target.account is not None or _speaks_in_groups(desk, target)):
        return OutboxState.WAITING, None
    if target.account is not None:
        if _waits_for_its_turn(desk, target.account):
            return OutboxState.WAITING, None
        expect(desk, target.account)
    return OutboxState.NO_WAY, CANNOT_SPEAK


def _waits_for_its_turn(desk: Desk, account: Account) -> bool:
    """Whether only the talk that somebody of the staff has with them is in the way: two must not speak at once."""
    until, found = account.with_person_until, desk.ladder.abilities(account.door)
    if until is None or until <= desk.wall or found is None or not account.follows:
        return False
    return replace(desk.ladder, wall=until).open(account, found)


def _speaks_in_groups(desk: Desk, target: Target) -> bool:
    return desk.ladder.abilities(target.door) is not None


def expect(desk: Desk, account: Account) -> None:
    """Whatever this person says next, by whatever account, is answered with the news. Written seldom: many batches may
    want the same row."""
    for one in persons.accounts_of(desk.db, account):
        channel = desk.channels.get(one.door)
        hears = channel is not None and (channel.abilities.inline or channel.abilities.windows)
        if hears and (one.attentive_until is None or one.attentive_until < desk.now + CATCH_UP):
            one.attentive_until = desk.now + CATCH_UP * 1.5


def _targets(desk: Desk, reply: Reply, origin: Origin | None) -> Iterator[Target]:
    match reply.to:
        case Here():
            if origin is not None:
                yield from _here(desk, origin, reply)
        case Person(account_id):
            yield _person(desk, desk.db.get_one(Account, account_id), reply)
        case Member() as who:
            yield from _staff(desk, who, reply)
        case InGroup(group_id):
            yield from _aloud(desk.db.get_one(Group, group_id))
        case DeskOf(unit_id):
            yield from _desk(desk, unit_id, reply)
        case CardsOf() | MessagesOf() as before:
            yield from _shown(desk, before)


def _here(desk: Desk, origin: Origin, reply: Reply) -> Iterator[Target]:
    if reply.way != "message":
        able = desk.ladder.abilities(origin.account.door)
        if origin.group is None and able is not None and reply.way in able.ways:
            yield Target(origin.account, None, f"a:{origin.account.id}", reply.way, reply.code)
    elif origin.group is not None:
        yield from _aloud(origin.group)
    else:
        yield _person(desk, origin.account, reply)


def _aloud(group: Group) -> Iterator[Target]:
    """In a group that is only listened to nothing is ever said, whatever was opened there before."""
    if group.mode != SHADOW or group.kind == "staff":
        yield _in_group(group)


def _in_group(group: Group | Chat) -> Target:
    return Target(None, group, f"g:{group.id}")


def _person(desk: Desk, account: Account, reply: Reply) -> Target:
    """The best way to a person that is open now; the account itself where there is none."""
    if desk.ladder.plain(account):
        return Target(account, None, f"a:{account.id}")  # the usual case asks the database nothing
    accounts = persons.accounts_of(desk.db, account)
    form = desk.fills_forms and ladder.is_own_ticket(desk.db, account, reply.ticket_id)
    return _first(_rungs(desk, accounts, urgent=reply.urgent, form=form), account)


def _rungs(desk: Desk, accounts: Sequence[Account], *, urgent: bool, form: bool) -> list[Rung]:
    """What only a broken door could say waits for its mending: it is no reason to say it never."""
    now = desk.ladder.rungs(accounts, urgent=urgent, form=form)
    return now or replace(desk.ladder, down=frozenset()).rungs(accounts, urgent=urgent, form=form)


def _first(rungs: Sequence[Rung], otherwise: Account) -> Target:
    best = rungs[0] if rungs else None
    account = best.account if best is not None else otherwise
    return Target(account, None, f"a:{account.id}", best.way if best is not None else None)


def _staff(desk: Desk, who: Member, reply: Reply) -> Iterator[Target]:
    """News of a ticket for somebody who is away goes to whoever stands in for them, or else to its desk."""
    people = [who.staff_id]
    here = who.in_person or reply.ticket_id is None
    if not here and presence.presence_of(desk.db, desk.now).away(who.staff_id, desk.now) is not None:
        ticket = desk.db.get_one(Ticket, reply.ticket_id)
        people = on_duty.instead_of(desk.db, who.staff_id, ticket.desk_id, desk.now)
    for person in people:
        yield from _member(desk, person, directory.accounts_of_staff(desk.db, person), reply)


def _member(desk: Desk, staff_id: int, accounts: Sequence[Account], reply: Reply) -> Iterator[Target]:
    """Staff by their best way; in an emergency by every way they have, aloud too."""
    if not accounts:
        yield Target(None, None, f"s:{staff_id}", None)
        return
    rungs = _rungs(desk, accounts, urgent=reply.urgent, form=False)
    if not reply.aloud:
        rungs = [rung for rung in rungs if not desk.channels[rung.account.door].abilities.aloud]
    if not reply.urgent or not rungs:
        yield _first(rungs, accounts[0])
        return
    for rung in rungs:
        yield Target(rung.account, None, f"a:{rung.account.id}", rung.way)


def _desk(desk: Desk, unit_id: int, reply: Reply) -> Iterator[Target]:
    """The desk's staff group, and everybody of the desk in private, substitutes for who is away; the work of a desk
    where nobody is goes one level up."""
    streets = streets_of(desk.db)
    group = streets.staff_group(unit_id)
    if group is not None:
        yield _in_group(group)
    people = presence.desk_people(desk.db, unit_id, desk.now)
    accounts = directory.accounts_of_all(desk.db, people)
    for staff_id in people:
        yield from _member(desk, staff_id, accounts[staff_id], reply)


def _shown(desk: Desk, what: CardsOf | MessagesOf) -> Iterator[Target]:
    """What was shown before is changed or taken back."""
    if isinstance(what, CardsOf):
        found = shown.cards(desk.db, desk.vault, desk.ladder, what.ticket_id)
    else:
        found = shown.messages(desk.db, desk.ladder, what.ticket_id, desk.now)
    for one in found:
        yield Target(one.account, None, one.address, one.way, one.code, one.together)
