"""Reads ``明天 9 点到 17 点`` and its like. Pure: takes ``now``, reads no clock; Asia/Shanghai.

A day that is not said is the next on which the time is still ahead; a year that is not said is the one that makes the
day the nearest. Hours without a period of the day are those of a 24-hour clock, but an end that would lie before its
beginning is taken for the afternoon (9 点到 5 点) or for the next day (22:00 到 6:00).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from handlers.rules.deadlines import LOCAL
from handlers.wording import spoken
from nlp.normalise import normalise

HALF_A_DAY = timedelta(hours=12)
LONG_AGO = timedelta(days=60)  # a day of this year that is further back is meant for the next


@dataclass(frozen=True, slots=True)
class Span:
    """What was said: from, until (None where only one moment was said), and the other words around it."""

    start: datetime
    end: datetime | None
    before: str
    after: str

    @property
    def rest(self) -> str:
        """The words without the time."""
        return f"{self.before} {self.after}".strip()


def find(words: str, now: datetime) -> Span | None:
    """The first time that is said in ``words``; None where there is none, or one that no calendar has."""
    text = normalise(words)
    for found in spoken.SPAN.finditer(text):
        said = _with_its_day(found.groupdict(), text[: found.start()])
        read = None if _is_a_little(said) else _read(said, now.astimezone(LOCAL))
        if read is not None:
            return Span(*read, text[: found.start()].strip(), text[found.end() :].strip())
    return None


@dataclass(frozen=True, slots=True)
class Day:
    """A day that was said, and the other words around it."""

    day: date
    before: str
    after: str


def find_day(words: str, now: datetime) -> Day | None:
    """The first day that is said in ``words``, with an hour or without. 3号楼 is a building."""
    text = normalise(words)
    for found in spoken.DAY.finditer(text):
        said = found.groupdict()
        building = said["only1"] is not None and text[found.end() : found.end() + 1] in spoken.OF_A_BUILDING
        day = None if building else _day(said, "1", now.astimezone(LOCAL))
        if day is not None:
            return Day(day, text[: found.start()].strip(), text[found.end() :].strip())
    return None


def _with_its_day(said: dict[str, str | None], before: str) -> dict[str, str | None]:
    """The day may stand further ahead: 明天清洗水箱，9 点到 11 点. 3号 does not count there: it may be a building."""
    if _has_day(said, "1"):
        return said
    days = [found.groupdict() for found in spoken.DAY.finditer(before)]
    named = [day for day in days if day["only1"] is None]
    return {**said, **named[-1]} if named else said


def _is_a_little(said: Mapping[str, str | None]) -> bool:
    """一点 alone is no time of the day (小心一点)."""
    plain = said["period1"] is None and said["more1"] is None and said["hour2"] is None
    return said["hour1"] == spoken.ONE and plain and not _has_day(said, "1")


def _read(said: Mapping[str, str | None], now: datetime) -> tuple[datetime, datetime | None] | None:
    day, clock = _day(said, "1", now), _clock(said, "1", _period(said, "1"))
    if clock is None or (day is None and _has_day(said, "1")):
        return None
    if said["hour2"] is None:
        start = _at(day or now.date(), clock)
        return (start if day is not None or start > now else start + timedelta(days=1)), None
    end_day, end_clock = _day(said, "2", now), _clock(said, "2", _period(said, "2"))
    if said["near2"] in spoken.NEXT_DAY:
        end_day = (day or now.date()) + timedelta(days=1)
    if end_clock is None or (end_day is None and _has_day(said, "2")):
        return None
    start = _at(day or now.date(), clock)
    end = _at(end_day, end_clock) if end_day is not None else _after(start, end_clock, said)
    if day is None and end <= now:
        start, end = start + timedelta(days=1), end + timedelta(days=1)
    return (start, end) if end > start else None


def _after(start: datetime, clock: timedelta, said: Mapping[str, str | None]) -> datetime:
    """The end's clock on the first day that makes sense behind the start."""
    end = _at(start.date(), clock)
    if said["period2"] is None and clock < HALF_A_DAY and end <= start < end + HALF_A_DAY:
        return end + HALF_A_DAY
    return end if end > start else end + timedelta(days=1)


def _at(day: date, clock: timedelta) -> datetime:
    return datetime.combine(day, time(), LOCAL) + clock


def _period(said: Mapping[str, str | None], n: str) -> str:
    return said[f"period{n}"] or spoken.WITH_A_PERIOD.get(said[f"near{n}"] or "", "")


def _clock(said: Mapping[str, str | None], n: str, period: str) -> timedelta | None:
    """Hours and minutes since midnight; 24 点 is the next day's beginning."""
    hour, minute = number(said[f"hour{n}"] or ""), _minute(said, n)
    if hour is None or minute is None or hour > 24 or minute > 59 or (hour == 24 and minute):
        return None
    if period in spoken.NIGHT and hour == 12:
        hour = 24
    elif period in spoken.AFTERNOON and hour < 11:
        hour += 12
    return timedelta(hours=hour, minutes=minute)


def _minute(said: Mapping[str, str | None], n: str) -> int | None:
    digits, more = said[f"minute{n}"], said[f"more{n}"]
    if digits is not None:
        return int(digits)
    if more is None:
        return 0
    return spoken.QUARTERS[more] if more in spoken.QUARTERS else number(more[:-1])


def number(word: str) -> int | None:
    """A number below a hundred, in digits or in words (九, 十五, 二十)."""
    if word.isdigit():
        return int(word)
    tens, ten, ones = word.partition(spoken.TEN)
    if not ten:
        return spoken.NUMERALS.get(word) if len(word) == 1 else None
    high = spoken.NUMERALS.get(tens) if tens else 1
    low = spoken.NUMERALS.get(ones) if ones else 0
    return None if high is None or low is None else high * 10 + low


def _has_day(said: Mapping[str, str | None], n: str) -> bool:
    return any(said[f"{part}{n}"] is not None for part in ("near", "weekday", "month", "only"))


def _day(said: Mapping[str, str | None], n: str, now: datetime) -> date | None:
    near, weekday, month = said[f"near{n}"], said[f"weekday{n}"], said[f"month{n}"]
    if near is not None:
        ahead = spoken.NEAR_DAYS.get(near)
        return now.date() + timedelta(days=ahead) if ahead is not None else None
    if weekday is not None:
        return _weekday(said[f"week{n}"] or "", spoken.WEEKDAYS[weekday], now.date())
    if month is not None:
        return _date(said[f"year{n}"], int(month), int(said[f"day{n}"] or 0), now.date())
    only = said[f"only{n}"]
    return _day_of_month(int(only), now.date()) if only is not None else None


def _weekday(week: str, weekday: int, today: date) -> date:
    day = monday_of(week, today) + timedelta(days=weekday)
    return day + timedelta(days=7) if not week and day < today else day


def monday_of(week: str, today: date) -> date:
    """The Monday of 本周, 下周, 下下周; this week's where none is said."""
    return today + timedelta(days=7 * spoken.WEEKS_AHEAD.get(week, 0) - today.weekday())


def _date(year: str | None, month: int, day: int, today: date) -> date | None:
    try:
        found = date(int(year) if year else today.year, month, day)
        return found if year or today - found < LONG_AGO else found.replace(year=found.year + 1)
    except ValueError:
        return None


def _day_of_month(day: int, today: date) -> date | None:
    """This month's, or the next one's when it is over."""
    first = today.replace(day=1)
    if day < today.day:
        first = (first + timedelta(days=32)).replace(day=1)
    try:
        return first.replace(day=day)
    except ValueError:
        return None
