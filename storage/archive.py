"""A whole database as one file that either engine can read: a zip of one JSON-lines file a table, and a manifest.

Values are written as the database holds them (encrypted text stays encrypted), by the tables that are there, not by
those the code knows: an archive of an older schema is read into that schema, which is then migrated. The manifest
carries the revision, rows and SHA-256 of each table, and the highest number each counted table ever gave out.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Column, Connection, Dialect, MetaData, Table, cast, insert, select, types
from sqlalchemy.schema import AddConstraint, DropConstraint

from storage import schema
from storage.sequences import catch_up, high_water

FORMAT = 1
MANIFEST = "manifest.json"
BATCH_ROWS, BATCH_BYTES = 2000, 8 * 1024 * 1024
AT_ONCE = {"media": 4}  # rows read together; files may have ten megabytes each
CHUNK = 1024 * 1024


class ArchiveError(Exception):
    """This file is no archive of ours, is damaged, or comes from a newer version; one sentence for the operator."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One table of an archive."""

    columns: list[str]
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive says about itself. ``made_at`` is wall time, ISO 8601."""

    revision: str
    program: str
    made_at: str
    tables: dict[str, Entry]
    high_water: dict[str, int]
    format: int = FORMAT
    keys: str = field(default="not included: without the secret keys the encrypted values cannot be read")

    @property
    def rows(self) -> int:
        return sum(entry.rows for entry in self.tables.values())


class _RawJson(types.UserDefinedType[str]):
    """A JSON column of PostgreSQL as its text, so that a JSON null stays different from no value."""

    cache_ok = True

    def get_col_spec(self, **kw: Any) -> str:
        return "JSON"

    def column_expression(self, colexpr: Any) -> Any:
        return cast(colexpr, types.Text)

    def bind_expression(self, bindvalue: Any) -> Any:
        return cast(bindvalue, types.JSON)

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        return None


def write(connection: Connection, path: Path, program: str, made_at: datetime) -> Manifest:
    """Writes every table as ``connection``'s transaction sees it."""
    revision = schema.current(connection)
    if revision is None:
        raise ArchiveError("The database has no schema yet: there is nothing to save.")
    tables = _tables(connection)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        entries = {name: _write_table(connection, table, archive) for name, table in tables.items()}
        manifest = Manifest(
            revision, program, made_at.isoformat(timespec="seconds"), entries, high_water(connection, tables)
        )
        archive.writestr(MANIFEST, json.dumps(asdict(manifest), indent=1))
    return manifest


def verify(path: Path) -> Manifest:
    """Reads the whole file and compares rows and checksums. Raises ArchiveError."""
    with _opened(path) as archive:
        manifest = _manifest(archive)
        for name, entry in manifest.tables.items():
            for _ in _lines(archive, name, entry):
                pass
    return manifest


def read(connection: Connection, path: Path) -> Manifest:
    """Builds the archive's schema in an empty database, fills it and migrates it to this version's.

    The caller's transaction has SQLite's foreign keys off; it is to be rolled back when this raises ArchiveError.
    """
    with _opened(path) as archive:
        manifest = _manifest(archive)
        _start_over(connection, manifest.revision)
        tables = _tables(connection)
        if set(tables) != set(manifest.tables):
            raise ArchiveError("The archive's tables are not those of its revision: it was changed or is damaged.")
        references = [key for table in tables.values() for key in table.foreign_key_constraints]
        if connection.dialect.name == "postgresql":  # tables refer to each other in circles: tie them afterwards
            for key in references:
                connection.execute(DropConstraint(key))
        for name, entry in manifest.tables.items():
            _read_table(connection, tables[name], archive, entry)
        if connection.dialect.name == "postgresql":
            for key in references:
                connection.execute(AddConstraint(key))
    catch_up(connection, tables, manifest.high_water)
    if schema.broken_references(connection):
        raise ArchiveError("Rows of the archive point to rows that are not in it: it was changed or is damaged.")
    schema.upgrade(connection)
    return manifest


def _start_over(connection: Connection, revision: str) -> None:
    if not schema.is_known(revision):
        raise ArchiveError(
            f"The archive was written by a newer version of Menkou (revision {revision}): install that version first."
        )
    schema.drop(connection)
    schema.upgrade(connection, revision)


