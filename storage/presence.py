"""Who is there: on duty now, away now, and who stands in for whom, as plain values. Times are business time, aware.

Read with the map of the streets and kept like it: it is asked for every card, and changes a few times a day.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from storage import map_state
from storage.people import Post, Staff
from storage.rosters import Absence, Duty
from storage.streets import streets_of

DUTY, LEADER = "duty", "leader"  # parts of a roster: 值班员 and 带班领导


@dataclass(frozen=True, slots=True)
class OnDuty:
    """One stretch of somebody's duty for a unit and all below it."""

    id: int
    unit_id: int
    staff_id: int
    part: str
    starts_at: datetime
    ends_at: datetime

    def holds(self, now: datetime) -> bool:
        """Whether it is now: its end belongs to the next."""
        return self.starts_at <= now < self.ends_at


@dataclass(frozen=True, slots=True)
class Away:
    """One stretch of somebody's absence. ``ends_at`` None: until they say that they are back."""

    id: int
    staff_id: int
    substitute_id: int | None
    kind: str
    starts_at: datetime
    ends_at: datetime | None

    def holds(self, now: datetime) -> bool:
        """Whether it is now."""
        return self.starts_at <= now and (self.ends_at is None or now < self.ends_at)


@dataclass(frozen=True, slots=True)
class Acting:
    """What somebody may do for now as if they had this post: by the roster, or for whom they stand in for."""

    role: str
    unit_id: int
    path: str


class Presence:
    """The rosters. ``presence_of`` has them for a transaction."""

    def __init__(self, duties: Iterable[OnDuty], absences: Iterable[Away]) -> None:
        self._duties = sorted(duties, key=lambda one: (one.starts_at, one.id))
        self._absences = sorted(absences, key=lambda one: (one.starts_at, one.id))

    def away(self, staff_id: int, now: datetime) -> Away | None:
        """The absence that holds now; of several the one that began last."""
        found = [one for one in self._absences if one.staff_id == staff_id and one.holds(now)]
        return found[-1] if found else None

    def who_gets(self, staff_id: int, now: datetime) -> int | None:
        """Who gets what is meant for somebody: they themselves, or whoever stands in, also for a substitute who is
        away; None where nobody does."""
        seen: set[int] = set()
        person: int | None = staff_id
        while person is not None and person not in seen:
            seen.add(person)
            away = self.away(person, now)
            if away is None:
                return person
            person = away.substitute_id
        return None

    def there(self, people: Iterable[int], now: datetime) -> list[int]:
        """These people, those who are away replaced by whoever stands in, nobody twice."""
        found = (self.who_gets(person, now) for person in people)
        return list(dict.fromkeys(person for person in found if person is not None))

    def stands_in_for(self, staff_id: int, now: datetime) -> list[int]:
        """Whose work this person does now."""
        away = dict.fromkeys(one.staff_id for one in self._absences if one.holds(now))
        return [person for person in away if person != staff_id and self.who_gets(person, now) == staff_id]

    def on_duty(self, upwards: Sequence[int], part: str, now: datetime) -> list[int]:
        """Who is on duty now for the nearest of these units, nearest first, that has anybody."""
        for unit_id in upwards:
            if found := self.there(self.listed([unit_id], part, now), now):
                return found
        return []

    def listed(self, unit_ids: Collection[int], part: str, now: datetime) -> list[int]:
        """Who stands on the roster of these units now, away or not."""
        return [one.staff_id for one in self._duties if one.unit_id in unit_ids and one.part == part and one.holds(now)]

    def duties_of(self, staff_id: int, now: datetime) -> list[OnDuty]:
        """What somebody is on duty for now, leading not counted: whoever leads signs, and works on no ticket by it."""
        mine = (one for one in self._duties if one.part == DUTY and one.holds(now))
        return [one for one in mine if self.who_gets(one.staff_id, now) == staff_id]

    def next_on_duty(self, upwards: Sequence[int], but: int, now: datetime) -> OnDuty | None:
        """Whose duty is on or begins next, for the nearest of these units that has a roster."""
        for unit_id in upwards:
            listed = (one for one in self._duties if _is(one, unit_id, DUTY) and one.ends_at > now)
            found = next((one for one in listed if self.who_gets(one.staff_id, one.starts_at) not in (but, None)), None)
            if found is not None:
                return found
        return None

    def own_next(self, staff_id: int, now: datetime) -> OnDuty | None:
        """When somebody is on duty next."""
        return next((one for one in self._duties if one.staff_id == staff_id and one.starts_at > now), None)


def _is(one: OnDuty, unit_id: int, part: str) -> bool:
    return one.unit_id == unit_id and one.part == part


def presence_of(db: Session, now: datetime) -> Presence:
    """The rosters as this transaction sees them; what was over before ``now`` is left out."""
    return map_state.kept(db, "presence", lambda session: _read(session, now))


def _read(db: Session, now: datetime) -> Presence:
    connection = db.connection()
    there = select(Staff.id).where(Staff.active)
    duties = select(Duty.id, Duty.unit_id, Duty.staff_id, Duty.part, Duty.starts_at, Duty.ends_at).where(
        Duty.dropped_at.is_(None), Duty.ends_at > now, Duty.staff_id.in_(there)
    )
    absences = select(
        Absence.id, Absence.staff_id, Absence.substitute_id, Absence.kind, Absence.starts_at, Absence.ends_at
    ).where(Absence.ended_at.is_(None), or_(Absence.ends_at.is_(None), Absence.ends_at > now))
    active = set(connection.scalars(there))
    return Presence(
        (OnDuty(*row) for row in connection.execute(duties)),
        (_without_those_who_left(Away(*row), active) for row in connection.execute(absences)),
    )


def _without_those_who_left(away: Away, active: set[int]) -> Away:
    if away.substitute_id is None or away.substitute_id in active:
        return away
    return Away(away.id, away.staff_id, None, away.kind, away.starts_at, away.ends_at)


def desk_people(db: Session, unit_id: int, now: datetime) -> list[int]:
    """Who of a desk is there now, substitutes among them; of a desk without anybody, the nearest level above."""
    streets, presence = streets_of(db), presence_of(db, now)
    for level in streets.upwards(unit_id):
        if found := presence.there(streets.staff(level.id), now):
            return found
    return []


def acting(db: Session, staff_id: int, now: datetime) -> tuple[Acting, ...]:
    """The posts that somebody has for now, beside their own."""
    presence = presence_of(db, now)
    streets = streets_of(db)
    on_duty = [(DUTY, one.unit_id) for one in presence.duties_of(staff_id, now)]
    posts = [(str(role), unit_id) for role, unit_id in _posts(db, presence.stands_in_for(staff_id, now))]
    units = ((role, streets.unit(unit_id)) for role, unit_id in dict.fromkeys([*on_duty, *posts]))
    return tuple(Acting(role, unit.id, unit.path) for role, unit in units if unit is not None)


def _posts(db: Session, people: Sequence[int]) -> Sequence[tuple[str, int]]:
    if not people:
        return []
    rows = db.execute(select(Post.role, Post.unit_id).where(Post.staff_id.in_(people)).order_by(Post.id))
    return [(row[0], row[1]) for row in rows]
