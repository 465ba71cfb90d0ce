"""The preview of a notice as a value: what people will read, whom it reaches by which way, what that takes.

Counted on the real rows, as the fan-out would choose now; nothing is sent. Made for the chat and the console alike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from handlers.notice import audience_said, notice_drafting, notice_estimate
from handlers.notice.notice_drafting import Problem, Writer
from handlers.notice.notice_estimate import Quota
from handlers.rules import notice_hours
from handlers.rules.pacing import window_start
from handlers.wording import notices as wording
from storage import notice_audience, notice_expected, notice_ways, spending
from storage.counting import counted
from storage.notice_doors import Doors
from storage.notices import Notice
from storage.people import Unit

SKIPPED = frozenset({"opted_out", "month_quota"})  # reachable, and left out all the same
WHOLE = 1_000_000  # bytes: nothing is cut off


@dataclass(frozen=True, slots=True)
class Reach:
    """Households by what becomes of them. ``communities``: of each all, and those with a way."""

    counted: int
    communities: Mapping[str, tuple[int, int]]
    channels: Mapping[str, int]  # by door
    reasons: Mapping[str, int]  # without a way
    skipped: Mapping[str, int]

    @property
    def able(self) -> int:
        """Who has a way and is not left out."""
        return sum(self.channels.values())


@dataclass(frozen=True, slots=True)
class Takes:
    """Time in seconds, money in fen (None: nothing is paid for), what the day's quotas leave, both ends honest."""

    seconds: tuple[float, float]
    fen: tuple[int, int] | None
    quotas: tuple[Quota, ...]
    a_month: tuple[tuple[str, int], ...]  # doors that bring a person only so many messages a month


@dataclass(frozen=True, slots=True)
class Preview:
    """Everything that is shown before a notice goes. ``readers``: the shares of past ones, newest first."""

    number: int
    issuer: str
    kind: str
    message: str  # as a household reads it, in whole
    audience: str
    reach: Reach
    takes: Takes
    readers: tuple[float, ...]
    needs_second: bool
    leaves_at: datetime  # business time; now, where nothing holds it
    line: str  # what must be said to send it; empty while there are problems
    holds_until: datetime  # until when it may be confirmed
    problems: tuple[Problem, ...]


def show(writer: Writer, notice: Notice) -> Preview:
    """Counts afresh, binds the draft to exactly what is answered here, and lets its half hour begin."""
    wrong = notice_drafting.problems(writer, notice)
    if not wrong:
        notice_drafting.bind(writer, notice)
    return look(writer, notice, wrong)


def look(writer: Writer, notice: Notice, problems: list[Problem] | None = None) -> Preview:
    """The same without binding anything: a dry run, for a form under work and for whoever is only to see it."""
    wrong = notice_drafting.problems(writer, notice) if problems is None else problems
    unit = writer.db.get_one(Unit, notice.unit_id)
    doors = writer.doors()
    found = reach(writer, notice, doors)
    text = wording.message_of(notice, unit.name, notice_drafting.words_of(writer, notice), wording.LINK_HERE, WHOLE)
    return Preview(
        number=notice.number,
        issuer=unit.name,
        kind=notice.kind,
        message=text,
        audience=audience_said.describe(writer.db, notice),
        reach=found,
        takes=takes(writer, found, doors, len(text)),
        readers=tuple(_readers(writer, notice.unit_id)),
        needs_second=needs_second(writer, found.counted),
        leaves_at=notice_hours.goes_at(notice.kind, notice.hold_until, writer.now, writer.policy),
        line=wording.confirm_line(notice.number, notice.counted) if not wrong else "",
        holds_until=notice.created_at + writer.policy.preview_holds,
        problems=tuple(wrong),
    )


def needs_second(writer: Writer, households: int) -> bool:
    """Whether a notice to so many wants a second person. A small one never asks how large the communities are."""
    if households <= writer.policy.second_above:
        return False
    largest = counted(writer.db, ("largest community",), notice_expected.largest_community)
    return writer.policy.second_needed(households, largest)


def _readers(writer: Writer, unit_id: int) -> list[float]:
    key = ("readers", str(unit_id))
    return counted(writer.db, key, lambda db: notice_expected.shares(db, unit_id, writer.now))


def reach(writer: Writer, notice: Notice, doors: Doors) -> Reach:
    """The households by what would become of them now."""
    communities: dict[str, tuple[int, int]] = {}
    channels: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    skipped: Counter[str] = Counter()
    for row in _ways(writer, notice, doors):
        whole, able = communities.get(row.community, (0, 0))
        communities[row.community] = (whole + row.households, able + (row.households if row.door else 0))
        if row.door is not None:
            channels[row.door] += row.households
        elif row.reason in SKIPPED:
            skipped[row.reason] += row.households
        else:
            reasons[row.reason or ""] += row.households
    households = sum(whole for whole, _ in communities.values())
    return Reach(households, communities, dict(channels), dict(reasons), dict(skipped))


def _ways(writer: Writer, notice: Notice, doors: Doors) -> list[notice_ways.Count]:
    which, kind = notice_audience.members(writer.db, notice), notice.kind
    key = ("ways", notice_audience.key_of(notice), kind, *(door.name for door in doors.able))
    return counted(writer.db, key, lambda db: notice_ways.count_ways(db, which, doors, kind))


def takes(writer: Writer, found: Reach, doors: Doors, length: int) -> Takes:
    """Time, quota and cost under each platform's limits."""
    spans, left, paid = [], [], None
    for door in doors.able:
        households = found.channels.get(door.name, 0)
        if not households:
            continue
        used = _used_today(writer, door.name, doors.wall)
        spans.append(notice_estimate.seconds(door, households, used))
        left += notice_estimate.quotas(door, households, used)
        if door.paid:
            low, high = notice_estimate.fen(households, length)
            paid = (low + (paid or (0, 0))[0], high + (paid or (0, 0))[1])
    monthly = tuple(
        (door.name, door.a_month) for door in doors.able if door.a_month and found.channels.get(door.name, 0)
    )
    return Takes(notice_estimate.whole(spans), paid, tuple(left), monthly)


def _used_today(writer: Writer, door: str, wall: datetime) -> Mapping[str, int]:
    return spending.used(writer.db, door, window_start("day", wall))


A_NIGHT = timedelta(hours=14)  # what waits longer waits for a day its author chose
