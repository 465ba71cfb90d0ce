"""Working days in China: holidays, and the working weekends (调休) that pay for them. Pure: nothing reads a clock.

Source: the State Council's yearly list, as the package ``chinesecalendar`` carries it, and what a deployment says
otherwise in its policy. For a year that the package does not know yet, Monday to Friday are working days and the log
says so.
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from functools import cache
from importlib.metadata import version

import chinese_calendar

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")  # one zone, no summer time since 1991
OPENING = time(9, 0)  # when offices open
SOURCE = "chinesecalendar"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days offices work. What a deployment names itself goes before the package's list."""

    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()

    def works(self, day: date) -> bool:
        """Whether offices work on ``day`` (a date in China)."""
        if day in self.workdays or day in self.holidays:
            return day in self.workdays
        try:
            return bool(chinese_calendar.is_workday(day))
        except NotImplementedError:
            if all(named.year != day.year for named in self.holidays | self.workdays):
                _warn_of(day.year)
            return day.weekday() < 5

    @property
    def version(self) -> str:
        """The package with its version and, where a deployment names days itself, a hash of them."""
        package = f"{SOURCE} {version(SOURCE)}"
        if not self.holidays and not self.workdays:
            return package
        named = " ".join(f"-{day}" for day in sorted(self.holidays)) + "".join(
            f"+{day}" for day in sorted(self.workdays)
        )
        return f"{package}+{hashlib.sha256(named.encode()).hexdigest()[:8]}"


def is_known(year: int) -> bool:
    """Whether the package has the holidays of a year."""
    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


def is_working_day(day: date) -> bool:
    """Whether offices work on ``day`` (a date in China) by the package's list alone."""
    return Calendar().works(day)


def next_working_morning(now: datetime, calendar: Calendar | None = None) -> datetime:
    """The first 09:00 of a working day in China that is not before ``now`` (aware), in China's zone."""
    works = (calendar or Calendar()).works
    local = now.astimezone(CHINA)
    day = local.date() if local.timetz().replace(tzinfo=None) <= OPENING else local.date() + timedelta(days=1)
    while not works(day):
        day += timedelta(days=1)
    return datetime.combine(day, OPENING, tzinfo=CHINA)


@cache
def _warn_of(year: int) -> None:
    log.warning(
        "The holidays of %d are not known: Monday to Friday count as working days. Update the package chinesecalendar.",
        year,
    )
