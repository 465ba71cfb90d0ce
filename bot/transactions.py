"""The only places where a transaction begins and ends (rule 2). None of them may span network I/O.

    with write_session(engine) as db: ...     # committed at the end of the block, rolled back if it raises
    with read_session(engine) as db: ...      # one snapshot on SQLite; the database refuses to write

Inside, ``db.begin_nested()`` makes a savepoint on both engines.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session

from bot.settings import Settings
from storage import map_state  # noqa: F401 - it listens: a process that changes the map must say so
from storage.engine import open_engine, passage, reader, untied, writer

GATE = "write"


def open_database(settings: Settings) -> Engine:
    """The deployment's database. All its processes share one write gate in the data folder."""
    if settings.embedded_database:
        settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    return open_engine(settings.database_url, settings.run_folder / GATE)


@contextmanager
def write_session(engine: Engine, *, unhurried: bool = False) -> Iterator[Session]:
    """One durable transaction. Objects stay readable after it ends; ``unhurried`` lifts the limits on statements.

    On SQLite it holds the write gate from before ``BEGIN IMMEDIATE`` until after the commit; a second one in the same
    thread raises NestedWriteError.
    """
    with passage(engine), Session(writer(engine), expire_on_commit=False) as db, db.begin():
        if unhurried:
            _lift_limits(db.connection())
        yield db


@contextmanager
def read_session(engine: Engine) -> Iterator[Session]:
    """One transaction that reads. It passes no gate and waits for nobody."""
    with Session(reader(engine), expire_on_commit=False) as db, db.begin():
        yield db


@contextmanager
def write_connection(engine: Engine, *, unhurried: bool = False) -> Iterator[Connection]:
    """Like ``write_session`` without the ORM, for work in bulk; ``unhurried`` lifts the limits on statements."""
    with passage(engine), writer(engine).connect() as connection, connection.begin():
        if unhurried:
            _lift_limits(connection)
        yield connection


@contextmanager
def rebuild_connection(engine: Engine) -> Iterator[Connection]:
    """A transaction that changes the schema or fills all tables: no limits, and on SQLite no watch on references."""
    with passage(engine), untied(engine).connect() as connection, connection.begin():
        _lift_limits(connection)
        yield connection


@contextmanager
def snapshot_connection(engine: Engine) -> Iterator[Connection]:
    """Reads one consistent snapshot of everything for as long as it takes."""
    options = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
    with reader(engine).connect().execution_options(**options) as connection, connection.begin():
        _lift_limits(connection)
        yield connection


def _lift_limits(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        for name in ("statement_timeout", "idle_in_transaction_session_timeout"):
            connection.execute(text(f"SET LOCAL {name} = 0"))
