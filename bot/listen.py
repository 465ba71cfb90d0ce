"""Long-lived connections and pulls, one leader an account. The doors of this version are all called from outside, so
there is nothing to hold open yet: the process waits, and says so once.
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from bot import leadership
from bot.settings import Settings
from bot.wiring import App, build

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=15)
RENEW = 5.0  # seconds


class Line(Protocol):
    """A connection or pull of one account."""

    @property
    def door(self) -> str: ...

    def serve(self, app: App, fence: int, seconds: float) -> None:
        """Listens for about this long, writing nothing under an older fencing number."""
        ...


def lines(app: App) -> Sequence[Line]:
    """The accounts that must be listened to."""
    return ()


def run(settings: Settings) -> int:
    """Leads where nobody else does, until told to stop."""
    app = build(settings)
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    wanted = lines(app)
    if not wanted:
        log.info("no account needs listening to")
    held: dict[str, int] = {}
    while not told.wait(RENEW):
        for line in wanted:
            _serve(app, line, held)
    for door, fence in held.items():
        leadership.give_up(app, f"listen:{door}", fence)
    app.close()
    return 0


def _serve(app: App, line: Line, held: dict[str, int]) -> None:
    name = f"listen:{line.door}"
    fence = held.get(line.door)
    if fence is not None and not leadership.keep(app, name, fence, LEASE):
        held.pop(line.door)
        fence = None
    if fence is None:
        fence = leadership.lead(app, name, LEASE)
    if fence is not None:
        held[line.door] = fence
        line.serve(app, fence, RENEW)
