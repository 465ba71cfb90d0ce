"""Inserting what may be there already: the effect that exists once stays as it was (rule 4)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storage.base import Base
from storage.inserts import table_of


def on_conflict_do_nothing(db: Session | Connection, kind: type[Base], *unique: str) -> Insert:
    """An INSERT that leaves rows alone whose ``unique`` columns exist already."""
    bind = db if isinstance(db, Connection) else db.get_bind()
    return _statement(bind.dialect.name, kind, unique)


def insert_new(db: Session, kind: type[Base], rows: Sequence[dict[str, Any]], unique: str) -> None:
    """Inserts the rows whose name is new."""
    db.connection().execute(on_conflict_do_nothing(db, kind, unique), list(rows))


@cache
def _statement(dialect: str, kind: type[Base], unique: tuple[str, ...]) -> Insert:
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement: Insert = insert(table_of(kind)).on_conflict_do_nothing(index_elements=unique)
    return statement
