"""One at a time: what changes the schema or fills a whole database keeps a second such command waiting."""

from __future__ import annotations

import contextlib
import fcntl
import sys
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Engine, create_engine, text

from bot.settings import Settings
from bot.transactions import open_database

LOCK = "maintenance.lock"
POSTGRES_LOCK = 0x6D656E6B6F75  # "menkou": a number that nobody else is likely to use in this database
PATIENCE = "15min"  # for another command that is at it
FAULT = 1


class RefusedError(Exception):
    """This must not be done to this database; the message is one sentence for the operator."""


@contextlib.contextmanager
def maintained(settings: Settings) -> Iterator[Engine]:
    """The deployment's database with no other maintenance going on, on whatever machine."""
    engine = open_database(settings)
    if settings.embedded_database:  # for the owner's eyes; SQLite gives its log the same mode
        Path(str(engine.url.database)).touch(mode=0o600)
    try:
        with _file_lock(settings.run_folder / LOCK) if settings.embedded_database else _database_lock(settings):
            yield engine
    finally:
        engine.dispose()


def refuse(sentence: object) -> int:
    """Says why a command ends here; answers the exit code of a fault."""
    print(f"menkou: {sentence}", file=sys.stderr)
    return FAULT


@contextlib.contextmanager
def _database_lock(settings: Settings) -> Iterator[None]:
    # A connection of its own, outside any transaction: the lock spans several of them.
    keeper = create_engine(settings.database_url, isolation_level="AUTOCOMMIT")
    try:
        with keeper.connect() as connection:
            connection.execute(text(f"SET lock_timeout = '{PATIENCE}'"))
            connection.execute(text("SELECT pg_advisory_lock(:number)"), {"number": POSTGRES_LOCK})
            yield
    finally:
        keeper.dispose()


@contextlib.contextmanager
def _file_lock(path: Path) -> Iterator[None]:
    for folder in (path.parent.parent, path.parent):  # a parent that mkdir makes on the way is open to all
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield  # closing the file gives the lock back
