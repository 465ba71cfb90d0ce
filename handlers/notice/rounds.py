"""Whose front doors are on whose list, for which notice, and in which order they are walked.

The chat and the console's page read the same list. ``now`` is business time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from handlers.permissions import TABLE
from handlers.rules import walking
from handlers.wording import household as household_wording
from handlers.wording import knocking as wording
from nlp import front_door
from nlp.normalise import fold
from storage import directory, households, knocking
from storage.knocking import Door, Found
from storage.notices import Notice, NoticeState
from storage.people import Building, Household, Staff, Unit, UnitKind
from storage.vault import Vault


@dataclass(slots=True)
class Walk:
    """A part of the neighbourhood that one person walks: a grid's estates."""

    unit: Unit
    estates: list[Unit] = field(default_factory=list)

    @property
    def ids(self) -> list[int]:
        return [estate.id for estate in self.estates]


# --- whose doors


def estates_of(db: Session, staff: Staff) -> list[Unit]:
    """The estates whose doors somebody may read and knock at."""
    return [estate for estate in households.estates(db) if _in_charge(staff, estate)]


def _in_charge(staff: Staff, estate: Unit) -> bool:
    posts = [post for post in staff.posts if post.role in TABLE["knocked"].roles] if staff.active else []
    return any(post.unit_id == estate.grid_id or estate.path.startswith(post.unit.path) for post in posts)


def walks(db: Session, estates: Iterable[Unit]) -> list[Walk]:
    """Estates by the grid that they belong to; one without a grid stands for itself."""
    found: dict[int, Walk] = {}
    for estate in estates:
        above = directory.unit_of(db, estate.grid_id or estate.parent_id)
        unit = above if above is not None and above.kind == UnitKind.GRID else estate
        found.setdefault(unit.id, Walk(unit)).estates.append(estate)
    return list(found.values())


def worker_of(db: Session, walk: Walk) -> Staff | None:
    """Who walks there: the nearest with a post that may."""
    levels = [unit.id for unit in (walk.unit, *directory.ancestors(db, walk.unit))]
    return next(iter(households.nearest_with(db, levels, TABLE["knocked"].roles)), None)


def others(db: Session, mine: Iterable[Unit]) -> list[Unit]:
    """Everybody else's estates."""
    known = {estate.id for estate in mine}
    return [estate for estate in households.estates(db) if estate.id not in known]


def named(word: str, estates: Iterable[Unit]) -> tuple[Unit | None, str]:
    """The estate that a folded word begins with, and what is left of the word."""
    for estate in estates:
        for known in sorted((estate.name, *(estate.nicknames or "").split()), key=len, reverse=True):
            if word.startswith(fold(known)):
                return estate, word.removeprefix(fold(known))
    return None, word


# --- which notice


def concerns(db: Session, notice: Notice, estates: Iterable[Unit]) -> bool:
    """Whether a notice was issued for a part of the tree with any of these estates in it."""
    issuer = db.get_one(Unit, notice.unit_id)
    return any(estate.path.startswith(issuer.path) for estate in estates)


def not_now(notice: Notice) -> str | None:
    """Why nobody has to go for this notice, if so."""
    if notice.state == NoticeState.CANCELLED:
        return wording.CANCELLED.format(number=notice.number)
    if notice.state not in knocking.ISSUED:
        return wording.NOT_ISSUED.format(number=notice.number)
    return None


def is_over(notice: Notice, now: datetime) -> bool:
    """Whether what it says has ended."""
    return notice.valid_until is not None and notice.valid_until <= now


def newest_with_doors(db: Session, estate_ids: Sequence[int], now: datetime) -> Notice | None:
    """The newest notice for which anybody has to go to a door of these estates."""
    return next((row for row in knocking.issued(db, now) if knocking.has_open(db, row.id, estate_ids)), None)


def newest_for(db: Session, household_id: int, now: datetime) -> Notice | None:
    """The newest notice that has to be told at this door; else the newest that concerned it."""
    concerned = [(row, knocking.open_for(db, row.id, household_id)) for row in knocking.issued(db, now)]
    mine = [(row, left) for row, left in concerned if left is not None]
    return next((row for row, left in mine if left), mine[0][0] if mine else None)


def in_order(doors: Iterable[Door]) -> list[Door]:
    """In the order in which they are walked."""
    return sorted(doors, key=_key)


def _key(door: Door) -> walking.Key:
    absent = door.last is not None and door.last.found == Found.ABSENT and door.knocked_at is None
    place = (door.estate_id, door.building, door.entrance, door.room)
    return walking.key(*place, first=is_first(door), later=absent)


def building_key(door: Door) -> walking.Natural:
    """The order of buildings."""
    return walking.natural(front_door.building_number(door.building))


def is_first(door: Door) -> bool:
    """Whether somebody old or alone lives there."""
    return not door.tags.isdisjoint(wording.TAGS)


def is_left(door: Door) -> bool:
    """Whether somebody still has to go there; whoever moved away has nobody left to tell."""
    moved = door.last is not None and door.last.found == Found.MOVED
    return door.knocked_at is None and not moved


def half_name(vault: Vault, door: Door) -> str:
    """王** for whoever is the contact behind a door; empty where nobody is known."""
    return wording.half_name(households.name_of(vault, door.contact)) if door.contact is not None else ""


def why(door: Door, now: datetime) -> str:
    """Why somebody has to go there."""
    if door.last is not None and door.last.found == Found.ABSENT:
        return wording.NOBODY_OPENED.format(day=wording.day(door.last.at, now))
    because = wording.WHY[door.state]
    return wording.SAID_READ.format(why=because) if door.said_read else because


def in_short(building: str, entrance: str, room: str) -> str:
    """3-2-501."""
    parts = {"building": front_door.building_number(building), "entrance": entrance, "room": room}
    return (household_wording.DOOR if entrance else household_wording.DOOR_NO_ENTRANCE).format(**parts)


def short_of(db: Session, home: Household) -> str:
    """3-2-501 of a household."""
    return in_short(db.get_one(Building, home.building_id).name, home.entrance, home.room)
