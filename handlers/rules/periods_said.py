"""Reads a period of figures: 本月, 上周, 近30天, 2026年3月. Pure: takes ``now``; periods are of Asia/Shanghai."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from handlers.rules.deadlines import LOCAL
from handlers.wording import statistics as wording

A_MONTH, LAST_DAYS = re.compile(wording.A_MONTH), re.compile(wording.LAST_DAYS)
A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """From the beginning of one day until before the beginning of another."""

    first: date
    after: date

    @property
    def begin(self) -> datetime:
        """Its first moment."""
        return datetime.combine(self.first, time(), LOCAL)

    @property
    def end(self) -> datetime:
        """The first moment behind it."""
        return datetime.combine(self.after, time(), LOCAL)


def month_of(day: date) -> Period:
    """The month in which a day is."""
    first = day.replace(day=1)
    return Period(first, (first + timedelta(days=32)).replace(day=1))


def _quarter_of(day: date) -> Period:
    first = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    return Period(first, (first + timedelta(days=95)).replace(day=1))


def _year_of(day: date) -> Period:
    return Period(day.replace(month=1, day=1), day.replace(year=day.year + 1, month=1, day=1))


def _week_of(day: date) -> Period:
    monday = day - timedelta(days=day.weekday())
    return Period(monday, monday + timedelta(days=7))


def find(words: str, now: datetime) -> tuple[Period, str] | None:
    """The period that is said, and the other words; None where none is."""
    today = now.astimezone(LOCAL).date()
    for said, period in _named(today):
        if said in words:
            return period, words.replace(said, " ", 1).strip()
    found = LAST_DAYS.search(words)
    if found is not None and int(found["days"]):
        period = Period(today - timedelta(days=int(found["days"]) - 1), today + A_DAY)
        return period, f"{words[: found.start()]} {words[found.end() :]}".strip()
    found = A_MONTH.search(words)
    if found is None or not 1 <= int(found["month"]) <= 12:
        return None
    month = date(int(found["year"] or today.year), int(found["month"]), 1)
    if found["year"] is None and month > today:
        month = month.replace(year=month.year - 1)
    return month_of(month), f"{words[: found.start()]} {words[found.end() :]}".strip()


def _named(today: date) -> list[tuple[str, Period]]:
    """Every word with its period, the longest words first, so that 上个月 is not read as 月."""
    ways = (
        (wording.TODAY, Period(today, today + A_DAY)),
        (wording.YESTERDAY, Period(today - A_DAY, today)),
        (wording.WEEK, _week_of(today)),
        (wording.LAST_WEEK, _week_of(today - timedelta(days=7))),
        (wording.MONTH, month_of(today)),
        (wording.LAST_MONTH, month_of(today.replace(day=1) - A_DAY)),
        (wording.QUARTER, _quarter_of(today)),
        (wording.LAST_QUARTER, _quarter_of(_quarter_of(today).first - A_DAY)),
        (wording.YEAR, _year_of(today)),
        (wording.LAST_YEAR, _year_of(today.replace(month=1, day=1) - A_DAY)),
    )
    pairs = [(word, period) for words, period in ways for word in words]
    return sorted(pairs, key=lambda pair: -len(pair[0]))


def between(begin: datetime, end: datetime) -> str:
    """The same of its two moments."""
    return in_words(Period(begin.astimezone(LOCAL).date(), end.astimezone(LOCAL).date()))


def in_words(period: Period) -> str:
    """``3月1日–3月31日``, both days counted."""
    last = period.after - A_DAY
    begin, end = (wording.DAY.format(month=day.month, day=day.day) for day in (period.first, last))
    return begin if period.first == last else wording.SPAN.format(begin=begin, end=end)
