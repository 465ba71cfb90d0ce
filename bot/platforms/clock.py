"""The platforms' clock: the real one, or one that moves only when it is told to.

Quotas end with the natural day and month of Asia/Shanghai, tokens and windows by the second, so that one virtual clock
makes 48 hours, three days and the end of a month a matter of one call.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


class PlatformClock:
    """``start`` None follows the real clock; a number of seconds since 1970 stands still until ``advance``."""

    def __init__(self, start: float | None = None) -> None:
        self.virtual = start is not None
        self._at = 0.0 if start is None else float(start)
        self._lock = threading.Lock()
        self._listeners: list[Callable[[], object]] = []

    def now(self) -> float:
        """Seconds since 1970. A real clock that was advanced stays ahead by as much."""
        with self._lock:
            return self._at if self.virtual else time.time() + self._at

    def advance(self, seconds: float) -> float:
        """Moves on, never back; what falls due is done before this returns. The new time."""
        if seconds < 0:
            raise ValueError("the platforms' clock never goes back")
        with self._lock:
            self._at += seconds
        for listener in self._listeners:
            listener()
        return self.now()

    def when_moved(self, listener: Callable[[], object]) -> None:
        """Calls ``listener`` after every advance."""
        self._listeners.append(listener)

    def day(self) -> str:
        """The natural day, as ``2026-11-22``."""
        return self._local().strftime("%Y-%m-%d")

    def month(self) -> str:
        """The calendar month, as ``2026-11``."""
        return self._local().strftime("%Y-%m")

    def minute(self) -> int:
        """The number of the current minute."""
        return int(self.now() // 60)

    def _local(self) -> datetime:
        return datetime.fromtimestamp(self.now(), SHANGHAI)
