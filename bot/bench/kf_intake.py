"""``menkou bench intake --door kf``: callbacks and fetching, beside a loop that fetches, decodes and does nothing.

Two things are measured of each: messages a second while a backlog lies there, from the callback to the last one
handled; and how old messages are when they are handled while they come at an even pace, each with its callback.
A message is handled when its row can be read by somebody else; of the bare loop, when its page is decoded.
"""

from __future__ import annotations

import bisect
import contextlib
import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Protocol

import urllib3
from sqlalchemy import func, select

from bot.bench import databases, proof, servers, workload
from bot.bench.kf_platform import PULL, SHOW
from bot.bench.menkou_web import settings_for
from bot.bench.workload import KF_ID, Message
from bot.transactions import open_database, read_session
from storage.inbox import Inbox

BACKLOG = 500  # messages for each second of a run
PACE = 50  # messages a second, of those that come evenly
PAGE = 200  # messages a pull, as we ask for
LOOK = 0.005  # seconds between two looks how many are handled
REST = 0.01  # seconds the bare loop waits when there is nothing; the platform would not let it
PATIENCE = 60.0

Seen = list[tuple[float, int]]
"""When how many were handled."""

Count = Callable[[], int]
"""How many messages are handled by now."""


@dataclass(frozen=True, slots=True)
class Figures:
    """One run. Ages are in milliseconds."""

    rate: float
    median: float
    p99: float


@dataclass(frozen=True, slots=True)
class Load:
    """What lies at the platform, in this order: the first words, a backlog, and what comes evenly."""

    file: Path
    first: int
    backlog: int
    even: int
    messages: Sequence[Message]


class TooSlow(Exception):
    """Not everything was handled in time; the message is one sentence."""


class Contestant(Protocol):
    """Something that fetches."""

    name: str
    faults: list[str]

    def measure(self, load: Load) -> Figures: ...


@dataclass
class Bare:
    """urllib3 in a loop: fetches, decodes, and keeps the cursor in memory."""

    name: str = "urllib3, bare loop"
    faults: list[str] = field(default_factory=list)

    def measure(self, load: Load) -> Figures:
        with servers.kf_platform(load.file) as port, _pulled(port) as count:
            return _measured(load, port, count, None)


@dataclass
class Menkou:
    """Our web process and our line, on a database of their own for each run."""

    name: str
    folder: Path
    fresh: databases.Fresh
    faults: list[str] = field(default_factory=list)

    def measure(self, load: Load) -> Figures:
        with TemporaryDirectory(dir=self.folder) as run, self.fresh(Path(run)) as url:
            with (
                servers.kf_platform(load.file) as platform,
                servers.menkou(Path(run), url, "kf") as web,
                servers.listening(Path(run), url, "kf", f"http://127.0.0.1:{platform}"),
                _kept(Path(run), url) as count,
            ):
                figures = _measured(load, platform, count, web)
            found = proof.faults(Path(run), url, load.messages, range(len(load.messages)))
        self.faults += [f"{self.name}: {fault}" for fault in found]
        return figures


def prepare(folder: Path, seconds: float) -> Load:
    """Writes everything into one file."""
    backlog, even = round(seconds * BACKLOG), round(seconds * PACE)
    workload.prepare_first_words(folder / "first", "kf")
    messages = workload.prepare(backlog + even, folder / "later", "kf")
    file = folder / "shelf"
    file.write_bytes((folder / "first").read_bytes() + (folder / "later").read_bytes())
    return Load(file, workload.TALKERS, backlog, even, messages)


def show(contestants: Sequence[Contestant], load: Load, rounds: int) -> list[str]:
    """Measures in turns and prints; what was wrong."""
    results = [[one.measure(load) for one in contestants] for _ in range(rounds)]
    print(f"{'':22}{'msg/s':>8}{'/bare':>8}{'age p50 ms':>12}{'age p99 ms':>12}")
    rates = [median(figures.rate for figures in runs) for runs in zip(*results, strict=True)]
    for one, rate, runs in zip(contestants, rates, zip(*results, strict=True), strict=True):
        p50, p99 = median(figures.median for figures in runs), median(figures.p99 for figures in runs)
        print(f"{one.name:22}{rate:8.0f}{rate / rates[0]:8.3f}{p50:12.1f}{p99:12.1f}")
    print(f"msg/s: a backlog of {load.backlog} from its callback to the last row; age: {load.even} at {PACE} a second.")
    return [fault for one in contestants for fault in one.faults]


