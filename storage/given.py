"""Rows given to a statement as a table, so that thousands are written by one: unnested arrays on PostgreSQL, JSON on
SQLite, whose statements take no more than some thousand parameters.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Subquery, cast, column, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import String, TypeEngine

Columns = Mapping[str, TypeEngine[Any]]


def given(db: Session, columns: Columns, rows: Sequence[Sequence[Any]], name: str = "given") -> Subquery:
    """These rows under these names. Values are numbers, texts or None."""
    if db.get_bind().dialect.name == "postgresql":
        return _unnested(columns, rows, name)
    listed = func.json_each(json.dumps(rows)).table_valued("value")
    cells = (
        cast(func.json_extract(listed.c.value, f"$[{place}]"), kind).label(label)
        for place, (label, kind) in enumerate(columns.items())
    )
    return select(*cells).subquery(name)


def _unnested(columns: Columns, rows: Sequence[Sequence[Any]], name: str) -> Subquery:
    values: Iterable[Sequence[Any]] = zip(*rows, strict=True) if rows else ((),) * len(columns)
    arrays = (
        cast(literal(_array(column, kind), String), ARRAY(kind))
        for column, kind in zip(values, columns.values(), strict=True)
    )
    table = func.unnest(*arrays).table_valued(*(column(label, kind) for label, kind in columns.items()), name="cells")
    return select(*table.render_derived().c).subquery(name)


def _array(values: Sequence[Any], kind: TypeEngine[Any]) -> str:
    """An array as the server reads it. The driver would look at each value several times, which costs more than
    writing the row."""
    cells = _texts(values) if isinstance(kind, String) else ("NULL" if one is None else str(one) for one in values)
    return "{" + ",".join(cells) + "}"


def _texts(values: Sequence[str | None]) -> Iterable[str]:
    return ("NULL" if one is None else '"' + one.replace("\\", "\\\\").replace('"', '\\"') + '"' for one in values)
