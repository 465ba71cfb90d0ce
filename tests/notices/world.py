"""A small street for tests of notices, and the people who speak in it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from bot import notice_doors
from bot.bell import SilentBell
from bot.channels.base import Outcome, Outgoing
from bot.channels.memory import MemoryChannel
from bot.moments import ManualClock
from bot.settings import Settings
from bot.wiring import App
from handlers import conversation  # noqa: F401 - declares every command
from handlers.context import Context
from handlers.message import Incoming, Kind, Reply
from handlers.notice import notice_dialogue, notice_words
from handlers.orders import Order, as_typed, parse
from handlers.permissions import ChatKind, Who, may
from handlers.registry import COMMANDS
from nlp.normalise import normalise
from nlp.reading import Reading
from storage.engine import open_engine
from storage.inbox import Inbox
from storage.notice_letting import Hour
from storage.notices import Ledger, Notice
from storage.people import Account, Building, Group, Household, Post, Resident, Role, Staff, Unit, UnitKind
from storage.vault import Vault

START = datetime(2026, 3, 5, 1, 12, tzinfo=UTC)  # a Thursday, 09:12 in Shanghai
DOOR = "memory:sample"
FOREVER = timedelta(days=36500)
TALK = Reading(False, "low", 0.0, None, None, (), None, (), (), frozenset(), ())


@dataclass
class Sink:
    """What arrived. ``faults`` are raised by the next sends, in order; None lets one through."""

    calls: list[list[Outgoing]] = field(default_factory=list)
    faults: list[Exception | None] = field(default_factory=list)
    outcomes: list[Sequence[Outcome]] = field(default_factory=list)

    def __call__(self, batch: Sequence[Outgoing]) -> Sequence[Outcome]:
        self.calls.append(list(batch))
        fault = self.faults.pop(0) if self.faults else None
        if fault is not None:
            raise fault
        return self.outcomes.pop(0) if self.outcomes else [Outcome("sent") for _ in batch]

    @property
    def messages(self) -> list[Outgoing]:
        """Everything that was sent, in order."""
        return [message for call in self.calls for message in call]


def channel(sink: Sink, door: str = DOOR, *, knows_keys: timedelta | None = FOREVER, batch: int = 100) -> MemoryChannel:
    """The memory channel, as forgetful as a test wants it."""
    made = MemoryChannel(sink, door)
    made.abilities = replace(made.abilities, idempotent_for=knows_keys, batch=batch)
    return made


@dataclass
class World:
    """A running program with an empty or filled street."""

    app: App
    clock: ManualClock
    sink: Sink

    def households(self, count: int, *, street: str = "杏花街道", communities: int = 3, door: str = DOOR) -> Unit:
        """A street with households spread evenly; every tenth has no way, by turns for different reasons."""
        with self.app.writing() as db:
            return fill(db, self.app.vault, count, street, communities, door)

    def account(self, household: int, door: str, address: str, **more: object) -> int:
        """Another account of the nth household's contact."""
        with self.app.writing() as db:
            made = add_account(db, self.app.vault, address, door=door, resident_id=household)
            for name, value in more.items():
                setattr(made, name, value)
            return made.id

    def confirmed(self, households: int, number: int = 1, admin: Person | None = None) -> Person:
        """A notice that is ready to go to everybody."""
        admin = admin or self.member_of_street()
        admin.says("通知 明天洗水箱，请提前备水")
        admin.says(f"确认发送 {number} {households}户")
        return admin

    def member_of_street(self) -> Person:
        """An administrator of the street."""
        return self.member(Role.ADMIN, self.unit(UnitKind.STREET))

    def reached_by(self) -> dict[str, int]:
        """Households by the door that they are reached by now."""
        with self.app.reading() as db:
            rows = db.execute(
                select(Account.door, func.count()).join(Ledger, Ledger.account_id == Account.id).group_by(Account.door)
            )
            return dict(rows.all())

    def member(self, role: Role, unit: Unit, name: str = "王敏") -> Person:
        """Somebody with a role in a unit, and an account."""
        with self.app.writing() as db:
            vault = self.app.vault
            staff = Staff(ref=f"staff-{unit.id}-{role}-{name}", name="")
            staff.name = vault.seal(name, "staff.name", staff.ref)
            db.add(staff)
            db.flush()
            db.add(Post(staff_id=staff.id, unit_id=unit.id, role=role))
            account = add_account(db, vault, f"staff-{staff.id}", staff_id=staff.id)
            db.flush()
            return Person(self, account.id)

    def resident(self, room: int = 1) -> Person:
        """The contact of the nth household that has an account."""
        with self.app.reading() as db:
            ids = db.scalars(select(Account.id).where(Account.resident_id.is_not(None)).order_by(Account.id)).all()
            return Person(self, ids[room - 1])

    def unit(self, kind: UnitKind, nth: int = 1) -> Unit:
        """The nth unit of a kind."""
        with self.app.reading() as db:
            return db.scalars(select(Unit).where(Unit.kind == kind).order_by(Unit.id)).all()[nth - 1]

    def notice(self, number: int = 1) -> Notice:
        """A notice as it stands."""
        with self.app.reading() as db:
            return db.scalars(select(Notice).where(Notice.number == number)).one()

    def states(self) -> dict[str, int]:
        """Ledger rows by state, over all notices."""
        with self.app.reading() as db:
            rows = db.execute(select(Ledger.state, func.count()).group_by(Ledger.state))
            return dict(rows.all())

    @property
    def hour(self) -> Hour:
        """The moment as notices see it."""
        with self.app.reading() as db:
            return notice_doors.hour_of(self.app, db)

    def pass_time(self, span: timedelta) -> None:
        """Both clocks move."""
        self.clock.at += span


