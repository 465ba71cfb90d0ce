"""The estates of the deployment and their buildings, ready to be looked up: made once for a state of the map, and kept
by the process as long as that holds. A report in a town of a thousand estates costs what it costs in one of three.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.rules import location
from handlers.rules.estate_names import Estate, Estates
from nlp.front_door import building_number
from nlp.normalise import fold
from storage import map_state
from storage.people import Building, UnitKind
from storage.streets import Place, streets_of

_BUILDINGS = select(Building.estate_id, Building.id, Building.name, Building.nicknames).order_by(Building.id)
_NONE: Mapping[str, int] = {}


@dataclass(frozen=True, slots=True)
class KnownBuilding:
    """A building with its names as they were entered, and the number that tells it from its neighbours."""

    id: int
    names: tuple[str, ...]
    number: str


class EstateMap:
    """The estates by their names, and the buildings of each."""

    def __init__(self, estates: Estates, buildings: Mapping[int, Sequence[KnownBuilding]]) -> None:
        self.estates = estates
        self._buildings = buildings
        self._numbers = {estate: {one.number: one.id for one in rows} for estate, rows in buildings.items()}
        self._whole = frozenset(estate for estate, known in self._numbers.items() if location.is_whole(list(known)))
        self._numbered: dict[str, dict[int, int]] = defaultdict(dict)
        for estate, known in self._numbers.items():
            for number, building in known.items():
                self._numbered[number][estate] = building

        self._called: dict[str, set[tuple[int, int]]] = defaultdict(set)
        for estate, rows in buildings.items():
            for one in rows:
                for name in one.names:
                    if building_number(name) == fold(name):  # 电厂楼, not 一栋
                        self._called[fold(name)].add((estate, one.id))

    def buildings(self, estate_id: int) -> Sequence[KnownBuilding]:
        """Those of an estate, in the order they were entered."""
        return self._buildings.get(estate_id, ())

    def numbers(self, estate_id: int) -> Mapping[str, int]:
        """The buildings of an estate by their numbers."""
        return self._numbers.get(estate_id, _NONE)

    def all_whole(self, estate_ids: Iterable[int]) -> bool:
        """Whether the list of buildings of each of them can be trusted to be all there are."""
        return all(estate in self._whole for estate in estate_ids)

    def called(self, names: Iterable[str]) -> list[tuple[int, int]]:
        """Every estate that has a building of one of these names, numbers aside, with that building. Folded names."""
        return sorted({pair for name in names for pair in self._called.get(name, ())})

    def numbered(self, numbers: Iterable[str]) -> list[tuple[int, int]]:
        """Every estate that has a building of one of these numbers, with that building."""
        return [pair for number in numbers for pair in self._numbered.get(number, {}).items()]


def estate_map(db: Session) -> EstateMap:
    """The map as this transaction sees it."""
    return map_state.kept(db, "estates", _read)


def estate_of(unit: Place) -> Estate:
    """An estate of the map as the rules want it."""
    names = (unit.name, *(unit.nicknames or "").split())
    return Estate(unit.id, unit.name, tuple(fold(name) for name in names if len(name) > 1))


def _read(db: Session) -> EstateMap:
    estates = Estates(estate_of(unit) for unit in streets_of(db).of_kind(UnitKind.ESTATE))
    buildings: dict[int, list[KnownBuilding]] = defaultdict(list)
    for estate, number, name, nicknames in db.connection().execute(_BUILDINGS):
        names = tuple(filter(None, (name, *(nicknames or "").split())))
        buildings[estate].append(KnownBuilding(int(number), names, building_number(name)))
    return EstateMap(estates, dict(buildings))
