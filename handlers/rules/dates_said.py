"""By when somebody of the staff wants to be done: 到周五 等配件, 9月30日, 5个工作日. Pure; Asia/Shanghai."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from handlers.rules import spoken_times
from handlers.rules.counted_hours import Span
from handlers.rules.deadlines import LOCAL
from handlers.rules.policies import Policy
from handlers.wording import extending as wording
from nlp.normalise import normalise

BEFORE, AFTER = re.compile(wording.UNTIL_BEFORE), re.compile(wording.UNTIL_AFTER)
LAST_DAY = 31  # of a month; a larger number before 号 is a ticket's
FOR_SO_LONG, BEHIND = re.compile(wording.FOR_SO_LONG), wording.BEHIND_NUMBER
END_OF_MONTH, HALF_DAY, NOON = re.compile(wording.END_OF_MONTH), re.compile(wording.HALF_DAY), time(12)


@dataclass(frozen=True, slots=True)
class Until:
    """A moment that was said, whether its hour was, and the reason beside it."""

    at: datetime
    to_the_hour: bool
    reason: str


def behind_number(words: str, number: int) -> str:
    """What stands behind the ticket's number: 9月30日 is no second number."""
    found = re.search(BEHIND.format(number=number), normalise(words))
    return normalise(words)[found.end() :].strip() if found is not None else ""


def numbered(words: str, numbers: Sequence[int]) -> tuple[tuple[int, ...], str]:
    """The tickets that are meant, of the numbers that were read, and what stands behind the last of them: the 3 of 3天
    and of 3月6日 is none."""
    meant, rest = [numbers[0]], behind_number(words, numbers[0])
    for number in numbers[1:]:
        found = re.match(wording.NEXT_NUMBER.format(number=number), rest)
        if found is None or (found["day"] and number <= LAST_DAY):
            break
        meant.append(number)
        rest = rest[found.end() :].strip()
    return tuple(meant), rest


def until(words: str, now: datetime, policy: Policy, counted_from: datetime) -> Until | None:
    """By when; 3天 and 5个工作日 count from ``counted_from``. A day without an hour lasts until the policy's own."""
    span = spoken_times.find(words, now)
    if span is not None:
        return Until(span.end or span.start, True, _reason(span.before, span.after))
    day = spoken_times.find_day(words, now) or _end_of_month(normalise(words), now)
    if day is not None:
        half = HALF_DAY.match(day.after)
        ends = NOON if half is not None else policy.date_ends
        after = day.after[half.end() :] if half is not None else day.after
        return Until(datetime.combine(day.day, ends, LOCAL), False, _reason(day.before, after))
    return _for_so_long(normalise(words), policy, counted_from)


def _end_of_month(text: str, now: datetime) -> spoken_times.Day | None:
    found = END_OF_MONTH.search(text)
    if found is None:
        return None
    next_month = now.astimezone(LOCAL).date().replace(day=1) + timedelta(days=32)
    return spoken_times.Day(
        next_month.replace(day=1) - timedelta(days=1), text[: found.start()].strip(), text[found.end() :].strip()
    )


def _for_so_long(text: str, policy: Policy, counted_from: datetime) -> Until | None:
    """3天, 两周 and 24小时 of every hour; 5个工作日 of the working hours alone."""
    found = FOR_SO_LONG.search(text)
    count = spoken_times.number(found["count"]) if found is not None else None
    if found is None or not count:
        return None
    amount, unit, clock = wording.UNITS[found["unit"]]
    length = Span(count * amount, unit, clock)
    counted = policy.counted(length)
    at = counted.after(counted_from, length.on(counted))
    return Until(at, True, _reason(text[: found.start()], text[found.end() :]))


def _reason(before: str, after: str) -> str:
    """The words around a moment, without those that only lead to it."""
    said = [BEFORE.sub("", before).strip(wording.PAUSES), AFTER.sub("", after).strip(wording.PAUSES)]
    return " ".join(part for part in said if part)
