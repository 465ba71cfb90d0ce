"""A process that opens the database knows every table, whatever else it imports."""

from __future__ import annotations

import subprocess
import sys


def test_opening_an_engine_knows_all_tables() -> None:
    """A worker that imports only delivery failed at its first row: the outbox refers to the inbox."""
    lines = "import bot.jobs; from storage.base import metadata; print(len(metadata.sorted_tables))"
    done = subprocess.run([sys.executable, "-c", lines], capture_output=True, text=True, check=True)
    assert int(done.stdout) > 30
