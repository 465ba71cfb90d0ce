"""An honest account of a notice. The states always add up to its households; confirmed ⊆ seen ⊆ sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from storage.notices import Ledger, LedgerState, Notice, NoticeState
from storage.people import Unit

PENDING = frozenset({LedgerState.PLANNED, LedgerState.CUT})


@dataclass(slots=True)
class Tally:
    """Households by what became of them. ``planned`` are those whose turn is still to come."""

    households: int = 0
    planned: int = 0
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
        states = self.planned + self.sent + self.failed + self.unknown + self.no_way + self.skipped
        return states == self.households and 0 <= self.confirmed <= self.seen <= self.sent


@dataclass(slots=True)
class Figures:
    """One notice in numbers, as it stands in this transaction. ``reasons`` by state: failed, no_way …"""

    number: int
    state: str
    issuer: str
    confirmed_at: datetime | None
    total: Tally = field(default_factory=Tally)
    communities: dict[str, Tally] = field(default_factory=dict)
    reasons: dict[str, Counter[str]] = field(default_factory=dict)


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
            found.reasons.setdefault(state, Counter())[reason] += households
    if notice.state in {NoticeState.DRAFT, NoticeState.CONFIRMED} and notice.counted > found.total.households:
        found.total.add(LedgerState.PLANNED, notice.counted - found.total.households)
    return found


def _counted(db: Session, notice_id: int) -> Iterable[Row[str, str, str | None, int, int, int]]:
    shape = (Unit.id, Unit.name, Ledger.state, Ledger.reason)
    query = (
        select(
            Unit.name,
            Ledger.state,
            Ledger.reason,
            func.count(),
            func.count(Ledger.seen_at),
            func.count(Ledger.confirmed_at),
        )
        .join(Unit, Unit.id == Ledger.community_id)
        .where(Ledger.notice_id == notice_id)
        .group_by(*shape)
        .order_by(Unit.id)
    )
    return db.execute(query)
