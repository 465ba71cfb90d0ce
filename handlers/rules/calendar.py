"""Working days in China: holidays, and the working weekends (调休) that pay for them. Pure: nothing reads a clock.

Source: the State Council's yearly list, as the package ``chinesecalendar`` carries it. For a year that the package does
not know yet, Monday to Friday are working days and the log says so.
"""

from __future__ import annotations

import logging
from datetime import date, datetime, time, timedelta, timezone
from functools import cache

import chinese_calendar

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")  # one zone, no summer time since 1991
OPENING = time(9, 0)  # when offices open

log = logging.getLogger(__name__)


def is_working_day(day: date) -> bool:
    """Whether offices work on ``day`` (a date in China)."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        _warn_of(day.year)
        return day.weekday() < 5


def next_working_morning(now: datetime) -> datetime:
    """The first 09:00 of a working day in China that is not before ``now`` (aware), in China's zone."""
    local = now.astimezone(CHINA)
    day = local.date() if local.timetz().replace(tzinfo=None) <= OPENING else local.date() + timedelta(days=1)
    while not is_working_day(day):
        day += timedelta(days=1)
    return datetime.combine(day, OPENING, tzinfo=CHINA)


@cache
def _warn_of(year: int) -> None:
    log.warning(
        "The holidays of %d are not known: Monday to Friday count as working days. Update the package chinesecalendar.",
        year,
    )
