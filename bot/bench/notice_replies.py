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
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from bot.bench import servers
from bot.bench.workload import MAKERS, sentences

PER_SECOND = 10
BEFORE = 3  # seconds of reports before the notice goes out
AT_ONCE = 32  # connections
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
    """Reports at an even pace, each on a connection of its own, whether the one before is answered or not."""

    port: int
    requests: Iterator[bytes]
    times: list[float] = field(default_factory=list)
    refused: int = 0

    def ask(self, pool: ThreadPoolExecutor, over: threading.Event) -> None:
        """Reports until it is over."""
        begun = time.perf_counter()
        for number in itertools.count():
            due = begun + number / PER_SECOND
            if over.wait(max(due - time.perf_counter(), 0)):
                return
            pool.submit(self._ask, next(self.requests), due)

    def found(self) -> Replies:
        """What came of it; a report that waited for its turn has waited."""
        times = sorted(self.times) or [0.0]
        return Replies(len(self.times), self.refused, times[len(times) // 2], times[int(len(times) * 0.99)], times[-1])

    def _ask(self, request: bytes, due: float) -> None:
        try:
            answered = _answer(self.port, request)
        except OSError:
            answered = b""
        if b" 200 " in answered[:20]:
            self.times.append((time.perf_counter() - due) * 1000)
        else:
            self.refused += 1


@dataclass(slots=True)
class Meanwhile:
    """The answers before the notice went out, and while it did."""

    before: Replies | None = None
    during: Replies | None = None

    def __str__(self) -> str:
        return f"before: {self.before}; meanwhile: {self.during}"


@contextlib.contextmanager
def asking(data: Path, url: str) -> Iterator[Meanwhile]:
    """Reports come in for some seconds before the block, and for as long as it lasts."""
    make, said = MAKERS["oa"](), itertools.cycle(sentences("report"))
    requests = (make(f"oAsking{number:021d}", next(said))[1] for number in itertools.count())
    found = Meanwhile()
    with servers.menkou(data, url) as port, ThreadPoolExecutor(AT_ONCE) as pool:
        for _ in range(WARMING):
            _answer(port, next(requests))
        found.before = _for_a_while(Asking(port, requests), pool)
        asked, over = Asking(port, requests), threading.Event()
        thread = threading.Thread(target=asked.ask, args=(pool, over))
        thread.start()
        try:
            yield found
        finally:
            over.set()
            thread.join()
            pool.shutdown()
            found.during = asked.found()


def _for_a_while(asked: Asking, pool: ThreadPoolExecutor) -> Replies:
    over = threading.Event()
    threading.Timer(BEFORE, over.set).start()
    asked.ask(pool, over)
    end = time.monotonic() + LONGEST
    while len(asked.times) + asked.refused < BEFORE * PER_SECOND and time.monotonic() < end:
        time.sleep(0.01)
    return asked.found()


def _answer(port: int, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), LONGEST) as line:
        line.sendall(request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1))
        parts = []
        while part := line.recv(65536):
            parts.append(part)
    return b"".join(parts)
