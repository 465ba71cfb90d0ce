from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conversations.stage import Stage


@pytest.fixture
def town(tmp_path: Path, database_url: str) -> Iterator[Stage]:
    """A neighbourhood on each engine, on a Monday at nine."""
    stage = Stage(tmp_path, database_url)
    yield stage
    stage.app.close()