@dataclass
class Person:
    """Speaks in private with the bot."""

    world: World
    account_id: int
    said: int = 0

    def says(self, text: str) -> str:
        """What the bot answers; several messages are separated by a line."""
        return "\n----\n".join(reply.text for reply in self._replies(text))

    def receives(self, text: str) -> list[Reply] | None:
        """Says a word that may answer a notice."""
        with self.world.app.writing() as db:
            answered = notice_words.confirm_by_word(self._incoming(text), self._context(db, text))
            return None if answered is None else list(answered)

    def _replies(self, text: str) -> list[Reply]:
        with self.world.app.writing() as db:
            return self._answer(db, self._incoming(text))

    def told(self, text: str) -> list[Reply]:
        """Every reply to what this person says, also those to others."""
        return self._replies(text)

    def sends(self, kind: Kind, media: str, text: str = "") -> str:
        """Sends a picture or a recording that is stored already."""
        with self.world.app.writing() as db:
            incoming = replace(self._incoming(text), kind=kind, media=media)
            return "\n----\n".join(reply.text for reply in self._answer(db, incoming))

    def presses(self, action: str, number: int) -> list[Reply]:
        """Taps a button of a card."""
        with self.world.app.writing() as db:
            pressed = replace(self._incoming(""), kind=Kind.PRESS, event=action, data={"ticket": str(number)})
            order = Order(action, (number,), tapped=True)
            ctx = self._context(db, "")
            assert may(ctx.who, action, ChatKind.PRIVATE), action
            return list(COMMANDS[action](pressed, ctx, order))

    def _answer(self, db: Session, incoming: Incoming) -> list[Reply]:
        ctx = self._context(db, incoming.text)
        answered = notice_dialogue.answered(incoming, ctx)
        if answered is not None:
            return list(answered)
        order = parse(ctx.words)
        assert order is not None, incoming.text
        assert may(ctx.who, order.command, ChatKind.PRIVATE), order.command
        as_said = replace(order, rest=as_typed(incoming.text, order.rest))
        return list(COMMANDS[order.command](incoming, ctx, as_said))

    def _incoming(self, text: str) -> Incoming:
        self.said += 1
        now = self.world.clock.at
        return Incoming(f"in:{self.account_id}:{self.said}", DOOR, "someone", None, Kind.TEXT, now, now, text=text)

    def _context(self, db: Session, text: str) -> Context:
        account = db.get_one(Account, self.account_id)
        staff = db.get(Staff, account.staff_id) if account.staff_id else None
        return Context(
            db=db,
            now=self.world.clock.at,
            vault=self.world.app.vault,
            policy=self.world.app.policy,
            public_url=self.world.app.settings.public_url,
            who=Who(account, staff),
            inbox=Inbox(),
            reading=TALK,
            words=normalise(text),
            doors=self.world.app.speaking_doors(),
            notice_doors=lambda: notice_doors.doors_of(self.world.app),
        )


