"""Whether residents are answered while a notice goes out: reports at an even pace, and how long each answer took.

A report is an encrypted callback of an official account to a web process of its own; it is answered once its ticket is
on the disk, with the number in the answer.
"""

from __future__ import annotations

import contextlib
import itertools
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bot.bench import servers
from bot.bench.workload import MAKERS, sentences

PER_SECOND = 10
WARMING = 20  # answered before anything is measured: dictionaries are loaded, statements compiled
LONGEST = 30.0  # seconds for one answer


@dataclass(frozen=True, slots=True)
class Replies:
    """Milliseconds from the first byte to the last."""

    count: int
    refused: int
    median: float
    p99: float
    slowest: float

    def __str__(self) -> str:
        times = f"p50 {self.median:.0f} ms, p99 {self.p99:.0f} ms, slowest {self.slowest:.0f} ms"
        return f"{self.count} reports answered, {self.refused} not; {times}"


@dataclass(slots=True)
class Asking:
    """A thread that reports."""

    port: int
    over: threading.Event = field(default_factory=threading.Event)
    times: list[float] = field(default_factory=list)
    refused: int = 0
    _requests: Iterator[bytes] = field(default_factory=lambda: iter(()))
    _thread: threading.Thread = field(default_factory=threading.Thread)

    def begin(self) -> None:
        """Warms up; then reports until ``over``, in a thread of its own."""
        make, said = MAKERS["oa"](), itertools.cycle(sentences("report"))
        self._requests = (make(f"oAsking{number:021d}", next(said))[1] for number in itertools.count())
        for _ in range(WARMING):
            self._ask()
        self.times.clear()
        self.refused = 0
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Waits for the answer that is under way."""
        self.over.set()
        self._thread.join(LONGEST)

    def found(self) -> Replies:
        """What came of it."""
        times = sorted(self.times) or [0.0]
        return Replies(len(self.times), self.refused, times[len(times) // 2], times[int(len(times) * 0.99)], times[-1])

    def _run(self) -> None:
        begun = time.perf_counter()
        for number in itertools.count():
            # A report that waited for the one before it has waited: its time runs from when it was due.
            due = begun + number / PER_SECOND
            if self.over.wait(max(due - time.perf_counter(), 0)):
                return
            self._ask(due)

    def _ask(self, due: float | None = None) -> None:
        begun = due or time.perf_counter()
        try:
            answered = _answer(self.port, next(self._requests))
        except OSError:
            answered = b""
        if b" 200 " in answered[:20]:
            self.times.append((time.perf_counter() - begun) * 1000)
        else:
            self.refused += 1


@contextlib.contextmanager
def asking(data: Path, url: str) -> Iterator[Asking]:
    """Reports come in for as long as the block lasts."""
    with servers.menkou(data, url) as port:
        made = Asking(port)
        made.begin()
        try:
            yield made
        finally:
            made.end()


def _answer(port: int, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), LONGEST) as line:
        line.sendall(request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1))
        parts = []
        while part := line.recv(65536):
            parts.append(part)
    return b"".join(parts)
