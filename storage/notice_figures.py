"""An honest account of a notice. The states always add up to its households; confirmed ⊆ seen ⊆ sent.

Counting reads the notice's whole ledger once: a million households take about a second and a half of one core, 42,000
less than a tenth of one. Whoever shows figures again and again keeps them for a while (``bot.notice_account``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, case, func, null, or_, select
from sqlalchemy.orm import Session

from storage.base import JsonObject
from storage.notice_people import GroupPost, NoticeReader
from storage.notices import Ledger, LedgerState, Notice, NoticeState, Slice
from storage.people import Household, Unit, UnitKind

PENDING = frozenset({LedgerState.PLANNED, LedgerState.CUT})
SUBMITTED = "submitted"
# Of a tally: these never fall. A visit may be taken back (撤销上门), so that those who were told at the door may.
RISING = ("sent", "delivered", "seen", "confirmed")
NOT_BEGUN = frozenset({NoticeState.DRAFT, NoticeState.PROPOSED, NoticeState.SIGNING, NoticeState.CONFIRMED})
OF_A_COMMUNITY = frozenset({UnitKind.COMMUNITY, UnitKind.ESTATE, UnitKind.GRID})  # counted by estate, not by community


@dataclass(slots=True)
class Tally:
    """Households by what became of them. ``planned`` are those whose turn is still to come; ``submitted`` those whose
    platform has taken their message and did not report on it yet.

    ``delivered``, ``seen`` and ``confirmed`` are parts of ``sent``. ``knocked`` is beside the states: somebody stood at
    the door, whatever became of the message.
    """

    households: int = 0
    planned: int = 0
    submitted: int = 0
    sent: int = 0
    failed: int = 0
    unknown: int = 0
    no_way: int = 0
    skipped: int = 0
    delivered: int = 0
    seen: int = 0
    confirmed: int = 0
    knocked: int = 0

    def add(self, state: str, households: int, **reached: int) -> None:
        """Counts households that share a state; ``reached``: how many of them were delivered, seen, …"""
        name = "planned" if state in PENDING else str(state)
        self.households += households
        for field_name, count in ((name, households), *reached.items()):
            setattr(self, field_name, getattr(self, field_name) + count)

    @property
    def adds_up(self) -> bool:
        """Whether every household is in exactly one state, and reading is a part of sending."""
        states = self.planned + self.submitted + self.sent + self.failed + self.unknown + self.no_way + self.skipped
        reading = 0 <= self.confirmed <= self.seen <= self.sent
        return states == self.households and reading and max(self.delivered, self.knocked) <= self.households

    def falls_behind(self, before: Tally) -> bool:
        """Whether anything that only rises would have fallen since then."""
        return any(getattr(self, name) < getattr(before, name) for name in RISING)


@dataclass(slots=True)
class Figures:
    """One notice in numbers, as it stands in this transaction. ``reasons`` by state: failed, no_way …

    ``places``: by community; of what a community issues itself, by estate. ``filtered``: of those sent, whom a platform
    says it did not reach, without saying who they are. ``people`` read it in a group, bound to no front door:
    they are no households, also those (``named_door``) who said which door is theirs.
    """

    number: int
    state: str
    issuer: str
    confirmed_at: datetime | None
    total: Tally = field(default_factory=Tally)
    places: dict[str, Tally] = field(default_factory=dict)
    reasons: dict[str, Counter[str]] = field(default_factory=dict)
    filtered: int = 0
    groups: int = 0
    people: int = 0
    people_confirmed: int = 0
    named_door: int = 0

    def explain(self, state: str, reason: str | None, households: int) -> None:
        """Notes why so many are in a state."""
        if reason is not None:
            self.reasons.setdefault("planned" if state in PENDING else state, Counter())[reason] += households

    def as_json(self) -> JsonObject:
        """What a point of the curve keeps; whose notice it is stands elsewhere."""
        return {
            "total": asdict(self.total),
            "places": {name: asdict(row) for name, row in self.places.items()},
            "reasons": {name: dict(row) for name, row in self.reasons.items()},
            **{name: getattr(self, name) for name in BESIDE},
        }

    def with_counts(self, stored: Mapping[str, Any]) -> Figures:
        """The same notice with the counts of a point."""
        self.total = Tally(**stored["total"])
        self.places = {name: Tally(**row) for name, row in stored.get("places", {}).items()}
        self.reasons = {name: Counter(row) for name, row in stored.get("reasons", {}).items()}
        for name in BESIDE:
            setattr(self, name, stored.get(name, 0))
        return self


BESIDE = ("filtered", "groups", "people", "people_confirmed", "named_door")  # counts that are of no household


def heading(db: Session, notice_id: int) -> Figures:
    """A notice before anything is counted. Raises NoResultFound for one that is not there."""
    notice, unit = _notice(db, notice_id)
    return Figures(notice.number, notice.state, unit.name, notice.confirmed_at)


def _notice(db: Session, notice_id: int) -> tuple[Notice, Unit]:
    query = select(Notice, Unit).join(Unit, Unit.id == Notice.unit_id).where(Notice.id == notice_id)
    notice, unit = db.execute(query).one()
    return notice, unit


def figures(db: Session, notice_id: int) -> Figures:
    """Counts one notice. Raises NoResultFound for a notice that is not there.

    While the fan-out is under way, households that have no row yet count as planned.
    """
    notice, unit = _notice(db, notice_id)
    found = Figures(notice.number, notice.state, unit.name, notice.confirmed_at)
    for row in _counted(db, notice_id, _Places(unit)):
        reached = {"delivered": row.delivered, "seen": row.seen, "confirmed": row.confirmed, "knocked": row.knocked}
        for tally in (found.total, found.places.setdefault(row.name, Tally())):
            tally.add(row.state, row.households, **reached)
        found.explain(row.state, row.reason, row.households)
    for row in _in_slices(db, notice_id, _Places(unit)):
        # PostgreSQL counts this a moment later: a slice that was cut meanwhile is counted with the next look.
        taken = min(row.households, found.places.get(row.name, Tally()).planned) if row.state == SUBMITTED else 0
        for tally in (found.total, found.places.get(row.name, Tally())):
            tally.planned, tally.submitted = tally.planned - taken, tally.submitted + taken
        found.explain(SUBMITTED if taken else LedgerState.PLANNED, row.reason, row.households)
    found.filtered = _filtered(db, notice_id)
    _await_the_rest(notice, found.total)
    _count_groups(db, notice_id, found)
    return found


def totals(db: Session, notice_id: int) -> Tally:
    """The whole notice in one tally, without places and reasons: a third of the work, for answers that cannot wait."""
    notice, found = db.get_one(Notice, notice_id), Tally()
    reached = (func.count(Ledger.delivered_at), func.count(Ledger.seen_at), func.count(Ledger.confirmed_at))
    by_state = select(Ledger.state, func.count(), *reached, func.count(Ledger.knocked_at)).group_by(Ledger.state)
    for state, count, delivered, seen, confirmed, knocked in db.execute(by_state.where(Ledger.notice_id == notice_id)):
        found.add(state, count, delivered=delivered, seen=seen, confirmed=confirmed, knocked=knocked)
    taken = select(func.count()).select_from(Ledger).join(Slice, Slice.id == Ledger.slice_id)
    cut = taken.where(Ledger.notice_id == notice_id, Ledger.state == LedgerState.CUT, Slice.state == SUBMITTED)
    found.submitted = min(db.scalar(cut) or 0, found.planned)
    found.planned -= found.submitted
    _await_the_rest(notice, found)
    return found


def _await_the_rest(notice: Notice, found: Tally) -> None:
    """Households that the fan-out has not come to yet wait like the others."""
    if notice.state in NOT_BEGUN and notice.counted > found.households:
        found.add(LedgerState.PLANNED, notice.counted - found.households)


class _Places:
    """By what the households of a notice are counted: estates where a community issues it, else communities."""

    def __init__(self, issuer: Unit) -> None:
        self.by_estate = issuer.kind in OF_A_COMMUNITY

    def named(self, query: Any) -> Select[Any]:
        """The query, grouped by place too, with the place's name."""
        if self.by_estate:
            query = query.join(Household, Household.id == Ledger.household_id)
        place = Household.estate_id if self.by_estate else Ledger.community_id
        counted = query.add_columns(place.label("place")).group_by(place).subquery()
        named = select(counted, Unit.name).join(Unit, Unit.id == counted.c.place)
        return named.order_by(Unit.id, counted.c.state, counted.c.reason)


