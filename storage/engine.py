"""Opening the database: the same promises on SQLite and PostgreSQL.

SQLite runs with a write-ahead log, full syncing (a commit that returned survives a power cut), foreign keys, and the
driver's own transaction handling off, so that ``BEGIN IMMEDIATE``, deferred ``BEGIN`` and savepoints are what the code
says they are. PostgreSQL runs at READ COMMITTED with limits on how long a statement may take or wait.
"""

from __future__ import annotations

import os
import sqlite3
import weakref
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import ConnectionPoolEntry, Pool

from storage import tables  # noqa: F401 - a table can only be used once those it refers to are known
from storage.gate import Gate

BUSY_SECONDS = 3  # patience with a writer that does not pass the gate, such as somebody's own tool
POSTGRES_LIMITS = {
    "lock_timeout": "5s",
    "statement_timeout": "60s",
    "idle_in_transaction_session_timeout": "120s",
    "timezone": "UTC",
}
SQLITE_PRAGMAS = (
    f"busy_timeout = {BUSY_SECONDS * 1000}",
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    "secure_delete = ON",  # what is forgotten is overwritten, not merely unlinked
    "temp_store = MEMORY",  # no personal text in temporary files
    "journal_size_limit = 67108864",  # bytes
)
# Somebody else was quicker or held a lock: the same transaction may succeed if it is run again.
PASSING_POSTGRES = frozenset({"40001", "40P01", "55P03"})  # serialization failure, deadlock, lock_timeout
PASSING_SQLITE = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})

WRITES = "menkou_writes"  # execution option: this connection's transactions take the write lock at once
UNTIED = "menkou_untied"  # execution option: SQLite does not watch foreign keys, for migrations and restoring
_GATE = "menkou_gate"


def open_engine(url: str, gate_path: Path | None = None) -> Engine:
    """An engine for ``url`` (SQLAlchemy spelling). Nothing is connected yet.

    ``gate_path`` names the write gate's files on SQLite; without one they lie beside the database. All processes of a
    deployment must name the same. PostgreSQL needs none.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _open_sqlite(url, parsed.database, gate_path)
    options = " ".join(f"-c {name}={value}" for name, value in POSTGRES_LIMITS.items())
    engine = create_engine(
        url,
        isolation_level="READ COMMITTED",
        pool_pre_ping=True,
        hide_parameters=True,  # an error's text must not carry what somebody said
        connect_args={"options": options, "connect_timeout": 3, "application_name": "menkou"},
    )
    _engines.add(engine)
    return engine


def writer(engine: Engine) -> Engine:
    """The same pool, for transactions that write."""
    return engine.execution_options(**{WRITES: True})


def untied(engine: Engine) -> Engine:
    """A writer during whose transactions SQLite does not watch foreign keys; the caller checks them at the end."""
    return engine.execution_options(**{WRITES: True, UNTIED: True})


def reader(engine: Engine) -> Engine:
    """The same pool, for transactions that only read; the database refuses to write in them."""
    return engine.execution_options(**{WRITES: False, "postgresql_readonly": True})


def gate_of(engine: Engine) -> Gate | None:
    """The write gate of an SQLite engine; None on PostgreSQL and in memory, which need none."""
    gate: Gate | None = engine.get_execution_options().get(_GATE)
    return gate


def passage(engine: Engine) -> AbstractContextManager[None]:
    """What a write transaction must hold from before it begins until after it ends."""
    gate = gate_of(engine)
    return nullcontext() if gate is None else gate.passage()


def is_passing(error: BaseException) -> bool:
    """Whether running the same transaction again may succeed: lost a lock, a deadlock or a race."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.Error):
        # The low byte is the kind of error, the rest its circumstances.
        return (getattr(cause, "sqlite_errorcode", 0) & 0xFF) in PASSING_SQLITE
    return getattr(cause, "sqlstate", None) in PASSING_POSTGRES


def is_down(error: BaseException) -> bool:
    """Whether the database itself is at fault, not what was asked of it: away, full, locked up or not writable."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(error, (OperationalError, InterfaceError, PoolTimeout, sqlite3.OperationalError, OSError))


def _open_sqlite(url: str, database: str | None, gate_path: Path | None) -> Engine:
    in_memory = not database or database == ":memory:"
    gate = None if in_memory else Gate(gate_path or Path(f"{database}.gate").absolute())
    engine = create_engine(
        url, connect_args={"timeout": BUSY_SECONDS}, execution_options={_GATE: gate}, hide_parameters=True
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    _engines.add(engine)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself; `_begin_sqlite` does
    for pragma in SQLITE_PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # Without the option (Alembic, tests) a transaction may do both, and takes the write lock when it first writes.
    options = connection.get_execution_options()
    writes = options.get(WRITES)
    driver: Any = connection.connection.driver_connection
    driver.execute(f"PRAGMA query_only = {'ON' if writes is False else 'OFF'}")
    driver.execute(f"PRAGMA foreign_keys = {'OFF' if options.get(UNTIED) else 'ON'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")  # so that "locked" is an SQLAlchemy error


def empty_log(engine: Engine) -> bool:
    """Lets what was overwritten leave the files: SQLite's write-ahead log is folded in and cut, PostgreSQL vacuums.

    Answers False when a reader stood in the way; the next time will do it.
    """
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM inbox, outbox, media"))
        return True
    # not by isolation level: taking AUTOCOMMIT back would switch the driver's own transaction handling on
    raw = engine.raw_connection()
    try:
        busy, *_ = raw.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()  # type: ignore[union-attr]
    finally:
        raw.close()
    return not busy


# --- forks: neither engine's connections survive being shared with a child

_engines: weakref.WeakSet[Engine] = weakref.WeakSet()
_left_to_the_parent: list[Pool] = []


def _after_fork() -> None:
    for engine in list(_engines):
        _left_to_the_parent.append(engine.pool)  # kept, so that no destructor closes the parent's connections
        engine.dispose(close=False)


os.register_at_fork(after_in_child=_after_fork)
