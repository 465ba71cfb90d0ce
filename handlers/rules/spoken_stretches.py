"""Reads stretches of duty and leave: 今晚 20:00-08:00, 周六, 明天到周五, 下午. Pure: takes ``now``; Asia/Shanghai.

What is not said is the usual: a night's duty begins when the day's ends, a day that is named alone is 24 hours from the
beginning of its duty; leave is of whole days, from now on where it begins today.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
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
    """A stretch of leave. Without any day it begins now and nobody knows when it ends; 周一、周三 is none."""
    exact = _hours(words, now)
    if exact is not None:
        return exact
    text = normalise(words)
    found = _days(text, now)
    if found is None:
        return _rest_of_today(words, now)
    several = _up_to(found, now)
    if several is None:
        return Stretch(now, None, text)
    start, end = _at(several.first, time()), _at(several.last + DAY, time())
    if several == found and wording.ONLY_UNTIL.search(found.before):  # 请假到周五: from now on
        return Stretch(now, end, f"{wording.ONLY_UNTIL.sub('', found.before)} {found.after}")
    after = several.after
    half = wording.HALF.match(after) if several.first == several.last else None
    if half is not None:
        after = after[half.end() :]
        start, end = _half(half[0], several.first)
    elif wording.NO_STRETCH.search(after):
        return Stretch(now, None, text)
    return Stretch(max(start, now) if end > now else start, end, f"{several.before} {after}".strip())


@dataclass(frozen=True, slots=True)
class _Days:
    """Days that were said, the first and the last, and the other words around them."""

    first: date
    last: date
    before: str
    after: str


def _days(text: str, now: datetime) -> _Days | None:
    """The first day, or several days in one word, that are said in ``text``."""
    whole, one = wording.WHOLE.search(text), spoken_times.find_day(text, now)
    if whole is not None and (one is None or whole.start() <= len(one.before)):
        first, last = _in_one_word(whole, now.astimezone(LOCAL).date())
        return _Days(first, last, text[: whole.start()].strip(), text[whole.end() :].strip())
    if one is None:
        return None
    said = text[len(one.before) : len(text) - len(one.after)].strip()
    last = one.day + DAY if said.endswith(wording.WEEKEND) else one.day
    return _Days(one.day, last, one.before, one.after)


def _in_one_word(whole: re.Match[str], today: date) -> tuple[date, date]:
    if whole["near"] is not None:
        first = today + wording.NEAR[whole["near"]] * DAY
        return first, first + DAY
    monday = spoken_times.monday_of(whole["week"], today)
    return monday, monday + 6 * DAY


def _up_to(found: _Days, now: datetime) -> _Days | None:
    """The days until the last one that is said: 到周五, 三天, 、周四. None where they do not follow each other."""
    until = wording.UNTIL.match(found.after)
    end = _days(found.after[until.end() :], now) if until is not None else None
    if end is not None and not end.before:  # else it is 到 and something else
        return replace(found, last=end.last, after=end.after)
    length = wording.FOR_DAYS.match(found.after)
    if (long := _length(length or wording.DAYS_BEFORE.search(found.before))) is not None:
        after = found.after[length.end() :] if length is not None else found.after.lstrip(wording.BEGINS)
        return replace(found, last=found.first + long - DAY, after=after)
    also = wording.ALSO.match(found.after)
    more = _days(found.after[also.end() :], now) if also is not None else None
    if more is None or more.before:
        return found
    return (
        _up_to(replace(more, first=found.first, before=found.before), now) if more.first == found.last + DAY else None
    )


def _length(said: re.Match[str] | None) -> timedelta | None:
    count = spoken_times.number(said["count"]) if said is not None else None
    if said is None or not count:
        return None
    return count * DAY if said["unit"] == wording.ONE_DAY else count * 7 * DAY


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
