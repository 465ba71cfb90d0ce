"""Reads stretches of duty and leave: 今晚 20:00-08:00, 周六, 明天到周五, 下午. Pure: takes ``now``; Asia/Shanghai.

What is not said is the usual: a night's duty begins when the day's ends, a day that is named alone is 24 hours from the
beginning of its duty; leave is of whole days, from now on where it begins today.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from handlers.rules import spoken_times
from handlers.rules.deadlines import LOCAL
from handlers.wording import stretches as wording
from nlp.normalise import normalise

DAY = timedelta(days=1)
NOON = time(12)
LONGEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Stretch:
    """From when until when, and the other words. ``end`` None: nobody said until when."""

    start: datetime
    end: datetime | None
    rest: str


def duty(words: str, now: datetime, begins: time, ends: time) -> Stretch | None:
    """A stretch of duty; None where none is said. ``begins`` and ``ends`` are those of a day's duty."""
    exact = _hours(words, now)
    if exact is not None:
        return exact
    found = spoken_times.find_day(words, now)
    if found is None:
        return None
    rest = f"{found.before} {found.after}".strip()
    text = normalise(words)
    said = text[len(found.before) : len(text) - len(found.after)]
    night = wording.NIGHT.search(said) or wording.NIGHT.match(found.after)
    if night or wording.DAYTIME.match(found.after):
        rest = wording.PART_OF_A_DAY.sub("", rest, count=1)
    if night:
        start = _at(found.day, ends)
        return Stretch(start, _next(start, begins), rest.strip())
    if wording.DAYTIME.match(found.after):
        return Stretch(_at(found.day, begins), _at(found.day, ends), rest.strip())
    return Stretch(_at(found.day, begins), _at(found.day + DAY, begins), rest)


def leave(words: str, now: datetime) -> Stretch:
    """A stretch of leave. Without any day it begins now and nobody knows when it ends."""
    exact = _hours(words, now)
    if exact is not None:
        return exact
    found = spoken_times.find_day(words, now)
    if found is None:
        return _rest_of_today(words, now)
    until = wording.UNTIL.match(found.after)
    last = spoken_times.find_day(found.after[until.end() :], now) if until else None
    if last is not None and last.before:
        last = None  # 到 and something else
    if _only_until(found.before) and last is None:
        return Stretch(now, _at(found.day + DAY, time()), f"{wording.ONLY_UNTIL.sub('', found.before)} {found.after}")
    after = last.after if last is not None else found.after
    last_day = last.day if last is not None else found.day
    start, end = _at(found.day, time()), _at(last_day + DAY, time())
    half = wording.HALF.match(after) if last is None else None
    if half is not None:
        after = after[half.end() :]
        start, end = _half(half[0], found.day)
    return Stretch(max(start, now) if end > now else start, end, f"{found.before} {after}".strip())


def _only_until(before: str) -> bool:
    """请假到周五: from now on."""
    return wording.ONLY_UNTIL.search(before) is not None


def _rest_of_today(words: str, now: datetime) -> Stretch:
    text = normalise(words)
    half = wording.HALF.match(text)
    if half is None:
        return Stretch(now, None, text)
    start, end = _half(half[0], now.astimezone(LOCAL).date())
    return Stretch(max(start, now) if end > now else start, end, text[half.end() :].strip())


def _half(word: str, day: date) -> tuple[datetime, datetime]:
    if word in wording.MORNING:
        return _at(day, time()), _at(day, NOON)
    return _at(day, NOON), _at(day + DAY, time())


def _hours(words: str, now: datetime) -> Stretch | None:
    found = spoken_times.find(words, now)
    if found is None or found.end is None or found.end - found.start > LONGEST:
        return None
    return Stretch(found.start, found.end, found.rest)


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, LOCAL)


def _next(start: datetime, clock: time) -> datetime:
    end = _at(start.date(), clock)
    return end if end > start else end + DAY
