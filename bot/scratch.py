"""A deployment of its own for one chat log or one test: street, community, an estate with its grid, staff by role."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import event, inspect, select
from sqlalchemy.orm import Session

from bot.bell import SilentBell
from bot.channels.base import Outcome, Outgoing
from bot.channels.memory import MemoryChannel
from bot.moments import ManualClock
from bot.settings import Settings
from bot.wiring import App
from handlers.rules.routing import ANY
from storage import base
from storage.base import new_ref
from storage.engine import open_engine
from storage.people import Account, Building, Group, Household, Post, Resident, Role, Staff, Unit, UnitKind
from storage.tickets import Desk
from storage.vault import Vault

DOOR = "memory:replay"
ROLE = {"grid_worker": Role.GRID_WORKER, "community": Role.COMMUNITY, "admin": Role.PROPERTY}
UNIT = {Role.GRID_WORKER: "grid", Role.COMMUNITY: "community", Role.PROPERTY: "property"}
ENFORCED = ("encroachment", "security")


class Heard:
    """Collects what the bot said, in order."""

    def __init__(self) -> None:
        self.said: list[Outgoing] = []

    def __call__(self, batch: Sequence[Outgoing]) -> Sequence[Outcome]:
        self.said.extend(batch)
        return [Outcome("sent", platform_id=f"out:{message.key}") for message in batch]


def open_scratch(folder: Path, at: datetime, url: str | None = None) -> tuple[App, Heard]:
    """An empty deployment whose clock stands at ``at``, with one channel that remembers what was said."""
    settings = Settings(data=folder, secret_keys=(bytes(32),), database_url=url or f"sqlite:///{folder / 'scratch.db'}")
    engine = open_engine(settings.database_url, folder / "write")
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _forget_durability)
    if not inspect(engine).has_table(Unit.__tablename__):  # one question; to create what is there asks for every table
        base.metadata.create_all(engine)
    app = App(
        settings=settings,
        engine=engine,
        vault=Vault(settings.secret_keys),
        clock=ManualClock(at),
        bell=SilentBell(),
        strict=True,
    )
    heard = Heard()
    app.channels[DOOR] = MemoryChannel(heard, DOOR)
    return app, heard


def _forget_durability(connection: sqlite3.Connection, entry: object) -> None:
    """Nothing of a scratch deployment outlives its process: writes need not reach the disk."""
    connection.execute("PRAGMA synchronous = OFF")


class Neighbourhood:
    """The smallest tree that has a desk for everything: street over community over estate, grid and property."""

    def __init__(self, db: Session, vault: Vault, place: str) -> None:
        self.db, self.vault = db, vault
        street = self._unit(None, UnitKind.STREET, "street")
        self.units = {
            "street": street,
            "community": self._unit(street, UnitKind.COMMUNITY, "community"),
        }
        community = self.units["community"]
        self.units["grid"] = self._unit(community, UnitKind.GRID, "grid")
        self.units["property"] = self._unit(community, UnitKind.PROPERTY, "property")
        self.units["department"] = self._unit(street, UnitKind.DEPARTMENT, "department", function="urban")
        self.estate = self._unit(community, UnitKind.ESTATE, place or "estate")
        self.estate.grid_id = self.units["grid"].id
        self._desks(street)
        self.place = place
        self.building: Building | None = None

    def _unit(self, parent: Unit | None, kind: UnitKind, name: str, function: str | None = None) -> Unit:
        unit = Unit(parent_id=parent.id if parent is not None else None, kind=kind, name=name, function=function)
        self.db.add(unit)
        self.db.flush()
        unit.path = f"{parent.path if parent is not None else '/'}{unit.id}/"
        return unit

    def _desks(self, street: Unit) -> None:
        for category in ENFORCED:
            self.db.add(Desk(unit_id=street.id, area=ANY, category=category, desk_kind=UnitKind.DEPARTMENT))
        self.db.add(Desk(unit_id=street.id, area=ANY, category=ANY, desk_kind=UnitKind.GRID))

    def group(self, chat: str, kind: str = "residents") -> Group:
        """A group of this estate."""
        unit = self.units["community"] if kind == "staff" else self.estate
        where = {"unit_id": unit.id, "place": self.place or None}
        group = Group(door=DOOR, chat=chat, name=chat, kind=kind, mode="direct", **where)
        self.db.add(group)
        self.db.flush()
        return group

    def person(self, name: str, role: str) -> Account:
        """Somebody with an account; staff of the unit that fits their role."""
        found = self.db.scalars(
            select(Account).where(Account.address_hash == self.vault.lookup(f"{DOOR}:{name}"))
        ).one_or_none()
        if found is not None:
            return found
        ref = new_ref()
        account = Account(
            ref=ref,
            door=DOOR,
            address=self.vault.seal(name, "accounts.address", ref),
            address_hash=self.vault.lookup(f"{DOOR}:{name}"),
            shown_name=self.vault.seal(name, "accounts.shown_name", ref),
            staff_id=self._staff(name, ROLE[role]).id if role in ROLE else None,
            resident_id=None if role in ROLE else self._resident(name).id,
        )
        self.db.add(account)
        self.db.flush()
        return account

    def man_the_grid(self) -> None:
        """Where there is no grid worker, whoever of the staff is there does the grid's work and hears its reminders."""
        grid = self.units["grid"].id
        posts = self.db.scalars(select(Post)).all()
        if any(post.unit_id == grid for post in posts):
            return
        for post in posts:
            self.db.add(Post(staff_id=post.staff_id, unit_id=grid, role=Role.GRID_WORKER))
        self.db.flush()

    def _resident(self, name: str) -> Resident:
        """Everybody who is not staff lives in this estate, behind a door of their own."""
        if self.building is None:
            self.building = Building(estate_id=self.estate.id, name="1")
            self.db.add(self.building)
            self.db.flush()
        ref = new_ref()
        resident = Resident(ref=ref, name=self.vault.seal(name, "residents.name", ref))
        self.db.add(resident)
        self.db.flush()
        home = Household(
            building_id=self.building.id,
            estate_id=self.estate.id,
            community_id=self.units["community"].id,
            room=str(100 + resident.id),
            contact_id=resident.id,
        )
        self.db.add(home)
        self.db.flush()
        resident.household_id = home.id
        return resident

    def _staff(self, name: str, role: Role) -> Staff:
        ref = new_ref()
        staff = Staff(ref=ref, name=self.vault.seal(name, "staff.name", ref))
        self.db.add(staff)
        self.db.flush()
        self.db.add(Post(staff_id=staff.id, unit_id=self.units[UNIT[role]].id, role=role))
        self.db.flush()
        return staff
