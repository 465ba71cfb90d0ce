"""The policy: every figure of the clock, from the file that comes with Menkou and a deployment's own on top. Pure.

A unit may have figures and a clock of its own; the nearest unit upwards that says something about a figure wins.
Every field names its key in the file; docs/deadlines.md repeats them and a test compares the two.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import Field, dataclass, field, fields, replace
from datetime import date, time, timedelta
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any

from handlers.rules import policy_values as values
from handlers.rules.calendar import Calendar
from handlers.rules.counted_hours import NATURAL, SERVICE, WORKING, Clock, Hours, Span
from handlers.rules.notice_policy import NoticePolicy
from handlers.rules.policy_values import PolicyError

UNITS = "units"
OF_ALL = ("name", "calendar.holidays", "calendar.workdays")  # what no unit has for itself
Flat = dict[str, object]


@cache
def shipped() -> Flat:
    """The file that comes with Menkou, flat."""
    return _flat(tomllib.loads(files("handlers.rules").joinpath("policy.toml").read_text(encoding="utf-8")))


def _flat(table: Mapping[str, object], prefix: str = "") -> Flat:
    found: Flat = {}
    for key, value in table.items():
        if isinstance(value, dict):
            found |= _flat(value, f"{prefix}{key}.")
        else:
            found[f"{prefix}{key}"] = value
    return found


def _hash(flat: Flat, units: Mapping[str, Flat]) -> str:
    """Eight characters that change with any figure, however the file is written."""
    text = json.dumps([flat, units], sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _figure(key: str, parse: Callable[[str, object], Any], text: str) -> Any:
    return field(
        default_factory=lambda: parse(key, shipped()[key]), metadata={"key": key, "parse": parse, "text": text}
    )


@dataclass(frozen=True, slots=True)
class Policy:
    """Every figure of the clock. Built by ``load``; without arguments it is the policy that comes with Menkou."""

    name: str = _figure("name", values.as_name, "what the policy is called; stands beside every promise")
    clock: str = _figure("clock", values.as_clock, "what counts where a span names no clock")
    service: tuple[Hours, ...] = _figure("hours.service", values.as_hours, "hours of service, every day")
    working: tuple[Hours, ...] = _figure("hours.working", values.as_hours, "working hours, on working days")
    holidays: frozenset[date] = _figure(
        "calendar.holidays", values.as_dates, "days off beside the State Council's list"
    )
    workdays: frozenset[date] = _figure("calendar.workdays", values.as_dates, "working days beside that list")
    emergency_accept: Span = _figure("emergency.accept", values.as_span, "an emergency is accepted")
    emergency_every: timedelta = _figure("emergency.repeat", values.as_length, "it rings again until then")
    emergency_progress: Span = _figure("emergency.progress", values.as_span, "its first word of progress")
    emergency_resolve: Span = _figure("emergency.resolve", values.as_span, "it is done")
    urgent_accept: Span = _figure("urgent.accept", values.as_span, "what is urgent is accepted")
    urgent_progress: Span = _figure("urgent.progress", values.as_span, "its first word of progress")
    urgent_resolve: Span = _figure("urgent.resolve", values.as_span, "it is done")
    ordinary_accept: Span = _figure("ordinary.accept", values.as_span, "an ordinary matter is accepted")
    ordinary_progress: Span = _figure("ordinary.progress", values.as_span, "its first word of progress")
    ordinary_resolve: Span = _figure("ordinary.resolve", values.as_span, "it is done")
    complex_accept: Span = _figure("complex.accept", values.as_span, "a complex matter is accepted")
    complex_progress: Span = _figure("complex.progress", values.as_span, "its first word of progress")
    complex_date: Span = _figure("complex.date", values.as_span, "from acceptance until its date is set")
    complex_leader: Span = _figure("complex.leader_above", values.as_span, "a later date is a street leader's to grant")
    yellow_percent: int = _figure("ladder.yellow_percent", values.as_count(1, 99), "of the time, until it is yellow")
    highest_rung: int = _figure("ladder.levels", values.as_count(1, 12), "red lights, one level further up each period")
    progress_grace: timedelta = _figure("progress.grace", values.as_length, "at least, after a late acceptance")
    idle: timedelta = _figure("progress.idle", values.as_length, "without a word after acceptance, until it is nudged")
    complex_idle: timedelta = _figure("complex.idle", values.as_length, "the same of a complex matter")
    day_starts: time = _figure("reminders.from", values.as_time, "ordinary reminders are said from here")
    day_ends: time = _figure("reminders.until", values.as_time, "and until here")
    apart: timedelta = _figure("reminders.apart", values.as_length, "at least, between two messages to one person")
    reminder_lines: int = _figure("reminders.lines", values.as_count(3, 40), "tickets in one message; the rest counted")
    duty_starts: time = _figure("duty.from", values.as_time, "a day's duty begins, where no hour is said")
    duty_ends: time = _figure("duty.until", values.as_time, "and ends; a night's duty is the rest")
    hotline_earlier: timedelta = _figure(
        "hotline.earlier", values.as_length, "how far back an order of the hotline is looked for"
    )
    burst: timedelta = _figure("reports.burst", values.as_length, "photo and words in separate messages are one report")
    additions: timedelta = _figure(
        "reports.additions", values.as_length, "further words of the same person belong to it"
    )
    support: timedelta = _figure(
        "reports.support", values.as_length, "how long a neighbour who agrees finds the report"
    )
    evidence: timedelta = _figure(
        "reports.evidence", values.as_length, "a photo this long before is evidence that it is done"
    )
    answer_within: timedelta = _figure("closing.silence", values.as_length, "then a resolved ticket closes by itself")
    reopen_within: timedelta = _figure("closing.reopen", values.as_length, "how long a complaint reopens a closed one")
    nudge_every: timedelta = _figure("nudge.every", values.as_length, "between two nudges by the office above")
    look_back: timedelta = _figure("look.back", values.as_length, "what ended at a place within this is shown")
    undo_within: timedelta = _figure("undo.within", values.as_length, "one's own last act may be taken back")
    check_within: Span = _figure(
        "closing.check", values.as_span, "until the community has looked at what was explained"
    )
    talk_after: int = _figure("closing.talk_after", values.as_count(1, 9), "reopenings; then the street talks to them")
    talk_within: Span = _figure("closing.talk", values.as_span, "until it has")
    linked_within: timedelta = _figure(
        "closing.linked", values.as_length, "a later complaint is linked to the old case"
    )
    root_times: int = _figure("root_cause.times", values.as_count(2, 20), "the same place and category, then the root")
    root_within: timedelta = _figure("root_cause.within", values.as_length, "within this")
    root_asked: timedelta = _figure("root_cause.asked", values.as_length, "after a report, until it is counted")
    private_lane: frozenset[str] = _figure("lanes.private", values.as_categories, "categories between two households")
    common_lane: frozenset[str] = _figure("lanes.common", values.as_categories, "categories of all owners together")
    convened: frozenset[str] = _figure(
        "lanes.convened", values.as_categories, "of them, those the community calls people together for"
    )
    decision: Span = _figure("decisions.answer", values.as_span, "the level above decides; then the next one is asked")
    return_within: Span = _figure("returns.within", values.as_span, "after dispatch, to ask for a return once accepted")
    extensions: int = _figure("extensions.most", values.as_count(0, 20), "how often a ticket may be given more time")
    extension_percent: int = _figure(
        "extensions.percent", values.as_count(1, 1000), "of the first period, all extensions together"
    )
    date_ends: time = _figure("extensions.day_ends", values.as_time, "what a day means where no hour is said")
    look_every: Span = _figure("suspension.look", values.as_span, "until what is suspended is looked at again")
    look_answer: Span = _figure("suspension.answer", values.as_span, "then whoever is to look is asked again")
    answer_days: int = _figure("answers.working_days", values.as_count(1, 60), "working days until advice is answered")
    office_ends: time = _figure("answers.until", values.as_time, "on the last of them")
    whistle_emergency: Span = _figure(
        "whistle.emergency", values.as_span, "a department answers an emergency's whistle"
    )
    whistle_usual: Span = _figure("whistle.usual", values.as_span, "it answers any other")
    whistle_sign: Span = _figure("whistle.sign", values.as_span, "the leader on duty signs a whistle")
    whistle_sign_emergency: Span = _figure("whistle.sign_emergency", values.as_span, "an emergency's")
    whistle_decide: Span = _figure("whistle.decide", values.as_span, "who says cannot come is answered")
    hand_member: Span = _figure("hands.member", values.as_span, "a unit of a task force does its part")
    hand_station: Span = _figure("hands.station", values.as_span, "the station answers a coordination")
    mediation_accept: Span = _figure("mediation.accept", values.as_span, "the next level takes a quarrel over")
    mediation_level: Span = _figure("mediation.level", values.as_span, "each level mediates")
    task_remind: timedelta = _figure("tasks.remind", values.as_length, "before its end, grids that are not done hear")
    morning: time = _figure("morning.at", values.as_time, "when each unit reads what the day says")
    group_lines: int = _figure(
        "groups.lines_an_hour", values.as_count(1, 60), "lines in one group; the rest in private"
    )
    group_ends: time = _figure("groups.until", values.as_time, "then nothing unasked is said in a group till morning")
    # settings of their own say these, not the file
    review: timedelta = timedelta(hours=4)  # of the hours of day, until who confirms is reminded
    list_at: time = time(21)  # when the list of what was heard in shadow is sent
    list_role: str = "community"  # whose list it is
    notices: NoticePolicy = field(default_factory=NoticePolicy)
    version: str = field(default_factory=lambda: _hash(shipped(), {}))  # a hash of every figure
    units: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # what units have for themselves, by field
    unit: str = ""  # whose figures these are: the nearest unit that says anything; empty: the deployment's
    whole: Policy | None = field(default=None, repr=False, compare=False)  # the deployment's, where it is a unit's

    @property
    def mark(self) -> str:
        """Name and version, as a ticket carries them: at most 25 characters."""
        return f"{self.name}/{self.version}"

    @property
    def calendar(self) -> Calendar:
        """Which days are working days."""
        return Calendar(self.holidays, self.workdays)

    def counted(self, span: Span) -> Clock:
        """The clock on which a span is counted."""
        kind = span.clock or self.clock
        if kind == SERVICE:
            return Clock(SERVICE, self.service)
        return Clock(WORKING, self.working, self.calendar) if kind == WORKING else Clock(NATURAL)

    def figure(self, urgency: str, what: str) -> Span | None:
        """The span of ``accept``, ``progress``, ``resolve`` or ``date``; None where this urgency has none."""
        found: Span | None = getattr(self, f"{urgency}_{what}", None)
        return found

    def at(self, names: Sequence[str]) -> Policy:
        """The policy for a place: ``names`` are its unit's and those of the units above it, nearest first."""
        whole = self.whole or self
        if not whole.units:
            return whole
        own: dict[str, Any] = {}
        nearest = ""
        for level in reversed(range(len(names))):
            for key, figures in whole.units.items():
                if _means(key, names[level:]):
                    own |= figures
                    nearest = names[level]
        return replace(whole, **own, unit=nearest, whole=whole) if own else whole


