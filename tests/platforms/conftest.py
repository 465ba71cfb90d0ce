"""The simulated platforms, each for one test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.platforms.oa_world import OaWorld, oa_world


@pytest.fixture
def oa() -> Iterator[OaWorld]:
    """An official account at noon of a Friday, its clock standing still."""
    with oa_world() as world:
        yield world
