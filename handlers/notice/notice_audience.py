"""To whom, in words: 3号楼和5号楼, 梧桐里的独居老人, 3-2-501, 没看 7 的 become an audience.

What is unclear, unknown or out of reach raises ``Unclear`` with the sentence for the author. Nothing is guessed.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.notice.audience_said import tags
from handlers.notice.notice_places import Reach, Unclear
from handlers.wording import notice_audience as wording
from handlers.wording import notice_words as patterns
from nlp import front_door
from nlp.normalise import fold, tight
from storage import notice_ledger
from storage.base import JsonObject
from storage.notice_audience import (
    AS_OF,
    BUILDINGS,
    HOUSEHOLDS,
    SEEN_OF,
    TAGS,
    UNITS,
    UNSEEN_OF,
)
from storage.notices import Notice, NoticeState
from storage.people import Building, Unit
from storage.streets import Place

LONGEST_LINE = 1_000  # characters; the library refuses much longer cells
MOST_DOORS = 20_000  # named one by one; a list of a whole street is that street
DOOR = re.compile(r"(?<![\d-])\d{1,3}-(?:\d{1,2}-)?\d{3,4}(?![\d-])")
BY_READING = ((patterns.UNSEEN_OF, UNSEEN_OF), (patterns.SEEN_OF, SEEN_OF))


# --- from words


@dataclass
class _Reading:
    """One pass over the words, from left to right."""

    db: Session
    unit: Unit
    now: datetime
    text: str
    at: int = 0
    reach: Reach = field(init=False)
    units: list[int] = field(default_factory=list)
    buildings: list[int] = field(default_factory=list)
    doors: list[int] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    spec: JsonObject = field(default_factory=dict)
    last: Place | None = None  # the unit named last, which a building's number may belong to
    fresh: bool = False  # nothing stands between it and what comes next

    def __post_init__(self) -> None:
        self.reach = Reach(self.db, self.unit)

    def read(self) -> None:
        """Everything there is. Raises Unclear."""
        while self.at < len(self.text):
            if not any(step() for step in (self._reading, self._unit, self._place, self._tag, self._skip)):
                raise Unclear(wording.NOT_UNDERSTOOD.format(said=_next_word(self.text[self.at :])))

    def _take(self, length: int) -> bool:
        self.at += length
        return True

    def _skip(self) -> bool:
        rest = self.text[self.at :]
        filler = patterns.IN_BETWEEN.match(rest)
        if filler is not None:
            return self._take(filler.end())
        between = patterns.JOINED.match(rest)
        if between is None:
            return False
        self.fresh = False
        return self._take(between.end())

    def _reading(self) -> bool:
        rest = self.text[self.at :]
        for pattern, key in BY_READING:
            if (found := pattern.match(rest)) is not None:
                self.spec |= {key: self._notice(int(found["number"])), AS_OF: self.now.astimezone(UTC).isoformat()}
                return self._take(found.end())
        return False

    def _notice(self, number: int) -> int:
        notice = notice_ledger.by_number(self.db, number)
        if notice is None or notice.state in (NoticeState.DRAFT, NoticeState.PROPOSED, NoticeState.SIGNING):
            raise Unclear(wording.NO_NOTICE.format(number=number))
        issuer = self.db.get_one(Unit, notice.unit_id)
        if not (issuer.path.startswith(self.unit.path) or self.unit.path.startswith(issuer.path)):
            raise Unclear(wording.NOT_YOURS.format(number=number, unit=self.unit.name))
        return notice.id

    def _unit(self) -> bool:
        rest = self.text[self.at :]
        for name, known in self.reach.names:
            if rest.startswith(name):
                self.last, self.fresh = self.reach.place(name, known), True
                self.units.append(self.last.id)
                return self._take(len(name))
        return False

    def _place(self) -> bool:
        rest = self.text[self.at :]
        for step in (self._door, self._range, self._numbered, self._named):
            if taken := step(rest):
                return self._take(taken)
        return False

    def _within(self) -> Place | None:
        """The unit that a building's number belongs to: then that unit itself is not meant as a whole."""
        if self.fresh and self.last is not None and self.last.id in self.units:
            self.units.remove(self.last.id)
        elif self.last is not None and self.last.id in self.units:
            return None
        return self.last

    def _door(self, rest: str) -> int:
        found = DOOR.match(rest)
        door = front_door.read(found.group()) if found is not None else None
        if found is None or door is None:
            return 0
        building = self.reach.building(door.building, found.group(), self._within())
        self.doors.append(self.reach.household(building, door.entrance, door.room, found.group()))
        return found.end()

    def _range(self, rest: str) -> int:
        found = patterns.RANGE.match(rest)
        if found is None:
            return 0
        if int(found["from"]) > int(found["to"]):  # empty: the people named beside it would be meant everywhere
            raise Unclear(wording.NOT_UNDERSTOOD.format(said=found.group()))
        place = self._within()
        for number in range(int(found["from"]), int(found["to"]) + 1):
            self.buildings.append(self.reach.building(str(number), found.group(), place).id)
        return found.end()

    def _numbered(self, rest: str) -> int:
        found = patterns.BUILDINGS.match(rest)
        if found is None:
            return 0
        building = self.reach.building(front_door.number(found["one"]), found.group(), self._within())
        entrance = patterns.ENTRANCE.match(rest[found.end() :])
        if entrance is None:
            self.buildings.append(building.id)
            return found.end()
        homes = self.reach.households_of(building.id, front_door.number(entrance["entrance"]))
        if not homes:
            raise Unclear(wording.NO_DOOR.format(said=found.group() + entrance.group()))
        self.doors += homes
        return found.end() + entrance.end()

    def _named(self, rest: str) -> int:
        place = self.last if self.fresh else None
        found = self.reach.named_building(rest, place)
        if found is None:
            return 0
        self._within()
        self.buildings.append(found[1].id)
        return len(found[0])

    def _tag(self) -> bool:
        rest = self.text[self.at :]
        for said, tag in tags():
            if rest.startswith(said):
                self.tags.append(tag)
                return self._take(len(said))
        return False


