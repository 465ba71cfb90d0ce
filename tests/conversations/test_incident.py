"""The same trouble told in several chats: one incident, of which everybody hears; undone, it is two again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.scratch import DOOR
from storage import tickets
from storage.base import new_ref
from storage.facts import Fact, FactKind
from storage.people import Account, Building, Group, Household, Resident, Unit, UnitKind
from tests.conversations.stage import OFFICE, RESIDENTS, Stage, to

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
        db.add(Group(door=DOOR, chat=name, name=name, kind="residents", mode="direct", unit_id=home.id, place=home.name))


def live_in(town: Stage, building: str, people: Iterable[str]) -> None:
    """These people live in a building, each behind a door of their own."""
    with town.app.writing() as db:
        home = db.scalars(select(Unit).where(Unit.kind == UnitKind.ESTATE)).first()
        assert home is not None and home.parent_id is not None
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


@pytest.fixture
def two(town: Stage) -> Stage:
    """One outage, told in two groups."""
    group(town, SECOND)
    town.say("王阿姨", DRY, RESIDENTS)
    return town


# --- told in another group


def test_an_outage_told_in_two_groups_is_one_incident(two: Stage) -> None:
    two.wait(minutes=20)
    said = two.say("李婶", "咋回事啊，5号楼水龙头没水了", SECOND)
    assert to(said, SECOND) == [LINE]
    assert not any(name in (OFFICE, "小赵") and "新工单" in text for name, text in said)
    assert (two.ticket(2).status, led_by(two, 2)) == ("merged", 1)
    [fact] = facts(two, 2, FactKind.MERGED)
    assert fact["into"] == 1
    assert {"category:utilities", "subject:water", "place:beside", "minutes:20"} <= set(fact["because"])  # type: ignore[call-overload]
    assert facts(two, 1, FactKind.MERGED)[0]["from"] == 2
    two.say("小赵", "接单 1")
    said = two.say("小赵", "进展 1 水厂在抢修")
    assert to(said, "李婶") == to(said, "王阿姨") == ["您报的 1 号正在处理：水厂在抢修"]
    said = two.say("小赵", "办结 1 已恢复供水")
    assert to(said, "李婶") == to(said, "王阿姨") != []
    said = two.say("王阿姨", "好了")
    assert any("1 号" in text for text in to(said, "李婶"))


def test_neighbours_of_the_second_group_join_what_was_merged(two: Stage) -> None:
    two.say("李婶", "5号楼水龙头没水了", SECOND)
    said = two.say("老周", "我家也是", SECOND)
    assert to(said, "老周") == ["已并入 1 号，同样会通知您。"]
    two.say("小赵", "接单 1")
    assert to(two.say("小赵", "进展 1 在修"), "老周") == ["您报的 1 号正在处理：在修"]
