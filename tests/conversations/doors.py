"""Front doors of the small neighbourhood: who lives where, and what the database says of it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from handlers.message import Kind
from storage.base import new_ref
from storage.people import Account, Building, Claim, Household, Resident, Unit, UnitKind
from tests.conversations.stage import ESTATE, Stage


@dataclass
class Doors:
    """Building 3 of the estate, with some households."""

    town: Stage

    def __post_init__(self) -> None:
        with self.town.app.writing() as db:
            estate = db.scalars(select(Unit).where(Unit.name == ESTATE)).one()
            building = Building(estate_id=estate.id, name="3号楼", nicknames="3栋 3幢")
            db.add(building)
            db.flush()
            self.estate_id, self.building_id, self.community_id = estate.id, building.id, estate.parent_id
        self.zhang = self.household("2", "501", "张桂兰")
        self.empty = self.household("1", "302")

    def household(self, entrance: str, room: str, *names: str) -> int:
        """A door with people whose names the book knows."""
        with self.town.app.writing() as db:
            home = Household(
                building_id=self.building_id,
                estate_id=self.estate_id,
                community_id=self.community_id or 0,
                entrance=entrance,
                room=room,
            )
            db.add(home)
            db.flush()
            for name in names:
                ref = new_ref()
                sealed = self.town.app.vault.seal(name, "residents.name", ref)
                db.add(Resident(ref=ref, household_id=home.id, name=sealed))
            return home.id

    def estate(self, name: str) -> int:
        """Another estate of the same community, without a grid worker of its own."""
        with self.town.app.writing() as db:
            above = db.get_one(Unit, self.community_id)
            unit = Unit(parent_id=above.id, kind=UnitKind.ESTATE, name=name)
            db.add(unit)
            db.flush()
            unit.path = f"{above.path}{unit.id}/"
            return unit.id

    def account(self, name: str) -> Account:
        with self.town.app.reading() as db:
            hashed = self.town.app.vault.lookup(f"memory:replay:{name}")
            return db.scalars(select(Account).where(Account.address_hash == hashed)).one()

    def home_of(self, name: str) -> int | None:
        """The household that somebody's account is bound to."""
        account = self.account(name)
        with self.town.app.reading() as db:
            resident = db.get(Resident, account.resident_id) if account.resident_id is not None else None
            return resident.household_id if resident is not None else None

    def claims(self) -> list[Claim]:
        with self.town.app.reading() as db:
            return list(db.scalars(select(Claim).order_by(Claim.id)))

    def arrive(self, name: str, scene: str, event: str = "scan") -> list[tuple[str, str]]:
        """Somebody scans a QR code."""
        return self.town.send(name, Kind.EVENT, event=event, data={"scene": scene})
