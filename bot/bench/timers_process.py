"""A clock for ``menkou bench timers``: ``python -m bot.bench.timers_process``; JSON on stdin says where everything is.

It runs what ``menkou clock`` runs. Only its time is another: the machine's, moved by as many seconds as stand in a file
that whoever started it may write at any moment.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot import clock
from bot.bench.menkou_web import settings_for
from bot.bench.timers_town import DOOR
from bot.channels.memory import MemoryChannel
from bot.moments import WallClock
from bot.screens import ScreenWriter
from bot.settings import Settings
from bot.wiring import App, build

WIDTH = 24  # bytes of the file


class MovedClock(WallClock):
    """The machine's clock as somebody has set it, business time with it."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDONLY)

    def wall(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=float(os.pread(self._file, WIDTH, 0)))


def set_clock(path: Path, seconds: float) -> None:
    """Moves the time of whoever reads this file; in one write, so that nobody reads half a number."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        os.pwrite(file, f"{seconds:.3f}".ljust(WIDTH).encode(), 0)
    finally:
        os.close(file)


def app_of(settings: Settings, path: Path) -> App:
    """The program with one door, whose screens are rows."""
    app = build(settings, clock=MovedClock(path))
    app.channels[DOOR] = MemoryChannel(ScreenWriter(app.writing), DOOR)
    return app


def main() -> None:
    """Runs until it is told to stop."""
    given: dict[str, Any] = json.load(sys.stdin)
    logging.basicConfig(level=logging.WARNING)
    settings = settings_for(Path(given["data"]), given["url"], 1)
    sys.exit(clock.keep_ringing(app_of(settings, Path(given["offset"]))))


if __name__ == "__main__":
    main()
