"""How a value of the policy file becomes a figure: small parsers that name the key when they refuse. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from handlers.rules.counted_hours import KINDS, NATURAL, Hours, Span
from handlers.wording.taxonomy import CATEGORY

_SPAN = re.compile(r"(\d{1,4}) (?:(natural|service|working) )?(minute|hour|day)s?")
_HOURS = re.compile(r"(\d{2}:\d{2})-(\d{2}:\d{2})")
_NAME = re.compile(r"\w{1,16}")
LONGEST = {"minute": 9999, "hour": 2400, "day": 400}


class PolicyError(Exception):
    """The policy cannot be used; the message is one sentence that names the key at fault."""


def as_name(key: str, value: object) -> str:
    """A short name without blanks."""
    if isinstance(value, str) and _NAME.fullmatch(value):
        return value
    raise PolicyError(f"{key} is a name of at most 16 letters or digits, not {value!r}.")


def as_clock(key: str, value: object) -> str:
    """Which clock counts."""
    if isinstance(value, str) and value in KINDS:
        return value
    raise PolicyError(f"{key} is one of {', '.join(KINDS)}, not {value!r}.")


def as_span(key: str, value: object) -> Span:
    """``8 hours``, ``2 service hours``, ``3 working days``; longer than nothing."""
    found = _SPAN.fullmatch(value) if isinstance(value, str) else None
    if found is None or not 0 < int(found[1]) <= LONGEST[found[3]]:
        raise PolicyError(f'{key} is a span such as "8 hours", "2 service hours" or "3 working days", not {value!r}.')
    return Span(int(found[1]), f"{found[3]}s", found[2] or "")


def as_length(key: str, value: object) -> timedelta:
    """A span that is always natural: ``5 minutes``, ``14 days``."""
    found = _SPAN.fullmatch(value) if isinstance(value, str) else None
    if found is None or found[2] not in (None, NATURAL) or not 0 < int(found[1]) <= LONGEST[found[3]]:
        raise PolicyError(f'{key} is a natural span such as "10 minutes" or "14 days", not {value!r}.')
    return timedelta(**{f"{found[3]}s": int(found[1])})


def as_time(key: str, value: object) -> time:
    """A time of day, Asia/Shanghai: ``08:00``, with quotes or without (then TOML wants ``08:00:00``)."""
    if isinstance(value, time) and value.tzinfo is None:
        return value
    if isinstance(value, str) and re.fullmatch(r"\d{2}:\d{2}", value):
        try:
            return time.fromisoformat(value)
        except ValueError:
            pass
    raise PolicyError(f'{key} is a time of day such as "08:00", not {value!r}.')


def as_count(lowest: int, highest: int) -> Callable[[str, object], int]:
    """A parser of whole numbers from ``lowest`` to ``highest``, both included."""

    def parse(key: str, value: object) -> int:
        if isinstance(value, int) and not isinstance(value, bool) and lowest <= value <= highest:
            return value
        raise PolicyError(f"{key} is a whole number from {lowest} to {highest}, not {value!r}.")

    return parse


def as_categories(key: str, value: object) -> frozenset[str]:
    """Some of the categories, by their keys."""
    if isinstance(value, list) and all(isinstance(one, str) and one in CATEGORY for one in value):
        return frozenset(value)
    raise PolicyError(f'{key} is a list of categories such as ["dispute", "noise"], not {value!r}.')


def as_hours(key: str, value: object) -> tuple[Hours, ...]:
    """The stretches of a day in which time counts, in their order."""
    stretches = tuple(_stretch(key, one) for one in value) if isinstance(value, list) else ()
    if not stretches or any(before.end > after.begin for before, after in pairwise(stretches)):
        raise PolicyError(f'{key} is a list of hours in their order, such as ["08:30-12:00", "13:30-17:30"].')
    return stretches


def _stretch(key: str, value: object) -> Hours:
    found = _HOURS.fullmatch(value) if isinstance(value, str) else None
    if found is not None:
        begin, end = as_time(key, found[1]), as_time(key, found[2])
        if begin < end:
            return Hours(begin, end)
    raise PolicyError(f'{key} holds hours such as "08:30-12:00", which end on the same day, not {value!r}.')


def as_dates(key: str, value: object) -> frozenset[date]:
    """Dates, written without quotes: ``2027-02-06``."""
    if isinstance(value, list) and all(isinstance(day, date) and not isinstance(day, datetime) for day in value):
        return frozenset(value)
    raise PolicyError(f"{key} is a list of dates without quotes, such as [2027-02-06, 2027-02-07].")
