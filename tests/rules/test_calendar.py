from __future__ import annotations

import logging
from datetime import UTC, date, datetime, timedelta

import pytest

from handlers.rules.calendar import CHINA, Calendar, is_known, is_working_day, next_working_morning

# The State Council's days off and working weekends of 2025 and 2026, as its two notices name them.
OFF = {
    2025: "01-01 01-28/02-04 04-04/04-06 05-01/05-05 05-31/06-02 10-01/10-08",
    2026: "01-01/01-03 02-15/02-23 04-04/04-06 05-01/05-05 06-19/06-21 09-25/09-27 10-01/10-07",
}
WORKED = {
    2025: "01-26 02-08 04-27 09-28 10-11",
    2026: "01-04 02-14 02-28 05-09 09-20 10-10",
}


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 3, 2), True),  # an ordinary Monday
        (date(2026, 3, 7), False),  # an ordinary Saturday
        (date(2026, 2, 17), False),  # 春节
        (date(2026, 2, 14), True),  # a Saturday worked for it
        (date(2026, 10, 10), True),
    ],
)
def test_holidays_and_working_weekends(day: date, works: bool) -> None:
    assert is_working_day(day) is works


def test_an_unknown_year_falls_back_to_weekdays_and_says_so_once(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert is_working_day(date(2093, 6, 1))  # a Monday
        assert not is_working_day(date(2093, 6, 6))
    assert [record.getMessage()[:24] for record in caplog.records] == ["The holidays of 2093 are"]


@pytest.mark.parametrize(
    ("now", "morning"),
    [
        (datetime(2026, 3, 2, 8, 59, tzinfo=CHINA), datetime(2026, 3, 2, 9, tzinfo=CHINA)),
        (datetime(2026, 3, 2, 9, 0, tzinfo=CHINA), datetime(2026, 3, 2, 9, tzinfo=CHINA)),
        (datetime(2026, 3, 2, 9, 1, tzinfo=CHINA), datetime(2026, 3, 3, 9, tzinfo=CHINA)),
        (datetime(2026, 2, 13, 18, tzinfo=CHINA), datetime(2026, 2, 14, 9, tzinfo=CHINA)),
        (datetime(2026, 2, 14, 18, tzinfo=CHINA), datetime(2026, 2, 24, 9, tzinfo=CHINA)),
        (datetime(2026, 3, 1, 20, tzinfo=UTC), datetime(2026, 3, 2, 9, tzinfo=CHINA)),  # 04:00 on Monday in China
    ],
)
def test_the_next_working_morning_is_never_in_the_past(now: datetime, morning: datetime) -> None:
    assert next_working_morning(now) == morning


def days(year: int, text: str) -> set[date]:
    """01-01 01-28/02-04: single days and stretches of them."""
    found: set[date] = set()
    for stretch in text.split():
        first, last = (date.fromisoformat(f"{year}-{day}") for day in (stretch.split("/") * 2)[:2])
        found |= {first + timedelta(days=step) for step in range((last - first).days + 1)}
    return found


@pytest.mark.parametrize("year", [2025, 2026])
def test_every_day_of_the_years_that_are_known(year: int) -> None:
    off, worked = days(year, OFF[year]), days(year, WORKED[year])
    whole = days(year, "01-01/12-31")
    works = {day for day in whole if (day.weekday() < 5 or day in worked) and day not in off}
    assert {day for day in whole if Calendar().works(day)} == works
    assert all(day.weekday() >= 5 for day in worked)


def test_a_year_that_is_not_known_yet_falls_back_until_somebody_names_its_days(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert (is_known(2026), is_known(2093)) == (True, False)
    named = Calendar(holidays=frozenset({date(2093, 1, 1)}), workdays=frozenset({date(2093, 1, 3)}))
    with caplog.at_level(logging.WARNING):
        found = [named.works(date(2093, 1, day)) for day in (1, 2, 3, 4)]  # a Thursday, and on
    assert found == [False, True, True, False]
    assert caplog.records == []  # whoever names the days knows that the package does not


def test_what_a_deployment_names_goes_before_the_list() -> None:
    named = Calendar(frozenset({date(2026, 3, 4)}), frozenset({date(2026, 3, 7), date(2026, 2, 17)}))
    assert [named.works(day) for day in (date(2026, 3, 4), date(2026, 3, 7), date(2026, 2, 17))] == [False, True, True]
    assert named.works(date(2026, 3, 5))


def test_the_version_of_a_calendar_is_the_packages_and_that_of_the_days_named() -> None:
    plain, one = Calendar(), Calendar(holidays=frozenset({date(2026, 3, 4)}))
    other = Calendar(workdays=frozenset({date(2026, 3, 4)}))
    assert plain.version.startswith("chinesecalendar 1.")
    assert len({plain.version, one.version, other.version}) == 3
    assert one.version == Calendar(frozenset({date(2026, 3, 4)})).version


@pytest.mark.skipif(is_known(2027), reason="the package has the holidays of 2027: they belong into the table above")
def test_2027_is_monday_to_friday_until_the_list_comes() -> None:
    assert {day for day in days(2027, "01-01/12-31") if Calendar().works(day)} == {
        day for day in days(2027, "01-01/12-31") if day.weekday() < 5
    }
