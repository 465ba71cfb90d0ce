"""The map of the streets: units, desks, who sits where and which groups they read, as plain values.

Seldom changed, but asked many times for every report. It is read in one go and kept by the process for as long as it is
what the transaction itself may see (`storage.map_state`).
Permissions are not decided by it: they follow from the rows of the person who speaks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage import map_state
from storage.people import AT_NO_DESK, Group, Post, Staff, Unit, UnitKind
from storage.tickets import Desk

K = TypeVar("K")
V = TypeVar("V")

_UNITS = select(
    Unit.id, Unit.parent_id, Unit.kind, Unit.name, Unit.path, Unit.function, Unit.area, Unit.grid_id, Unit.nicknames
).order_by(Unit.id)
_DESKS = select(Desk.unit_id, Desk.area, Desk.category, Desk.desk_kind, Desk.desk_function)
_GROUPS = select(Group.unit_id, Group.id, Group.door, Group.kind).order_by(Group.id)
_STAFF = select(Post.unit_id, Staff.id).join(Staff, Staff.id == Post.staff_id).where(Staff.active)
_STAFF = _STAFF.where(Post.role.not_in(AT_NO_DESK)).distinct().order_by(Post.unit_id, Staff.id)
_ROLES = select(Post.staff_id, Post.role).distinct()


@dataclass(frozen=True, slots=True)
class Place:
    """A unit as the map shows it."""

    id: int
    parent_id: int | None
    kind: str
    name: str
    path: str
    function: str | None
    area: str | None
    grid_id: int | None
    nicknames: str | None = None

    def named_in(self, text: str) -> int:
        """How long the longest of its names is that stands in a text; 0 where none does."""
        names = (self.name, *(self.nicknames or "").split())
        return max((len(name) for name in names if name in text), default=0)


@dataclass(frozen=True, slots=True)
class DeskRow:
    """Who must accept, as the table of desks says it for one unit."""

    unit_id: int
    area: str
    category: str
    kind: str
    function: str | None


@dataclass(frozen=True, slots=True)
class Chat:
    """A staff group."""

    id: int
    door: str


class Streets:
    """The map. ``streets_of`` has it for a transaction."""

    def __init__(
        self,
        units: Iterable[Place],
        desks: Iterable[DeskRow],
        groups: Iterable[tuple[int | None, int, str, str]],
        staff: Iterable[tuple[int, int]],
        roles: Iterable[tuple[int, str]] = (),
    ) -> None:
        self._units = {unit.id: unit for unit in units}
        self._below = _gathered((unit.parent_id, unit) for unit in self._units.values())
        self._desks = _gathered((row.unit_id, row) for row in desks)
        self._staff = _gathered(staff)
        self._roles = {person: frozenset(held) for person, held in _gathered(roles).items()}
        groups = list(groups)
        self._groups = {unit: Chat(number, door) for unit, number, door, kind in groups if kind == "staff"}
        self._doors = {door for _, _, door, _ in groups}

    def unit(self, unit_id: int | None) -> Place | None:
        """A unit by id."""
        return self._units.get(unit_id) if unit_id is not None else None

    def upwards(self, unit_id: int | None) -> list[Place]:
        """The unit and those above it, nearest first."""
        unit = self.unit(unit_id)
        if unit is None:
            return []
        ids = [int(part) for part in unit.path.split("/") if part]
        return [self._units[key] for key in reversed(ids) if key in self._units]

    def below(self, unit_id: int, kind: str, function: str | None) -> Place | None:
        """The first unit directly below, of a kind and, if one is named, a field."""
        fitting = (unit for unit in self._below.get(unit_id, ()) if unit.kind == kind)
        return next((unit for unit in fitting if function is None or unit.function == function), None)

    def only(self, kind: str) -> Place | None:
        """The unit of this kind, when there is exactly one."""
        found = [unit for unit in self._units.values() if unit.kind == kind]
        return found[0] if len(found) == 1 else None

    def of_kind(self, kind: str) -> list[Place]:
        """Every unit of a kind."""
        return [unit for unit in self._units.values() if unit.kind == kind]

    def named_in(self, kind: str, text: str) -> Place | None:
        """The unit of this kind whose name or nickname stands in a text; None where several do equally well."""
        named = [(unit.named_in(text), unit) for unit in self._units.values() if unit.kind == kind]
        best = max((length for length, _ in named), default=0)
        found = [unit for length, unit in named if length == best] if best else []
        return found[0] if len(found) == 1 else None

    def estates_below(self, unit_ids: Sequence[int]) -> list[Place]:
        """The estates that these units look after: below them, or given to them as their grid."""
        paths = tuple(self._units[key].path for key in unit_ids if key in self._units)
        estates = (unit for unit in self._units.values() if unit.kind == UnitKind.ESTATE)
        return [unit for unit in estates if unit.grid_id in unit_ids or (paths and unit.path.startswith(paths))]

    def desks(self, units: Iterable[Place]) -> list[DeskRow]:
        """What the table of desks says for these units."""
        return [row for unit in units for row in self._desks.get(unit.id, ())]

    def staff(self, unit_id: int) -> Sequence[int]:
        """Active people who work at the desk of exactly this unit."""
        return self._staff.get(unit_id, ())

    def roles(self, staff_id: int) -> frozenset[str]:
        """What somebody is, anywhere."""
        return self._roles.get(staff_id, frozenset())

    def staff_at_or_above(self, unit_id: int) -> Sequence[int]:
        """The people of a desk; an empty desk's work goes to the nearest level above that has anybody."""
        levels = (self.staff(level.id) for level in self.upwards(unit_id))
        return self.staff(unit_id) or next(filter(None, levels), ())

    def staff_group(self, unit_id: int) -> Chat | None:
        """The nearest staff group of the unit or of those above it."""
        return next((self._groups[level.id] for level in self.upwards(unit_id) if level.id in self._groups), None)

    def has_groups(self, door: str) -> bool:
        """Whether this door leads to any group at all."""
        return door in self._doors


def streets_of(db: Session) -> Streets:
    """The map as this transaction sees it."""
    return map_state.kept(db, "streets", _read)


def _read(db: Session) -> Streets:
    connection = db.connection()
    return Streets(
        (Place(*row) for row in connection.execute(_UNITS)),
        (DeskRow(*row) for row in connection.execute(_DESKS)),
        connection.execute(_GROUPS).all(),
        connection.execute(_STAFF).all(),
        connection.execute(_ROLES).all(),
    )


def _gathered(pairs: Iterable[tuple[K, V]]) -> Mapping[K, list[V]]:
    found: dict[K, list[V]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return dict(found)
