"""No process serves a database that is not its own."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import text

from bot import migrate, wiring
from bot.fit import UnfitError
from bot.settings import Settings
from bot.transactions import open_database, write_connection


def test_old_code_refuses_a_newer_schema(make_settings: Callable[..., Settings], empty_database_url: str) -> None:
    settings = make_settings(database_url=empty_database_url)
    assert migrate.up(settings) == 0
    engine = open_database(settings)
    with write_connection(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'r9999'"))
    engine.dispose()
    with pytest.raises(UnfitError, match="newer version"):
        wiring.build(settings)


def test_sample_mode_refuses_a_real_deployment(make_settings: Callable[..., Settings], empty_database_url: str) -> None:
    real = make_settings(database_url=empty_database_url)
    assert migrate.up(real) == 0
    engine = open_database(real)
    with write_connection(engine) as connection:
        connection.execute(text("INSERT INTO units (kind, name, path) VALUES ('street', 'x', '/1/')"))
    engine.dispose()
    with pytest.raises(UnfitError, match="MENKOU_SAMPLE"):
        wiring.build(make_settings(database_url=empty_database_url, sample=True))


def test_nobody_serves_a_database_without_tables(
    make_settings: Callable[..., Settings], empty_database_url: str
) -> None:
    with pytest.raises(UnfitError, match="has no tables yet: run `menkou migrate`"):
        wiring.build(make_settings(database_url=empty_database_url))
