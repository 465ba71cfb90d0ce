"""The two clocks. ``wall`` drives leases, back-off, tokens and pacing and is never shifted; ``business`` is the time
that promises are made in. In sample mode business time is the wall's plus an offset row that all processes read and
that only grows. Nothing outside ``bot/`` reads either.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.deployment import Mark

OFFSET = "clock_offset_ms"


class BackwardsError(Exception):
    """Business time only moves forward."""


class Clock(Protocol):
    """Business and wall time, both aware, UTC."""

    def wall(self) -> datetime: ...

    def now(self, db: Session) -> datetime:
        """Business time, as the transaction at hand sees it."""
        ...

    def advance(self, db: Session, to: datetime) -> None:
        """Moves business time forward to ``to``. Raises BackwardsError where it cannot be moved."""
        ...


class WallClock:
    """Production: business time is the wall's."""

    def wall(self) -> datetime:
        return datetime.now(UTC)

    def now(self, db: Session) -> datetime:
        return self.wall()

    def advance(self, db: Session, to: datetime) -> None:
        raise BackwardsError("business time is the wall's here; only the sample neighbourhood can jump")


class SampleClock:
    """Sample mode: an offset row, forward only."""

    def wall(self) -> datetime:
        return datetime.now(UTC)

    def now(self, db: Session) -> datetime:
        stored = db.scalar(select(Mark.value).where(Mark.name == OFFSET))
        return self.wall() + timedelta(milliseconds=int(stored or 0))

    def advance(self, db: Session, to: datetime) -> None:
        offset = round((to - self.wall()).total_seconds() * 1000)
        mark = db.get(Mark, OFFSET, with_for_update=True)
        if mark is None:
            db.add(Mark(name=OFFSET, value=str(max(offset, 0))))
        elif offset > int(mark.value):
            mark.value = str(offset)


class ManualClock:
    """Replay and tests: business time stands where it was put."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.wall_offset = timedelta()

    def wall(self) -> datetime:
        return self.at + self.wall_offset

    def now(self, db: Session) -> datetime:
        return self.at

    def advance(self, db: Session, to: datetime) -> None:
        if to > self.at:
            self.at = to
