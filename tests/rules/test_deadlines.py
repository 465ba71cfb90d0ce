"""Deadlines are arithmetic on given moments: spans on three clocks, a ladder, and the hours reminders are said in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.rules import policies, promises
from handlers.rules.calendar import CHINA, Calendar
from handlers.rules.counted_hours import KINDS, NATURAL, WORKING, Clock, Span
from handlers.rules.deadlines import (
    LOCAL,
    Policy,
    accept_by,
    date_by,
    ladder,
    needs_leader,
    progress_by,
    resolve_by,
    say_after,
    with_grace,
)

POLICY = Policy()
CLOCKS = {kind: POLICY.counted(Span(1, "hours", kind)) for kind in KINDS}
OPENED = datetime(2026, 3, 2, 9, 0, tzinfo=LOCAL)
FRIDAY = datetime(2026, 3, 6, 16, 0, tzinfo=LOCAL)
SECONDS = st.integers(1_735_660_800, 1_798_732_800)  # 2025 and 2026 in China: the years whose holidays are known
MOMENTS = SECONDS.map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
SPANS = st.integers(1, 60 * 24 * 10).map(lambda minutes: timedelta(minutes=minutes))
EXAMPLES = settings(max_examples=60, deadline=None)


def test_eight_natural_hours_from_the_first_message() -> None:
    assert accept_by(OPENED, "ordinary", POLICY).due == OPENED + timedelta(hours=8)
    night = OPENED.replace(hour=23)
    assert accept_by(night, "ordinary", POLICY).due == night + timedelta(hours=8)


def test_an_emergency_is_due_in_minutes_at_any_hour() -> None:
    night = OPENED.replace(hour=3)
    assert accept_by(night, "emergency", POLICY).due == night + timedelta(minutes=10)


def test_what_is_urgent_is_accepted_in_hours_of_service_and_done_in_natural_ones() -> None:
    evening = OPENED.replace(hour=19)
    assert accept_by(evening, "urgent", POLICY).due == OPENED.replace(day=3, hour=9)
    found = resolve_by(evening, "urgent", POLICY)
    assert found is not None
    assert found.due == evening + timedelta(hours=24)


def test_complex_matters_have_no_date_until_the_handler_sets_one_within_three_working_days() -> None:
    assert resolve_by(OPENED, "complex", POLICY) is None
    found = date_by(FRIDAY, "complex", POLICY)
    assert found is not None
    assert found.due == FRIDAY + timedelta(days=5)  # Saturday and Sunday are passed over
    assert date_by(FRIDAY, "ordinary", POLICY) is None
    assert not needs_leader(FRIDAY, FRIDAY + timedelta(days=30), POLICY)
    assert needs_leader(FRIDAY, FRIDAY + timedelta(days=30, minutes=1), POLICY)


def test_the_first_note_is_due_with_the_same_promise_but_never_at_once() -> None:
    first = progress_by(OPENED, "ordinary", POLICY)
    assert with_grace(first, OPENED + timedelta(minutes=5), POLICY) == first
    late = OPENED + timedelta(hours=10)
    assert with_grace(first, late, POLICY).due == late + timedelta(hours=1)


def test_yellow_after_six_red_at_eight_then_one_level_each_eight_hours() -> None:
    promise = accept_by(OPENED, "ordinary", POLICY)
    rungs = [
        (rung.kind, rung.number, (rung.at - OPENED) / timedelta(hours=1), rung.level)
        for rung in ladder(promise, "ordinary", POLICY)
    ]
    assert rungs[:4] == [
        ("accept:yellow", 0, 6.0, 0),
        ("accept:red", 1, 8.0, 0),
        ("accept:red", 2, 16.0, 1),
        ("accept:red", 3, 24.0, 2),
    ]
    assert len(rungs) == 1 + POLICY.highest_rung


def test_the_ladder_of_working_hours_stands_still_over_a_weekend() -> None:
    policy = policies.load('clock = "working"')
    promise = accept_by(FRIDAY, "ordinary", policy)
    said = [f"{rung.at.astimezone(CHINA):%a %H:%M}" for rung in ladder(promise, "ordinary", policy)]
    assert said[:3] == ["Mon 14:30", "Mon 16:30", "Tue 17:00"]


@pytest.mark.parametrize(
    ("clock", "start", "span", "due"),
    [
        ("working", "2026-03-06 16:00", "2 hours", "2026-03-09 09:00"),  # over a weekend
        ("working", "2026-03-06 11:30", "1 hours", "2026-03-06 14:00"),  # over lunch
        ("working", "2026-03-06 11:30", "30 minutes", "2026-03-06 12:00"),  # ends before lunch, not after it
        ("working", "2026-03-06 03:00", "8 hours", "2026-03-09 09:00"),
        ("working", "2026-03-06 08:30", "1 days", "2026-03-06 17:30"),
        ("working", "2026-02-13 17:00", "1 hours", "2026-02-14 09:00"),  # a Saturday worked for 春节
        ("working", "2026-02-14 17:00", "1 hours", "2026-02-24 09:00"),  # and the nine days off behind it
        ("working", "2026-09-30 17:00", "3 days", "2026-10-10 17:00"),  # 国庆, with a working Saturday after it
        ("service", "2026-03-06 19:00", "2 hours", "2026-03-07 09:00"),
        ("service", "2026-03-06 23:00", "1 days", "2026-03-07 20:00"),
        ("service", "2026-02-17 05:00", "30 minutes", "2026-02-17 08:30"),  # service knows no holidays
        ("natural", "2026-02-17 05:00", "3 days", "2026-02-20 05:00"),
    ],
)
def test_spans_on_each_clock(clock: str, start: str, span: str, due: str) -> None:
    amount, unit = span.split()
    begin = datetime.fromisoformat(start).replace(tzinfo=LOCAL)
    promise = promises.promised(begin, Span(int(amount), unit, clock), POLICY, promises.SAID)
    assert f"{promise.due.astimezone(LOCAL):%Y-%m-%d %H:%M}" == due


# --- whatever the moment


def _check(clock: Clock, start: datetime, other: datetime, one: timedelta, two: timedelta) -> None:
    due = clock.after(start, one)
    assert due >= start + one  # never before the first message, nor sooner than if every hour counted
    assert clock.after(due, two) == clock.after(start, one + two)  # spans add up
    assert clock.between(start, due) == one  # and are found again
    first, later = sorted((start, other))
    assert clock.after(first, one) <= clock.after(later, one)  # who speaks first is not served later
    assert clock.after(start, one) < clock.after(start, one + two)
    local = due.astimezone(CHINA)
    if clock.kind == WORKING:
        assert Calendar().works(local.date())
    if clock.kind != NATURAL:
        assert any(stretch.begin < local.time() <= stretch.end for stretch in clock.hours)


@pytest.mark.parametrize("kind", KINDS)
@given(start=MOMENTS, other=MOMENTS, one=SPANS, two=SPANS)
@EXAMPLES
def test_every_clock_only_goes_forward(
    kind: str, start: datetime, other: datetime, one: timedelta, two: timedelta
) -> None:
    _check(CLOCKS[kind], start, other, one, two)


@pytest.mark.soak
@pytest.mark.parametrize("kind", KINDS)
@given(start=MOMENTS, other=MOMENTS, one=SPANS, two=SPANS)
@settings(max_examples=5000, deadline=None)
def test_every_clock_only_goes_forward_at_length(
    kind: str, start: datetime, other: datetime, one: timedelta, two: timedelta
) -> None:
    _check(CLOCKS[kind], start, other, one, two)


@given(
    start=MOMENTS, urgency=st.sampled_from(["emergency", "urgent", "ordinary", "complex"]), kind=st.sampled_from(KINDS)
)
@EXAMPLES
def test_a_ladder_climbs(start: datetime, urgency: str, kind: str) -> None:
    policy = policies.load(f'clock = "{kind}"')
    promise = accept_by(start, urgency, policy)
    rungs = list(ladder(promise, urgency, policy))
    assert [rung.at for rung in rungs] == sorted({rung.at for rung in rungs})
    assert start < rungs[0].at == promise.yellow < rungs[1].at == promise.due
    assert promises.of_json(promise.as_json()) == promise


@given(start=MOMENTS)
@EXAMPLES
def test_the_zone_of_a_moment_does_not_matter(start: datetime) -> None:
    """China has had no summer time since 1991: the same instant, said in any zone, is due at the same instant."""
    for kind, clock in CLOCKS.items():
        dues = {clock.after(start.astimezone(zone), timedelta(hours=5)) for zone in (UTC, LOCAL, CHINA)}
        assert len(dues) == 1, kind


# --- reminders


@pytest.mark.parametrize(
    ("due", "said"),
    [
        ("08:00", "08:00"),
        ("19:59", "19:59"),
        ("20:00", "08:00 +1"),
        ("23:30", "08:00 +1"),
        ("00:10", "08:00"),
        ("07:59", "08:00"),
    ],
)
def test_ordinary_reminders_are_said_in_the_hours_of_service(due: str, said: str) -> None:
    hour, minute = map(int, due.split(":"))
    moment = OPENED.replace(hour=hour, minute=minute)
    told = say_after(moment, POLICY)
    day = " +1" if told.astimezone(LOCAL).date() > moment.date() else ""
    assert f"{told.astimezone(LOCAL):%H:%M}{day}" == said


@given(MOMENTS)
def test_nothing_is_said_early_nor_more_than_twelve_hours_late(due: datetime) -> None:
    told = say_after(due, POLICY)
    assert due <= told <= due + timedelta(hours=12)
    assert POLICY.day_starts <= told.astimezone(LOCAL).time() < POLICY.day_ends
