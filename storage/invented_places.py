"""The places of the invented neighbourhood as rows: units, desks, buildings and groups, with ids given here."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from random import Random
from typing import Any

from storage import invented
from storage.people import UnitKind
from storage.vault import Vault

BUILDING_GROUPS = 8  # beside one group an estate


@dataclass(slots=True)
class Plan:
    """Rows to be written, with their ids."""

    vault: Vault
    sample: bool
    chance: Random = field(default_factory=lambda: Random(20260302))
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    unit_ids: dict[str, int] = field(default_factory=dict)

    def add(self, table: str, **values: Any) -> int:
        rows = self.rows[table]
        rows.append({"id": len(rows) + 1, **values})
        return len(rows)

    def unit(self, kind: UnitKind, name: str, parent: int | None, **values: Any) -> int:
        units = self.rows["units"]
        above = units[parent - 1]["path"] if parent else "/"
        columns = {"function": None, "phone": None, "hours": None, "area": None, "nicknames": None, "grid_id": None}
        own = self.add("units", kind=kind, name=name, parent_id=parent, **(columns | values))
        units[own - 1]["path"] = f"{above}{own}/"
        self.unit_ids[name] = own
        return own

    def sealed(self, table: str, column: str, ref: str, value: str) -> str:
        return self.vault.seal(value, f"{table}.{column}", ref)


@dataclass(frozen=True, slots=True)
class Placed:
    """An estate with the ids of its units."""

    known: invented.Estate
    id: int
    community_id: int


def add_street(plan: Plan) -> int:
    known, departments = invented.read()["street"], invented.read()["departments"]
    street = plan.unit(UnitKind.STREET, known["name"], None, phone=known["phone"], hours=known["hours"])
    for entry in departments["list"]:
        plan.unit(
            UnitKind.DEPARTMENT,
            entry["name"],
            street,
            function=entry["function"],
            phone=entry["phone"],
            hours=departments["hours"],
        )
    for row in invented.read()["desks"]:
        for category in row["categories"]:
            plan.add(
                "desks",
                unit_id=street,
                area=row["area"],
                category=category,
                desk_kind=row["desk_kind"],
                desk_function=row.get("desk_function"),
            )
    return street


def add_community(plan: Plan, community: invented.Community, street: int) -> list[Placed]:
    words = invented.read()["words"]
    own = plan.unit(UnitKind.COMMUNITY, community.name, street, phone=community.phone, hours=words["office_hours"])
    _group(plan, community.chat, community.group, "staff", own)
    placed = []
    for estate in community.estates:
        # The grid stands above its estate, so that its workers reach what happens there.
        grid = plan.unit(UnitKind.GRID, estate.grid, own, phone=community.phone, hours=words["office_hours"])
        below = plan.unit(
            UnitKind.ESTATE, estate.name, grid, area=words["area"], nicknames=estate.nicknames, grid_id=grid
        )
        number = len(plan.rows["units"])
        plan.unit(UnitKind.PROPERTY, estate.property, below, phone=f"000-557{number:04}", hours=words["property_hours"])
        placed.append(Placed(estate, below, own))
    return placed


def add_building(plan: Plan, estate: Placed, number: int) -> None:
    plan.add(
        "buildings",
        estate_id=estate.id,
        name=invented.building_name(number),
        nicknames=invented.read()["words"]["building_nicknames"].format(number=number),
    )


def _group(
    plan: Plan, chat: str, name: str, kind: str, unit: int, building: int | None = None, place: str | None = None
) -> int:
    where = {"unit_id": unit, "building_id": building, "place": place}
    return plan.add("groups", door=invented.DOOR, chat=chat, name=name, kind=kind, mode="direct", **where)


def add_residents_groups(plan: Plan, estates: list[Placed], wanted: int | None) -> None:
    """One group an estate, then one a building, each estate in turn, until there are as many as ``wanted``."""
    left = len(estates) + BUILDING_GROUPS if wanted is None else wanted
    for estate in estates[:left]:
        _group(plan, estate.known.chat, estate.known.group, "residents", estate.id, place=estate.known.name)
    left = max(left - len(estates), 0)
    by_id = {estate.id: estate.known for estate in estates}
    pattern = invented.read()["words"]["building_group"]
    in_turn = sorted(
        plan.rows["buildings"], key=lambda building: (len(building["name"]), building["name"], building["id"])
    )
    for building in in_turn[:left]:
        known = by_id[building["estate_id"]]
        _group(
            plan,
            f"{known.chat}-{building['id']}",
            pattern.format(estate=known.nicknames.split()[0], building=building["name"]),
            "residents",
            building["estate_id"],
            building["id"],
            known.name + building["name"],
        )