def add_account(
    db: Session,
    vault: Vault,
    address: str,
    *,
    door: str = DOOR,
    resident_id: int | None = None,
    staff_id: int | None = None,
) -> Account:
    """An account with a sealed address."""
    account = Account(
        ref=f"account-{door}-{address}"[:32],
        door=door,
        address_hash=vault.lookup(f"{door}:{address}"),
        resident_id=resident_id,
        staff_id=staff_id,
    )
    account.address = vault.seal(address, "accounts.address", account.ref)
    db.add(account)
    db.flush()
    return account


def fill(db: Session, vault: Vault, count: int, street: str, communities: int, way: str = DOOR) -> Unit:
    """The street, in bulk. Every tenth household is unbound, in a group only, or behind a mute door, by turns."""
    top = _unit(db, UnitKind.STREET, street, None)
    group = Group(door=DOOR, chat=f"chat-{street}", name="群")
    db.add(group)
    db.flush()
    estates = []
    for nth in range(communities):
        community = _unit(db, UnitKind.COMMUNITY, f"{street[:2]}{nth + 1}社区", top)
        estate = _unit(db, UnitKind.ESTATE, f"{street[:2]}{nth + 1}小区", community)
        building = Building(estate_id=estate.id, name="1 栋")
        db.add(building)
        db.flush()
        estates.append((community.id, estate.id, building.id))
    first = (db.scalar(select(func.max(Resident.id))) or 0) + 1
    households, residents, accounts = [], [], []
    for nth in range(count):
        row = first + nth
        community_id, estate_id, building_id = estates[nth % communities]
        lack = (nth // 10) % 3 if nth % 10 == 9 else None
        residents.append({"id": row, "ref": f"resident-{row}", "household_id": None})
        households.append(
            {
                "id": row,
                "building_id": building_id,
                "estate_id": estate_id,
                "community_id": community_id,
                "entrance": "1",
                "room": str(row),
                "contact_id": row,
                "group_id": group.id if lack == 1 else None,
            }
        )
        if lack in (None, 2):
            door = "oa:wx1" if lack == 2 else way
            ref = f"account-{row}"
            sealed = vault.seal(f"person-{row}", "accounts.address", ref)
            accounts.append(
                {"ref": ref, "door": door, "address": sealed, "address_hash": f"hash-{row}", "resident_id": row}
            )
    for table, rows in ((Resident, residents), (Household, households), (Account, accounts)):
        if rows:
            db.execute(insert(table), rows)
    return top


def _unit(db: Session, kind: UnitKind, name: str, parent: Unit | None) -> Unit:
    unit = Unit(
        kind=kind, name=name, parent_id=parent.id if parent else None, phone="0571-0000 1234", hours="8:30–17:30"
    )
    db.add(unit)
    db.flush()
    unit.path = f"{parent.path if parent else '/'}{unit.id}/"
    db.flush()
    return unit


@contextlib.contextmanager
def running(settings: Settings) -> Iterator[World]:
    """The program over these settings, with one speaking door and one that may not speak unasked."""
    clock, sink = ManualClock(START), Sink()
    app = App(
        settings=settings,
        engine=open_engine(settings.database_url),
        vault=Vault(settings.secret_keys),
        clock=clock,
        bell=SilentBell(),
    )
    app.channels[DOOR] = channel(sink)
    # One person is enough here for any number of households; the tests of signatures set it anew.
    one_signs = replace(app.policy.notices, second_above=10**9)
    app.policy = replace(app.policy, notices=one_signs)
    try:
        yield World(app, clock, sink)
    finally:
        app.close()
