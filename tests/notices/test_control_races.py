"""Pauses, crashes and second clicks at the worst moment: nobody is lost, nobody gets it twice, the account adds up."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.channels.base import Outcome, Outgoing, TryLater, Unsure
from bot.screens import ScreenWriter
from bot.wiring import App
from handlers import conversation  # noqa: F401 - declares every command
from handlers.rules.deadlines import Policy
from handlers.rules.notice_policy import NoticePolicy
from storage import listening
from storage.deployment import Screen
from storage.notice_figures import Tally, figures
from storage.notices import Ledger, LedgerState, Notice, NoticeState
from storage.people import Role, UnitKind
from tests.conftest import SECRET_KEY
from tests.notices.test_control import MINUTE, run
from tests.notices.world import DOOR, FOREVER, Person, World, channel

ROOT = Path(__file__).parents[2]
AT_ANY_HOUR = Policy(notices=NoticePolicy(quiet_from=time(0), quiet_until=time(0)))


def at_once(people: Sequence[Person], said: str) -> list[str]:
    """Each says it in a transaction of its own, at the same moment; what they hear, sorted."""
    together, heard = threading.Barrier(len(people)), []

    def speak(person: Person) -> None:
        together.wait()
        heard.append(person.says(said))

    threads = [threading.Thread(target=speak, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(heard)


def done(world: World, what: str) -> int:
    """How often something was done to the notice, by its history."""
    with world.app.reading() as db:
        return sum(row.kind == what for row in listening.changes(db, "notice:1", 50))


def test_two_at_once_do_it_once(world: World) -> None:
    world.households(60)
    world.sink.outcomes = [[Outcome("dead", reason="busy")] * 2 + [Outcome("sent")] * 52]
    admin = world.confirmed(60)
    pair = [admin, world.member(Role.ADMIN, world.unit(UnitKind.STREET), "李强")]
    for said, what in (("暂停通知 1", "paused"), ("继续通知 1", "resumed")):
        at_once(pair, said)
        assert done(world, what) == 1, said
    run(world)
    first, second = at_once(pair, "确认重发 1")
    assert "没有要重发的了" in first + second
    assert "再试 2 户" in first + second
    run(world)
    assert [len(call) for call in world.sink.calls] == [54, 2]
    admin.says("通知 又一条")
    admin.says("确认发送 2 60户")
    heard = at_once(pair, "确认取消 2")
    assert sum("没发的不再发" in one for one in heard) == 1
    assert sum("已经取消了" in one for one in heard) == 1


WORKER = """
import json, sys, time
from tests.notices.killed_worker import build
from tests.notices.world import DOOR
from bot import notices
app = build(json.loads(sys.argv[1]))
real = app.channels[DOOR].send
def send(batch):
    real(batch)
    print("arrived", flush=True)
    time.sleep(60)
