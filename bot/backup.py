"""``menkou backup`` and ``menkou restore``: the whole database, media included and keys not, in one file.

The file is the same whichever engine wrote it, so it also moves a deployment from SQLite to PostgreSQL.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine

from bot import __version__
from bot.fit import of_the_deployment
from bot.maintenance import RefusedError, maintained, refuse
from bot.settings import Settings
from bot.transactions import open_database, rebuild_connection, snapshot_connection
from storage import archive, schema

KEYS = "The secret keys are not in it: keep them apart from it, without them names and words cannot be read."


def backup(settings: Settings, target: Path) -> int:
    """Writes and verifies the file while everything goes on running. Answers 1 with a sentence on a fault."""
    engine = open_database(settings)
    try:
        manifest = write(engine, target)
    except (archive.ArchiveError, OSError) as error:
        return refuse(of_the_deployment(error) or error)
    finally:
        engine.dispose()
    print(f"{target}: {manifest.rows} rows of {len(manifest.tables)} tables, read again and verified. {KEYS}")
    return 0


def restore(settings: Settings, source: Path) -> int:
    """Reads a file into an empty database, all or nothing. Answers 1 with a sentence on a fault."""
    try:
        with maintained(settings) as engine:
            manifest = _restore(engine, source)
    except (archive.ArchiveError, RefusedError) as error:
        return refuse(error)
    print(
        f"{manifest.rows} rows of {len(manifest.tables)} tables are back, as of {manifest.made_at}. "
        "MENKOU_SECRET_KEY must hold the keys of that deployment: `menkou doctor` says whether it does."
    )
    return 0


def write(engine: Engine, target: Path) -> archive.Manifest:
    """Writes one consistent snapshot. The file appears under its name only when it is complete and was read again."""
    draft = target.with_name(f"{target.name}.{os.getpid()}.partial")
    draft.touch(mode=0o600, exist_ok=False)
    try:
        with snapshot_connection(engine) as connection:
            written = archive.write(connection, draft, __version__, datetime.now(UTC))
        if archive.verify(draft) != written:
            raise archive.ArchiveError("What was written does not read back: the disk is not to be trusted.")
        _sync(draft)
        draft.replace(target)
        _sync(target.parent)
    finally:
        draft.unlink(missing_ok=True)
    return written


def _restore(engine: Engine, source: Path) -> archive.Manifest:
    with rebuild_connection(engine) as connection:
        current = schema.current(connection)
        if current is None and schema.has_tables(connection):
            raise RefusedError("The database holds somebody else's tables: restore needs an empty one.")
        if current is not None and not schema.is_empty(connection):
            raise RefusedError("The database is not empty: restore needs one that nothing was put into.")
        return archive.read(connection, source)


def _sync(path: Path) -> None:
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
