"""Which places words name, as a deployment's own units, buildings and front doors: found, not guessed.

A building's number that several estates have is unclear; a place that lies outside the issuing unit is refused. What is
said of it is the author's to put right.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.notice.issuing import HAVE_HOUSEHOLDS
from handlers.wording import notice_audience as wording
from handlers.wording import notice_words as patterns
from nlp import front_door
from nlp.normalise import fold
from storage.notice_audience import within
from storage.people import Building, Household, Unit
from storage.streets import Place, streets_of

NAMED = 6  # places in a question


class Unclear(Exception):
    """What the author is asked or told; the sentence is for people."""


@dataclass
class Reach:
    """What lies below the issuing unit, and by which names it goes."""

    db: Session
    unit: Unit

    @cached_property
    def names(self) -> list[tuple[str, list[Place]]]:
        """Every unit of the deployment that has households, by each of its names, the longest first."""
        found: dict[str, list[Place]] = {}
        for kind in HAVE_HOUSEHOLDS:
            for place in streets_of(self.db).of_kind(kind):
                for name in (place.name, *(place.nicknames or "").split()):
                    if len(name) > 1:
                        found.setdefault(fold(name), []).append(place)
        return sorted(found.items(), key=lambda pair: -len(pair[0]))

    @cached_property
    def buildings(self) -> list[Building]:
        """Every building below the unit."""
        below = select(Unit.id).where(Unit.path.startswith(self.unit.path))
        return list(self.db.scalars(select(Building).where(Building.estate_id.in_(below)).order_by(Building.id)))

    def place(self, name: str, known: Sequence[Place]) -> Place:
        """The unit of a name, which must lie within reach. Raises Unclear."""
        mine = [place for place in known if place.path.startswith(self.unit.path)]
        if len(mine) == 1:
            return mine[0]
        if mine:
            raise Unclear(wording.SEVERAL_UNITS.format(name=name, unit=self.unit.name))
        raise Unclear(wording.OUTSIDE.format(name=name, unit=self.unit.name))

    def building(self, number: str, said: str, within_unit: Place | None) -> Building:
        """The building of a number, in the unit named before it or anywhere in reach. Raises Unclear."""
        fitting = [row for row in self._in(within_unit) if number in _numbers(row)]
        return self._only(fitting, said, within_unit)

    def named_building(self, text: str, within_unit: Place | None) -> tuple[str, Building] | None:
        """A building whose name is no number, where the text begins with it; the longest name."""
        names = [(fold(name), row) for row in self._in(within_unit) for name in (row.name, *_nicknames(row))]
        fitting = [(name, row) for name, row in names if len(name) > 1 and text.startswith(name)]
        if not fitting:
            return None
        longest = max(len(name) for name, _ in fitting)
        rows = {row.id: row for name, row in fitting if len(name) == longest}
        return text[:longest], self._only(list(rows.values()), text[:longest], within_unit)

    def named_in(self, text: str) -> list[str]:
        """Buildings that the words of a notice are about, with the unit that is named right before each; not those
        that only say where something is: 在3号楼门口集合."""
        known = {number for row in self.buildings for number in _numbers(row)}
        found = []
        for one in patterns.BUILDINGS.finditer(fold(text)):
            before, after = fold(text)[: one.start()], fold(text)[one.end() :]
            if one["sign"] in patterns.LOOSE_SIGNS or front_door.number(one["one"]) not in known:
                continue
            unit = next((name for name, _ in self.names if before.endswith(name)), "")
            if not patterns.IS_WHERE_BEFORE.search(before.removesuffix(unit)) and not patterns.IS_WHERE.match(after):
                found.append(unit + one.group())
        return list(dict.fromkeys(found))

    def _in(self, place: Place | None) -> list[Building]:
        if place is None:
            return self.buildings
        estates = {unit.id for unit in self._estates_of(place)}
        return [row for row in self.buildings if row.estate_id in estates]

    def _estates_of(self, place: Place) -> Iterable[Place]:
        for estate in streets_of(self.db).of_kind("estate"):
            if estate.path.startswith(place.path) or estate.grid_id == place.id:
                yield estate

    def _only(self, fitting: Sequence[Building], said: str, place: Place | None) -> Building:
        where = place.name if place is not None else self.unit.name
        if not fitting:
            raise Unclear(wording.NO_BUILDING.format(said=said, unit=where))
        if len(fitting) > 1:
            names = [f"{self._estate(row)}{row.name}" for row in fitting]
            shown = wording.OR.join(names[:NAMED]) + (wording.AND_MORE if len(names) > NAMED else "")
            raise Unclear(wording.SEVERAL_BUILDINGS.format(said=said, count=len(names), names=shown, first=names[0]))
        return fitting[0]

    def _estate(self, row: Building) -> str:
        estate = streets_of(self.db).unit(row.estate_id)
        return estate.name if estate is not None else ""

    # --- front doors

    def households_of(self, building_id: int, entrance: str) -> list[int]:
        """Every front door of an entrance."""
        behind = Household.building_id == building_id, Household.entrance == entrance
        return list(self.db.scalars(select(Household.id).where(*behind).order_by(Household.id)))

    def households_in(self, building_ids: Iterable[int]) -> list[int]:
        """Every front door of these buildings."""
        return [home for number in building_ids for home in self._doors.get(number, {}).values()]

    def household(self, building: Building, entrance: str, room: str, said: str) -> int:
        """One front door. Raises Unclear."""
        homes = self._doors.get(building.id, {})
        fitting = [
            home for (where, door), home in homes.items() if door == room and (not entrance or where == entrance)
        ]
        if not fitting:
            fitting = [home for (where, door), home in homes.items() if door == room and not where]
        if len(fitting) == 1:
            return fitting[0]
        raise Unclear((wording.SEVERAL_DOORS if fitting else wording.NO_DOOR).format(said=said))

    @cached_property
    def _doors(self) -> dict[int, dict[tuple[str, str], int]]:
        """Every front door below the unit, in one go: a list from a file names thousands."""
        columns = (Household.building_id, Household.entrance, Household.room, Household.id)
        found: dict[int, dict[tuple[str, str], int]] = {}
        for building, entrance, room, home in self.db.execute(select(*columns).where(within(self.unit.path))):
            found.setdefault(building, {})[entrance, room] = home
        return found


def _numbers(row: Building) -> set[str]:
    return {front_door.building_number(name) for name in (row.name, *_nicknames(row))}


def _nicknames(row: Building) -> list[str]:
    return (row.nicknames or "").split()
