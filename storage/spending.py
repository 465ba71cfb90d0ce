"""What is used of a platform's limits: one row for each limit and window, reserved before anything is sent.

The row stays locked until the transaction ends, so that nobody else can take what is left meanwhile. Whoever reserves
of several limits in one transaction does so in the same order as everybody else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Update, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storage.deployment import Spend
from storage.inserts import table_of


@dataclass(frozen=True, slots=True, order=True)
class Ceiling:
    """``most`` of a limit within the window that begins at ``start``."""

    name: str
    most: int
    start: datetime


def reserve(db: Session, door: str, ceiling: Ceiling, wanted: int) -> int:
    """Takes up to ``wanted`` of what is left and says how much that was: nothing, where nothing is left."""
    row = {"door": door, "limit_name": ceiling.name, "window_start": ceiling.start, "used": wanted}
    used: int = db.connection().execute(_taking(db.get_bind().dialect.name), row).scalar_one()
    granted = min(wanted, max(ceiling.most - used + wanted, 0))
    give_back(db, door, ceiling, wanted - granted)
    return granted


def used(db: Session, door: str, start: datetime) -> dict[str, int]:
    """What was taken of each limit of a door in the windows that began at ``start``."""
    rows = db.execute(select(Spend.limit_name, Spend.used).where(Spend.door == door, Spend.window_start == start))
    return {row.limit_name: row.used for row in rows}


def give_back(db: Session, door: str, ceiling: Ceiling, unused: int) -> None:
    """Returns what was reserved and not used, while the window lasts or after it."""
    if unused:
        db.execute(_of(door, ceiling).values(used=Spend.used - unused))


def _of(door: str, ceiling: Ceiling) -> Update:
    return update(Spend).where(
        Spend.door == door,
        Spend.limit_name == ceiling.name,
        Spend.window_start == ceiling.start,
    )


@cache
def _taking(dialect: str) -> Any:
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = insert(table_of(Spend))
    return statement.on_conflict_do_update(
        index_elements=["door", "limit_name", "window_start"],
        set_={"used": table_of(Spend).c.used + statement.excluded.used},
    ).returning(table_of(Spend).c.used)
