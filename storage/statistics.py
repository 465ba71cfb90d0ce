"""Figures of tickets, 统计: one pass over a unit's tickets of a period, one over the hotline's orders.

A period is given by its beginning and its end, aware; a ticket belongs to the one in which it was first said. Counts
only: nothing here names anybody. What each figure means: docs/figures.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Executable,
    Float,
    String,
    and_,
    case,
    extract,
    func,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import Session

from storage.mornings import below
from storage.origins import ROOT_CAUSE, HotlineOrder
from storage.people import Unit
from storage.tickets import Ticket
from storage.workflow import Closing, Status

MIDDLE, NINETY = 50, 90  # percentiles
NOT_VALID = frozenset({Status.MERGED, Status.WITHDRAWN})
NO_REPORT = frozenset({Closing.NOT_REPORT, Closing.WITHDRAWN})
HOTLINE = ("orders", "followed_up", "responded", "solved", "satisfied", "told_before", "done_before")
AT_ONCE = 5_000  # tickets in memory
SUMS = (
    *("opened", "own", "valid", "accepted", "accepted_in_time", "closed", "solved", "rated", "satisfied"),
    *("reopened", "returned", "extended"),
)


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose tickets, of what, of when: ``begin`` belongs to the period, ``end`` does not."""

    unit: Unit
    begin: datetime
    end: datetime
    categories: Collection[str] = ()

    def holds(self, db: Session, moment: Any = Ticket.opened_at) -> list[ColumnElement[bool]]:
        """The conditions. Cases that look for the root of others were told by nobody and count nowhere."""
        wanted = [below(db, self.unit), moment >= self.begin, moment < self.end, Ticket.source != ROOT_CAUSE]
        return [*wanted, Ticket.category.in_(self.categories)] if self.categories else wanted


@dataclass(frozen=True, slots=True)
class Times:
    """How long something took, in natural minutes, and of how many tickets that is known."""

    count: int = 0
    middle: int | None = None
    ninety: int | None = None


@dataclass(frozen=True, slots=True)
class Hotline:
    """The hotline's own three rates, over the orders that it has rung back about, and what had been told us before."""

    orders: int = 0
    followed_up: int = 0
    responded: int = 0
    solved: int = 0
    satisfied: int = 0
    told_before: int = 0
    done_before: int = 0
    days_gained: float = 0.0


@dataclass(frozen=True, slots=True)
class Figures:
    """Every count of a scope: ``states`` sum to ``opened``, ``closings`` to ``closed``, ``levels`` to ``solved``."""

    opened: int
    own: int  # 自查自结, apart: in none of the other counts
    states: Mapping[str, int]
    closings: Mapping[str, int]
    valid: int
    accepted: int
    accepted_in_time: int
    closed: int
    solved: int
    rated: int
    satisfied: int
    reopened: int
    returned: int
    extended: int
    suspended: int
    accept: Times = field(default_factory=Times)
    respond: Times = field(default_factory=Times)
    close: Times = field(default_factory=Times)
    levels: Mapping[str, int] = field(default_factory=dict)
    hotline: Hotline = field(default_factory=Hotline)


def counted(db: Session, scope: Scope) -> Figures:
    """All figures of a scope."""
    counting = _Counting()
    for row in db.connection().execute(_rows(db, scope)).yield_per(AT_ONCE):
        counting.add(_Row(*row))
    return counting.figures(_kinds(db), _hotline(db, scope))


class _Row(NamedTuple):
    """What is asked of a ticket. Times are as the driver has them: 200,000 of them are made into nothing else."""

    own: bool
    status: str
    closing: str | None
    desk: int | None
    rating: str | None
    reopenings: int
    returns: int
    extensions: int
    opened: Any
    due: Any
    accepted: Any
    contacted: Any
    progress: Any
    closed: Any

    @property
    def valid(self) -> bool:
        """Somebody's trouble: not a part of another ticket, not taken back, not no report at all."""
        return self.status not in NOT_VALID and self.closing not in NO_REPORT


def _rows(db: Session, scope: Scope) -> Executable:
    """The one pass. Where a driver knows no times, they come as the text that they are stored as."""
    as_text = db.get_bind().dialect.name == "sqlite"
    moments = (
        Ticket.opened_at,
        Ticket.accept_due,
        Ticket.accepted_at,
        Ticket.contacted_at,
        Ticket.progress_at,
        Ticket.closed_at,
    )
    plain = (Ticket.self_handled, Ticket.status, Ticket.closing, Ticket.desk_id, Ticket.rating)
    counts = (Ticket.reopenings, Ticket.returns, Ticket.extensions)
    times = (type_coerce(one, String if as_text else DateTime(timezone=True)) for one in moments)
    return select(*plain, *counts, *times).where(*scope.holds(db))


