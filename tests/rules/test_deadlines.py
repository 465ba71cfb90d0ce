"""Deadlines are arithmetic on given moments: natural hours, a ladder, and the hours in which reminders are said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.deadlines import LOCAL, Policy, accept_due, ladder, progress_due, resolve_due, say_after

POLICY = Policy()
OPENED = datetime(2026, 3, 2, 9, 0, tzinfo=LOCAL)
MOMENTS = st.integers(1_577_836_800, 2_051_222_400).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


def test_eight_natural_hours_from_the_first_message() -> None:
    assert accept_due(OPENED, "ordinary", POLICY) == OPENED + timedelta(hours=8)
    night = OPENED.replace(hour=23)
    assert accept_due(night, "ordinary", POLICY) == night + timedelta(hours=8)


def test_an_emergency_is_due_in_minutes() -> None:
    assert accept_due(OPENED, "emergency", POLICY) == OPENED + timedelta(minutes=10)


def test_complex_matters_have_no_date_until_the_handler_sets_one() -> None:
    assert resolve_due(OPENED, "complex", POLICY) is None
    assert resolve_due(OPENED, "ordinary", POLICY) == OPENED + timedelta(days=3)


def test_the_first_note_is_due_with_the_same_promise_but_never_at_once() -> None:
    assert progress_due(OPENED, OPENED + timedelta(minutes=5), POLICY) == OPENED + timedelta(hours=8)
    late = OPENED + timedelta(hours=10)
    assert progress_due(OPENED, late, POLICY) == late + timedelta(hours=1)


def test_yellow_after_six_red_at_eight_then_one_level_each_eight_hours() -> None:
    rungs = [
        (rung.kind, rung.number, (rung.at - OPENED) / timedelta(hours=1), rung.level) for rung in ladder(OPENED, POLICY)
    ]
    assert rungs[:4] == [
        ("accept:yellow", 0, 6.0, 0),
        ("accept:red", 1, 8.0, 0),
        ("accept:red", 2, 16.0, 1),
        ("accept:red", 3, 24.0, 2),
    ]


@pytest.mark.parametrize(
    ("due", "said"),
    [
        ("08:00", "08:00"),
        ("20:59", "20:59"),
        ("21:00", "08:00 +1"),
        ("23:30", "08:00 +1"),
        ("00:10", "08:00"),
        ("07:59", "08:00"),
    ],
)
def test_ordinary_reminders_are_said_between_eight_and_nine_in_the_evening(due: str, said: str) -> None:
    hour, minute = map(int, due.split(":"))
    moment = OPENED.replace(hour=hour, minute=minute)
    told = say_after(moment, POLICY)
    day = " +1" if told.astimezone(LOCAL).date() > moment.date() else ""
    assert f"{told.astimezone(LOCAL):%H:%M}{day}" == said


@given(MOMENTS)
def test_nothing_is_said_early_nor_more_than_eleven_hours_late(due: datetime) -> None:
    told = say_after(due, POLICY)
    assert due <= told <= due + timedelta(hours=11)
    assert POLICY.day_starts <= told.astimezone(LOCAL).time() < POLICY.day_ends
