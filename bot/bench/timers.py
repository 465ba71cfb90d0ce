"""``menkou bench timers``: the clock was down for hours, then two run at once, are set back and forth, and are killed.

Two processes of ``menkou clock`` on one database find everything due that fell due meanwhile. Their time is moved by up
to ten minutes or back by eight hours, for one of them or both, and kill -9 finds them. When that is used up they may
finish in peace; then every timer is compared with the facts and reminders it left. At last they run as on any day, and
it is measured how late timers ring.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from sqlalchemy import Engine, func, select

from bot.bench import databases, timers_proof, timers_town
from bot.bench.menkou_web import settings_for
from bot.bench.timers_process import set_clock
from bot.bench.timers_proof import Proof
from bot.bench.timers_town import AFTERNOON, Wanted
from bot.transactions import open_database, read_session
from storage.timers import Reminder, Timer

FAULT = 1
CLOCKS = 2
PATIENCE = 3600.0  # seconds for the whole
ACTS = ("one", "one", "both", "both", "eight hours", "kill", "kill")
FAR, NEAR = 8 * 3600.0, 600.0  # seconds
LATE = 10.0  # seconds that 99 of 100 timers are late at most, when nothing happens to the clocks
SETTLE = 2.5  # seconds after which both clocks have looked again


@dataclass(frozen=True, slots=True)
class Order:
    """What to try. ``hours`` down, ``acts`` against the clocks; then so many seconds with so many timers a second."""

    timers: int
    seed: int
    engine: str
    hours: float = 8.0
    acts: int = 40
    seconds: int = 60
    rate: int = 20


@dataclass(slots=True)
class Account:
    """What came of it."""

    order: Order
    armed: int = 0
    acts: dict[str, int] = field(default_factory=dict)
    caught_up: float = 0.0  # seconds until everything had rung and been said
    proof: Proof | None = None
    usual: list[float] = field(default_factory=list)  # how many seconds late each was on a usual day, sorted

    def faults(self) -> Iterator[str]:
        """One sentence for each promise that was not kept."""
        if self.proof is None:
            yield "not everything had rung in time"
            return
        yield from self.proof.faults()
        if not self.usual or self.share(0.99) > LATE:
            yield f"of the usual timers one in a hundred was more than {LATE:g} s late"

    def share(self, part: float) -> float:
        """The lateness that this part of the usual timers does not exceed, in seconds."""
        return self.usual[min(int(len(self.usual) * part), len(self.usual) - 1)] if self.usual else 0.0


def run(order: Order, postgres: str | None) -> int:
    """Tries and prints. 0 when every promise was kept, else 1."""
    print(
        f"{order.timers} timers of {order.hours:g} hours, {CLOCKS} clocks, {order.engine}, {order.acts} acts against "
        f"them, seed {order.seed}",
        flush=True,
    )
    account = try_it(order, postgres)
    for line in lines(account):
        print(line, flush=True)
    faults = list(account.faults())
    for fault in faults:
        print(f"menkou: {fault}", file=sys.stderr)
    return FAULT if faults else 0


def lines(account: Account) -> Iterator[str]:
    """The account in words."""
    acts = ", ".join(f"{name} {count}" for name, count in sorted(account.acts.items()))
    yield f"{account.armed} caught up in {account.caught_up:.0f} s; against the clocks: {acts or 'nothing'}"
    if account.proof is not None:
        yield str(account.proof)
    late = (account.share(0.5), account.share(0.99), account.share(1))
    yield (
        f"{len(account.usual)} usual ones, {account.order.rate} a second: half at most {late[0]:.2f} s late, "
        f"99 of 100 at most {late[1]:.2f} s, all {late[2]:.2f} s"
    )


def try_it(order: Order, postgres: str | None) -> Account:
    """The whole battery, on databases of its own."""
    with tempfile.TemporaryDirectory(prefix=".menkou-bench-", dir=Path.cwd()) as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        if order.engine == "sqlite":
            fresh = databases.sqlite(folder)
        else:
            fresh, _ = stack.enter_context(databases.postgresql(folder, postgres))
        data = folder / "run"
        data.mkdir()
        return on_database(order, data, stack.enter_context(fresh(data)))


def on_database(order: Order, data: Path, url: str) -> Account:
    """The battery on a database with the schema, which is left as it ends."""
    settings = settings_for(data, url, 1)
    account = Account(order)
    span = timedelta(hours=order.hours)
    account.armed = timers_town.build(settings, Wanted(order.timers, AFTERNOON - span, span, order.seed))
    engine = open_database(settings)
    try:
        with Clocks(data, url) as clocks:
            begun = time.monotonic()
            _torment(clocks, account, engine, begun + PATIENCE)
            if _wait(engine, AFTERNOON, begun + PATIENCE):
                account.caught_up = time.monotonic() - begun
                time.sleep(SETTLE)
                account.proof = timers_proof.prove(engine, AFTERNOON)
                account.usual = _usual(clocks, account, engine, begun + PATIENCE)
    finally:
        engine.dispose()
    return account


def _torment(clocks: Clocks, account: Account, engine: Engine, end: float) -> None:
    """Acts are spread over the work: each waits until its share of the timers has rung, but not for long."""
    order, chance = account.order, Random(account.order.seed)
    for number in range(order.acts):
        until = min(time.monotonic() + 3, end)
        while _waiting(engine, AFTERNOON) > account.armed * (1 - number / order.acts) and time.monotonic() < until:
            time.sleep(0.1)
        act, one = chance.choice(ACTS), chance.randrange(CLOCKS)
        if act == "kill":
            clocks.kill(one)
        elif act == "eight hours":
            clocks.move(one, -FAR)
            time.sleep(0.5)  # nothing is due for it now
        else:
            step = chance.uniform(-NEAR, NEAR)
            for which in range(CLOCKS) if act == "both" else (one,):
                clocks.move(which, step)
        account.acts[act] = account.acts.get(act, 0) + 1
        time.sleep(chance.uniform(0.05, 0.3))
        if chance.random() < 0.5:
            clocks.move(one, 0.0)
    for one in range(CLOCKS):
        clocks.move(one, 0.0)


def _usual(clocks: Clocks, account: Account, engine: Engine, end: float) -> list[float]:
    order = account.order
    start = clocks.now() + timedelta(seconds=1)
    span = timedelta(seconds=order.seconds)
    timers_town.arm(engine, Wanted(order.seconds * order.rate, start, span, order.seed + 1))
    if not _wait(engine, start + span, end):
        return []
    with read_session(engine) as db:
        rang = select(Timer.due_at, Timer.fired_at).where(Timer.due_at >= start, Timer.due_at <= start + span)
        rows = db.execute(rang.where(Timer.fired_at.is_not(None))).all()
    return sorted((fired - due).total_seconds() for due, fired in rows if fired is not None)


def _wait(engine: Engine, due: datetime, end: float) -> bool:
    """Until everything that was due by then has rung and been said. False where it takes too long."""
    while time.monotonic() < end:
        if _waiting(engine, due) == 0:
            return True
        time.sleep(0.2)
    return False


def _waiting(engine: Engine, due: datetime) -> int:
    with read_session(engine) as db:
        timers = db.scalar(select(func.count()).where(Timer.state == "waiting", Timer.due_at <= due)) or 0
        said = (Reminder.state == "waiting", Reminder.say_after <= due)
        return timers or db.scalar(select(func.count()).where(*said)) or 0


class Clocks:
    """Two clock processes, each with a time of its own."""

    def __init__(self, data: Path, url: str) -> None:
        self._data, self._url = data, url
        self._base = (AFTERNOON - datetime.now(UTC)).total_seconds()
        self._running: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Clocks:
        for one in range(CLOCKS):
            self.move(one, 0.0)
            self._running.append(self._started(one))
        return self

    def __exit__(self, *error: object) -> None:
        for process in self._running:
            process.kill()
            process.wait()

    def now(self) -> datetime:
        """What the clocks say when nobody moves them."""
        return datetime.now(UTC) + timedelta(seconds=self._base)

    def move(self, one: int, seconds: float) -> None:
        """Sets a clock that far from where it should be."""
        set_clock(self._file(one), self._base + seconds)

    def kill(self, one: int) -> None:
        """kill -9, and a new one at once."""
        self._running[one].kill()
        self._running[one].wait()
        self._running[one] = self._started(one)

    def _file(self, one: int) -> Path:
        return self._data / f"offset-{one}"

    def _started(self, one: int) -> subprocess.Popen[bytes]:
        given = {"data": str(self._data), "url": self._url, "offset": str(self._file(one))}
        with (self._data / f"clock-{one}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", "bot.bench.timers_process"], stdin=subprocess.PIPE, stdout=log, stderr=log
            )
        assert process.stdin is not None
        process.stdin.write(json.dumps(given).encode())
        process.stdin.close()
        return process