def _means(key: str, names: Sequence[str]) -> bool:
    """Whether a key names the first of these units: by its name, or with units above it, 望江街道/梧桐社区."""
    *above, own = key.split("/")
    upwards = iter(names[1:])
    return own == names[0] and all(name in upwards for name in reversed(above))


def load(text: str, base: Policy | None = None) -> Policy:
    """The policy of a file, on top of ``base``. Raises PolicyError with one sentence that names the key at fault."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(f"It is not TOML ({error}).") from None
    units = table.pop(UNITS, {})
    if not isinstance(units, dict) or not all(isinstance(one, dict) for one in units.values()):
        raise PolicyError('units holds tables by the names of units, such as [units."Elm Street"].')
    flat = _flat(table)
    own = {name: _flat(one) for name, one in units.items()}
    policy = replace(base or Policy(), **_parsed(flat), version=_hash({**shipped(), **flat}, own))
    _check(policy, "")
    policy = replace(policy, units={name: _of_unit(name, one) for name, one in own.items()})
    for name in own:
        _check(replace(policy, **policy.units[name]), _prefix(name))
    return policy


def _of_unit(name: str, flat: Flat) -> dict[str, Any]:
    prefix = _prefix(name)
    if not all(part.strip() for part in name.split("/")):
        raise PolicyError(f"units.{name!r} names no unit.")
    for key in OF_ALL:
        if key in flat:
            raise PolicyError(f"{prefix}{key} is the whole deployment's: no unit has one of its own.")
    return _parsed(flat, prefix)


def _prefix(name: str) -> str:
    return f'{UNITS}."{name}".'


def _parsed(flat: Flat, prefix: str = "") -> dict[str, Any]:
    known = figures()
    for key in flat:
        if key not in known:
            near = get_close_matches(key, known, 1)
            more = f" Did you mean {near[0]}?" if near else ""
            raise PolicyError(f"{prefix}{key} is not a figure of the policy.{more}")
    return {known[key].name: known[key].metadata["parse"](f"{prefix}{key}", value) for key, value in flat.items()}


def _check(policy: Policy, prefix: str) -> None:
    """Figures that do not go together."""
    if policy.day_starts >= policy.day_ends:
        raise PolicyError(f"{prefix}reminders.until is not after reminders.from.")
    if policy.day_starts >= policy.group_ends:
        raise PolicyError(f"{prefix}groups.until is not after reminders.from.")
    both = policy.holidays & policy.workdays
    if both:
        raise PolicyError(f"{prefix}calendar.workdays has {min(both)}, which is among the holidays too.")


@cache
def figures() -> dict[str, Field[Any]]:
    """The fields that the file may set, by key."""
    return {item.metadata["key"]: item for item in fields(Policy) if item.metadata}
