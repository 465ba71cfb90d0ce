"""A channel on its bench, between its platform and a database."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from bot.settings import Settings
from tests.conformance.bench import Bench
from tests.conformance.stand import Stand, standing


@pytest.fixture
def bench(request: pytest.FixtureRequest) -> Bench:
    """The channel; tests get it by ``tries``."""
    found: Bench = request.param
    return found


@pytest.fixture
def stand(
    bench: Bench, make_settings: Callable[..., Settings], sqlite_url: str, caplog: pytest.LogCaptureFixture
) -> Iterator[Stand]:
    """On SQLite: for what the rows have no part in. What always holds is checked at the end."""
    with standing(bench, make_settings, sqlite_url, caplog) as made:
        yield made


@pytest.fixture
def ledger(
    bench: Bench, make_settings: Callable[..., Settings], database_url: str, caplog: pytest.LogCaptureFixture
) -> Iterator[Stand]:
    """The same on both engines: for what the rows decide."""
    with standing(bench, make_settings, database_url, caplog) as made:
        yield made
