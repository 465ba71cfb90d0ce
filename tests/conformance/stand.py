"""One channel between its platform and a real database: letters are owed to people, faults come and go, time passes."""

from __future__ import annotations

import contextlib
import itertools
import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from bot import deliver
from bot.channels.base import Channel, Outcome, Outgoing
from bot.channels.http import READ, Http
from bot.channels.memory import MemoryChannel
from bot.moments import ManualClock
from bot.platforms.clock import PlatformClock
from bot.platforms.simulator import Simulator, running
from bot.screens import ScreenWriter
from bot.settings import Settings
from bot.wiring import App, build
from storage.base import new_ref
from storage.deployment import ChannelAccount, Screen
from storage.outbox import Outbox, OutboxState
from storage.people import Account, Resident

if TYPE_CHECKING:
    from tests.conformance.bench import Bench

NOON = 1_795_320_000.0  # 2026-11-22 12:00 in Shanghai
STEP = timedelta(seconds=20)
PATIENCE = 0.3  # seconds until a platform counts as hung
OTHER = "memory:other"  # another door, which always works
SETTLED = {OutboxState.SENT, OutboxState.DEAD, OutboxState.UNKNOWN, OutboxState.NO_WAY}
ARRIVED = {OutboxState.SENT, OutboxState.ANSWERED_INLINE}


class Killed(BaseException):
    """The worker died here."""


@dataclass
class Letter:
    """The same words to some people. No two letters have the same words."""

    text: str
    people: list[str]
    rows: list[int]


