"""Fills an empty database with the invented neighbourhood, in bulk: 42,000 households in seconds.

Ids are given here (the database is empty), so that rows can refer to each other before they are written; the
sequences catch up at the end. Everything is drawn from one seeded generator: the same size gives the same people.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from sqlalchemy import Connection, insert, text

from storage import invented, map_state
from storage.base import new_ref
from storage.invented_places import Plan, add_building, add_community, add_residents_groups, add_street
from storage.people import Role, UnitKind
from storage.sequences import catch_up
from storage.tables import metadata
from storage.vault import Vault

HOUSEHOLDS = 900
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
    plan = Plan(vault, sample)
    wanted = households or HOUSEHOLDS
    _people_the_places(plan, wanted, groups)
    plan.rows["channel_accounts"] = [
        {"door": invented.DOOR, "channel": "memory", "name": invented.read()["door"], "enabled": True}
    ]
    _write(connection, plan)
    map_state.change(connection)
    return Seeded(
        estates=sum(unit["kind"] == UnitKind.ESTATE for unit in plan.rows["units"]),
        **{name: len(plan.rows[name]) for name in ("buildings", "households", "staff", "groups", "accounts")},
    )


def _people_the_places(plan: Plan, wanted: int, groups: int | None) -> None:
    layouts = _layouts(wanted)
    communities = invented.communities(max(6, math.ceil(wanted / HOUSEHOLDS_AN_ESTATE)))
    street = add_street(plan)
    estates = [estate for community in communities for estate in add_community(plan, community, street)]
    each, more = divmod(len(layouts), len(estates))
    for place, estate in enumerate(estates):
        for number in range(1, each + (place < more) + 1):
            add_building(plan, estate, number)
    add_residents_groups(plan, estates, groups)
    _households(plan, layouts, wanted)
    _staff(plan, communities)


def _layouts(wanted: int) -> list[tuple[int, int, int]]:
    layouts: list[tuple[int, int, int]] = []
    rooms = 0
    while rooms < wanted:
        layouts.append(LAYOUTS[len(layouts) % len(LAYOUTS)])
        rooms += math.prod(layouts[-1])
    return layouts


def _households(plan: Plan, layouts: list[tuple[int, int, int]], wanted: int) -> None:
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


def _cast_by_room(plan: Plan) -> dict[tuple[int, str, str], invented.CastResident]:
    """The playground's residents by building id (the first estate's come first), entrance and room."""
    if not plan.sample:
        return {}
    return {(who.building, who.entrance, who.room): who for who in invented.residents()}


def _household(
    plan: Plan,
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


def _resident(plan: Plan, number: int, name: str) -> int:
    ref, phone = new_ref(), f"100{number:08}"
    return plan.add(
        "residents",
        ref=ref,
        household_id=number,
        name=plan.sealed("residents", "name", ref, name),
        phone=plan.sealed("residents", "phone", ref, phone),
        phone_hash=plan.vault.lookup(phone),
    )


def _account(plan: Plan, address: str, resident_id: int | None = None, staff_id: int | None = None) -> None:
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


def _staff(plan: Plan, communities: list[invented.Community]) -> None:
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


def _member(plan: Plan, member: invented.StaffMember) -> None:
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


def _write(connection: Connection, plan: Plan) -> None:
    for name in WRITE_ORDER:
        rows = plan.rows[name]
        for start in range(0, len(rows), BATCH):
            connection.execute(insert(metadata.tables[name]), rows[start : start + BATCH])
    connection.execute(text("UPDATE households SET contact_id = id"))  # one resident a household, with the same number
    catch_up(connection, metadata.tables)
