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

from storage.engine import passage, reader, writer


@contextmanager
def write_session(engine: Engine) -> Iterator[Session]:
    """One durable transaction. Objects stay readable after it ends.

    On SQLite it holds the write gate from before ``BEGIN IMMEDIATE`` until after the commit; a second one in the same
    thread raises NestedWriteError.
    """
    with passage(engine), Session(writer(engine), expire_on_commit=False) as db, db.begin():
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
        if unhurried and connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL statement_timeout = 0"))
        yield connection


@contextmanager
def read_connection(engine: Engine, *, unhurried: bool = False) -> Iterator[Connection]:
    """Like ``read_session`` without the ORM; ``unhurried`` reads one consistent snapshot for as long as it takes."""
    options = {"isolation_level": "REPEATABLE READ"} if unhurried and engine.dialect.name == "postgresql" else {}
    with reader(engine).connect().execution_options(**options) as connection, connection.begin():
        if unhurried and connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        yield connection
