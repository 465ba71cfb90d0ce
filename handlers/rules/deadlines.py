"""When things are due. Pure: everything takes the moments it needs; a ticket stores what was promised.

Default policy: eight natural hours from the first message to acceptance and to the first progress note; yellow after
three quarters of it, red at its end, then one level up each further period. Emergencies are due at once and repeated
every ten minutes until somebody accepts. Ordinary reminders are said between 08:00 and 21:00, Asia/Shanghai;
lateness counts regardless.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from handlers.rules.calendar import is_working_day
from handlers.rules.notice_policy import NoticePolicy

LOCAL = ZoneInfo("Asia/Shanghai")
EMERGENCY = "emergency"
WITHOUT_LIGHTS = frozenset({"advice", "praise"})  # kinds that are answered, without the ladder
ANSWERED = "answer-5wd/1"  # the policy of those
OF_NOTICES = NoticePolicy()


@dataclass(frozen=True, slots=True)
class Policy:
    """Every figure of the clock. Hours are natural hours."""

    name: str = "natural-8h/1"
    accept: timedelta = timedelta(hours=8)
    yellow: timedelta = timedelta(hours=6)
    climb: timedelta = timedelta(hours=8)
    emergency_every: timedelta = timedelta(minutes=10)
    emergency_accept: timedelta = timedelta(minutes=10)
    progress_grace: timedelta = timedelta(hours=1)  # for somebody who accepts at the last moment
    day_starts: time = time(8)
    day_ends: time = time(21)
    burst: timedelta = timedelta(minutes=5)  # photo and words in separate messages are one report
    additions: timedelta = timedelta(minutes=30)  # further words and photos of the same person in the same chat
    support: timedelta = timedelta(hours=2)  # how long "me too" finds the report it means
    evidence: timedelta = timedelta(minutes=10)  # a photo before 办结 is its evidence
    answer_within: timedelta = timedelta(days=7)  # then a resolved ticket closes by itself
    reopen_within: timedelta = timedelta(days=14)
    resolve: tuple[tuple[str, timedelta], ...] = (
        ("emergency", timedelta(hours=24)),
        ("urgent", timedelta(hours=24)),
        ("ordinary", timedelta(days=3)),
    )
    highest_rung: int = 6
    answer_days: int = 5  # working days until advice and praise are answered
    office_ends: time = time(17, 30)
    group_lines: int = 5  # an hour in one group; what comes above that is said in private and in one line later
    review: timedelta = timedelta(hours=4)  # of the hours of day, until who confirms is reminded
    list_at: time = time(21)  # when the list of what was heard in shadow is sent
    list_role: str = "community"  # whose list it is
    notices: NoticePolicy = OF_NOTICES


def accept_due(opened: datetime, urgency: str, policy: Policy) -> datetime:
    """The moment by which somebody must have accepted, counted from the first message."""
    return opened + (policy.emergency_accept if urgency == EMERGENCY else policy.accept)


def answer_due(opened: datetime, policy: Policy) -> datetime:
    """When advice or praise is answered at the latest: the end of the fifth working day after it was said."""
    day, left = opened.astimezone(LOCAL).date(), policy.answer_days
    while left:
        day += timedelta(days=1)
        left -= is_working_day(day)
    return datetime.combine(day, policy.office_ends, LOCAL)


def resolve_due(opened: datetime, urgency: str, policy: Policy) -> datetime | None:
    """The moment by which it is to be done; None where the date is set by hand (complex)."""
    span = dict(policy.resolve).get(urgency)
    return opened + span if span is not None else None


def progress_due(opened: datetime, accepted: datetime, policy: Policy) -> datetime:
    """When the first progress note is due: the same promise, with a little grace for a late acceptance."""
    return max(opened + policy.accept, accepted + policy.progress_grace)


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the ladder: ``level`` counts upwards from the desk."""

    kind: str
    number: int
    at: datetime
    level: int


def ladder(counted_from: datetime, policy: Policy) -> Iterator[Rung]:
    """Yellow, red, then one level up each further period."""
    yield Rung("accept:yellow", 0, counted_from + policy.yellow, 0)
    for number in range(policy.highest_rung):
        yield Rung("accept:red", number + 1, counted_from + policy.accept + number * policy.climb, number)


def after_hours_of_day(start: datetime, span: timedelta, policy: Policy) -> datetime:
    """The moment when ``span`` of the hours between ``day_starts`` and ``day_ends`` (Asia/Shanghai) has gone by."""
    at, left = say_after(start, policy).astimezone(LOCAL), span
    while left > (rest := datetime.combine(at.date(), policy.day_ends, LOCAL) - at):
        left -= rest
        at = datetime.combine(at.date() + timedelta(days=1), policy.day_starts, LOCAL)
    return at + left


def next_at(hour: time, now: datetime) -> datetime:
    """The next moment at which it is ``hour`` in Asia/Shanghai; ``now`` itself where it is."""
    at = datetime.combine(now.astimezone(LOCAL).date(), hour, LOCAL)
    return at if at >= now else at + timedelta(days=1)


def say_after(due: datetime, policy: Policy) -> datetime:
    """When an ordinary reminder may be said: at once by day, else at the start of the next day."""
    local = due.astimezone(LOCAL)
    if policy.day_starts <= local.time() < policy.day_ends:
        return due
    day = local.date() + (timedelta(days=1) if local.time() >= policy.day_ends else timedelta())
    return datetime.combine(day, policy.day_starts, LOCAL)
