"""The register's people: whoever stands in a file holds exactly the posts that stand there; others keep theirs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage import phone_accounts
from storage.base import new_ref
from storage.people import Building, Household, Post, Staff, Unit
from storage.registering import Line, Tally, Tree, meant, portioned, tree_of
from storage.vault import Vault

PORTION = 200  # lines in one transaction
BATCH = 5_000  # people a question


@dataclass(slots=True)
class _Member:
    """Somebody as the lines say: all posts that they hold, or that they work here no longer."""

    line: Line
    posts: set[tuple[int, str]]
    active: bool


class Roll:
    """Everybody who works here, by name. Names are sealed: each is opened once, however often one looks."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._named: dict[str, list[int]] = defaultdict(list)
        self._last = 0

    def called(self, db: Session, names: Set[str]) -> Mapping[str, Sequence[Staff]]:
        """Those of these names, with their posts."""
        for row in db.execute(select(Staff.id, Staff.ref, Staff.name).where(Staff.id > self._last).order_by(Staff.id)):
            self._named[self._vault.open(row.name, "staff.name", row.ref)].append(row.id)
            self._last = row.id
        wanted = [number for name in names for number in self._named.get(name, ())]
        found: dict[int, Staff] = {}
        for start in range(0, len(wanted), BATCH):
            people = select(Staff).where(Staff.id.in_(wanted[start : start + BATCH]))
            found |= {row.id: row for row in db.scalars(people)}
        return {name: [found[number] for number in self._named.get(name, ())] for name in names}


def portions(lines: Sequence[Line]) -> list[list[Line]]:
    """The lines as they may be written one after another: all of one name together."""
    ordered = sorted(lines, key=lambda line: line["name"])
    return portioned((list(one) for _, one in groupby(ordered, lambda line: line["name"])), PORTION)


def write_staff(db: Session, vault: Vault, lines: Sequence[Line], roll: Roll | None = None) -> Tally:
    """Who works where, a line a post. Whoever stands in the file holds exactly the posts that stand there."""
    tally = Tally()
    members = _members(db, lines, tally)
    known = (roll or Roll(vault)).called(db, {name for name, _ in members})
    for (name, _), member in members.items():
        found = _meant(vault, known[name], member.line)
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


def _meant(vault: Vault, named: Sequence[Staff], line: Line) -> list[Staff]:
    """Those of this name who may be meant: with the same number, else with the former one, else with none; without a
    number, all."""
    numbers = [line[column] for column in ("phone", "former_phone") if line[column]]
    if not numbers:
        return list(named)
    phones = [_phone(vault, row) for row in named]
    having = ([row for row, own in zip(named, phones, strict=True) if own == number] for number in (*numbers, ""))
    return next(filter(None, having), [])


def _phone(vault: Vault, staff: Staff) -> str:
    return vault.open(staff.phone, "staff.phone", staff.ref) if staff.phone else ""


def _write_member(db: Session, vault: Vault, member: _Member, known: Staff | None, tally: Tally) -> None:
    staff, phone = known or _new(vault, member), member.line["phone"]
    changed = staff.active != member.active
    staff.active = member.active
    own = _phone(vault, staff)
    if phone and (not own or (own != phone and member.line["former_phone"])):
        if known is not None:
            phone_accounts.let_go(db, vault, staff_id=known.id)  # calls and SMS go to the new one
        staff.phone, changed = vault.seal(phone, "staff.phone", staff.ref), True
    if member.posts or member.active:
        changed |= _posts(db, staff, member.posts)
    db.add(staff)
    tally.count(new=known is None, changed=changed)


def _new(vault: Vault, member: _Member) -> Staff:
    ref = new_ref()
    return Staff(ref=ref, name=vault.seal(member.line["name"], "staff.name", ref), active=member.active, posts=[])


def _posts(db: Session, staff: Staff, wanted: set[tuple[int, str]]) -> bool:
    held = {(post.unit_id, post.role): post for post in staff.posts}
    for gone in held.keys() - wanted:
        db.delete(held[gone])
    staff.posts += [Post(unit_id=unit_id, role=role) for unit_id, role in sorted(wanted - held.keys())]
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
