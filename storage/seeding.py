"""Fills an empty database with the invented neighbourhood, in bulk: 42,000 households in seconds.

Ids are given here (the database is empty), so that rows can refer to each other before they are written; the
sequences catch up at the end. Everything is drawn from one seeded generator: the same size gives the same people.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from random import Random
from typing import Any

from sqlalchemy import Connection, insert, text

from storage import invented
from storage.base import new_ref
from storage.people import Role, UnitKind
from storage.sequences import catch_up
from storage.tables import metadata
from storage.vault import Vault

HOUSEHOLDS = 900
BUILDING_GROUPS = 8  # beside one group an estate
HOUSEHOLDS_AN_ESTATE = 190  # as in a county of 41,858 households and 223 estates
LAYOUTS = ((2, 6, 2), (1, 11, 2), (2, 6, 2), (4, 5, 1), (2, 6, 2))  # entrances, floors, rooms a floor
BOUND, IN_A_GROUP = 0.70, 0.15  # shares of households with an account, and with only a group
ELDERLY = 0.08
WRITE_ORDER = (
    "channel_accounts",
    "units",
    "buildings",
    "groups",
    "households",
    "residents",
    "staff",
    "posts",
    "accounts",
    "desks",
)
BATCH = 5000  # rows a statement


@dataclass(slots=True)
class Seeded:
    """What was made."""

    estates: int
    buildings: int
    households: int
    staff: int
    groups: int
    accounts: int


@dataclass(slots=True)
class _Plan:
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


def fill(
    connection: Connection,
    vault: Vault,
    households: int | None = None,
    groups: int | None = None,
    *,
    sample: bool = False,
) -> Seeded:
    """Writes the neighbourhood. ``sample`` adds the accounts of the playground's people.

    The caller has made sure that the database is empty, and commits.
    """
    plan = _Plan(vault, sample)
    wanted = households or HOUSEHOLDS
    _people_the_places(plan, wanted, groups)
    plan.rows["channel_accounts"] = [
        {"door": invented.DOOR, "channel": "memory", "name": invented.read()["door"], "enabled": True}
    ]
    _write(connection, plan)
    return Seeded(
        estates=sum(unit["kind"] == UnitKind.ESTATE for unit in plan.rows["units"]),
        **{name: len(plan.rows[name]) for name in ("buildings", "households", "staff", "groups", "accounts")},
    )


def _people_the_places(plan: _Plan, wanted: int, groups: int | None) -> None:
    layouts = _layouts(wanted)
    communities = invented.communities(max(6, math.ceil(wanted / HOUSEHOLDS_AN_ESTATE)))
    street = _street(plan)
    estates = [estate for community in communities for estate in _community(plan, community, street)]
    each, more = divmod(len(layouts), len(estates))
    for place, estate in enumerate(estates):
        for number in range(1, each + (place < more) + 1):
            _building(plan, estate, number)
    _residents_groups(plan, estates, groups)
    _households(plan, layouts, wanted)
    _staff(plan, communities)


@dataclass(frozen=True, slots=True)
class _Placed:
    """An estate with the ids of its units."""

    known: invented.Estate
    id: int
    community_id: int


def _layouts(wanted: int) -> list[tuple[int, int, int]]:
    layouts: list[tuple[int, int, int]] = []
    rooms = 0
    while rooms < wanted:
        layouts.append(LAYOUTS[len(layouts) % len(LAYOUTS)])
        rooms += math.prod(layouts[-1])
    return layouts


def _street(plan: _Plan) -> int:
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


def _community(plan: _Plan, community: invented.Community, street: int) -> list[_Placed]:
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
        placed.append(_Placed(estate, below, own))
    return placed


def _building(plan: _Plan, estate: _Placed, number: int) -> None:
    plan.add(
        "buildings",
        estate_id=estate.id,
        name=invented.building_name(number),
        nicknames=invented.read()["words"]["building_nicknames"].format(number=number),
    )


def _group(
    plan: _Plan, chat: str, name: str, kind: str, unit: int, building: int | None = None, place: str | None = None
) -> int:
    return plan.add(
        "groups", door=invented.DOOR, chat=chat, name=name, kind=kind, unit_id=unit, building_id=building, place=place
    )


def _residents_groups(plan: _Plan, estates: list[_Placed], wanted: int | None) -> None:
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


def _households(plan: _Plan, layouts: list[tuple[int, int, int]], wanted: int) -> None:
    units = plan.rows["units"]
    group_of = {
        group["unit_id"]: group["id"] for group in reversed(plan.rows["groups"]) if group["kind"] == "residents"
    }
    cast = _cast_by_room(plan)
    for building, (entrances, floors, rooms) in zip(plan.rows["buildings"], layouts, strict=True):
        estate = building["estate_id"]
        grid = units[units[estate - 1]["parent_id"] - 1]
        for index in range(min(entrances * floors * rooms, wanted - len(plan.rows["households"]))):
            entrance, place = divmod(index, floors * rooms)
            floor, room = divmod(place, rooms)
            key = (building["id"], str(entrance + 1), f"{floor + 1}{room + 1:02}")
            _household(plan, key, estate, grid["parent_id"], group_of.get(estate), cast.get(key))


def _cast_by_room(plan: _Plan) -> dict[tuple[int, str, str], invented.CastResident]:
    """The playground's residents by building id (the first estate's come first), entrance and room."""
    if not plan.sample:
        return {}
    return {(who.building, who.entrance, who.room): who for who in invented.residents()}


def _household(
    plan: _Plan,
    key: tuple[int, str, str],
    estate: int,
    community: int,
    group: int | None,
    cast: invented.CastResident | None,
) -> None:
    chance = plan.chance
    way = 0.0 if cast else chance.random()
    name = invented.person_name(chance)
    number = len(plan.rows["households"]) + 1
    plan.add(
        "households",
        building_id=key[0],
        entrance=key[1],
        room=key[2],
        estate_id=estate,
        community_id=community,
        group_id=group if BOUND <= way < BOUND + IN_A_GROUP else None,
        tags=cast.tags if cast else ("elderly" if chance.random() < ELDERLY else None),
    )
    resident = _resident(plan, number, cast.name if cast else name)
    if way < BOUND:
        _account(plan, cast.address if cast else f"resident-{number:06}", resident_id=resident)


def _resident(plan: _Plan, number: int, name: str) -> int:
    ref, phone = new_ref(), f"100{number:08}"
    return plan.add(
        "residents",
        ref=ref,
        household_id=number,
        name=plan.sealed("residents", "name", ref, name),
        phone=plan.sealed("residents", "phone", ref, phone),
        phone_hash=plan.vault.lookup(phone),
    )


def _account(plan: _Plan, address: str, resident_id: int | None = None, staff_id: int | None = None) -> None:
    ref = new_ref()
    plan.add(
        "accounts",
        ref=ref,
        door=invented.DOOR,
        address=plan.sealed("accounts", "address", ref, address),
        address_hash=plan.vault.lookup(f"{invented.DOOR}:{address}"),
        resident_id=resident_id,
        staff_id=staff_id,
        follows=True,
    )


def _staff(plan: _Plan, communities: list[invented.Community]) -> None:
    listed = invented.staff()
    for member in listed:
        _member(plan, member)
    manned = {unit for member in listed for unit, _ in member.posts}
    posts = [(community.name, Role.COMMUNITY) for community in communities]
    for community in communities:
        for estate in community.estates:
            posts += [(estate.grid, Role.GRID_WORKER), (estate.property, Role.PROPERTY)]
    for unit, role in posts:
        if unit not in manned:
            number = len(plan.rows["staff"]) + 1
            name = invented.person_name(plan.chance)
            _member(plan, invented.StaffMember(name, f"staff-{number:04}", False, ((unit, role),)))


def _member(plan: _Plan, member: invented.StaffMember) -> None:
    ref, number = new_ref(), len(plan.rows["staff"]) + 1
    staff = plan.add(
        "staff",
        ref=ref,
        name=plan.sealed("staff", "name", ref, member.name),
        phone=plan.sealed("staff", "phone", ref, f"1009{number:07}"),
        active=True,
    )
    for unit, role in member.posts:
        plan.add("posts", staff_id=staff, unit_id=plan.unit_ids[unit], role=role)
    if plan.sample:
        _account(plan, member.address, staff_id=staff)


def _write(connection: Connection, plan: _Plan) -> None:
    for name in WRITE_ORDER:
        rows = plan.rows[name]
        for start in range(0, len(rows), BATCH):
            connection.execute(insert(metadata.tables[name]), rows[start : start + BATCH])
    connection.execute(text("UPDATE households SET contact_id = id"))  # one resident a household, with the same number
    catch_up(connection, metadata.tables)
