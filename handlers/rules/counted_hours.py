"""What an hour is: every hour, the hours of service of each day, or the working hours of working days. Pure.

Moments are aware and may be of any zone; hours of day are those of Asia/Shanghai.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from handlers.rules.calendar import CHINA, Calendar

NATURAL, SERVICE, WORKING = "natural", "service", "working"
KINDS = (NATURAL, SERVICE, WORKING)
DAY = timedelta(days=1)


class Hours(NamedTuple):
    """A stretch of a day in which time counts; it ends before midnight."""

    begin: time
    end: time


@dataclass(frozen=True, slots=True)
class Clock:
    """How time is counted. Without ``hours`` every hour counts; without ``calendar`` every day does."""

    kind: str = NATURAL
    hours: tuple[Hours, ...] = ()  # of one day, in order, none within another
    calendar: Calendar | None = None

    @property
    def day(self) -> timedelta:
        """What counts of one day."""
        return sum((_length(stretch) for stretch in self.hours), timedelta()) if self.hours else DAY

    def after(self, start: datetime, span: timedelta) -> datetime:
        """The moment when ``span`` has been counted from ``start``; ``start`` itself where there is nothing to count.

        What is counted to the end of a stretch ends there, not with the beginning of the next one.
        """
        if not self.hours or not span:
            return start + span
        left = span
        for begin, end in self._stretches(start):
            if left <= end - begin:
                return begin + left
            left -= end - begin
        raise AssertionError("a day without end")  # pragma: no cover - the stretches never end

    def between(self, start: datetime, end: datetime) -> timedelta:
        """How much is counted from ``start`` to ``end``; nothing where the end comes first."""
        if not self.hours:
            return max(end - start, timedelta())
        counted = timedelta()
        for begins, ends in self._stretches(start):
            if begins >= end:
                break
            counted += min(ends, end) - begins
        return counted

    def is_off(self, day: date) -> bool:
        """Whether nothing counts on a date in China."""
        return bool(self.hours) and self.calendar is not None and not self.calendar.works(day)

    def _stretches(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """What counts from ``start`` on, without end."""
        first = start.astimezone(CHINA)
        day = first.date()
        while True:
            if not self.is_off(day):
                for stretch in self.hours:
                    begin = max(datetime.combine(day, stretch.begin, CHINA), first)
                    end = datetime.combine(day, stretch.end, CHINA)
                    if begin < end:
                        yield begin, end
            day += DAY


def _length(stretch: Hours) -> timedelta:
    return datetime.combine(date.min, stretch.end) - datetime.combine(date.min, stretch.begin)


@dataclass(frozen=True, slots=True)
class Span:
    """A length as a policy writes it: ``8 hours``, ``2 service hours``, ``3 working days``.

    ``clock`` is empty where the policy's own clock counts. A day is what counts of one day on that clock.
    """

    amount: int
    unit: str  # minutes, hours, days
    clock: str = ""

    def on(self, clock: Clock) -> timedelta:
        """How long it is on a clock."""
        if self.unit == "days":
            return self.amount * clock.day
        return timedelta(hours=self.amount) if self.unit == "hours" else timedelta(minutes=self.amount)
