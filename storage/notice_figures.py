"""An honest account of a notice. The states always add up to its households; confirmed ⊆ seen ⊆ sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Row, and_, case, func, literal, select
from sqlalchemy.orm import Session

from storage.notices import Ledger, LedgerState, Notice, NoticeState, Slice
from storage.people import Unit

PENDING = frozenset({LedgerState.PLANNED, LedgerState.CUT})
SUBMITTED = "submitted"


@dataclass(slots=True)
class Tally:
    """Households by what became of them. ``planned`` are those whose turn is still to come; ``submitted`` those whose
    platform has taken their message and did not report on it yet.
    """

    households: int = 0
    planned: int = 0
    submitted: int = 0
    sent: int = 0
    failed: int = 0
    unknown: int = 0
    no_way: int = 0
    skipped: int = 0
    seen: int = 0
    confirmed: int = 0

    def add(self, state: str, households: int, seen: int = 0, confirmed: int = 0) -> None:
        """Counts households that share a state."""
        name = "planned" if state in PENDING else str(state)
        setattr(self, name, getattr(self, name) + households)
        self.households += households
        self.seen += seen
        self.confirmed += confirmed

    @property
    def adds_up(self) -> bool:
        """Whether every household is in exactly one state, and reading is a part of sending."""
        states = self.planned + self.submitted + self.sent + self.failed + self.unknown + self.no_way + self.skipped
        return states == self.households and 0 <= self.confirmed <= self.seen <= self.sent


@dataclass(slots=True)
class Figures:
    """One notice in numbers, as it stands in this transaction. ``reasons`` by state: failed, no_way …

    ``filtered``: of those sent, whom a platform says it did not reach, without saying who they are.
    """

    number: int
    state: str
    issuer: str
    confirmed_at: datetime | None
    total: Tally = field(default_factory=Tally)
    communities: dict[str, Tally] = field(default_factory=dict)
    reasons: dict[str, Counter[str]] = field(default_factory=dict)
    filtered: int = 0


def figures(db: Session, notice_id: int) -> Figures:
    """Counts one notice. Raises NoResultFound for a notice that is not there.

    While the fan-out is under way, households that have no row yet count as planned.
    """
    notice, unit = db.execute(
        select(Notice, Unit).join(Unit, Unit.id == Notice.unit_id).where(Notice.id == notice_id)
    ).one()
    found = Figures(notice.number, notice.state, unit.name, notice.confirmed_at)
    for community, state, reason, households, seen, confirmed in _counted(db, notice_id):
        found.total.add(state, households, seen, confirmed)
        found.communities.setdefault(community, Tally()).add(state, households, seen, confirmed)
        if reason is not None:
            found.reasons.setdefault("planned" if state in PENDING else state, Counter())[reason] += households
    found.filtered = _filtered(db, notice_id)
    if notice.state in {NoticeState.DRAFT, NoticeState.CONFIRMED} and notice.counted > found.total.households:
        found.total.add(LedgerState.PLANNED, notice.counted - found.total.households)
    return found


def _counted(db: Session, notice_id: int) -> Iterable[Row[str, str, str | None, int, int, int]]:
    submitted = and_(Ledger.state == LedgerState.CUT, Slice.state == "submitted")
    state = case((submitted, literal(SUBMITTED)), else_=Ledger.state).label("became")
    # Of a slice that waits, its own reason says why.
    reason = case((Ledger.state == LedgerState.CUT, Slice.reason), else_=Ledger.reason).label("why")
    query = (
        select(
            Unit.name,
            state,
            reason,
            func.count(),
            func.count(Ledger.seen_at),
            func.count(Ledger.confirmed_at),
        )
        .join(Unit, Unit.id == Ledger.community_id)
        .outerjoin(Slice, Slice.id == Ledger.slice_id)
        .where(Ledger.notice_id == notice_id)
        .group_by(Unit.id, Unit.name, state, reason)
        .order_by(Unit.id)
    )
    return db.execute(query)


def _filtered(db: Session, notice_id: int) -> int:
    """Platforms count whom they left out of a job: people who do not want to hear, or have heard enough this month."""
    jobs = select(Slice.figures).where(
        Slice.notice_id == notice_id, Slice.platform_id.is_not(None), Slice.state == "sent"
    )
    return sum(max(row.get("total", 0) - row["sent"], 0) for row in db.scalars(jobs) if "sent" in row)