app.channels[DOOR].send = send
notices.run_due(app)
"""


def test_killed_between_the_pause_and_the_settling(world: World) -> None:
    """kill -9 finds the worker when its slice has arrived and somebody has just paused: nobody gets it twice."""
    world.app.policy = AT_ANY_HOUR
    world.households(60)
    admin = world.confirmed(60)
    given = {
        "url": world.app.settings.database_url,
        "data": str(world.app.settings.data),
        "key": SECRET_KEY.hex(),
        "knows_keys": True,
    }
    command = [sys.executable, "-c", WORKER, json.dumps(given)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "arrived\n"
        assert "暂停了" in admin.says("暂停通知 1")
        worker.kill()
    world.app.channels[DOOR] = channel(ScreenWriter(world.app.writing), knows_keys=FOREVER, batch=20)  # type: ignore[arg-type]
    world.clock.at = datetime.now(UTC) + timedelta(hours=1)  # its lease is over
    run(world)
    assert world.states() == {"cut": 54, "no_way": 6}, "a dead worker's slice is not repeated while it is paused"
    pair = [admin, world.member(Role.ADMIN, world.unit(UnitKind.STREET), "李强")]
    at_once(pair, "继续通知 1")
    run(world)
    assert world.states() == {"sent": 54, "no_way": 6}
    with world.app.reading() as db:
        assert db.scalar(select(func.count()).select_from(Screen)) == 54


# --- any sequence


@dataclass
class Platform:
    """Takes messages, and knows repeated keys or does not. ``mood``: what it does with the next call."""

    knows_keys: bool
    mood: str = "well"
    keys: set[str] = field(default_factory=set)
    arrived: Counter[str] = field(default_factory=Counter)  # by person

    def __call__(self, batch: Sequence[Outgoing]) -> Sequence[Outcome]:
        mood, self.mood = self.mood, "well"
        if mood == "busy":
            raise TryLater("busy", MINUTE)
        refused = batch[:1] if mood == "dead" else []
        for message in batch:
            if message in refused or (self.knows_keys and message.key in self.keys):
                continue
            self.keys.add(message.key)
            self.arrived[str(message.person)] += 1
        if mood == "unsure":
            raise Unsure("timeout")
        return [Outcome("dead", reason="43004") if message in refused else Outcome("sent") for message in batch]


@dataclass
class Fuse:
    """Ends the program in the middle of a transaction to come: nothing of it is kept."""

    left: int | None = None

    def burn(self) -> None:
        if self.left is None:
            return
        self.left -= 1
        if self.left < 0:
            self.left = None
            raise KeyboardInterrupt


SAYS = ("暂停通知", "继续通知", "取消通知", "确认取消", "重发通知", "确认重发")
ACTIONS = st.one_of(
    st.sampled_from(SAYS),
    st.sampled_from(("work", "work", "busy", "unsure", "dead", "minute", "read")),
    st.integers(0, 4),  # the program dies in the transaction after so many
)


@pytest.fixture
def fuse(world: World, monkeypatch: pytest.MonkeyPatch) -> Fuse:
    made, real = Fuse(), App.writing

    @contextlib.contextmanager
    def writing(app: App) -> Iterator[Session]:
        with real(app) as db:
            yield db
            made.burn()

    monkeypatch.setattr(App, "writing", writing)
    return made


@settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),  # a shorter example is not worth the minutes
    suppress_health_check=list(HealthCheck),
)
@example(actions=["unsure", "确认重发", "dead", "确认重发", 1, "work"], knows_keys=False)
@example(actions=["unsure", "取消通知", 2, "确认取消", 0, 1, "确认重发"], knows_keys=True)
@given(actions=st.lists(ACTIONS, min_size=4, max_size=12), knows_keys=st.booleans())
def test_any_sequence_keeps_the_account(world: World, fuse: Fuse, actions: list[str | int], knows_keys: bool) -> None:
    platform = Platform(knows_keys)
    world.app.channels[DOOR] = channel(platform, knows_keys=FOREVER if knows_keys else None, batch=4)  # type: ignore[arg-type]
    admin = _writer(world)
    number = int(admin.says("通知 周六清洗水箱").split(" ", 1)[0])
    admin.says(f"确认发送 {number} 12户")
    before = Tally()
    for action in actions:
        _do(world, fuse, platform, admin, number, action)
        before = _nothing_fell(world, number, before)
    admin.says(f"继续通知 {number}")
    for _ in range(4):
        _work(world, fuse)
        world.pass_time(2 * MINUTE)
    _nothing_fell(world, number, before)
    _account(world, number, platform)


def _writer(world: World) -> Person:
    """The street is there once; every sequence is a notice of its own."""
    with world.app.reading() as db:
        built = db.scalar(select(func.count()).select_from(Notice)) != 0
    if not built:
        world.households(12)
    return world.member(Role.ADMIN, world.unit(UnitKind.STREET), f"王{datetime.now(UTC).timestamp()}")


def _do(world: World, fuse: Fuse, platform: Platform, admin: Person, number: int, action: str | int) -> None:
    if isinstance(action, int):
        fuse.left = action
        _work(world, fuse)
    elif action in SAYS:
        admin.says(f"{action} {number}")
    elif action == "minute":
        world.pass_time(2 * MINUTE)
    elif action == "read":
        with world.app.writing() as db:
            notice = db.scalars(select(Notice).where(Notice.number == number)).one()
            row = db.scalars(select(Ledger).where(Ledger.notice_id == notice.id, Ledger.state == "sent")).first()
            if row is not None:
                row.seen_at = row.seen_at or world.clock.at
    else:
        platform.mood = action if action != "work" else "well"
        _work(world, fuse)


def _work(world: World, fuse: Fuse) -> None:
    with contextlib.suppress(KeyboardInterrupt):
        run(world)
    fuse.left = None


def _nothing_fell(world: World, number: int, before: Tally) -> Tally:
    with world.app.reading() as db:
        now = figures(db, world.notice(number).id).total
    assert now.adds_up
    assert (now.sent >= before.sent, now.seen >= before.seen, now.confirmed >= before.confirmed) == (True,) * 3
    return now


def _account(world: World, number: int, platform: Platform) -> None:
    notice = world.notice(number)
    assert notice.state in (NoticeState.DONE, NoticeState.CANCELLED)
    assert notice.done_at is not None
    assert max(platform.arrived.values(), default=0) <= 1, "somebody got it twice"
    with world.app.reading() as db:
        rows = db.execute(select(Ledger.household_id, Ledger.state).where(Ledger.notice_id == notice.id)).all()
    states = Counter(state for _, state in rows)
    assert len(rows) == len({household for household, _ in rows}) == notice.households == 12
    assert not states.keys() & {LedgerState.PLANNED, LedgerState.CUT}
    reached = {household for household, state in rows if state in (LedgerState.SENT, LedgerState.UNKNOWN)}
    arrived = {int(person.removeprefix("person-")) for person in platform.arrived}
    assert arrived <= reached, "somebody has it, and the ledger says that they do not"
    sent = {household for household, state in rows if state == LedgerState.SENT}
    assert sent <= arrived, "the ledger says that somebody has it, and they do not"
    if notice.state == NoticeState.DONE:
        assert LedgerState.SKIPPED not in states, "nobody is left out unless it was cancelled"
