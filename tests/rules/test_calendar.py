from __future__ import annotations

import logging
from datetime import UTC, date, datetime

import pytest

from handlers.rules.calendar import CHINA, is_working_day, next_working_morning


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
