"""Everything around a notice is killed with a fixed seed, in small: ``menkou bench kills`` is the same in large."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.bench import kills

SOAK = pytest.mark.soak
LEASE = 1.5  # seconds: dead workers are stood in for soon


@pytest.mark.parametrize(
    ("way", "faulty"), [("single", 0.0), *(pytest.param(way, 0.02, marks=SOAK) for way in ("batch", "unkeyed"))]
)
def test_nobody_is_lost_or_told_twice(way: str, faulty: float, database_url: str, tmp_path: Path) -> None:
    engine = database_url.partition("+")[0].partition(":")[0]
    households = 20_000 if way == "batch" else 300  # a call of a thousand is soon made
    order = kills.Order(households, 5, 1, way, engine, LEASE, faulty, patience=90.0)
    account = kills.on_database(order, tmp_path, database_url)
    assert list(account.faults()) == [], "\n".join(kills.lines(account))
    assert account.killed > 0
