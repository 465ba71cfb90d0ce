"""``menkou bench send``: calls to a platform through our client and its token rows, beside urllib3 alone.

Both in turns in the same run, from the same number of threads, against a process that answers at once or after 50 ms.
After each run the platform is asked whether it heard every call exactly once, and how often a token was fetched.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import urllib3

from bot import migrate
from bot.bench import servers
from bot.bench.platform import COUNTS
from bot.bench.workload import sentences
from bot.channels.http import Http
from bot.channels.wechat_api import WechatApi
from bot.channels.wechat_errors import WECOM
from bot.settings import Settings
from bot.token_sources import CorpToken
from bot.tokens import TokenRows
from bot.wiring import App, build

FAULT = 1
DELAYS = (0, 50)  # milliseconds
SIZES = {"single": 1, "batch": 1000}  # people a call
WARMING = 0.2  # seconds in which connections are made and the token is fetched
SEND = "/cgi-bin/message/send"
TOKEN = "t" * 136  # as long as a real one

Call = Callable[[Mapping[str, Any]], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Result:
    """One run. Times are in milliseconds. ``busy``: share of one core that this process took."""

    calls: int
    made: int  # with those before the clock started
    seconds: float
    median: float
    p99: float
    busy: float

    @property
    def rate(self) -> float:
        """Calls a second."""
        return self.calls / self.seconds


def body(people: int) -> dict[str, Any]:
    """A message to so many, in the words of the invented load."""
    return {
        "touser": "|".join(f"zhang.guilan.{number:04}" for number in range(people)),
        "agentid": 1000002,
        "msgtype": "text",
        "text": {"content": "".join(sentences("talk")[:4])},
        "enable_duplicate_check": 1,
    }


def run(seconds: float, clients: int, rounds: int) -> int:
    """Measures and prints. 0 when the platform heard every call once and one token was fetched, else 1."""
    print(f"{rounds} rounds of {seconds:g} s, {clients} threads of one process, kept connections on loopback.")
    print(f"{'':22}{'calls/s':>8}{'people/s':>10}{'p50 ms':>8}{'p99 ms':>8}{'cpu':>6}{'/urllib3':>10}", flush=True)
    faults: list[str] = []
    try:
        for delay in DELAYS:
            faults += _at(delay, seconds, clients, rounds)
    except servers.NotStarted as error:
        faults = [str(error)]
    for fault in faults:
        print(f"menkou: {fault}", file=sys.stderr)
    return FAULT if faults else 0


def _at(delay: int, seconds: float, clients: int, rounds: int) -> list[str]:
    faults: list[str] = []
    with servers.platform(delay) as port, _menkou(port) as ours, _urllib3(port, clients) as bare:
        contestants = {"urllib3": bare, "Menkou": ours}
        for name, people in SIZES.items():
            results: dict[str, list[Result]] = {client: [] for client in contestants}
            for client, call in [*contestants.items()] * rounds:
                results[client].append(measure(call, body(people), clients, seconds))
                faults += _faults(port, f"{client}, {name}, {delay} ms", results[client][-1].made, people)
            _print(f"{name}, {delay} ms", people, results)
    return faults


def measure(call: Call, message: Mapping[str, Any], clients: int, seconds: float) -> Result:
    """Calls from so many threads for so long, each after the one before. What a call raises is raised here."""

    def until(end: float) -> list[float]:
        times = []
        while (begun := time.perf_counter()) < end:
            if call(message).get("errcode") != 0:
                raise ValueError("a call was not answered with errcode 0")
            times.append(time.perf_counter() - begun)
        return times

    with ThreadPoolExecutor(clients) as pool:
        first = sum(len(times) for times in pool.map(until, [time.perf_counter() + WARMING] * clients))
        busy, begun = time.process_time(), time.perf_counter()
        times = sorted(itertools.chain.from_iterable(pool.map(until, [begun + seconds] * clients)))
        took, busy = time.perf_counter() - begun, time.process_time() - busy
    p50, p99 = times[len(times) // 2], times[int(len(times) * 0.99)]
    return Result(len(times), first + len(times), took, p50 * 1000, p99 * 1000, busy / took)


@contextlib.contextmanager
def _menkou(port: int) -> Iterator[Call]:
    """Our client, with its token in a database of its own."""
    base = f"http://127.0.0.1:{port}"
    http = Http()
    with _app() as app:
        tokens = TokenRows(app, "wecom:corp:1", CorpToken(http, base, "corp", "secret"))
        api = WechatApi(base, tokens, WECOM, http=http)
        yield lambda message: api.post(SEND, message)
        http.close()


@contextlib.contextmanager
def _app() -> Iterator[App]:
    with tempfile.TemporaryDirectory(prefix="menkou-bench-") as folder:
        settings = Settings(data=Path(folder), secret_keys=(bytes(32),), database_url=f"sqlite:///{folder}/menkou.db")
        migrate.up(settings)
        app = build(settings)
        try:
            yield app
        finally:
            app.close()


@contextlib.contextmanager
def _urllib3(port: int, clients: int) -> Iterator[Call]:
    """The same calls as the library's own manual writes them, with a token that never changes."""
    with urllib3.PoolManager(maxsize=clients) as pool:
        url = f"http://127.0.0.1:{port}{SEND}?access_token={TOKEN}"
        headers = {"Content-Type": "application/json; charset=utf-8"}

        def call(message: Mapping[str, Any]) -> Mapping[str, Any]:
            raw = json.dumps(message, ensure_ascii=False).encode()
            response = pool.request("POST", url, body=raw, headers=headers, timeout=8.0, retries=False)
            answered: Mapping[str, Any] = json.loads(response.data)
            return answered

        yield call


def _faults(port: int, run_of: str, calls: int, people: int) -> list[str]:
    told = json.loads(urllib3.request("GET", f"http://127.0.0.1:{port}{COUNTS}").data)
    faults = []
    if (told["calls"], told["people"]) != (calls, calls * people):
        faults.append(f"{run_of}: {calls} calls were made, {told['calls']} arrived")
    if told["tokens"] > 1:
        faults.append(f"{run_of}: {told['tokens']} tokens were fetched")
    return faults


def _print(name: str, people: int, results: Mapping[str, list[Result]]) -> None:
    yardstick = median(one.rate for one in results["urllib3"])
    for client, runs in results.items():
        rate, busy = median(one.rate for one in runs), median(one.busy for one in runs)
        p50, p99 = median(one.median for one in runs), median(one.p99 for one in runs)
        label = f"{client}, {name}"
        print(
            f"{label:22}{rate:8.0f}{rate * people:10.0f}{p50:8.1f}{p99:8.1f}{busy:6.0%}{rate / yardstick:10.2f}",
            flush=True,
        )
