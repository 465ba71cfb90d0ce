"""The register's front doors, and who is reached behind them: what a line says is written, what no line says stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from storage.base import new_ref
from storage.people import Building, Household, Resident, Unit, UnitKind
from storage.registering import Line, Tally, meant, portioned, tree_of
from storage.vault import Vault

PORTION = 1_000  # doors in one transaction: a tenth of a second
BATCH = 5_000  # rows a statement
Door = tuple[int, str, str]  # building, entrance, room


def portions(lines: Sequence[Line]) -> list[list[Line]]:
    """The lines as they may be written one after another: house by house."""
    ordered = sorted(lines, key=_house)
    return portioned((list(one) for _, one in groupby(ordered, _house)), PORTION)


def _house(line: Line) -> tuple[str, str]:
    return line["estate"], line["building"]


def write_doors(db: Session, vault: Vault, lines: Sequence[Line]) -> Tally:
    """Front doors, and who is reached behind them where nobody is known yet. Whoever is known keeps what they gave
    themselves: a list from a drawer is older than that."""
    doors = _doors(db, lines)
    if doors.tally.faults:
        return doors.tally
    known = _known(db, {key[0] for key in doors.said})
    fresh = [key for key in doors.said if key not in known]
    rows = [_row(doors, key) for key in fresh]
    for start in range(0, len(rows), BATCH):
        db.execute(insert(Household), rows[start : start + BATCH])
    known = known if not fresh else _known(db, {key[0] for key in doors.said})
    reached = _reached(db, vault, {known[key]: line for key, line in doors.said.items()})
    new = frozenset(fresh)
    for key, line in doors.said.items():
        household = known[key]
        tagged = key not in new and "tags" in line.fields and household.tags != (line["tags"] or None)
        if tagged:
            household.tags = line["tags"] or None
        doors.tally.count(new=key in new, changed=tagged or household.id in reached)
    db.flush()
    return doors.tally


@dataclass(slots=True)
class _Doors:
    said: dict[Door, Line]
    estates: dict[int, Unit]  # by building
    communities: dict[int, int]  # by estate
    tally: Tally


def _doors(db: Session, lines: Sequence[Line]) -> _Doors:
    tree, found = tree_of(db), _Doors({}, {}, {}, Tally())
    buildings = {(one.estate_id, one.name): one.id for one in db.scalars(select(Building))}
    estates: dict[str, Unit | None] = {}
    for line in lines:
        if line["estate"] not in estates:
            estates[line["estate"]] = meant(tree, line, "estate", (UnitKind.ESTATE,), found.tally)
        estate = estates[line["estate"]]
        if estate is None:
            continue
        building = buildings.get((estate.id, line["building"]))
        if building is None:
            found.tally.faults.append(line.fault(f"{estate.name} has no building called {line['building']}"))
            continue
        key = (building, line["entrance"], line["room"])
        if (before := found.said.setdefault(key, line)) is not line:
            found.tally.faults.append(line.fault(f"the same door stands in line {before.number}"))
        found.estates[building] = estate
        community = next((unit for unit in tree.up(estate) if unit.kind == UnitKind.COMMUNITY), None)
        if community is None:
            found.tally.faults.append(line.fault(f"{estate.name} is in no community"))
            continue
        found.communities[estate.id] = community.id
    return found


def _row(doors: _Doors, key: Door) -> dict[str, object]:
    building, entrance, room = key
    estate = doors.estates[building].id
    where = {"building_id": building, "estate_id": estate, "community_id": doors.communities[estate]}
    return {**where, "entrance": entrance, "room": room, "tags": doors.said[key]["tags"] or None}


def _known(db: Session, buildings: set[int]) -> dict[Door, Household]:
    rows = db.scalars(select(Household).where(Household.building_id.in_(buildings)))
    return {(row.building_id, row.entrance, row.room): row for row in rows}


def _reached(db: Session, vault: Vault, told: Mapping[Household, Line]) -> frozenset[int]:
    """Adds whom a line names behind a door where nobody is known; answers those doors."""
    named = {home: line for home, line in told.items() if line["name"] or line["phone"]}
    empty = {home.id: home for home in named if home.contact_id is None}
    rows = [_resident(vault, home.id, told[home]) for home in empty.values()]
    for start in range(0, len(rows), BATCH):
        db.execute(insert(Resident), rows[start : start + BATCH])
    if empty:
        houses = {home.building_id for home in empty.values()}
        living = select(Resident.id, Household.id).join(Household, Household.id == Resident.household_id)
        of_houses = living.where(Household.building_id.in_(houses)).order_by(Resident.id.desc())
        for number, home_id in db.execute(of_houses):
            if home_id in empty:
                empty[home_id].contact_id = number
    return frozenset(empty)


def _resident(vault: Vault, household_id: int, line: Line) -> dict[str, object]:
    ref, name, phone = new_ref(), line["name"], line["phone"]
    return {
        "ref": ref,
        "household_id": household_id,
        "name": vault.seal(name, "residents.name", ref) if name else None,
        "phone": vault.seal(phone, "residents.phone", ref) if phone else None,
        "phone_hash": vault.lookup(phone) if phone else None,
    }
