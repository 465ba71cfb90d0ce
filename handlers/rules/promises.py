"""A promise: until when something is done, and why until then. Written beside the ticket, never computed again. Pure.

It carries whatever its reason needs: the clock and its hours as they were, the days off that were passed over, and the
versions of policy and calendar, so that no later change of either alters what was said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from handlers.rules.calendar import CHINA
from handlers.rules.counted_hours import NATURAL, Clock, Span
from handlers.rules.policies import Policy

ACCEPT, PROGRESS, RESOLVE, DATE = "accept", "progress", "resolve", "date"
# why it counts from where it counts
SAID, REOPENED, GRAVER, ACCEPTED, LATE, GIVEN = "said", "reopened", "graver", "accepted", "late", "given"
RESUMED = "resumed"
REST = "rest"  # resumed soon after: what was left when it was suspended
EXTENDED, DATED = "extended", "dated"  # somebody of the staff set the moment
MOVED = frozenset({EXTENDED, DATED, RESUMED, REST})  # what was said before is told too
DAY = timedelta(days=1)
SHOWN_DAYS = 20  # days off that are written down with a promise


@dataclass(frozen=True, slots=True)
class Promise:
    """One deadline with its reason. All moments are UTC."""

    start: datetime  # what it counts from
    yellow: datetime
    due: datetime
    cause: str
    amount: int = 0
    unit: str = ""  # minutes, hours, days; empty where somebody else gave the moment
    clock: str = NATURAL
    hours: tuple[str, ...] = ()  # what counts of a day, as 08:30-12:00
    off: tuple[str, ...] = ()  # days off passed over, as ISO dates
    policy: str = ""
    calendar: str = ""
    place: str = ""  # the unit whose own figures these are
    by: str = ""  # who gave it; of which other ticket it was

    def as_json(self) -> dict[str, Any]:
        """As it is kept in a fact; what is empty is left out."""
        kept: dict[str, Any] = {name: getattr(self, name).isoformat() for name in ("start", "yellow", "due")}
        for name in ("cause", "amount", "unit", "clock", "policy", "calendar", "place", "by"):
            if value := getattr(self, name):
                kept[name] = value
        return kept | {name: list(value) for name in ("hours", "off") if (value := getattr(self, name))}


def of_json(kept: Mapping[str, Any]) -> Promise:
    """A promise as it was kept."""
    moments = {name: datetime.fromisoformat(kept[name]) for name in ("start", "yellow", "due")}
    lists = {name: tuple(kept.get(name, ())) for name in ("hours", "off")}
    return Promise(**{**kept, **moments, **lists})


def promised(start: datetime, span: Span, policy: Policy, cause: str) -> Promise:
    """A span of the policy, counted from a moment."""
    clock = policy.counted(span)
    length = span.on(clock)
    due = clock.after(start, length)
    return Promise(
        start=start.astimezone(UTC),
        yellow=clock.after(start, length * policy.yellow_percent / 100).astimezone(UTC),
        due=due.astimezone(UTC),
        cause=cause,
        amount=span.amount,
        unit=span.unit,
        clock=clock.kind,
        hours=tuple(f"{stretch.begin:%H:%M}-{stretch.end:%H:%M}" for stretch in clock.hours),
        off=days_off(clock, start, due),
        policy=policy.mark,
        calendar=policy.calendar.version if clock.calendar is not None else "",
        place=policy.unit,
    )


def days_off(clock: Clock, start: datetime, end: datetime) -> tuple[str, ...]:
    """The days off on the way, the first of them where there are many."""
    day, last = start.astimezone(CHINA).date(), end.astimezone(CHINA).date()
    found: list[str] = []
    while day <= last and len(found) < SHOWN_DAYS:
        if clock.is_off(day):
            found.append(day.isoformat())
        day += DAY
    return tuple(found)


def given(start: datetime, due: datetime, policy: Policy, by: str) -> Promise:
    """A deadline that came from outside, as with an order of the hotline: it is kept as it is, whatever the policy."""
    start, due = start.astimezone(UTC), due.astimezone(UTC)
    yellow = start + (due - start) * policy.yellow_percent / 100 if due > start else due
    return Promise(start=start, yellow=yellow, due=due, cause=GIVEN, policy=policy.mark, by=by)


def set_by_hand(start: datetime, due: datetime, policy: Policy, cause: str) -> Promise:
    """A moment that somebody of the staff set: 延期, 定期."""
    return replace(given(start, due, policy, ""), cause=cause)


def first_period(promise: Promise, percent: int, policy: Policy) -> datetime:
    """How far a promise may be moved in all: so much of its own length behind its end, on the clock it was made on."""
    if not promise.amount or promise.unit == "office_days":
        return promise.due + (promise.due - promise.start) * percent / 100
    span = Span(promise.amount, promise.unit, promise.clock)
    clock = policy.counted(span)
    return clock.after(promise.due, span.on(clock) * percent / 100).astimezone(UTC)


def office_days(start: datetime, policy: Policy) -> Promise:
    """To the end of the last of some working days, as advice is answered; the day it was said does not count."""
    calendar = policy.calendar
    day, left, off = start.astimezone(CHINA).date(), policy.answer_days, []
    while left:
        day += DAY
        works = calendar.works(day)
        left -= works
        if not works:
            off.append(day.isoformat())
    due = datetime.combine(day, policy.office_ends, CHINA).astimezone(UTC)
    start = start.astimezone(UTC)
    return Promise(
        start=start,
        yellow=start + (due - start) * policy.yellow_percent / 100,
        due=due,
        cause=SAID,
        amount=policy.answer_days,
        unit="office_days",
        clock="working",
        off=tuple(off[:SHOWN_DAYS]),
        policy=policy.mark,
        calendar=calendar.version,
        place=policy.unit,
    )
