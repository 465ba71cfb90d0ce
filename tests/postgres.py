"""PostgreSQL databases for tests: made from a template, emptied and lent again."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from uuid import uuid4

from sqlalchemy import Connection, Engine, create_engine, make_url, text
from sqlalchemy.exc import SQLAlchemyError

# Everything below 16384 is PostgreSQL's own. A copied database has the numbers of its template, so that also a table
# that was dropped and made again shows.
SHAPE = """
    SELECT md5(string_agg(line, ',' ORDER BY line)) FROM (
        SELECT concat_ws(' ', attrelid, attnum, attname, atttypid, atttypmod, attnotnull, atthasdef) AS line
            FROM pg_attribute WHERE attrelid >= 16384 AND attnum > 0
        UNION ALL SELECT 'constraint ' || oid FROM pg_constraint WHERE oid >= 16384
        UNION ALL SELECT 'trigger ' || oid FROM pg_trigger WHERE oid >= 16384
        UNION ALL SELECT 'function ' || oid FROM pg_proc WHERE oid >= 16384
        UNION ALL SELECT 'schema ' || oid FROM pg_namespace WHERE nspname !~ '^pg_'
        UNION ALL SELECT concat_ws(' ', setrole, setconfig) FROM pg_db_role_setting
    ) AS lines
"""
USED = """
    SELECT relname, pg_relation_size(oid) FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0
"""
OTHERS_OUT = """
    SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
COUNT_ANEW = """
    SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false) FROM pg_sequences
    WHERE last_value IS NOT NULL
"""
LARGE = 4 << 20  # bytes from which dropping it is cheaper than emptying it


class Pool:
    """Databases with the schema and no rows. One whose schema was changed, or that cannot be emptied, is dropped."""

    def __init__(self, server: str, template: str) -> None:
        self._server, self._template = server, template
        self._idle: list[tuple[str, str]] = []  # addresses, and what the schema looked like

    @contextlib.contextmanager
    def lent(self) -> Iterator[str]:
        """One database, for as long as the block lasts."""
        url, shape = self._idle.pop() if self._idle else self._made()
        try:
            yield url
        finally:
            if _emptied(url, shape):
                self._idle.append((url, shape))
            else:
                drop(self._server, url)

    def close(self) -> None:
        """Drops what is left."""
        while self._idle:
            drop(self._server, self._idle.pop()[0])

    def _made(self) -> tuple[str, str]:
        url = create(self._server, self._template)
        with engine(url) as opened, opened.connect() as connection:
            return url, _shape(connection)


@contextlib.contextmanager
def database(server: str, template: str = "template1") -> Iterator[str]:
    """A database that is made for the block and dropped after it."""
    url = create(server, template)
    yield url
    drop(server, url)


def create(server: str, template: str) -> str:
    """A copy of a database; its address."""
    name = f"menkou_test_{uuid4().hex[:12]}"
    with engine(server) as opened, opened.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy"))
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def drop(server: str, url: str) -> None:
    """Whoever still uses it is thrown out."""
    with engine(server) as opened, opened.connect() as connection:
        connection.execute(text(f"DROP DATABASE {make_url(url).database} WITH (FORCE)"))


@contextlib.contextmanager
def engine(url: str) -> Iterator[Engine]:
    """An engine whose every statement is a transaction."""
    opened = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        yield opened
    finally:
        opened.dispose()


def _emptied(url: str, shape: str) -> bool:
    """Whether it is again as it was made. Whoever still uses it is thrown out first."""
    try:
        with engine(url) as opened, opened.connect() as connection:
            connection.execute(text(OTHERS_OUT))
            used = connection.execute(text(USED)).all()
            if sum(size for _, size in used) > LARGE or _shape(connection) != shape:
                return False
            if used:
                connection.execute(text("SET session_replication_role = replica"))  # in any order of the tables
                tables = [f'"{name}"' for name, _ in used]
                connection.execute(text("; ".join(f"DELETE FROM {table}" for table in tables)))
                connection.execute(text(f"VACUUM {', '.join(tables)}"))  # so that rows lie in the order they come in
            connection.execute(text(COUNT_ANEW))
            return not connection.execute(text(USED)).all()
    except SQLAlchemyError:  # a test shut it, or its user may not do this on a server that was given
        return False


def _shape(connection: Connection) -> str:
    return str(connection.scalar(text(SHAPE)))
