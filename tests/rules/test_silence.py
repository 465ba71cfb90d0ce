"""When a door is missed: by kinds of hours, after three days, never before the floor, and not for its own habits."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from handlers.rules.calendar import CHINA, Calendar
from handlers.rules.silence import FLOOR, HALF_LIFE, Hours, allowed, counted, learn, unusual

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November 2026: the 2nd is a Monday, and no holiday is near."""
    return datetime(2026, 11, day, hour, minute, tzinfo=CHINA)


def heard(*moments: datetime) -> dict[str, Any]:
    """The rhythm of a door that was heard at these moments."""
    rhythm: dict[str, Any] = {}
    last = None
    for moment in moments:
        rhythm, last = learn(rhythm, last, moment), moment
    return rhythm


def every(gap: timedelta, since: datetime, until: datetime) -> list[datetime]:
    """A door with one message a ``gap`` between seven and ten."""
    steps = int((until - since) / gap)
    return [moment for n in range(steps + 1) if 7 <= (moment := since + n * gap).hour < 22]


BUSY = every(20 * MINUTE, at(2, 9), at(6, 18))  # Monday to Friday
USED = heard(*BUSY)


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        (at(3, 9), at(3, 11), {Hours.DAY: 2 * HOUR}),
        (at(3, 17), at(3, 19), {Hours.DAY: HOUR, Hours.EVENING: HOUR}),
        (at(3, 21), at(4, 8), {Hours.EVENING: HOUR, Hours.NIGHT: 9 * HOUR, Hours.DAY: HOUR}),
        (at(4, 3), at(4, 4), {Hours.NIGHT: HOUR}),
        (at(7, 6), at(7, 8), {Hours.NIGHT: HOUR, Hours.WEEKEND: HOUR}),  # a Saturday
        (datetime(2026, 10, 1, 9, tzinfo=CHINA), datetime(2026, 10, 1, 10, tzinfo=CHINA), {Hours.WEEKEND: HOUR}),
        (at(3, 9), at(3, 9), {}),
    ],
)
def test_a_gap_is_counted_by_kinds_of_hours(since: datetime, until: datetime, expected: dict[Hours, timedelta]) -> None:
    assert counted(since, until) == expected


@pytest.mark.parametrize(
    ("last", "now", "missed"),
    [
        (at(5, 10), at(5, 11, 59), None),  # twenty minutes are usual, but nobody is rung before two hours are over
        (at(5, 10), at(5, 12, 1), Hours.DAY),
        (at(5, 18), at(5, 20, 30), None),
        (at(5, 18), at(5, 21, 1), Hours.EVENING),
        (at(5, 22), at(6, 7), None),  # a night like the others
        (at(5, 21, 40), at(6, 8, 30), None),
        (at(5, 21, 40), at(6, 9, 1), Hours.DAY),
        (at(6, 18), at(7, 20), Hours.EVENING),  # Friday's evening counts; no Saturday was ever heard
    ],
)
def test_a_busy_door_is_missed_soon(last: datetime, now: datetime, missed: Hours | None) -> None:
    found = unusual(USED, last, now)
    assert (found.hours if found else None) == missed


def test_it_says_how_long_and_what_is_usual() -> None:
    found = unusual(USED, at(5, 10), at(5, 13))
    assert found is not None
    assert found.silent == 3 * HOUR
    assert timedelta(minutes=19) < found.usual <= timedelta(minutes=20)


def test_three_days_are_needed() -> None:
    young = heard(*every(20 * MINUTE, at(2, 9), at(5, 8, 40)))
    assert unusual(young, at(5, 8, 40), at(5, 17)) is None
    assert unusual(young, at(5, 9), at(5, 17)) is not None


@pytest.mark.parametrize(("rhythm", "last"), [({}, None), ({}, at(5, 9)), (heard(at(5, 9)), at(5, 9))])
def test_a_door_that_was_hardly_heard_is_not_missed(rhythm: dict[str, Any], last: datetime | None) -> None:
    assert unusual(rhythm, last, at(20, 12)) is None


def test_no_kind_of_hours_is_judged_before_it_was_lived_through() -> None:
    assert "weekend" not in USED["longest"]
    assert unusual(USED, at(7, 7), at(7, 21)) is None
    lived = heard(*BUSY, at(7, 9), at(7, 10))
    assert unusual(lived, at(7, 10), at(7, 14, 1)) is not None


def test_a_quiet_door_has_longer_gaps() -> None:
    """One message a morning: half a day is nothing."""
    seldom = heard(*(at(day, 9) for day in (2, 3, 4, 5, 6)))
    assert allowed(seldom, Hours.DAY) > 20 * HOUR
    assert unusual(seldom, at(6, 9), at(6, 18)) is None
    assert unusual(seldom, at(6, 9), at(11, 18)) is not None


def test_a_gap_that_was_usual_is_not_missed_when_it_comes_again() -> None:
    for start in (8, 10, 12):
        gap = [at(5, start), at(5, start) + 4 * HOUR]
        assert unusual(heard(*BUSY[:100], *gap), gap[-1], gap[-1] + 4 * HOUR) is None


def test_what_is_usual_fades() -> None:
    """Heard every minute, it halves within two weeks; in one step it would be the gap itself that counts."""
    known = {**USED, "longest": {"day": 8 * 3600.0}}
    faded = learn(known, at(9, 23), at(9, 23) + MINUTE)["longest"]["day"] / (8 * 3600)
    assert faded ** (HALF_LIFE / MINUTE) == pytest.approx(0.5, rel=0.01)


def test_an_outage_that_people_knew_of_does_not_become_usual_at_once() -> None:
    known = {**USED, "silent_since": at(9, 8).isoformat()}
    after = learn(known, at(9, 8), at(13, 8))
    assert after["longest"]["day"] <= FLOOR[Hours.DAY].total_seconds()
    assert learn(USED, at(9, 8), at(13, 8))["longest"]["day"] > 30 * 3600
    assert after["silent_since"] == known["silent_since"]


def test_a_clock_that_went_backwards_teaches_nothing() -> None:
    assert learn(USED, at(6, 18), at(6, 17)) == USED


def test_years_of_silence_are_counted_quickly() -> None:
    assert sum(counted(at(1, 9), at(1, 9) + timedelta(days=3650)).values(), timedelta()) == timedelta(days=60)


def test_the_days_that_a_deployment_names_itself_count() -> None:
    morning = datetime(2026, 3, 4, 9, tzinfo=CHINA)  # a Wednesday
    off = Calendar(holidays=frozenset({morning.date()}))
    two = timedelta(hours=2)
    assert counted(morning, morning + two) == {Hours.DAY: two}
    assert counted(morning, morning + two, off) == {Hours.WEEKEND: two}
