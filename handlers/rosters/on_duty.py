"""Who is asked now: whoever is on duty by the roster, else who holds the post; whoever is away is replaced.

A substitute gets what the absent person would have got, and does their work; signing is not handed on: a leader who is
away is passed over for the next one. Times are business time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from itertools import islice

from sqlalchemy import select
from sqlalchemy.orm import Session, lazyload

from storage import directory, presence
from storage.people import Post, Role, Staff, Unit
from storage.presence import DUTY, LEADER, presence_of
from storage.streets import streets_of

LAST_RESORT = (Role.DUTY, Role.DISPATCHER, Role.ADMIN)  # who hears of what no desk and no place is known for


def people_on_duty(db: Session, unit: Unit | None, now: datetime) -> list[Staff]:
    """Whoever is on duty for a unit: by the nearest roster upwards, else the nearest 值班员 who is there."""
    levels = [level.id for level in directory.ancestors(db, unit)]
    listed = presence_of(db, now).on_duty(levels, DUTY, now)
    return _staff(db, listed) if listed else holding(db, levels, [Role.DUTY], now)


def leader_on_duty(db: Session, unit: Unit | None, now: datetime) -> list[Staff]:
    """带班领导: by the nearest roster upwards, else the street leaders of the nearest level where one is there.

    Whoever is away is passed over; nobody signs for somebody else. Empty: nobody is there at all.
    """
    levels = [level.id for level in directory.ancestors(db, unit)]
    return _listed_leaders(db, levels, now) or _leaders_by_post(db, levels, now)


def listed_leaders(db: Session, unit: Unit | None, now: datetime) -> list[Staff]:
    """带班领导 by the roster alone."""
    return _listed_leaders(db, [level.id for level in directory.ancestors(db, unit)], now)


def _listed_leaders(db: Session, levels: Sequence[int], now: datetime) -> list[Staff]:
    known = presence_of(db, now)
    for level in levels:
        listed = known.listed([level], LEADER, now)
        if there := [person for person in listed if known.away(person, now) is None]:
            return _staff(db, there)
    return []


def _leaders_by_post(db: Session, levels: Sequence[int], now: datetime) -> list[Staff]:
    for level in levels:
        held = select(Staff.id).join(Post).where(Post.unit_id == level, Post.role == Role.STREET_LEADER, Staff.active)
        if there := there_themselves(db, db.scalars(held.order_by(Staff.id).distinct()), now):
            return _staff(db, there)
    return []


def there_themselves(db: Session, people: Iterable[int], now: datetime) -> list[int]:
    """Those of these people who are not away."""
    known = presence_of(db, now)
    return [person for person in people if known.away(person, now) is None]


def holding(db: Session, levels: Sequence[int], roles: Collection[Role], now: datetime) -> list[Staff]:
    """Who holds one of these roles at the nearest level where anybody is there, or stands in."""
    for level in levels:
        held = select(Staff.id).join(Post).where(Post.unit_id == level, Post.role.in_(roles), Staff.active)
        if there := presence_of(db, now).there(db.scalars(held.order_by(Staff.id).distinct()), now):
            return _staff(db, there)
    return []


def staff_there(db: Session, unit: Unit | None, now: datetime) -> list[Staff]:
    """Who of a unit is there now, substitutes among them; nobody of the levels above."""
    if unit is None:
        return []
    return _staff(db, presence_of(db, now).there(streets_of(db).staff(unit.id), now))


def level_up(db: Session, unit: Unit | None, number: int, now: datetime) -> Unit | None:
    """The unit itself, or the nearest above it where anybody is there, and from there so many such levels up.

    None beyond the top. Read from the map: it is asked for every light that turns.
    """
    if unit is None:
        return None
    streets, known = streets_of(db), presence_of(db, now)
    manned = (level.id for level in streets.upwards(unit.id) if known.there(streets.staff(level.id), now))
    found = next(islice(manned, number, None), None)
    return db.get_one(Unit, found) if found is not None else None


def instead_of(db: Session, staff_id: int, desk_id: int | None, now: datetime) -> list[int]:
    """Who hears what is meant for somebody: themselves, their substitute, or else whoever is at the desk.

    Where nobody is, they themselves: a word on the phone of somebody on leave is better than none.
    """
    found = presence_of(db, now).who_gets(staff_id, now)
    if found is not None:
        return [found]
    desk = presence.desk_people(db, desk_id, now) if desk_id is not None else []
    return desk or [staff_id]


def last_resort(db: Session, now: datetime) -> list[Staff]:
    """Who hears of what nobody is responsible for: anybody on duty, dispatching or administering, anywhere."""
    people = [staff.id for staff in directory.with_any_role(db, LAST_RESORT)]
    return _staff(db, presence_of(db, now).there(people, now) or people)


def _staff(db: Session, ids: Sequence[int]) -> list[Staff]:
    if not ids:
        return []
    found = select(Staff).where(Staff.id.in_(ids), Staff.active).options(lazyload(Staff.posts))  # seldom asked for
    rows = {row.id: row for row in db.scalars(found)}
    return [rows[key] for key in ids if key in rows]
