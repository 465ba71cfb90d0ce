"""The migrated schema is the tables' schema, on both engines; a newer one is refused, an older one is saved first."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, MetaData, insert, inspect, select, text

from bot import backup, migrate
from bot.settings import Settings
from bot.transactions import rebuild_connection, snapshot_connection, write_connection
from storage import schema, tables
from storage.base import Base
from storage.inbox import Inbox

Make = Callable[..., Settings]


def test_every_table_has_its_module_listed() -> None:
    mapped = {mapper.class_.__module__ for mapper in Base.registry.mappers}
    assert mapped <= {module.__name__ for module in tables.MODULES}


def test_the_migrated_schema_is_the_tables_schema(
    empty_database_url: str, make_settings: Make, open_url: Callable[[str], Engine]
) -> None:
    settings = make_settings(database_url=empty_database_url)
    assert migrate.run(settings) == 0
    with snapshot_connection(open_url(empty_database_url)) as connection:
        assert schema.current(connection) == schema.head()
        assert schema.differences(connection) == []
        assert set(inspect(connection).get_table_names()) == {
            *tables.metadata.tables,
            schema.VERSION_TABLE,
        }
        assert schema.is_empty(connection)


def test_names_follow_the_convention(
    empty_database_url: str, make_settings: Make, open_url: Callable[[str], Engine]
) -> None:
    migrate.up(make_settings(database_url=empty_database_url))
    with snapshot_connection(open_url(empty_database_url)) as connection:
        assert _constraint_names(connection) == {
            str(constraint.name)
            for table in tables.metadata.tables.values()
            for constraint in table.foreign_key_constraints
        }


def _constraint_names(connection: Connection) -> set[str]:
    found = inspect(connection).get_multi_foreign_keys()
    return {str(key["name"]) for keys in found.values() for key in keys}


def test_a_second_migration_changes_nothing(empty_database_url: str, make_settings: Make, tmp_path: Path) -> None:
    settings = make_settings(database_url=empty_database_url)
    assert migrate.up(settings) == migrate.up(settings) == 0
    assert not (tmp_path / "backups").exists()


def test_a_newer_schema_is_refused(
    empty_database_url: str, make_settings: Make, open_url: Callable[[str], Engine], capsys: pytest.CaptureFixture[str]
) -> None:
    settings = make_settings(database_url=empty_database_url)
    migrate.up(settings)
    with write_connection(open_url(empty_database_url)) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert migrate.up(settings) == 1
    assert "newer version" in capsys.readouterr().err


def test_an_older_schema_is_saved_before_it_is_changed(
    empty_database_url: str,
    make_settings: Make,
    open_url: Callable[[str], Engine],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    settings, engine = make_settings(database_url=empty_database_url), open_url(empty_database_url)
    migrate.up(settings)
    with write_connection(engine) as connection:
        connection.execute(text("INSERT INTO marks VALUES ('before', '1')"))

    def next_revision(connection: Connection, revision: str = "head") -> None:
        connection.execute(text("CREATE TABLE later (id INTEGER PRIMARY KEY)"))
        connection.execute(text("UPDATE alembic_version SET version_num = 'next'"))

    known = schema.is_known
    with monkeypatch.context() as patch:
        patch.setattr(schema, "head", lambda: "next")
        patch.setattr(schema, "upgrade", next_revision)
        patch.setattr(schema, "is_known", lambda revision: revision == "next" or known(revision))
        assert migrate.up(settings) == 0
    [saved] = (tmp_path / "backups").iterdir()
    other = make_settings(data=tmp_path / "other")
    assert backup.restore(other, saved) == 0
    with snapshot_connection(open_url(other.database_url)) as connection:
        assert connection.scalar(text("SELECT value FROM marks WHERE name = 'before'")) == "1"


def test_a_migration_that_fails_leaves_everything_as_it_was(
    empty_database_url: str, make_settings: Make, open_url: Callable[[str], Engine]
) -> None:
    migrate.up(make_settings(database_url=empty_database_url))
    engine = open_url(empty_database_url)
    with pytest.raises(KeyError):
        _change_and_fail(engine)
    with snapshot_connection(engine) as connection:
        assert "half" not in {column["name"] for column in inspect(connection).get_columns("marks")}


def _change_and_fail(engine: Engine) -> None:
    with rebuild_connection(engine) as connection:
        connection.execute(text("ALTER TABLE marks ADD COLUMN half INTEGER"))
        raise KeyError


def test_two_migrations_at_once_do_no_harm(empty_database_url: str, make_settings: Make) -> None:
    settings = make_settings(database_url=empty_database_url, sample=True)
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        assert pool.map(migrate.up, [settings, settings]) == [0, 0]


def test_what_was_answered_before_there_was_a_term_gets_one(
    empty_database_url: str, open_url: Callable[[str], Engine]
) -> None:
    engine = open_url(empty_database_url)
    said = datetime(2026, 3, 2, 1, 2, 3, 456789, tzinfo=UTC)
    with rebuild_connection(engine) as connection:
        schema.upgrade(connection, "0006")
        metadata = MetaData()
        metadata.reflect(connection, only=["inbox"])
        usual = {"door": "test", "kind": "text", "said_at": said, "received_at": said, "state": "handled"}
        rows = [
            {**usual, "key": key, "ref": key, "text": None if key == "blank" else "k:", "state": state}
            for key, state in (("answered", "handled"), ("blank", "handled"), ("failed", "failed"))
        ]
        connection.execute(insert(metadata.tables["inbox"]), rows)
    with rebuild_connection(engine) as connection:
        schema.upgrade(connection)
    with snapshot_connection(engine) as connection:
        terms = dict(connection.execute(select(Inbox.key, Inbox.forget_at)).all())
    kept = terms["answered"]
    assert kept is not None
    assert abs(kept - said - timedelta(days=30)) < timedelta(seconds=1)
    assert (terms["blank"], terms["failed"]) == (None, None)
