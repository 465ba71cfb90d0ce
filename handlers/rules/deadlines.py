"""When things are due. Pure: everything takes the moments it needs; a ticket stores what was promised.

The figures and the clocks they are counted on are the policy's (``policies.py``). Yellow after three quarters, red at
the end, then one level up each further period. Emergencies are due at once and repeated every ten minutes until
somebody accepts. Ordinary reminders are said by day, Asia/Shanghai; lateness counts regardless.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from handlers.rules import promises
from handlers.rules.counted_hours import Clock, Hours, Span
from handlers.rules.policies import Policy
from handlers.rules.promises import Promise, promised

LOCAL = ZoneInfo("Asia/Shanghai")
EMERGENCY, COMPLEX = "emergency", "complex"
WITHOUT_LIGHTS = frozenset({"advice", "praise"})  # kinds that are answered, without the ladder
USUAL = "ordinary"  # whose figures hold where an urgency has none


def accept_by(start: datetime, urgency: str, policy: Policy, cause: str = promises.SAID) -> Promise:
    """Until when somebody must have accepted, counted from the first message, or from what began a new round."""
    return promised(start, policy.figure(urgency, promises.ACCEPT) or policy.ordinary_accept, policy, cause)


def progress_by(start: datetime, urgency: str, policy: Policy, cause: str = promises.SAID) -> Promise:
    """Until when the first word of progress is due."""
    return promised(start, policy.figure(urgency, promises.PROGRESS) or policy.ordinary_progress, policy, cause)


def resolve_by(start: datetime, urgency: str, policy: Policy, cause: str = promises.SAID) -> Promise | None:
    """Until when it is to be done; None where the date is set by hand (complex)."""
    span = policy.figure(urgency, promises.RESOLVE)
    return promised(start, span, policy, cause) if span is not None else None


def date_by(accepted: datetime, urgency: str, policy: Policy, cause: str = promises.ACCEPTED) -> Promise | None:
    """Until when whoever accepted a complex matter says by when it will be done; None for all else."""
    span = policy.figure(urgency, promises.DATE)
    return promised(accepted, span, policy, cause) if span is not None else None


def needs_leader(accepted: datetime, date: datetime, policy: Policy) -> bool:
    """Whether a date for a complex matter is so far away that a street leader grants it."""
    clock = policy.counted(policy.complex_leader)
    return date > clock.after(accepted, policy.complex_leader.on(clock))


def with_grace(promise: Promise, accepted: datetime, policy: Policy) -> Promise:
    """The first word of progress for somebody who accepts late: a little time, counted from acceptance."""
    due = accepted.astimezone(UTC) + policy.progress_grace
    if due <= promise.due:
        return promise
    minutes = int(policy.progress_grace.total_seconds() // 60)
    yellow = accepted.astimezone(UTC) + policy.progress_grace * policy.yellow_percent / 100
    start = accepted.astimezone(UTC)
    cause = promises.LATE
    return Promise(start, yellow, due, cause, minutes, "minutes", policy=policy.mark, place=policy.unit)


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the ladder: ``level`` counts upwards from the desk."""

    kind: str
    number: int
    at: datetime
    level: int


def ladder(promise: Promise, urgency: str, policy: Policy) -> Iterator[Rung]:
    """Yellow, red, then one level up each further period: as long as there was to accept."""
    span = policy.figure(urgency, promises.ACCEPT) or policy.ordinary_accept
    clock = policy.counted(span)
    yield Rung("accept:yellow", 0, promise.yellow, 0)
    for number in range(policy.highest_rung):
        at = clock.after(promise.due, number * span.on(clock)).astimezone(UTC)
        yield Rung("accept:red", number + 1, at, number)


def handling_ladder(promise: Promise, policy: Policy) -> Iterator[Rung]:
    """The same for the moment by when it is to be done; a period is as long as there was to do it, on its own clock."""
    clock = policy.counted(Span(promise.amount, promise.unit, promise.clock))
    length = clock.between(promise.start, promise.due)
    yield Rung("resolve:yellow", 0, promise.yellow, 0)
    for number in range(policy.highest_rung):
        at = clock.after(promise.due, number * length).astimezone(UTC)
        if number and at <= promise.due:
            return  # due at once: there is no period to climb by
        yield Rung("resolve:red", number + 1, at, number)


def after_hours_of_day(start: datetime, span: timedelta, policy: Policy) -> datetime:
    """The moment when ``span`` of the hours between ``day_starts`` and ``day_ends`` (Asia/Shanghai) has gone by."""
    return Clock(hours=(Hours(policy.day_starts, policy.day_ends),)).after(start, span)


def next_at(hour: time, now: datetime) -> datetime:
    """The next moment at which it is ``hour`` in Asia/Shanghai; ``now`` itself where it is."""
    at = datetime.combine(now.astimezone(LOCAL).date(), hour, LOCAL)
    return at if at >= now else at + timedelta(days=1)


def say_after(due: datetime, policy: Policy, ends: time | None = None) -> datetime:
    """When an ordinary reminder may be said: at once by day, else at the start of the next day. ``ends``: when the day
    is over for what is no reminder."""
    local, ends = due.astimezone(LOCAL), ends or policy.day_ends
    if policy.day_starts <= local.time() < ends:
        return due
    day = local.date() + (timedelta(days=1) if local.time() >= ends else timedelta())
    return datetime.combine(day, policy.day_starts, LOCAL)


__all__ = ["EMERGENCY", "LOCAL", "WITHOUT_LIGHTS", "Policy", "Promise", "Rung"]
