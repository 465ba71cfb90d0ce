"""``menkou bench kills``: a notice goes out while everything around it is killed, again and again; then the account.

All of Menkou's processes run: web, both workers, clock, listen, and the bundled Valkey. kill -9 finds them at moments
drawn by the seed, and the bulk worker also at named points of its work; the database is thrown down too. The platform
answers late, cuts lines before and after it acted, is busy, speaks nonsense, and lets tokens die. When the kills are
used up the rest may finish in peace, and every household is compared with what is on its screen.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from bot.bench import databases, kills_process, notice_proof, notice_town, servers
from bot.bench.kills_town import Office, Progress
from bot.bench.notice_proof import Proof

FAULT = 1
PATIENCE = 3600.0  # seconds for the whole
CATCHING_UP = 3.0  # seconds that a kill waits at most until the notice has got on
VICTIMS = ("bulk", "bulk", "bulk", "clock", "clock", "web", "replies", "listen", "valkey", "database")
AHEAD, SLOW = 0.03, 1.5  # how far the notice may be ahead of the kills; seconds that the platform then takes
LATENCY = 50  # milliseconds


@dataclass(frozen=True, slots=True)
class Order:
    """What to try. ``lease``: seconds; ``faulty``: the share of the platform's answers that go wrong."""

    households: int
    kills: int
    seed: int
    way: str
    engine: str
    lease: float = 60.0
    faulty: float = 0.01
    latency: int = LATENCY
    patience: float = PATIENCE


@dataclass(slots=True)
class Account:
    """What came of it. ``in_flight``: households in the hands of a process that was killed, by slice."""

    order: Order
    kills: dict[str, int] = field(default_factory=dict)
    points: dict[str, int] = field(default_factory=dict)
    in_flight: dict[int, int] = field(default_factory=dict)
    seconds: float = 0.0
    proof: Proof | None = None
    doubtful: int = 0  # answers of the platform that said nothing about what was done
    told: dict[str, object] = field(default_factory=dict)

    @property
    def killed(self) -> int:
        """How often somebody was killed."""
        return sum(self.kills.values())

    def faults(self) -> Iterator[str]:
        """One sentence for each promise that was not kept."""
        if self.proof is None:
            yield "the notice was not done in time"
            return
        yield from self.proof.faults(keys=self.order.way != "unkeyed")
        most = sum(self.in_flight.values()) + self.doubtful
        if self.proof.unknown > most:
            yield f"{self.proof.unknown} households are unknown, and only {most} were in flight or in doubt"


def run(order: Order, postgres: str | None) -> int:
    """Tries and prints. 0 when every promise was kept, else 1."""
    print(
        f"{order.households} households, {order.way}, {order.engine}, {order.kills} kills, seed {order.seed}; "
        f"a lease is {order.lease:g} s, {order.faulty:.0%} of the platform's answers go wrong.",
        flush=True,
    )
    try:
        account = try_it(order, postgres)
    except servers.NotStarted as error:
        print(f"menkou: {error}", file=sys.stderr)
        return FAULT
    for line in lines(account):
        print(line, flush=True)
    faults = list(account.faults())
    for fault in faults:
        print(f"menkou: {fault}", file=sys.stderr)
    return FAULT if faults else 0


def lines(account: Account) -> Iterator[str]:
    """The account in words."""
    yield f"{account.killed} killed in {account.seconds:.0f} s: " + _list(account.kills)
    yield "of the bulk worker at named points: " + (_list(account.points) or "none")
    proof = account.proof
    if proof is not None:
        yield f"lost {proof.lost}, doubled {proof.doubled}, unknown {proof.unknown} ({proof.arrived} of them arrived)"
        yield f"in flight at the kills {sum(account.in_flight.values())}, doubtful answers {account.doubtful}"
        yield "ledger: " + _list(proof.states) + f"; it adds up: {proof.adds_up}"
    yield f"platform: {account.told}"


def _list(counts: object) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(dict(counts).items()))  # type: ignore[call-overload]


def try_it(order: Order, postgres: str | None) -> Account:
    """The whole battery, on databases of its own."""
    with tempfile.TemporaryDirectory(prefix=".menkou-bench-", dir=Path.cwd()) as name:
        folder = Path(name)
        if order.engine == "sqlite":
            return _on(order, folder, databases.sqlite(folder))
        with databases.postgresql(folder, postgres) as (fresh, _):
            return _on(order, folder, fresh)


def _on(order: Order, folder: Path, fresh: databases.Fresh) -> Account:
    data = folder / "run"
    data.mkdir()
    with fresh(data) as url:
        return on_database(order, data, url)


def on_database(order: Order, data: Path, url: str) -> Account:
    """The battery on a database with the schema, which is left as it ends."""
    account = Account(order)
    with servers.notice_platform(order.latency, order.seed) as port:
        settings = notice_town.settings_of(data, url, port)
        town = notice_town.build(settings, order.households, order.way)
        lasts, forgets = max(order.households // 2000, 10), int(order.way == "unkeyed")
        notice_proof.asked(port, f"faults?share={order.faulty}&lasts={lasts}&forgets={forgets}")
        begun = time.monotonic()
        with Office(settings, data, url, port, order.lease, order.way) as office:
            _kill_again_and_again(office, account, begun, port)
            notice_proof.asked(port, f"faults?delay={order.latency / 1000}")
            done = office.wait_until_done(begun + order.patience)
        account.seconds = time.monotonic() - begun
        if done:
            account.proof = notice_proof.prove(settings, port, town.notice_id, order.households)
        told = notice_proof.counts(port)
    account.told = told
    account.doubtful = sum(told["faults"].get(kind, 0) for kind in ("cut_after", "cut_before", "garbage", "gateway"))
    return account


def _kill_again_and_again(office: Office, account: Account, begun: float, port: int) -> None:
    order, chance = account.order, Random(account.order.seed)
    points = sorted(kills_process.POINTS.keys() - (frozenset() if order.way == "batch" else kills_process.OF_MANY))
    while account.killed < order.kills and time.monotonic() < begun + order.patience:
        progress = _in_step(office, account, chance, port)
        if progress.done:
            return
        victim = chance.choice(VICTIMS)
        if victim == "bulk" and chance.random() < 0.5:
            point = points[account.killed % len(points)]
            hit = office.kill_at(point, chance.randint(1, 3))
            if hit:
                account.points[point] = account.points.get(point, 0) + 1
        else:
            hit = office.kill(victim)
        if hit:
            account.kills[victim] = account.kills.get(victim, 0) + 1
            account.in_flight |= office.in_flight()


def _in_step(office: Office, account: Account, chance: Random, port: int) -> Progress:
    """Kills are spread over the notice: they wait until it has got on, and when it is ahead the platform is slow."""
    order = account.order
    end = time.monotonic() + CATCHING_UP
    while True:
        time.sleep(chance.uniform(0.01, 0.1))
        progress = office.progress()
        due = account.killed / order.kills
        slow = progress.share > due + AHEAD
        notice_proof.asked(port, f"faults?delay={SLOW if slow else order.latency / 1000}")
        if progress.done or progress.share >= due or time.monotonic() > end:
            return progress
