from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conversations.stage import Stage


@pytest.fixture
def town(tmp_path: Path, sqlite_url: str) -> Iterator[Stage]:
    """A neighbourhood to attack: who may read what has nothing to do with the engine."""
    stage = Stage(tmp_path, sqlite_url)
    yield stage
    stage.app.close()
