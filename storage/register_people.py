"""The register's front doors and people: what a line says is written, what no line says stays as it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from storage import phone_accounts
from storage.base import new_ref
from storage.people import Building, Household, Post, Resident, Staff, Unit, UnitKind
from storage.registering import Line, Tally, Tree, meant, tree_of
from storage.vault import Vault

BATCH = 5_000  # rows a statement
Door = tuple[int, str, str]  # building, entrance, room


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
    reached = _reached(db, vault, [(known[key], line) for key, line in doors.said.items()])
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
    rows = (row for row in db.scalars(select(Household)) if row.building_id in buildings)
    return {(row.building_id, row.entrance, row.room): row for row in rows}


def _reached(db: Session, vault: Vault, told: Sequence[tuple[Household, Line]]) -> frozenset[int]:
    """Adds whom a line names behind a door where nobody is known; answers those doors."""
    empty = [(home, line) for home, line in told if home.contact_id is None and (line["name"] or line["phone"])]
    rows = [_resident(vault, home.id, line) for home, line in empty]
    for start in range(0, len(rows), BATCH):
        db.execute(insert(Resident), rows[start : start + BATCH])
    homes = {home.id: home for home, _ in empty}
    if homes:
        living = select(Resident.id, Resident.household_id).where(Resident.household_id.is_not(None))
        for number, home in db.execute(living.order_by(Resident.id.desc())):
            if home in homes:
                homes[home].contact_id = number
    return frozenset(homes)


def _resident(vault: Vault, household_id: int, line: Line) -> dict[str, object]:
    ref, name, phone = new_ref(), line["name"], line["phone"]
    return {
        "ref": ref,
        "household_id": household_id,
        "name": vault.seal(name, "residents.name", ref) if name else None,
        "phone": vault.seal(phone, "residents.phone", ref) if phone else None,
        "phone_hash": vault.lookup(phone) if phone else None,
    }


# --- who works here


@dataclass(slots=True)
class _Member:
    """Somebody as the lines say: all posts that they hold, or that they work here no longer."""

    line: Line
    posts: set[tuple[int, str]]
    active: bool


def write_staff(db: Session, vault: Vault, lines: Sequence[Line]) -> Tally:
    """Who works where, a line a post. Whoever stands in the file holds exactly the posts that stand there."""
    tally = Tally()
    members = _members(db, lines, tally)
    known: dict[str, list[Staff]] = defaultdict(list)
    for row in db.scalars(select(Staff).order_by(Staff.id)):
        known[vault.open(row.name, "staff.name", row.ref)].append(row)
    for (name, _), member in members.items():
        found = _same(vault, known[name], member.line["former_phone"] or member.line["phone"])
        if len(found) > 1:
            tally.faults.append(member.line.fault(f"several people are called {name}: write the telephone number, too"))
        elif not found and member.line["former_phone"]:
            tally.faults.append(member.line.fault(f"nobody called {name} has had this number"))
        elif not tally.faults:
            if known[name] and not found:
                tally.notes.append(member.line.fault(f"another {name} with another number works here: two people"))
            _write_member(db, vault, member, found[0] if found else None, tally)
    db.flush()
    return tally


def _members(db: Session, lines: Sequence[Line], tally: Tally) -> Mapping[tuple[str, str], _Member]:
    tree, found = tree_of(db), dict[tuple[str, str], _Member]()
    for line in lines:
        member = found.setdefault((line["name"], line["phone"]), _Member(line, set(), line["active"] != "no"))
        if member.active != (line["active"] != "no"):
            tally.faults.append(
                line.fault(f"line {member.line.number} says otherwise whether {line['name']} works here")
            )
        if not member.active and not line["unit"]:
            continue
        unit = meant(tree, line, "unit", (), tally)
        if unit is not None and (unit.id, line["role"]) in member.posts:
            tally.faults.append(line.fault("the same post stands in the file twice"))
        if unit is not None:
            member.posts.add((unit.id, line["role"]))
    return found


def _same(vault: Vault, named: Sequence[Staff], phone: str) -> list[Staff]:
    """Those of this name who may be meant: with the same number, else with none, else, without a number, all."""
    phones = [vault.open(row.phone, "staff.phone", row.ref) if row.phone else "" for row in named]
    if not phone:
        return list(named)
    same = [row for row, own in zip(named, phones, strict=True) if own == phone]
    return same or [row for row, own in zip(named, phones, strict=True) if not own]


def _write_member(db: Session, vault: Vault, member: _Member, known: Staff | None, tally: Tally) -> None:
    staff, phone = known, member.line["phone"]
    if staff is None:
        ref = new_ref()
        staff = Staff(ref=ref, name=vault.seal(member.line["name"], "staff.name", ref), active=member.active)
        db.add(staff)
        db.flush()
    changed = staff.active != member.active
    staff.active = member.active
    if phone and (not staff.phone or member.line["former_phone"]):
        phone_accounts.let_go(db, vault, staff_id=staff.id)  # calls and SMS go to the new one
        staff.phone, changed = vault.seal(phone, "staff.phone", staff.ref), True
    if member.posts or member.active:
        changed |= _posts(db, staff, member.posts)
    tally.count(new=known is None, changed=changed)


def _posts(db: Session, staff: Staff, wanted: set[tuple[int, str]]) -> bool:
    held = {(post.unit_id, post.role): post for post in db.scalars(select(Post).where(Post.staff_id == staff.id))}
    for gone in held.keys() - wanted:
        db.delete(held[gone])
    for unit_id, role in sorted(wanted - held.keys()):
        db.add(Post(staff_id=staff.id, unit_id=unit_id, role=role))
    return held.keys() != wanted


def people(
    db: Session,
) -> tuple[Tree, Sequence[tuple[Household, Building, Unit]], Sequence[tuple[Staff, Post | None]]]:
    """All units, front doors with their building and estate, and everybody with each of their posts, to write out."""
    doors = select(Household, Building, Unit).join(Building, Building.id == Household.building_id)
    doors = doors.join(Unit, Unit.id == Household.estate_id)
    posts = select(Staff, Post).outerjoin(Post, Post.staff_id == Staff.id)
    return (
        tree_of(db),
        [(home, building, estate) for home, building, estate in db.execute(doors.order_by(Household.id))],
        [(staff, post) for staff, post in db.execute(posts.order_by(Staff.id, Post.id))],
    )
