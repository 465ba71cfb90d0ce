"""Inserting what may be there already: the effect that exists once stays as it was (rule 4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storage.base import Base


def on_conflict_do_nothing(db: Session, table: type[Base], *unique: str) -> Insert:
    """An INSERT that leaves rows alone whose ``unique`` columns exist already."""
    dialect = postgresql if db.get_bind().dialect.name == "postgresql" else sqlite
    statement: Insert = dialect.insert(table).on_conflict_do_nothing(index_elements=unique)
    return statement


def insert_new(db: Session, table: type[Base], rows: Sequence[dict[str, Any]], unique: str) -> None:
    """Inserts the rows whose name is new."""
    db.execute(on_conflict_do_nothing(db, table, unique), list(rows))
