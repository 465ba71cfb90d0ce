"""SQL is compiled once for a test process, not once for each of its databases: a third of what a dialogue costs.

A program that runs for days compiles each of its statements once. A test process opens an engine a test, each with a
cache of its own, and would compile them all again every time. Here all engines of one kind of database share a cache.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

STATEMENTS = 4000  # kept; the whole suite says about half as many different ones
_compiled: LRUCache[Any, Any] = LRUCache(STATEMENTS)


class _Alike:
    """Compiled SQL is kept under its dialect: all of one class and one version of the server count as one."""

    def __hash__(self) -> int:
        return hash(type(self))

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and _version(self) == _version(other)

    @classmethod
    def engine_created(cls, engine: Engine) -> None:
        """SQLAlchemy's own hook; called before anything is connected."""
        engine.update_execution_options(compiled_cache=_compiled)


def _version(dialect: object) -> object:
    return getattr(dialect, "server_version_info", None)


class Sqlite(_Alike, SQLiteDialect_pysqlite):
    """SQLite as it comes."""

    supports_statement_cache = True


class Postgres(_Alike, PGDialect_psycopg):
    """PostgreSQL as it comes."""

    supports_statement_cache = True


def share() -> None:
    """For every engine that is made from now on."""
    registry.register("sqlite", __name__, Sqlite.__name__)
    registry.register("postgresql.psycopg", __name__, Postgres.__name__)
