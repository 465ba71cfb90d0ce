"""Several groups, several estates, and what became of what was told in them."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from bot.scratch import DOOR
from storage import tickets
from storage.facts import Fact, FactKind
from storage.people import Account, Building, Group, Household, Resident, Unit, UnitKind
from tests.conversations.stage import Stage

SECOND, THIRD, GARDEN = "梧桐里二期群", "梧桐里三期群", "桂花苑业主群"
DRY = "三号楼又停水了，一滴都没有"
LIFT = "五号楼的电梯停在那儿不动，门也打不开，半天了"
LINE = "收到，已并入 1 号一起办，同样会通知您。"


def group(town: Stage, name: str, estate: str | None = None) -> None:
    """Another group of the estate, or the first one of an estate beside it."""
    with town.app.writing() as db:
        home = db.scalars(select(Unit).where(Unit.kind == UnitKind.ESTATE)).first()
        assert home is not None
        if estate is not None:
            unit = Unit(parent_id=home.parent_id, kind=UnitKind.ESTATE, name=estate, grid_id=home.grid_id)
            db.add(unit)
            db.flush()
            unit.path = home.path.replace(f"/{home.id}/", f"/{unit.id}/")
            home = unit
        db.add(
            Group(door=DOOR, chat=name, name=name, kind="residents", mode="direct", unit_id=home.id, place=home.name)
        )


def live_in(town: Stage, building: str, people: Iterable[str]) -> None:
    """These people live in a building, each behind a door of their own."""
    with town.app.writing() as db:
        home = db.scalars(select(Unit).where(Unit.kind == UnitKind.ESTATE)).first()
        assert home is not None
        assert home.parent_id is not None
        row = Building(estate_id=home.id, name=building)
        db.add(row)
        db.flush()
        for number, name in enumerate(people, 101):
            where = {"estate_id": home.id, "community_id": home.parent_id, "room": str(number)}
            household = Household(building_id=row.id, **where)
            db.add(household)
            db.flush()
            hashed = town.app.vault.lookup(f"{DOOR}:{name}")
            account = db.scalars(select(Account).where(Account.address_hash == hashed)).one()
            db.get_one(Resident, account.resident_id).household_id = household.id


def facts(town: Stage, number: int, kind: FactKind) -> list[dict[str, object]]:
    with town.app.reading() as db:
        rows = db.scalars(select(Fact).where(Fact.ticket_id == town.ticket(number).id, Fact.kind == kind))
        return [fact.data for fact in rows.all()]


def led_by(town: Stage, number: int) -> int:
    with town.app.reading() as db:
        ticket = tickets.by_number(db, number)
        assert ticket is not None
        return tickets.lead(db, ticket).number
