"""The load, a process of its own: so many connections, each sends its next request when the last one is answered.

``python -m bot.bench.load`` reads an Order as JSON on its standard input and writes a Result. It does as little as it
can for a request (finished bytes out, the end of an answer looked for), so that it is not what limits the figure; how
busy it was is part of the result.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import resource
import subprocess
import sys
import time
from array import array
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import cast

from bot.bench.workload import requests

GRACE = 10.0  # seconds for what is under way when the time is over


@dataclass(frozen=True, slots=True)
class Order:
    """What to do."""

    port: int
    file: str
    clients: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Result:
    """What came of it. ``answered`` holds the numbers of the requests answered 200; times are in milliseconds."""

    answered: frozenset[int]
    refused: int
    seconds: float
    median: float
    p99: float
    slowest: float
    busy: float  # share of one core that this process took

    @property
    def rate(self) -> float:
        """Requests answered 200, a second."""
        return len(self.answered) / self.seconds


def send(order: Order) -> Result:
    """Runs the load and waits for it."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "bot.bench.load"],
        input=json.dumps(asdict(order)).encode(),
        stdout=subprocess.PIPE,
        check=True,
    )
    found = json.loads(done.stdout)
    numbers = array("I", base64.b64decode(found.pop("answered")))
    return Result(answered=frozenset(numbers), **found)


class _Run:
    """What the connections share."""

    def __init__(self, order: Order, loop: asyncio.AbstractEventLoop) -> None:
        self.order, self.loop = order, loop
        self.waiting = requests(Path(order.file))
        self.next = 0
        self.open = order.clients
        self.done: asyncio.Future[None] = loop.create_future()
        self.answered, self.times = array("I"), array("d")
        self.refused = 0
        self.end = self.last = 0.0

    def take(self) -> int | None:
        """The number of the next request; None when time or requests are over."""
        if self.next >= len(self.waiting) or time.perf_counter() >= self.end:
            return None
        self.next += 1
        return self.next - 1

    def leave(self) -> None:
        self.open -= 1
        if not self.open and not self.done.done():
            self.done.set_result(None)

    def dial(self) -> None:
        """Opens a connection (again: a server without keep-alive closes it after each answer)."""
        task = self.loop.create_task(self.loop.create_connection(lambda: _Client(self), "127.0.0.1", self.order.port))
        task.add_done_callback(lambda ended: self.leave() if ended.exception() else None)


class _Client(asyncio.Protocol):
    """One connection: one request at a time."""

    def __init__(self, run: _Run) -> None:
        self.run = run
        self.number = -1
        self.started = 0.0
        self.seen = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        self.seen = self.seen + data if self.seen else data
        if (keeps := _ended(self.seen)) is None:
            return
        now = time.perf_counter()
        self._note(now)
        self.seen, self.number = b"", -1
        if keeps:
            self._send()
        else:
            self.transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        if self.number >= 0:
            self.run.refused += 1
        if time.perf_counter() < self.run.end and self.run.next < len(self.run.waiting):
            self.run.dial()
        else:
            self.run.leave()

    def _send(self) -> None:
        number = self.run.take()
        if number is None:
            self.transport.close()
            return
        self.number, self.started = number, time.perf_counter()
        self.transport.write(self.run.waiting[number])

    def _note(self, now: float) -> None:
        run = self.run
        run.last = now
        run.times.append(now - self.started)
        if self.seen.startswith((b"HTTP/1.1 200", b"HTTP/1.0 200")):
            run.answered.append(self.number)
        else:
            run.refused += 1


def _ended(answer: bytes) -> bool | None:
    """None while the answer is not complete; then whether the connection stays open. Both need a Content-Length."""
    end = answer.find(b"\r\n\r\n")
    if end < 0:
        return None
    head = answer[:end].lower()
    at = head.find(b"content-length:")
    length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
    if len(answer) < end + 4 + length:
        return None
    return head.startswith(b"http/1.1") and b"connection: close" not in head


async def _run(order: Order) -> dict[str, object]:
    loop = asyncio.get_running_loop()
    run = _Run(order, loop)
    busy, begun = time.process_time(), time.perf_counter()
    run.end = begun + order.seconds
    for _ in range(order.clients):
        run.dial()
    with contextlib.suppress(TimeoutError):  # what is not answered by now is not answered
        await asyncio.wait_for(run.done, order.seconds + GRACE)
    busy = time.process_time() - busy
    times = sorted(run.times) or [0.0]
    return {
        "answered": base64.b64encode(run.answered.tobytes()).decode(),
        "refused": run.next - len(run.answered),
        "seconds": (run.last or time.perf_counter()) - begun,
        "median": times[len(times) // 2] * 1000,
        "p99": times[int(len(times) * 0.99)] * 1000,
        "slowest": times[-1] * 1000,
        "busy": busy / (time.perf_counter() - begun),
    }


def main() -> None:
    """The load process."""
    import uvloop

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 4096)), hard))
    json.dump(uvloop.run(_run(Order(**json.load(sys.stdin)))), sys.stdout)


if __name__ == "__main__":
    main()
