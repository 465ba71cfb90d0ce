"""Making pushes to our server, at once or on a thread beside, with the faults of pushes.

``duplicate``, ``concurrent``, ``reordered`` and ``lost`` apply to the path ``/<door>/push/<kind>``; the kind is the
type of a message or the name of an event.
"""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from bot.platforms.calls import Ground

LOOK = 0.5  # seconds between two looks at a real clock for what fell due

Once = Callable[[], "str | None"]
"""Makes one push, with its repeats when nobody answers: what the person reads."""


class Pushes:
    """The pushes of one door. ``due`` is called now and then where the clock is real, and after every advance."""

    def __init__(self, ground: Ground, door: str, due: Callable[[], object] = lambda: None) -> None:
        self._ground, self._door, self._due = ground, door, due
        self._held: list[Once] = []
        self._lock = threading.Lock()
        self._waiting: queue.SimpleQueue[Callable[[], object] | None] = queue.SimpleQueue()
        self._idle = threading.Condition()
        self._unfinished = 0
        self._thread: threading.Thread | None = None
        ground.clock.when_moved(self._moved)

    def make(self, kind: str, once: Once) -> str | None:
        """Makes a push as the faults want it. What is read of the first answer that says anything."""
        faults, path = self._ground.faults, f"/{self._door}/push/{kind}"
        if faults.hit("lost", path):
            self._ground.record.add(self._door, "push", kind=kind, outcome="lost")
            return None
        if faults.hit("reordered", path):
            with self._lock:
                self._held.append(once)
            return None
        if fault := faults.hit("concurrent", path):
            read = _at_once(once, fault.options.get("count", 2))
        elif fault := faults.hit("duplicate", path):
            read = _first([once() for _ in range(fault.options.get("count", 2))])
        else:
            read = once()
        self.release()
        return read

    def release(self) -> None:
        """Makes the pushes that were held back."""
        with self._lock:
            held, self._held = self._held, []
        for once in held:
            once()

    def later(self, work: Callable[[], object]) -> None:
        """Does the work on the thread beside, in the order of asking: a call must not wait for a push."""
        with self._idle:
            self._unfinished += 1
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=f"pushes {self._door}", daemon=True)
                self._thread.start()
        self._waiting.put(work)

    def settle(self, timeout: float = 30.0) -> bool:
        """Waits until nothing waits to be pushed; False when the time was not enough."""
        with self._idle:
            return self._idle.wait_for(lambda: self._unfinished == 0, timeout)

    def close(self) -> None:
        """Ends the thread; what still waits is not pushed."""
        if self._thread:
            self._waiting.put(None)
            self._thread.join(1)

    def _moved(self) -> None:
        self._due()
        self.settle()

    def _run(self) -> None:
        while True:
            try:
                work = self._waiting.get(timeout=None if self._ground.clock.virtual else LOOK)
            except queue.Empty:
                self._due()
                continue
            if work is None:
                return
            with contextlib.suppress(Exception):  # a push that fails is in the record
                work()
            with self._idle:
                self._unfinished -= 1
                self._idle.notify_all()


def _at_once(once: Once, count: int) -> str | None:
    with ThreadPoolExecutor(count) as pool:
        return _first([future.result() for future in [pool.submit(once) for _ in range(count)]])


def _first(read: list[str | None]) -> str | None:
    return next((text for text in read if text is not None), None)
