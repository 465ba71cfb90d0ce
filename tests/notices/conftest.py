"""A program on both engines."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.settings import Settings
from tests.notices.world import World, running


@pytest.fixture
def world(settings: Settings) -> Iterator[World]:
    """An empty deployment; the test runs on SQLite and on PostgreSQL."""
    with running(settings) as made:
        yield made