class _Counting:
    """What is being counted, ticket by ticket."""

    def __init__(self) -> None:
        self.sums: Counter[str] = Counter()
        self.states: Counter[str] = Counter()
        self.closings: Counter[str] = Counter()
        self.desks: Counter[int | None] = Counter()
        self.took: dict[str, list[int]] = {"accept": [], "respond": [], "close": []}

    def add(self, row: _Row) -> None:
        """One more ticket; what staff found and mended themselves is counted apart."""
        if row.own:
            self.sums["own"] += 1
            return
        self.sums["opened"] += 1
        self.states[row.status] += 1
        if row.valid:
            self._add_valid(row)

    def _add_valid(self, row: _Row) -> None:
        sums = self.sums
        sums["valid"] += 1
        sums["rated"] += row.rating is not None
        sums["satisfied"] += row.rating == "satisfied"
        sums["reopened"] += row.reopenings > 0
        sums["returned"] += row.returns > 0
        sums["extended"] += row.extensions > 0
        if row.accepted is not None:
            sums["accepted"] += 1
            sums["accepted_in_time"] += row.accepted <= row.due
            self.took["accept"].append(_minutes(row.opened, row.accepted))
        words = [one for one in (row.contacted, row.progress) if one is not None]
        if words:
            self.took["respond"].append(_minutes(row.opened, min(words)))
        if row.status == Status.CLOSED:
            self._add_closed(row)

    def _add_closed(self, row: _Row) -> None:
        self.sums["closed"] += 1
        self.closings[row.closing or "none"] += 1
        if row.closing == Closing.SOLVED:
            self.sums["solved"] += 1
            self.desks[row.desk] += 1
        if row.closed is not None:
            self.took["close"].append(_minutes(row.opened, row.closed))

    def figures(self, kinds: Mapping[int, str], hotline: Hotline) -> Figures:
        """What came of it."""
        levels: Counter[str] = Counter()
        for desk, count in self.desks.items():
            levels[kinds.get(desk or 0, "none")] += count
        sums: dict[str, Any] = {name: self.sums[name] for name in SUMS}
        took: dict[str, Any] = {name: times(minutes) for name, minutes in self.took.items()}
        apart: dict[str, Any] = {"states": dict(self.states), "closings": dict(self.closings), "levels": dict(levels)}
        return Figures(**sums, **took, **apart, suspended=self.states[Status.SUSPENDED], hotline=hotline)


def _minutes(since: datetime | str, until: datetime | str) -> int:
    """Natural minutes, rounded; both moments are UTC."""
    begin = since if isinstance(since, datetime) else datetime.fromisoformat(since)
    end = until if isinstance(until, datetime) else datetime.fromisoformat(until)
    return max(round((end - begin).total_seconds() / 60), 0)


def times(minutes: Sequence[int]) -> Times:
    """The middle and the ninetieth percentile by nearest rank: a ticket that there was, never one between two."""
    ranked = sorted(minutes)
    if not ranked:
        return Times()
    middle, ninety = (ranked[-(-len(ranked) * percent // 100) - 1] for percent in (MIDDLE, NINETY))
    return Times(len(ranked), middle, ninety)


def _kinds(db: Session) -> dict[int, str]:
    return {row[0]: row[1] for row in db.execute(select(Unit.id, Unit.kind))}


def _hotline(db: Session, scope: Scope) -> Hotline:
    """Orders that the hotline received in the period. Rung back about are those with any of the three results."""
    row = HotlineOrder
    earlier = select(Ticket.id, Ticket.closed_at, Ticket.closing).subquery()
    rung = or_(row.responded.is_not(None), row.solved.is_not(None), row.satisfied.is_not(None))
    done = and_(earlier.c.closing == Closing.SOLVED, earlier.c.closed_at < row.received_at)
    results = (row.responded.is_(True), row.solved.is_(True), row.satisfied.is_(True))
    wanted = (rung, *results, row.earlier_id.is_not(None), done)
    query = (
        select(func.count(), *(func.coalesce(func.sum(case((one, 1), else_=0)), 0) for one in wanted), _gained(db))
        .select_from(row)
        .join(Ticket, Ticket.id == row.ticket_id)
        .outerjoin(earlier, earlier.c.id == row.earlier_id)
        .where(*scope.holds(db, row.received_at))
    )
    *counts, gained = db.execute(query).one()
    named: dict[str, Any] = dict(zip(HOTLINE, map(int, counts), strict=True))
    return Hotline(**named, days_gained=round(float(gained or 0), 1))


def _gained(db: Session) -> ColumnElement[Any]:
    """Days between the first word to us and the hotline's receipt, over all orders that had been told before."""
    if db.get_bind().dialect.name == "postgresql":
        return func.sum(extract("epoch", HotlineOrder.received_at - HotlineOrder.earlier_at) / 86400.0)
    before = func.julianday(HotlineOrder.earlier_at, type_=Float)
    return func.sum(func.julianday(HotlineOrder.received_at, type_=Float) - before)
