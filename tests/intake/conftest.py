"""A front door on both engines."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from bot.settings import Settings
from tests.faults.processes import with_account
from tests.intake.front import Front, open_front


@pytest.fixture
def oa_settings(make_settings: Callable[..., Settings], database_url: str) -> Settings:
    """Settings with an official account; the test runs on both engines."""
    return with_account(make_settings, database_url=database_url)


@pytest.fixture
def front(oa_settings: Settings) -> Iterator[Front]:
    """A furnished front door with its writing thread running."""
    opened = open_front(oa_settings)
    opened.intake.start()
    yield opened
    opened.intake.stop()
    opened.app.close()
