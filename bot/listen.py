"""Long-lived connections and pulls, one leader an account: a thread a line, so that none waits for another."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Sequence
from typing import Protocol

from bot import leadership
from bot.channels.kf import Kf
from bot.kf_pull import KfPull
from bot.leadership import LINE_LEASE
from bot.settings import Settings
from bot.wiring import App, build

log = logging.getLogger(__name__)

RENEW = 3.0  # seconds that a line serves before its lease is renewed, and between two tries to lead
STOP_WITHIN = 6.0  # seconds for what is under way when the process is told to stop


class Line(Protocol):
    """A connection or pull of one account."""

    @property
    def door(self) -> str: ...

    def serve(self, app: App, fence: int, seconds: float) -> None:
        """Listens for about this long, writing nothing under an older fencing number."""
        ...

    def close(self) -> None:
        """Finishes what is under way."""
        ...


def lines(app: App) -> Sequence[Line]:
    """The accounts that must be listened to."""
    return [KfPull(one) for one in app.channels.values() if isinstance(one, Kf) and one.api is not None]


def run(settings: Settings) -> int:
    """Leads where nobody else does, until told to stop."""
    app = build(settings)
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    wanted = lines(app)
    if not wanted:
        log.info("no account needs listening to")
    threads = [threading.Thread(target=lead, args=(app, line, told), daemon=True) for line in wanted]
    for thread in threads:
        thread.start()
    while not told.wait(RENEW):
        pass
    for thread in threads:
        thread.join(STOP_WITHIN)
    app.close()
    return 0


def lead(app: App, line: Line, told: threading.Event) -> None:
    """Serves a line whenever nobody else does, until told to stop."""
    fence: int | None = None
    while not told.is_set():
        try:
            fence = _turn(app, line, fence)
        except Exception as error:  # noqa: BLE001 - such as a database that is away: the next turn tries again
            log.error("listening to %s stumbled (%s)", line.door, type(error).__name__)
            told.wait(RENEW)
        if fence is None:
            told.wait(RENEW)
    try:
        line.close()
        if fence is not None:
            leadership.give_up(app, leadership.of_line(line.door), fence)
    except Exception as error:  # noqa: BLE001 - the lease runs out by itself
        log.warning("the lease of %s was not given up (%s)", line.door, type(error).__name__)


def _turn(app: App, line: Line, fence: int | None) -> int | None:
    """One turn; the fencing number while we lead."""
    name = leadership.of_line(line.door)
    if fence is not None and not leadership.keep(app, name, fence, LINE_LEASE):
        fence = None
    if fence is None:
        fence = leadership.lead(app, name, LINE_LEASE)
    if fence is not None:
        line.serve(app, fence, RENEW)
    return fence
