"""Brings the database to this version's schema, safely: one at a time, a backup first, and never backwards."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, create_engine

from bot import backup, seed
from bot.maintenance import RefusedError, maintained, refuse
from bot.settings import Settings
from bot.transactions import rebuild_connection, snapshot_connection, write_connection
from storage import schema


def run(settings: Settings) -> int:
    """``menkou migrate``: 0 when the schema is this version's, 1 when it cannot be."""
    code = up(settings)
    if not code:
        print(f"The database is at revision {schema.head()}.")
    return code


def up(settings: Settings) -> int:
    """Creates or migrates the schema and, in sample mode, fills an empty database. Exit code as ``run``.

    An older schema is backed up into the data folder before it is changed.
    """
    try:
        with maintained(settings) as engine:
            bring_up(settings, engine)
    except RefusedError as error:
        return refuse(error)
    return 0


def bring_up(settings: Settings, engine: Engine) -> None:
    """The same for a caller who keeps others away. Raises RefusedError."""
    with snapshot_connection(engine) as connection:
        before = schema.current(connection)
    if before is not None and not schema.is_known(before):
        raise RefusedError(
            f"The database was written by a newer version of Menkou (revision {before}): "
            "install that version, or restore a backup into an empty database."
        )
    if before != schema.head():
        if before is not None:
            _save(settings, engine, before)
        with rebuild_connection(engine) as connection:
            _upgrade(connection)
    if settings.sample:
        with write_connection(engine, unhurried=True) as connection:
            _sample(settings, connection)


def _upgrade(connection: Connection) -> None:
    schema.upgrade(connection)
    broken = schema.broken_references(connection)
    if broken:  # raising rolls the whole migration back
        raise RefusedError(f"The migration would leave {broken} rows that point nowhere: nothing was changed.")


def _sample(settings: Settings, connection: Connection) -> None:
    if seed.is_sample(connection):
        return
    if not schema.is_empty(connection):
        raise RefusedError(
            "MENKOU_SAMPLE is set, but this database holds a real deployment: unset it, or choose another MENKOU_DATA."
        )
    seed.fill(connection, settings)


def _save(settings: Settings, engine: Engine, revision: str) -> None:
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    target = settings.data / "backups" / f"before-migration-{stamp}-from-{revision}.zip"
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    backup.write(engine, target)
    print(f"menkou: the database as it was is saved in {target}", file=sys.stderr)


def _draft(message: str) -> None:
    """For developers, ``python -m bot.migrate "What changes"``: writes the next revision from the tables."""
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        schema.upgrade(connection)
        schema.draft(connection, message)
    engine.dispose()


if __name__ == "__main__":
    _draft(sys.argv[1])
