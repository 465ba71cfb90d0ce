"""What may have reached somebody is an attempt row, and the outcomes of a slice are written in one statement.

An attempt is written before its slice is tried again, so that the time since the first doubtful try is never lost.
Attempts run on wall time.
"""

from __future__ import annotations

import json
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
    column,
    func,
    insert,
    literal,
    null,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from storage.base import UtcTime
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
    if db.get_bind().dialect.name == "postgresql":
        return _unnested(results)
    rows = func.json_each(json.dumps(results)).table_valued("value")
    ledger_id, state, reason = (func.json_extract(rows.c.value, f"$[{place}]") for place in range(3))
    return select(
        cast(ledger_id, Integer).label("id"), cast(state, String).label("state"), cast(reason, String).label("reason")
    ).subquery("outcome")


def _unnested(results: Sequence[Settled]) -> Subquery:
    ids, states, reasons = ([row[place] for row in results] for place in range(3))
    rows = func.unnest(
        cast(literal(ids, ARRAY(BigInteger)), ARRAY(BigInteger)),
        cast(literal(states, ARRAY(String)), ARRAY(String)),
        cast(literal(reasons, ARRAY(String)), ARRAY(String)),
    )
    given = rows.table_valued(column("id", BigInteger), column("state", String), column("reason", String), name="given")
    return select(*given.render_derived().c).subquery("outcome")