def _measured(load: Load, platform: int, count: Count, web: int | None) -> Figures:
    """``web``: where callbacks go; None where nobody listens to them."""
    _fetch(platform, web, count, load.first, 0)
    began, seen = _fetch(platform, web, count, load.backlog, 0)
    rate = load.backlog / (seen[-1][0] - began)
    began, seen = _fetch(platform, web, count, load.even, PACE)
    numbers = [number for _, number in seen]
    handled = [seen[bisect.bisect_right(numbers, number)][0] for number in range(load.even)]
    ages = sorted((at - began - number / PACE) * 1000 for number, at in enumerate(handled))
    return Figures(rate, ages[len(ages) // 2], ages[int(len(ages) * 0.99)])


def _fetch(platform: int, web: int | None, count: Count, more: int, rate: float) -> tuple[float, Seen]:
    """Lets so many more messages come. When they began, and how many of them were handled at which time."""
    before = count()
    shown = urllib3.request("POST", f"http://127.0.0.1:{platform}{SHOW}", json={"count": more, "rate": rate})
    began = float(shown.json()["at"])
    seen = [(began, 0)]
    with _calling(web, began, more if rate else 1, rate):
        while seen[-1][1] < more:
            time.sleep(LOOK)
            seen.append((time.monotonic(), count() - before))
            if seen[-1][0] - began > PATIENCE + (more / rate if rate else 0):
                raise TooSlow(f"{seen[-1][1]} of {more} messages were handled in {seen[-1][0] - began:.0f} s.")
    return began, seen


@contextlib.contextmanager
def _calling(port: int | None, began: float, times: int, rate: float) -> Iterator[None]:
    """Callbacks beside, each when its message comes. Raises what a callback that is refused raises."""
    failed: list[str] = []
    requests = [workload.hint() for _ in range(times)] if port is not None else []
    thread = threading.Thread(target=_call, args=(port, requests, began, rate, failed), daemon=True)
    thread.start()
    yield
    thread.join(PATIENCE)
    if failed:
        raise TooSlow(f"a callback was answered {failed[0]}.")


def _call(port: int, requests: Sequence[bytes], began: float, rate: float, failed: list[str]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    for number, request in enumerate(requests):
        head, _, body = request.partition(b"\r\n\r\n")
        time.sleep(max(began + (number / rate if rate else 0) - time.monotonic(), 0))
        connection.request("POST", head.split(b" ", 2)[1].decode(), body)
        answer = connection.getresponse()
        answer.read()
        if answer.status != http.client.OK:
            failed.append(str(answer.status))
    connection.close()


@contextlib.contextmanager
def _kept(data: Path, url: str) -> Iterator[Count]:
    engine = open_database(settings_for(data, url, 1, "kf"))

    def count() -> int:
        with read_session(engine) as db:
            return db.scalar(select(func.count()).select_from(Inbox)) or 0

    yield count
    engine.dispose()


@contextlib.contextmanager
def _pulled(port: int) -> Iterator[Count]:
    fetched, told = [0], threading.Event()

    def loop() -> None:
        cursor = ""
        with urllib3.PoolManager() as pool:
            while not told.is_set():
                given = json.dumps({"open_kfid": KF_ID, "cursor": cursor, "limit": PAGE})
                page = json.loads(pool.request("POST", f"http://127.0.0.1:{port}{PULL}", body=given).data)
                cursor, fetched[0] = page["next_cursor"], fetched[0] + len(page["msg_list"])
                if not page["has_more"]:
                    told.wait(REST)

    thread = threading.Thread(target=loop, daemon=True)
    thread.start()
    yield lambda: fetched[0]
    told.set()
    thread.join(PATIENCE)
