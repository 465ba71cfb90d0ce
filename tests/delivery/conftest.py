"""A program on both engines whose outbox can be filled."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.settings import Settings
from bot.wiring import build
from tests.delivery.office import FORGETS, KNOWS, Moody, Office, forgetful, knowing


@pytest.fixture
def office(settings: Settings) -> Iterator[Office]:
    """A program on an empty deployment; the test runs on SQLite and on PostgreSQL."""
    app = build(settings)
    yield Office(app)
    app.close()


@pytest.fixture
def knows(office: Office) -> Moody:
    """A platform that recognises keys."""
    moody = Moody()
    office.app.channels[KNOWS] = knowing(moody)
    return moody


@pytest.fixture
def forgets(office: Office) -> Moody:
    """A platform that does not."""
    moody = Moody()
    office.app.channels[FORGETS] = forgetful(moody)
    return moody
