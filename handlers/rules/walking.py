"""The order in which somebody goes from door to door. Pure.

Old people and those who live alone come first, whoever was not at home last; among equals by estate, building,
entrance, floor and room, as one walks. Within an entrance basements stand behind the floors, and rooms whose floor
nobody can tell behind those.
"""

from __future__ import annotations

import re

from handlers.wording.knocking import BASEMENT
from nlp import front_door
from nlp.normalise import fold

ROOM = re.compile(r"(\d{1,2})(\d{2})[A-Z]?")  # 501, 1203, 501A; one figure less is a shop or a yard, one more a guess
PARTS = re.compile(r"\d+|\D+")
REGULAR, BELOW, ODD = range(3)

Natural = tuple[tuple[int, int, str], ...]
Key = tuple[bool, bool, int, Natural, Natural, int, int, Natural]


def floor_of(room: str) -> int | None:
    """5 of 501, 12 of 1203; None where the number does not tell."""
    found = ROOM.fullmatch(_plain(room))
    return int(found[1]) or None if found is not None else None


def key(estate_id: int, building: str, entrance: str, room: str, *, first: bool = False, later: bool = False) -> Key:
    """What doors are sorted by. ``first``: somebody old or alone lives there; ``later``: nobody opened."""
    number = natural(front_door.building_number(building))
    kind, floor = _floor(room)
    return later, not first, estate_id, number, natural(front_door.number(entrance)), kind, floor, natural(_plain(room))


def natural(text: str) -> Natural:
    """Numbers by their size and before letters: 2 before 10, 10 before A."""
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in PARTS.findall(text))


def _floor(room: str) -> tuple[int, int]:
    floor = floor_of(room)
    if floor is not None:
        return REGULAR, floor
    return (BELOW if _plain(room).startswith(BASEMENT) else ODD), 0


def _plain(room: str) -> str:
    return fold(room).strip().upper()
