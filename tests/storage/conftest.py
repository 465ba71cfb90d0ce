"""An engine as the program opens it, on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from storage.engine import open_engine
from storage.vault import Vault

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # Monday 09:00 in Shanghai


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """A fresh database with the schema and no rows."""
    opened = open_engine(database_url)
    yield opened
    opened.dispose()


@pytest.fixture
def open_url() -> Iterator[Callable[[str], Engine]]:
    """Opens engines that are closed after the test."""
    opened: list[Engine] = []

    def open_one(url: str) -> Engine:
        opened.append(open_engine(url))
        return opened[-1]

    yield open_one
    for engine in opened:
        engine.dispose()


@pytest.fixture
def vault() -> Vault:
    """A vault with one key."""
    return Vault([bytes(range(32))])
