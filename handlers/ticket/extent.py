"""How far an incident reaches: buildings and households, from where those it concerns live and what they said."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy.orm import Session

from handlers.rules import whereabouts
from handlers.wording import merging as wording
from storage import incidents
from storage.incidents import Concerned
from storage.tickets import Ticket


@dataclass(frozen=True, slots=True)
class Extent:
    """Households by building, in the order they were told of; ``unplaced`` named none."""

    by_building: tuple[tuple[str, int], ...]
    unplaced: int = 0

    @property
    def households(self) -> int:
        return sum(count for _, count in self.by_building) + self.unplaced

    @property
    def wide(self) -> bool:
        """Whether there is more to say than that somebody reported it."""
        return self.households > 1

    def short(self) -> str:
        """``3号楼、5号楼，12 户``."""
        names = wording.AND.join(name for name, _ in self.by_building)
        count = wording.HOUSEHOLDS.format(count=self.households)
        return f"{names}{wording.THEN}{count}" if names else count

    def full(self) -> str:
        """``3号楼（7 户）、5号楼（5 户），共 12 户``."""
        names = wording.AND.join(wording.BUILDING_HOUSEHOLDS.format(name=n, count=c) for n, c in self.by_building)
        total = wording.TOGETHER.format(count=self.households)
        return f"{names}{wording.THEN}{total}" if names else wording.HOUSEHOLDS.format(count=self.households)


def extent_of(db: Session, ticket: Ticket) -> Extent:
    """Whom a ticket and what was merged into it concerns. Everybody behind one door is one household."""
    doors: dict[str, str | None] = {}
    named: list[str] = []
    further = 0
    for one in incidents.concerned(db, ticket):
        buildings = _buildings(one)
        named += buildings
        further += one.households
        if not one.staff or one.source == "proxy":
            doors[one.person] = doors.get(one.person) or (buildings[0] if buildings else None)
    counts = Counter(door for door in doors.values() if door is not None)
    order = dict.fromkeys(named)
    unplaced = sum(door is None for door in doors.values()) + further
    return Extent(tuple((name, counts[name]) for name in order), unplaced)


def _buildings(one: Concerned) -> list[str]:
    """What somebody said of the building themselves, else what their ticket says, else where they live."""
    told = one.said or (_named(one.place) if one.reporter else ())
    if told:
        return [called(number) for number in told]
    return [_known(one.building)] if one.building is not None else []


def buildings_said(places: tuple[str, ...]) -> list[str]:
    """The buildings that words of place name, as plain numbers and letters: what a fact may hold."""
    return list(_named(places))


def _named(places: tuple[str, ...]) -> tuple[str, ...]:
    found = (sorted(whereabouts.levels([place]).get("building", ())) for place in places)
    return tuple(dict.fromkeys(name for names in found for name in names))


def _known(name: str) -> str:
    """A building's own name, written as those that were said."""
    numbers = _named((name,))
    return called(numbers[0] if numbers else name)


def called(number: str) -> str:
    """A building by its number or name, as people say it."""
    return wording.BUILDING.format(name=number) if number.isalnum() and number.isascii() else number
