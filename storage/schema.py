"""The revision of a database's schema: what it is, what this code knows, and how to get there.

All functions work on a connection whose transaction the caller has begun (SQLite: with foreign keys off, since a
revision may copy a table that others point to).
"""

from __future__ import annotations

import logging
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

logging.getLogger("alembic.runtime.migration").setLevel(logging.WARNING)  # every look at the revision is two lines

MIGRATIONS = Path(__file__).parent / "migrations"
VERSION_TABLE = "alembic_version"
# Tables that a running deployment fills by itself: rows in them do not make a database "not empty".
OWN_AFFAIRS = frozenset({VERSION_TABLE, "marks", "channel_accounts", "leases", "tokens", "spends"})


def current(connection: Connection) -> str | None:
    """The revision that the database is at; None when it has no schema of ours."""
    return MigrationContext.configure(connection).get_current_revision()


def head() -> str:
    """The revision that this code is written for."""
    found = _scripts().get_current_head()
    if found is None:
        raise RuntimeError("the program has no revisions: its installation is broken")
    return found


def is_known(revision: str) -> bool:
    """Whether this code can bring a database up from ``revision``; it cannot from one of a newer version."""
    return any(script.revision == revision for script in _scripts().walk_revisions())


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Runs the revisions up to ``revision``."""
    command.upgrade(_config(connection), revision)


def differences(connection: Connection) -> list[str]:
    """What differs between the tables of the code and the database's; anything means that a revision was forgotten."""
    from alembic.autogenerate import compare_metadata

    from storage.tables import metadata

    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return [str(difference) for difference in compare_metadata(context, metadata)]


def draft(connection: Connection, message: str) -> None:
    """For developers: writes a revision from the difference between the tables and an upgraded database."""
    number = sum(1 for _ in _scripts().walk_revisions()) + 1
    command.revision(_config(connection), message, autogenerate=True, rev_id=f"{number:04}")


def broken_references(connection: Connection) -> int:
    """How many rows point to a row that is not there; only SQLite, with foreign keys off, can come to have any."""
    if connection.dialect.name != "sqlite":
        return 0
    return len(connection.execute(text("PRAGMA foreign_key_check")).all())


def is_empty(connection: Connection) -> bool:
    """Whether nobody has put anything into this database yet."""
    names = [name for name in inspect(connection).get_table_names() if name not in OWN_AFFAIRS]
    return not any(connection.execute(text(f'SELECT 1 FROM "{name}" LIMIT 1')).first() for name in names)


def has_tables(connection: Connection) -> bool:
    """Whether there is any table at all, ours or not."""
    return bool(inspect(connection).get_table_names())


def drop(connection: Connection) -> None:
    """Removes all tables of an empty database, so that another revision's can be made."""
    names = [f'"{name}"' for name in inspect(connection).get_table_names()]
    if connection.dialect.name == "postgresql":
        if names:
            connection.execute(text(f"DROP TABLE {', '.join(names)} CASCADE"))
        return
    for name in names:
        connection.execute(text(f"DROP TABLE {name}"))


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(MIGRATIONS))


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("file_template", "r%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config