def _counted(db: Session, notice_id: int, places: _Places) -> Iterable[Row[Any]]:
    # Of a household in a slice, the slice says why it waits. Without a join: that costs as much again.
    reason = case((Ledger.state == LedgerState.CUT, null()), else_=Ledger.reason)
    query = (
        select(
            Ledger.state.label("state"),
            reason.label("reason"),
            func.count().label("households"),
            func.count(Ledger.delivered_at).label("delivered"),
            func.count(Ledger.seen_at).label("seen"),
            func.count(Ledger.confirmed_at).label("confirmed"),
            func.count(Ledger.knocked_at).label("knocked"),
        )
        .select_from(Ledger)
        .where(Ledger.notice_id == notice_id)
        .group_by(Ledger.state, reason)
    )
    return db.execute(places.named(query))


def _in_slices(db: Session, notice_id: int, places: _Places) -> Iterable[Row[Any]]:
    """Of those in slices: whose message the platform has taken, and why the others wait."""
    telling = or_(Slice.state == SUBMITTED, Slice.reason.is_not(None))
    query = (
        select(Slice.state.label("state"), Slice.reason.label("reason"), func.count().label("households"))
        .select_from(Ledger)
        .join(Slice, Slice.id == Ledger.slice_id)
        .where(Ledger.notice_id == notice_id, Ledger.state == LedgerState.CUT, telling)
        .group_by(Slice.state, Slice.reason)
    )
    return db.execute(places.named(query))


def _count_groups(db: Session, notice_id: int, found: Figures) -> None:
    """Lines in groups, and who read it there without a front door."""
    said = select(func.count()).where(GroupPost.notice_id == notice_id, GroupPost.state == "owed")
    found.groups = db.scalar(said) or 0
    people, confirmed, named_door = db.execute(
        select(
            func.count(),
            func.count(NoticeReader.confirmed_at),
            func.count(NoticeReader.household_id),
        ).where(NoticeReader.notice_id == notice_id)
    ).one()
    found.people, found.people_confirmed, found.named_door = people, confirmed, named_door


def _filtered(db: Session, notice_id: int) -> int:
    """Platforms count whom they left out of a job: people who do not want to hear, or have heard enough this month."""
    jobs = select(Slice.figures).where(
        Slice.notice_id == notice_id, Slice.platform_id.is_not(None), Slice.state == "sent"
    )
    return sum(max(row.get("total", 0) - row["sent"], 0) for row in db.scalars(jobs) if "sent" in row)
