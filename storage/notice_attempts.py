"""What may have reached somebody, or did not, is an attempt row; outcomes of a slice are written in one statement.

What went plainly is none: the household's own row and its slice say when, and at which try.

An attempt is written before its slice is tried again, so that the time since the first doubtful try is never lost.
Attempts run on wall time.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    JSON,
    BigInteger,
    Integer,
    String,
    Subquery,
    cast,
    insert,
    literal,
    null,
    select,
)
from sqlalchemy.orm import Session

from storage.base import UtcTime
from storage.given import given
from storage.notices import Attempt, Ledger, LedgerState, Slice

NUMBERS_A_ROUND = 1000  # attempts of one household are numbered round * 1000 + try; each further way is a round


class Settled(NamedTuple):
    """What became of one household."""

    ledger_id: int
    state: LedgerState
    reason: str | None


def attempt_number(row: Slice) -> int:
    """The number that a slice's latest try has for each of its households."""
    return row.round * NUMBERS_A_ROUND + row.tries


def note_doubt(db: Session, slice_id: int, attempt: int, at: datetime) -> None:
    """One attempt of unknown outcome for every member."""
    members = select(Ledger.id, literal(str(LedgerState.UNKNOWN)), null()).where(Ledger.slice_id == slice_id)
    add_attempts(db, members, slice_id, attempt, at)


def add_attempts(db: Session, members: Any, slice_id: int, attempt: int, at: datetime) -> None:
    """An attempt for each row of ``members``, which selects ledger id, state and reason."""
    outcome = members.subquery()
    ledger_id, state, reason = outcome.c
    rows = select(
        ledger_id,
        literal(attempt, Integer),
        literal(slice_id, BigInteger),
        cast(state, String(10)),
        cast(reason, String(60)),
        literal(at, UtcTime()),
        literal({}, JSON),
    )
    names = ["ledger_id", "number", "slice_id", "state", "reason", "at", "data"]
    db.execute(insert(Attempt).from_select(names, rows, include_defaults=False))


def as_table(db: Session, results: Sequence[Settled]) -> Subquery:
    """The results as a table, so that a slice is settled by one statement."""
    return given(db, {"id": BigInteger(), "state": String(), "reason": String()}, results, "outcome")