@dataclass
class Stand:
    """A program with one door to a simulated platform, and another door that always works."""

    bench: Bench
    app: App
    time: ManualClock
    simulator: Simulator
    platform: Any
    caplog: pytest.LogCaptureFixture
    http: Http
    letters: list[Letter] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def door(self) -> str:
        """The door that is tried."""
        return self.bench.door

    @property
    def knows_keys(self) -> bool:
        """Whether this platform recognises what it was sent before."""
        return self.app.channels[self.door].abilities.idempotent_for is not None

    # --- people and letters ----------------------------------------------------------------------------------------

    def person(self, *, other: bool = False) -> str:
        """Somebody who can be reached here now; with ``other`` behind another door too."""
        number = next(self._numbers)
        address = self.bench.meet(self, number)
        with self.app.writing() as db:
            resident = Resident()
            db.add(resident)
            db.flush()
            doors = {self.door: address} | ({OTHER: f"other-{address}"} if other else {})
            for door, name in doors.items():
                ref, vault = new_ref(), self.app.vault
                sealed, hashed = vault.seal(name, "accounts.address", ref), vault.lookup(f"{door}:{name}")
                account = Account(ref=ref, door=door, address=sealed, address_hash=hashed, resident_id=resident.id)
                account.window_until, account.window_left = self.time.wall() + timedelta(days=2), 5
                db.add(account)
        return address

    def owe(self, *people: str, urgent: bool = False, other: bool = False) -> Letter:
        """A letter to these people; else to as many strangers as one call must have at least."""
        to = list(people) or [self.person(other=other) for _ in range(self.bench.fewest)]
        text = f"私事第 {next(self._numbers)} 封，请勿外传"
        mark = new_ref() if self.bench.together else None
        letter = Letter(text, to, [self._row(one, text, mark, urgent) for one in to])
        self.letters.append(letter)
        return letter

    def _row(self, person: str, text: str, mark: str | None, urgent: bool, door: str | None = None) -> int:
        wall, ref = self.time.wall(), new_ref()
        with self.app.writing() as db:
            hashed = self.app.vault.lookup(f"{door or self.door}:{person}")
            account = db.scalars(select(Account).where(Account.address_hash == hashed)).one()
            row = Outbox(
                ref=ref,
                name=f"letter:{ref}",
                account_id=account.id,
                address=f"a:{account.id}",
                text=self.app.vault.seal(text, "outbox.text", ref),
                together=mark,
                urgent=urgent,
                state=OutboxState.WAITING,
                created_at=wall,
                next_try_at=wall,
                tries=0,
            )
            db.add(row)
            db.flush()
            return row.id

    def elsewhere(self) -> Letter:
        """A letter to somebody behind the other door."""
        name = f"other-{self.person(other=True)}"
        text = f"别处第 {next(self._numbers)} 封"
        letter = Letter(text, [name], [self._row(name, text, None, False, OTHER)])
        self.letters.append(letter)
        return letter

    # --- what happens ----------------------------------------------------------------------------------------------

    def on(self, fault: str, **options: Any) -> None:
        """The platform's sending interface has a bad day."""
        if fault == "hung":
            self._patience(PATIENCE)
        self.bench.switch_on(self, fault, options)

    def clear(self) -> None:
        """All is well again."""
        self.simulator.faults.clear()
        self.bench.clear(self)
        self._patience(READ)

    def _patience(self, seconds: float) -> None:
        """Little only while something hangs: on a busy machine any call may take a fraction of a second."""
        other = Http(read=seconds)
        self.http._timeout, self.http._read = other._timeout, other._read

    def run(self) -> None:
        """A worker delivers what may go out now; it must come back, whatever the platform does."""
        failed: list[BaseException] = []

        def work() -> None:
            try:
                deliver.run(self.app)
            except BaseException as error:  # noqa: BLE001 - it is raised again in the test
                failed.append(error)

        worker = threading.Thread(target=work, daemon=True)
        worker.start()
        worker.join(30)
        assert not worker.is_alive(), "a worker is held up"
        if failed:
            raise failed[0]

    def run_killed(self, *, after: bool = True) -> None:
        """A worker claims what may go out and dies: once it is sent and not yet written down, or just before."""
        channel = self.app.channels[self.door]
        self.app.channels[self.door] = Dying(channel, after)
        try:
            with contextlib.suppress(Killed):
                self.run()
        finally:
            self.app.channels[self.door] = channel

    def pass_time(self, span: timedelta, step: timedelta = STEP) -> None:
        """Both sides' clocks move, and workers deliver."""
        until = self.time.at + span
        while self.time.at < until:
            self.time.at += step
            self.simulator.clock.advance(step.total_seconds())
            self.run()

    # --- what there is ---------------------------------------------------------------------------------------------

    def states(self, letter: Letter) -> list[str]:
        """The states of a letter's rows."""
        with self.app.reading() as db:
            return [db.get_one(Outbox, row).state for row in letter.rows]

    def is_state(self, letter: Letter, state: OutboxState) -> bool:
        """Whether all of a letter's rows are in this state."""
        return set(self.states(letter)) == {state}

    def seen(self, letter: Letter, door: str | None = None) -> Counter[str]:
        """How often each person has read a letter: here, or on the other door."""
        if door == OTHER:
            with self.app.reading() as db:
                found = db.execute(select(Screen.address, Screen.text)).all()
            return Counter(address.partition(":")[2] for address, text in found if letter.text in text)
        return Counter(person for person, text in self.bench.screens(self, door or self.door) if letter.text in text)

    def everybody_once(self, letter: Letter) -> bool:
        """Whether every person has read it exactly once."""
        return self.seen(letter) == Counter(letter.people)

    def fault(self) -> str | None:
        """Why the door is shut, if it is."""
        with self.app.reading() as db:
            row = db.get(ChannelAccount, self.door)
            return row.fault if row is not None else None

    def tokens(self) -> int:
        """How many tokens the platform has handed out."""
        return sum(len(self.simulator.record.entries(what)) for what in ("stable_token", "gettoken"))

    # --- what always holds -----------------------------------------------------------------------------------------

    def check(self) -> None:
        """Every row is settled in an honest state, nobody read anything twice, and the log is discreet."""
        with self.app.reading() as db:
            rows = {row.id: row for row in db.scalars(select(Outbox))}
        assert {row.state for row in rows.values()} <= SETTLED
        after = {row.fallback_of_id: row for row in rows.values() if row.fallback_of_id is not None}
        for letter in self.letters:
            here, there = self.seen(letter), self.seen(letter, OTHER)
            for person, number in zip(letter.people, letter.rows, strict=True):
                elsewhere = person if person.startswith("other-") else f"other-{person}"
                times = here[person] + there[elsewhere]
                last = rows[number]
                while last.id in after:
                    last = after[last.id]
                self._check_row(last, times)
        self._check_log()

    def _check_row(self, last: Outbox, times: int) -> None:
        assert times <= 1, f"read {times} times, and the row is {last.state}"
        if last.state in ARRIVED:
            assert times == 1, "it is said to be sent, and nobody read it"
        elif last.state != OutboxState.UNKNOWN:
            assert times == 0, f"it was read, and the row is {last.state} ({last.reason})"
            assert last.reason

    def _check_log(self) -> None:
        said = self.caplog.text
        secret = [*self.bench.secrets, *(one.text for one in self.letters)]
        secret += [person for letter in self.letters for person in letter.people]
        secret += self.bench.tokens(self)
        assert [one for one in secret if one in said] == []
        assert [one.message for one in self.caplog.records if one.exc_info and one.name.startswith("bot.")] == []


class Dying:
    """A channel whose worker dies once the platform has heard it, or just before."""

    def __init__(self, channel: Channel, after: bool) -> None:
        self._channel, self._after = channel, after

    def __getattr__(self, name: str) -> Any:
        return getattr(self._channel, name)

    def send(self, batch: Sequence[Outgoing]) -> Sequence[Outcome]:
        """Sends perhaps, and dies."""
        if self._after:
            self._channel.send(batch)
        raise Killed


@contextlib.contextmanager
def standing(
    bench: Bench, make_settings: Callable[..., Settings], database_url: str, caplog: pytest.LogCaptureFixture
) -> Iterator[Stand]:
    """Everything running, with a client as it is used."""
    for name in ("bot", "handlers", "storage", "urllib3"):
        caplog.set_level(logging.DEBUG, logger=name)
    simulator = Simulator(clock=PlatformClock(NOON))
    platform = bench.platform(simulator)
    time, http = ManualClock(datetime.fromtimestamp(NOON, UTC)), Http()
    with running(simulator) as base:
        app = build(make_settings(database_url=database_url, **bench.settings(base)), http=http, clock=time)
        app.channels[OTHER] = MemoryChannel(ScreenWriter(app.writing), OTHER)
        stand = Stand(bench, app, time, simulator, platform, caplog, http)
        bench.furnish(stand)
        try:
            yield stand
        finally:
            app.close()
            http.close()
