"""``menkou bench notice``: one notice to a whole town, from its confirmation to the last settled household.

A worker of its own process sends through our channels, over real HTTP, to a platform of its own process that answers
after a while. Afterwards the platform and the ledger are laid side by side. Beside it the named alternative: a job of
RQ for each household, on the bundled Valkey, that makes the same call and remembers nothing.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.bench import databases, notice_proof, notice_replies, notice_rq, notice_town, servers
from bot.bench.notice_proof import Proof
from bot.bench.notice_replies import Meanwhile
from bot.channels.sms import AT_ONCE

FAULT = 1


@dataclass(frozen=True, slots=True)
class Order:
    """What to measure. ``latency`` in milliseconds; ``sample``: households that the alternative is tried on."""

    households: int
    way: str
    latency: int
    sample: int
    replies: bool
    engines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """One run. ``memory``: megabytes of the worker at a tenth, at the end, and at most."""

    engine: str
    seconds: float
    busy: float
    memory: tuple[float, float, float]
    proof: Proof
    calls: int
    replies: Meanwhile | None

    @property
    def rate(self) -> float:
        """Households a second."""
        return self.proof.households / self.seconds


def run(order: Order, postgres: str | None) -> int:
    """Measures and prints. 0 when nobody was lost or told twice and everything adds up, else 1."""
    print(f"{order.households} households, {order.way}, a platform that answers after {order.latency} ms.", flush=True)
    runs: list[Run] = []
    try:
        with tempfile.TemporaryDirectory(prefix=".menkou-bench-", dir=Path.cwd()) as name:
            for engine, fresh in _engines(order, Path(name), postgres):
                runs.append(_measured(order, engine, fresh))
                _print(order, runs[-1])
            for latency in sorted({order.latency, 0}, reverse=True) if order.sample else ():
                _print_jobs(order, latency, runs, notice_rq.rate(Path(name) / str(latency), latency, order.sample))
    except (servers.NotStarted, notice_rq.NotRun) as error:
        print(f"menkou: {error}", file=sys.stderr)
        return FAULT
    faults = [f"{one.engine}: {fault}" for one in runs for fault in one.proof.faults(keys=True)]
    for fault in faults:
        print(f"menkou: {fault}", file=sys.stderr)
    return FAULT if faults else 0


def _engines(order: Order, folder: Path, postgres: str | None) -> Iterator[tuple[str, databases.Fresh]]:
    if "sqlite" in order.engines:
        yield "SQLite", databases.sqlite(folder)
    if "postgresql" in order.engines:
        with databases.postgresql(folder, postgres) as (fresh, durability):
            print(durability, flush=True)
            yield "PostgreSQL", fresh


def _measured(order: Order, engine: str, fresh: databases.Fresh) -> Run:
    with tempfile.TemporaryDirectory(prefix=".menkou-bench-", dir=Path.cwd()) as name:
        data = Path(name)
        with fresh(data) as url, servers.notice_platform(order.latency) as port:
            settings = notice_town.settings_of(data, url, port)
            town = notice_town.build(settings, order.households, order.way)
            asking: AbstractContextManager[Meanwhile | None] = (
                notice_replies.asking(data, url) if order.replies else contextlib.nullcontext()
            )
            with asking as replies:
                told = work(data, url, port, order.households)
            proof = notice_proof.prove(settings, port, town.notice_id, order.households)
            counts = notice_proof.counts(port)
    early, late, most = told["memory"]
    return Run(engine, told["seconds"], told["busy"], (early, late, most), proof, counts["calls"], replies)


def work(data: Path, url: str, port: int, households: int) -> dict[str, Any]:
    """Sends everything in a worker of its own."""
    given = {"data": str(data), "url": url, "platform": port, "households": households}
    done = subprocess.run(
        [sys.executable, "-P", "-m", "bot.bench.notice_worker"],
        input=json.dumps(given).encode(),
        stdout=subprocess.PIPE,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def limit_of(order: Order) -> float:
    """Households a second that the latency alone would let through."""
    return AT_ONCE["sms"] / (order.latency / 1000) if order.way == "single" and order.latency else 0.0


def _print(order: Order, one: Run) -> None:
    early, late, most = one.memory
    share = f"{one.rate / limit_of(order):.2f} of the limit, " if limit_of(order) else ""
    print(
        f"{one.engine:12}{one.seconds:8.1f} s {one.rate:9.0f} households/s, {share}{one.calls} calls, "
        f"{one.busy:.0%} of one core, {early:.0f} MB at a tenth, {late:.0f} at the end, {most:.0f} at most; "
        f"lost {one.proof.lost}, doubled {one.proof.doubled}, unknown {one.proof.unknown}",
        flush=True,
    )
    if one.replies is not None:
        print(f"{'':12}replies {one.replies}", flush=True)


def _print_jobs(order: Order, latency: int, runs: list[Run], rate: float) -> None:
    times = "".join(f"; {one.engine} {one.rate / rate:.1f} times" for one in runs)
    print(
        f"{'RQ':12}{order.households / rate:8.1f} s {rate:9.0f} households/s if the platform takes {latency} ms "
        f"(one worker, from a sample){times}",
        flush=True,
    )