def _tables(connection: Connection) -> dict[str, Table]:
    """The tables that are there, with JSON as plain text."""
    found = MetaData()
    found.reflect(connection)
    raw = _RawJson() if connection.dialect.name == "postgresql" else types.Text()
    for table in found.tables.values():
        for column in table.columns:
            if isinstance(column.type, types.JSON):
                column.type = raw
    return {name: found.tables[name] for name in sorted(found.tables) if name != schema.VERSION_TABLE}


def _write_table(connection: Connection, table: Table, archive: zipfile.ZipFile) -> Entry:
    digest, rows = hashlib.sha256(), 0
    query = select(table).order_by(*table.primary_key.columns)
    streaming = connection.execution_options(stream_results=True, yield_per=AT_ONCE.get(table.name, 500))
    with archive.open(_entry_name(table.name), "w", force_zip64=True) as file:
        for row in streaming.execute(query):
            line = json.dumps([_plain(value) for value in row], ensure_ascii=False).encode() + b"\n"
            digest.update(line)
            file.write(line)
            rows += 1
    return Entry([column.name for column in table.columns], rows, digest.hexdigest())


def _read_table(connection: Connection, table: Table, archive: zipfile.ZipFile, entry: Entry) -> None:
    if not set(entry.columns) <= set(table.columns.keys()):
        raise ArchiveError(f"The archive's table {table.name} has a column that its revision does not know.")
    decoders = [_decoder(table.columns[name], connection.dialect.name) for name in entry.columns]
    batch: list[dict[str, Any]] = []
    size = 0
    for line in _lines(archive, table.name, entry):
        values = json.loads(line)
        batch.append({name: decode(value) for name, decode, value in zip(entry.columns, decoders, values, strict=True)})
        size += len(line)
        if len(batch) >= BATCH_ROWS or size >= BATCH_BYTES:
            connection.execute(insert(table), batch)
            batch, size = [], 0
    if batch:
        connection.execute(insert(table), batch)


def _lines(archive: zipfile.ZipFile, name: str, entry: Entry) -> Iterator[bytes]:
    """The lines of a table; raises ArchiveError at the end when they are not those that were written."""
    digest, rows = hashlib.sha256(), 0
    try:
        with archive.open(_entry_name(name)) as file:
            for line in _whole_lines(file):
                digest.update(line)
                rows += 1
                yield line
    except (KeyError, zipfile.BadZipFile, EOFError) as error:
        raise ArchiveError(f"The archive's table {name} is damaged.") from error
    if (rows, digest.hexdigest()) != (entry.rows, entry.sha256):
        raise ArchiveError(f"The archive's table {name} is not what was written: {rows} of {entry.rows} rows.")


def _whole_lines(file: IO[bytes]) -> Iterator[bytes]:
    """Lines of any length, read in large pieces (a zip entry's own line reading is slow)."""
    rest = b""
    while chunk := file.read(CHUNK):
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield line + b"\n"
    if rest:
        yield rest


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError) as error:
        raise ArchiveError(f"{path} is not a file that `menkou backup` wrote, or is damaged.") from error


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    try:
        stored = json.loads(archive.read(MANIFEST))
        stored["tables"] = {name: Entry(**entry) for name, entry in stored["tables"].items()}
        manifest = Manifest(**stored)
    except (KeyError, TypeError, ValueError, zipfile.BadZipFile) as error:
        raise ArchiveError("The archive has no manifest that this version can read.") from error
    if manifest.format != FORMAT:
        raise ArchiveError(f"The archive has format {manifest.format}, which this version cannot read.")
    return manifest


def _entry_name(table: str) -> str:
    return f"tables/{table}.jsonl"


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value


def _decoder(column: Column[Any], engine: str) -> Callable[[Any], Any]:
    if isinstance(column.type, types.DateTime):
        return _naive_moment if engine == "sqlite" else _moment
    if isinstance(column.type, types.Date):
        return lambda value: None if value is None else date.fromisoformat(value)
    if isinstance(column.type, types.LargeBinary):
        return lambda value: None if value is None else base64.b64decode(value)
    return lambda value: value


def _moment(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)


def _naive_moment(value: str | None) -> datetime | None:
    # as UtcTime stores it: UTC without a zone
    return None if value is None else datetime.fromisoformat(value).replace(tzinfo=None)
