"""Tests that share something dear run on one worker."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.together import Together, group

HERE = Path(__file__).parent
MODULES = sorted(HERE.rglob("test_*.py"))


def test_a_module_that_makes_something_once_names_its_group() -> None:
    """Else every worker that gets one of its tests makes it again."""
    shared = [
        path for path in MODULES if 'scope="module"' in path.read_text(encoding="utf-8") and path != Path(__file__)
    ]
    assert shared
    assert [str(path.relative_to(HERE)) for path in shared if group(path) is None] == []


def test_the_tests_of_a_group_are_one_piece_of_work(pytestconfig: pytest.Config) -> None:
    work = Together._split_scope
    scheduler = Together.__new__(Together)
    of_browser = [f"tests/platforms/test_page_browser.py::{name}" for name in ("test_a", "test_b[1::2]")]
    assert {work(scheduler, name) for name in of_browser} == {"simulator-page"}
    assert work(scheduler, "tests/faults/test_up.py::test_a") == work(
        scheduler, "tests/platforms/test_trial.py::test_b"
    )
    alone = "tests/test_together.py::test_a"
    assert work(scheduler, alone) == alone
