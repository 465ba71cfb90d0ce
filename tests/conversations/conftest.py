from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from stage import Stage  # noqa: E402


@pytest.fixture
def town(tmp_path: Path, database_url: str) -> Iterator[Stage]:
    """A neighbourhood on each engine, on a Monday at nine."""
    stage = Stage(tmp_path, database_url)
    yield stage
    stage.app.close()
