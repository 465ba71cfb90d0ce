"""Whether this code and this database belong together: looked at by every process before it serves."""

from __future__ import annotations

import errno

from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError, ProgrammingError

from bot.settings import Settings
from bot.transactions import snapshot_connection
from storage.vault import VaultError

# What a folder or a disk refuses.
_REFUSED = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EIO}
_NO_PLACE = {errno.ENOENT, errno.EEXIST, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG}
_OF_THE_DISK = _REFUSED | _NO_PLACE


# Of the driver's words only these are told, in ours: it may repeat an address with its password.
_AWAY = {
    "Connection refused": "nothing listens at that host and port",
    "resolve host": "nobody knows the name of its host",
    "password authentication failed": "user or password is wrong",
    "no password supplied": "it wants a password",
    "no pg_hba.conf entry": "its pg_hba.conf does not let this machine in",
    'FATAL:  database "': "it has no such database",
    'FATAL:  role "': "it has no such user",
    "timeout expired": "it does not answer",
    "timed out": "it does not answer",
    "too many clients": "it has no connection left",
    "file is not a database": "the file is none",
    "is malformed": "the file is damaged",
    "no such table": "tables are missing",
    'relation "': "tables are missing",
}
_OF_THE_DATABASE = {DatabaseError, OperationalError, ProgrammingError}


class UnfitError(Exception):
    """This process must not serve this database; the message is one sentence for the operator."""


def check(settings: Settings, engine: Engine, *, sample: bool) -> None:
    """Raises UnfitError without a schema or on one newer than the code, and in sample mode on a real deployment."""
    from storage import schema  # loads Alembic, which a replay does not need

    with snapshot_connection(engine) as connection:
        revision, bare = schema.current(connection), not schema.has_tables(connection)
        filled = settings.sample and not sample and not bare and not schema.is_empty(connection)
    if bare:
        raise UnfitError("The database has no tables yet: run `menkou migrate`, or `menkou up` on one machine.")
    if revision is not None and not schema.is_known(revision):
        raise UnfitError(
            f"The database was written by a newer version of Menkou (revision {revision}): install that version."
        )
    if filled:
        raise UnfitError("MENKOU_SAMPLE is set, but this database holds a real deployment: unset it.")


def away(error: DBAPIError) -> str:
    """Why the database cannot be used, as far as it can be told; else the class of the error."""
    said = str(error.orig)
    return next((ours for theirs, ours in _AWAY.items() if theirs in said), type(error.orig).__name__)


def of_the_deployment(error: Exception) -> str | None:
    """What is wrong with database, keys, queue or disk, in a sentence; None: the program itself is wrong."""
    from redis.exceptions import RedisError  # seldom asked for

    if isinstance(error, UnfitError):
        return str(error)
    if isinstance(error, VaultError):
        return "What is stored opens with none of the secret keys: `menkou doctor` says what to do."
    if isinstance(error, DBAPIError) and type(error) in _OF_THE_DATABASE:
        return f"The database cannot be used ({away(error)}): `menkou doctor` says what to do."
    if isinstance(error, RedisError):
        return f"The queue cannot be used ({type(error).__name__}): `menkou doctor` says what to do."
    if isinstance(error, OSError) and error.errno in _OF_THE_DISK:
        return f"{error.filename or 'A file'} cannot be read or written: {error.strerror}."
    return None
