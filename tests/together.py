"""Which worker of `make test` runs what: a module that names a group runs on one worker, whatever else goes anywhere.

A group is named by ``xdist_group("…")`` or ``browser.marks("…")`` where something dear is made once for the whole
module: a browser, a running program, a long replay. pytest-xdist writes the group into a test's name, and since pytest
9.2 nobody reads it there: each worker would make its own. So the name is read where it is written, in the module.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

ROOT = Path(__file__).parent.parent
NAMED = re.compile(r"^pytestmark = (?:pytest\.mark\.xdist_group|browser\.marks)\(\"([\w-]+)\"\)$", re.MULTILINE)


class Together(LoadScopeScheduling):  # type: ignore[misc] # it has no types
    """Groups first, the largest before all; then test by test, to whoever is free."""

    def _split_scope(self, nodeid: str) -> str:
        path, _, _ = nodeid.partition("::")
        return group(ROOT / path) or nodeid


@cache
def group(module: Path) -> str | None:
    """The group that a module of tests names."""
    found = NAMED.search(module.read_text(encoding="utf-8"))
    return found[1] if found else None
