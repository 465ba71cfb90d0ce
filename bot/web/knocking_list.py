"""The list of front doors as its page shows it: which part of it, under which headings, sixty at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from urllib.parse import urlencode

from handlers.notice import rounds
from handlers.notice.rounds import Walk
from handlers.rules.deadlines import LOCAL
from handlers.wording import knocking as wording
from storage.knocking import Door, Found
from storage.notices import LedgerState
from storage.vault import Vault

ON_A_PAGE = 60  # doors: a slow phone loads them in a second or two


@dataclass(frozen=True, slots=True)
class Part:
    """What of it is shown: one walk, perhaps one building, perhaps only whom nothing reached."""

    walk: str = ""
    building: str = ""
    only: str = ""
    page: int = 1

    @property
    def query(self) -> str:
        """As the address says it."""
        said = {"walk": self.walk, "building": self.building, "only": self.only}
        more = {"page": str(self.page)} if self.page > 1 else {}
        return urlencode({name: value for name, value in said.items() if value} | more)


def shown(
    vault: Vault, walks: Sequence[Walk], walk: Walk, part: Part, doors: Sequence[Door], now: datetime
) -> dict[str, Any]:
    """What the page's template wants to know of one walk's doors, which are in order."""
    left = [door for door in doors if rounds.is_left(door)]
    chosen = [door for door in doors if _is_meant(walk, part, door)]
    begin = (part.page - 1) * ON_A_PAGE
    rows = [row(vault, walk, door, now) for door in chosen[begin : begin + ON_A_PAGE]]
    following = [*(row["mark"] for row in rows[1:]), ""]
    return {
        "walk": walk.unit.name,
        "left": len(left),
        "first": sum(map(rounds.is_first, left)),
        "visited": len(doors) - len(left),
        "walks": [(one.unit.name, Part(one.unit.name).query) for one in walks],
        "buildings": list(_buildings(walk, part, left)),
        "building": part.building,
        "only": part.only,
        "everything": Part(part.walk, part.building).query,
        "unreached": Part(part.walk, part.building, "unreached").query,
        "here": part.query,
        "print": Part(part.walk).query,
        "groups": list(_groups([{**row, "next": mark} for row, mark in zip(rows, following, strict=False)])),
        "before": Part(part.walk, part.building, part.only, part.page - 1).query if part.page > 1 else None,
        "after": _following(part).query if len(chosen) > begin + ON_A_PAGE else None,
        "back": Part(part.walk, part.building, part.only).query if part.page > 1 and not rows else None,
    }


def _following(part: Part) -> Part:
    return Part(part.walk, part.building, part.only, part.page + 1)


def _is_meant(walk: Walk, part: Part, door: Door) -> bool:
    here = not part.building or _building(walk, door) == part.building
    return here and not (part.only and door.state == LedgerState.SENT)


def _buildings(walk: Walk, part: Part, left: Sequence[Door]) -> Iterator[tuple[str, int, str]]:
    """Every building with doors left: its name, how many, and the address."""
    named: dict[str, int] = {}
    in_turn = sorted(left, key=lambda door: (door.estate_id, rounds.building_key(door)))
    for name in (_building(walk, door) for door in in_turn):
        named[name] = named.get(name, 0) + 1
    for name, count in named.items():
        yield name, count, Part(part.walk, name, part.only).query


def _building(walk: Walk, door: Door) -> str:
    """A building as it is told from all others of the walk."""
    estate = next(estate.name for estate in walk.estates if estate.id == door.estate_id)
    return door.building if len(walk.estates) == 1 else f"{estate}{door.building}"


def row(vault: Vault, walk: Walk, door: Door, now: datetime) -> dict[str, Any]:
    """One door as the page and the sheet show it."""
    done = not rounds.is_left(door)
    absent = not done and door.last is not None and door.last.found == Found.ABSENT
    return {
        "mark": door.mark,
        "anchor": anchor(door.mark),
        "visits": door.visits,
        "door": rounds.in_short(door.building, door.entrance, door.room),
        "building": _building(walk, door),
        "entrance": door.entrance,
        "room": door.room,
        "name": rounds.half_name(vault, door),
        "tags": [word for tag, word in wording.TAGS.items() if tag in door.tags],
        "first": rounds.is_first(door),
        "absent": absent,
        "done": _done(door, now) if done else "",
        "why": "" if done else rounds.why(door, now),
    }


def _done(door: Door, now: datetime) -> str:
    at = door.last.at if door.last is not None else door.knocked_at
    found = wording.FOUND[door.last.found] if door.last is not None else wording.FOUND[Found.TOLD]
    return wording.visited_at(found, at or now, now)


def _groups(rows: Sequence[dict[str, Any]]) -> Iterator[tuple[str, str, list[dict[str, Any]]]]:
    """Rows under headings: who is old or alone, each entrance, whoever did not open."""
    key, group = None, list[dict[str, Any]]()
    for row in rows:
        kind = "later" if row["absent"] else "first" if row["first"] else "door"
        name = wording.entrance_of(row["building"], row["entrance"]) if kind == "door" else ""
        if (kind, name) != key:
            key, group = (kind, name), []
            yield kind, name, group
        group.append(row)


def anchor(mark: str) -> str:
    """Where a door stands on the page: a few of its signs are enough."""
    return f"d{mark[:10]}" if mark.isalnum() else ""


def midnight(now: datetime) -> datetime:
    """When this day began, Asia/Shanghai."""
    return datetime.combine(now.astimezone(LOCAL).date(), time(), LOCAL)
