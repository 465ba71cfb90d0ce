"""Ids and ticket numbers after rows were written with ids of their own: the next one must be a new one."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, Integer, Table, func, select, text


def numbered(tables: Mapping[str, Table]) -> dict[str, str]:
    """Name of each table with a counted primary key, and that key's name."""
    found = {}
    for name, table in tables.items():
        keys = list(table.primary_key.columns)
        if len(keys) == 1 and isinstance(keys[0].type, Integer) and not keys[0].foreign_keys:
            found[name] = keys[0].name
    return found


def high_water(connection: Connection, tables: Mapping[str, Table]) -> dict[str, int]:
    """The highest number each table ever gave out, also when the row is gone."""
    return {name: _highest(connection, tables[name], key) for name, key in numbered(tables).items()}


def catch_up(connection: Connection, tables: Mapping[str, Table], marks: Mapping[str, int] | None = None) -> None:
    """Lets every table go on after its highest number, or after ``marks`` where that is higher."""
    for name, key in numbered(tables).items():
        highest = max(_highest(connection, tables[name], key), (marks or {}).get(name, 0))
        if not highest:
            continue
        if connection.dialect.name == "postgresql":
            connection.execute(
                text("SELECT setval(pg_get_serial_sequence(:name, :key), :highest)"),
                {"name": name, "key": key, "highest": highest},
            )
        elif _counts_for_ever(connection, name):
            connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": name})
            connection.execute(
                text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :highest)"),
                {"name": name, "highest": highest},
            )


def _highest(connection: Connection, table: Table, key: str) -> int:
    highest = connection.scalar(select(func.max(table.c[key]))) or 0
    if connection.dialect.name == "postgresql":
        # last_value is 1 before the first call, which is_called tells apart
        sequence = connection.scalar(
            text("SELECT pg_get_serial_sequence(:name, :key)"), {"name": table.name, "key": key}
        )
        if sequence is None:
            return int(highest)
        given = connection.scalar(text(f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {sequence}"))
    elif _counts_for_ever(connection, table.name):
        given = connection.scalar(text("SELECT seq FROM sqlite_sequence WHERE name = :name"), {"name": table.name})
    else:
        given = 0
    return max(highest, given or 0)


def _counts_for_ever(connection: Connection, name: str) -> bool:
    """On SQLite only tables made with AUTOINCREMENT never give a number twice."""
    made = connection.scalar(
        text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :name"), {"name": name}
    )
    return "AUTOINCREMENT" in (made or "").upper()
