"""The doorbell: tells workers that something is owed. It may fail or be lost; the clock's sweep finds the rows."""

from __future__ import annotations

import logging
import queue
import threading
from typing import Protocol

log = logging.getLogger(__name__)

LIMIT = 0.2  # seconds a ring may take; measured: an enqueue to a Redis that hangs blocks the caller for 5 s


class Bell(Protocol):
    """Rings for a queue (``replies`` or ``bulk``)."""

    def ring(self, queue_name: str) -> None: ...

    def close(self) -> None: ...


class SilentBell:
    """For replays and for a deployment whose sweep alone delivers."""

    def ring(self, queue_name: str) -> None:
        return None

    def close(self) -> None:
        return None


class RedisBell:
    """Rings from a thread of its own, off the path of the request; rings that pile up become one."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._wanted: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._pending: set[str] = set()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def ring(self, queue_name: str) -> None:
        """Asks for a ring and returns at once."""
        with self._lock:
            if queue_name in self._pending:
                return
            self._pending.add(queue_name)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="bell", daemon=True)
                self._thread.start()
        self._wanted.put(queue_name)

    def close(self) -> None:
        """Ends the thread after the rings already asked for."""
        with self._lock:
            thread = self._thread
        if thread is not None:
            self._wanted.put(None)
            thread.join(timeout=2 * LIMIT)

    def _run(self) -> None:
        from bot.jobs import Doorbell  # loads rq, which a process that never rings does not need

        doorbell = Doorbell(self._url, LIMIT)
        while (queue_name := self._wanted.get()) is not None:
            with self._lock:
                self._pending.discard(queue_name)
            try:
                doorbell.ring(queue_name)
            except Exception as error:  # noqa: BLE001 - a bell may fail in any way and must not end its thread
                log.warning("the bell for %s did not ring (%s); the sweep delivers", queue_name, type(error).__name__)
