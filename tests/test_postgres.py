"""What the pool of PostgreSQL databases lends is as new, whatever the test before has done with it."""

from __future__ import annotations

import contextlib

import pytest
from sqlalchemy import text

from tests.postgres import Pool, engine

HIRED = "INSERT INTO units (kind, name, path) VALUES ('street', 'x', '/') RETURNING id"
PLACED = "INSERT INTO units (kind, name, path, parent_id) VALUES ('street', 'x', '/', 1) RETURNING id"


def used(pool: Pool, *statements: str) -> tuple[str, list[object]]:
    """What one database answers. Whoever asked still holds on to it when it is given back."""
    with contextlib.ExitStack() as held:
        with pool.lent() as url:
            connection = held.enter_context(held.enter_context(engine(url)).connect())
            found = [connection.execute(text(one)) for one in statements]
            answers = [one.scalar() if one.returns_rows else None for one in found]
        connection.invalidate()
    return url, answers


def test_it_has_no_rows_and_counts_from_one(postgres_pool: Pool) -> None:
    first, ids = used(postgres_pool, HIRED, PLACED)
    second, again = used(postgres_pool, "SELECT count(*) FROM units", HIRED)
    assert (ids, again) == ([1, 2], [0, 1])
    assert second == first


@pytest.mark.parametrize(
    "change",
    [
        "DROP TABLE tokens",
        "ALTER TABLE tokens ADD COLUMN more INTEGER",
        "ALTER TABLE units DROP CONSTRAINT fk_units_grid_id_units",
        "CREATE TABLE more (id INTEGER)",
        "CREATE SCHEMA more",
    ],
)
def test_one_whose_schema_was_changed_is_not_lent_again(postgres_pool: Pool, change: str) -> None:
    first, _ = used(postgres_pool, change)
    second, _ = used(postgres_pool)
    assert second != first