def _next_word(rest: str) -> str:
    between = patterns.JOINED.search(rest)
    return (rest[: between.start()] if between is not None else rest)[:20]


def read(db: Session, unit: Unit, words: str, now: datetime) -> JsonObject:
    """The audience that words name, within what a unit may write to. Raises Unclear."""
    text = tight(fold(words))[0].strip().strip("。.!！")
    if text in patterns.EVERYBODY:
        return {}
    reading = _Reading(db, unit, now, text)
    reading.read()
    spec = {**reading.spec, **_places(db, reading)}
    if reading.tags:
        spec[TAGS] = sorted(set(reading.tags))
    if not spec and unit.id not in reading.units:
        raise Unclear(wording.NOT_UNDERSTOOD.format(said=words.strip()[:20]))
    return spec


def named_in(db: Session, notice: Notice, words: str) -> str:
    """Buildings that a notice to everybody is about, as they would be said to be written to alone; empty: none."""
    unit = db.get_one(Unit, notice.unit_id)
    if notice.audience and set(notice.audience) != {UNITS}:
        return ""
    return wording.AND.join(Reach(db, unit).named_in(words))


def _places(db: Session, reading: _Reading) -> JsonObject:
    """Units, buildings and doors that were named side by side are meant together: they become one sort."""
    units, buildings = sorted(set(reading.units)), sorted(set(reading.buildings))
    if not buildings and not reading.doors:
        return {UNITS: units} if units and reading.unit.id not in units else {}
    for number in units:
        estates = select(Unit.id).where(Unit.path.startswith(db.get_one(Unit, number).path) | (Unit.grid_id == number))
        buildings += db.scalars(select(Building.id).where(Building.estate_id.in_(estates)))
    if not reading.doors:
        return {BUILDINGS: sorted(set(buildings))}
    doors = [*reading.doors, *reading.reach.households_in(buildings)]
    if len(doors) > MOST_DOORS:
        raise Unclear(wording.TOO_MANY_DOORS.format(most=MOST_DOORS))
    return {HOUSEHOLDS: sorted(set(doors))}


# --- from a list


def read_list(db: Session, unit: Unit, text: str) -> tuple[JsonObject, list[tuple[int, str]]]:
    """The households of a list, one a line: 小区,楼号,单元,房号 or 梧桐里3-2-501; and what is wrong with which line.

    A first line without any digit is a heading. Lines are counted from 1.
    """
    reach = Reach(db, unit)
    found: dict[int, int] = {}
    wrong: list[tuple[int, str]] = []
    # Line by line: a quotation mark that never closes would swallow all the lines behind it.
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), start=1):
        cells = next(csv.reader([line[:LONGEST_LINE]]), [])
        said = [cell.strip() for cell in cells if cell.strip()]
        if not said or (number == 1 and not any(char.isdigit() for cell in said for char in cell)):
            continue
        try:
            home = _listed(reach, said)
        except Unclear as error:
            wrong.append((number, str(error)))
            continue
        if home in found:
            wrong.append((number, wording.LINE_TWICE.format(line=found[home])))
        else:
            found[home] = number
    if len(found) > MOST_DOORS:
        wrong.append((MOST_DOORS, wording.TOO_MANY_DOORS.format(most=MOST_DOORS)))
    return {HOUSEHOLDS: sorted(found)}, wrong


def _listed(reach: Reach, cells: Sequence[str]) -> int:
    said = "".join(cells) if len(cells) == 1 else ",".join(cells)
    place, rest = _estate(reach, fold(cells[0]))
    parts = [part for part in (rest, *map(fold, cells[1:])) if part]
    joined = parts[0] if len(parts) == 1 else "-".join(re.sub(patterns.SIGNS, "", part) for part in parts)
    door = front_door.read(joined)
    if door is None:
        raise Unclear(wording.LINE_UNREADABLE.format(said=said[:40]))
    return reach.household(reach.building(door.building, said, place), door.entrance, door.room, said)


def _estate(reach: Reach, cell: str) -> tuple[Place | None, str]:
    for name, known in reach.names:
        if cell.startswith(name):
            return reach.place(name, known), cell.removeprefix(name)
    return None, cell
