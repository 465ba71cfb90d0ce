"""Inserting rows as they are, without the unit of work: for what is written often and not changed at once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Insert, Table, insert
from sqlalchemy.orm import Session, make_transient_to_detached
from sqlalchemy.orm.util import identity_key

from storage.base import Base

Row = dict[str, Any]
B = TypeVar("B", bound=Base)


def insert_one(db: Session, kind: type[Base], row: Row) -> int:
    """Writes one row and answers its id. Columns that are not named take their defaults."""
    key = db.connection().execute(_statement(kind), row).inserted_primary_key
    assert key is not None
    return int(key[0])


def insert_all(db: Session, kind: type[Base], rows: Sequence[Row]) -> None:
    """Writes rows that all name the same columns, in one go."""
    if rows:
        db.connection().execute(_statement(kind), list(rows))


def as_read(db: Session, kind: type[B], number: int, row: Row) -> B:
    """The object of a row that this transaction has just written, without reading it again.

    ``row`` names every column that is not empty. Written before a savepoint it outlives that savepoint's end.
    """
    known = db.identity_map.get(identity_key(kind, number))
    if known is not None:
        assert isinstance(known, kind)
        return known
    made = kind(**dict.fromkeys(table_of(kind).columns.keys()) | row | {"id": number})
    make_transient_to_detached(made)
    db.add(made)
    return made


def table_of(kind: type[Base]) -> Table:
    """The table of a mapped class."""
    table = kind.__table__
    assert isinstance(table, Table)
    return table


@cache
def _statement(kind: type[Base]) -> Insert:
    return insert(table_of(kind))
