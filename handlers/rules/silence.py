"""Is a door silent for longer than usual? Learned from the gaps between its messages. Pure: nothing reads a clock.

A gap is counted by kinds of hours, each kind for itself: of a silence from ten at night to nine in the morning, two
hours are daytime. A door is missed when one kind has gone on for twice its longest usual gap, and never before the
floor of that kind. What is usual fades to half within two weeks, so that a quiet holiday is forgotten again.

What is known is a row's ``rhythm``: ``since`` when it was first heard, ``longest`` seconds of silence a kind of hours,
and, while people know of a silence, ``silent_since``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any

from handlers.rules.calendar import CHINA, Calendar


class Hours(StrEnum):
    """Kinds of hours, in China."""

    DAY = "day"  # of a working day
    EVENING = "evening"
    WEEKEND = "weekend"  # the waking hours of a day off, holidays too
    NIGHT = "night"


FLOOR: Mapping[Hours, timedelta] = {
    Hours.DAY: timedelta(hours=2),
    Hours.EVENING: timedelta(hours=3),
    Hours.WEEKEND: timedelta(hours=4),
    Hours.NIGHT: timedelta(hours=10),
}
TIMES_USUAL = 2
HISTORY = timedelta(days=3)  # a door heard for less has no habits yet
HALF_LIFE = timedelta(days=14)
LONGEST_GAP = timedelta(days=60)  # of a longer one the end is counted
MISSED_COUNTS = 0.75  # of what was allowed: how far a silence that people were told of may stretch what is usual
MORNING, DUSK, BEDTIME = time(7), time(18), time(22)

Rhythm = Mapping[str, Any]
LISTED = Calendar()  # the State Council's days, where a deployment names none of its own


@dataclass(frozen=True, slots=True)
class Unusual:
    """A silence that is longer than usual, and how long the longest usual one of these hours is."""

    hours: Hours
    silent: timedelta
    usual: timedelta


def learn(rhythm: Rhythm, last: datetime | None, now: datetime, calendar: Calendar = LISTED) -> dict[str, Any]:
    """The rhythm after a door was heard again ``now``; ``last`` is when it was heard before."""
    known = dict(rhythm)
    if last is None or "since" not in known:
        return {**known, "since": now.isoformat(), "longest": known.get("longest", {})}
    if now <= last:
        return known
    fading = 0.5 ** ((now - last) / HALF_LIFE)
    longest = {Hours(kind): seconds * fading for kind, seconds in known.get("longest", {}).items()}
    missed = "silent_since" in known
    for hours, length in counted(last, now, calendar).items():
        gap = min(length, allowed(rhythm, hours) * MISSED_COUNTS) if missed else length
        longest[hours] = max(longest.get(hours, 0.0), gap.total_seconds())
    return {**known, "longest": {hours.value: round(seconds, 2) for hours, seconds in longest.items()}}


def unusual(rhythm: Rhythm, last: datetime | None, now: datetime, calendar: Calendar = LISTED) -> Unusual | None:
    """The kind of hours in which a door that was heard ``last`` is missed by ``now``, or None."""
    if last is None or "since" not in rhythm or last - datetime.fromisoformat(rhythm["since"]) < HISTORY:
        return None
    for hours, length in counted(last, now, calendar).items():
        if hours in rhythm["longest"] and length > allowed(rhythm, hours):
            return Unusual(hours, length, _usual(rhythm, hours))
    return None


def allowed(rhythm: Rhythm, hours: Hours) -> timedelta:
    """How long a door may be silent in these hours before anybody wonders."""
    return max(FLOOR[hours], TIMES_USUAL * _usual(rhythm, hours))


def _usual(rhythm: Rhythm, hours: Hours) -> timedelta:
    return timedelta(seconds=rhythm.get("longest", {}).get(hours, 0.0))


def counted(since: datetime, until: datetime, calendar: Calendar = LISTED) -> dict[Hours, timedelta]:
    """How much of each kind of hours lies between two moments."""
    sums: dict[Hours, timedelta] = {}
    for hours, length in _pieces(max(since, until - LONGEST_GAP), until, calendar):
        sums[hours] = sums.get(hours, timedelta()) + length
    return sums


def _pieces(since: datetime, until: datetime, calendar: Calendar) -> Iterator[tuple[Hours, timedelta]]:
    at = since.astimezone(CHINA)
    while at < until:
        hours, end = _kind(at, calendar)
        yield hours, min(end, until) - at
        at = end


def _kind(at: datetime, calendar: Calendar) -> tuple[Hours, datetime]:
    """What kind of hour it is, and until when."""
    clock, works = at.time(), calendar.works(at.date())
    if clock < MORNING:
        return Hours.NIGHT, _at(at, MORNING)
    if clock >= BEDTIME:
        return Hours.NIGHT, _at(at + timedelta(days=1), MORNING)
    if not works:
        return Hours.WEEKEND, _at(at, BEDTIME)
    return (Hours.DAY, _at(at, DUSK)) if clock < DUSK else (Hours.EVENING, _at(at, BEDTIME))


def _at(day: datetime, clock: time) -> datetime:
    return datetime.combine(day.date(), clock, tzinfo=CHINA)
