"""A worker dies between taking a row and settling it. Real processes, killed for real."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from bot import deliver, settling
from bot.channels.base import Outcome, Outgoing
from bot.settings import Settings
from bot.wiring import App, build
from storage.outbox import OutboxState
from tests.delivery.office import FORGETS, KNOWS, Moody, Office, forgetful, knowing, screens

AFTER = timedelta(seconds=61)


def die_while_sending(settings: Settings, door: str, arrived: bool) -> None:
    """A child delivers; the kernel ends it inside the platform's call, before or after the message arrived."""
    child = os.fork()
    if child == 0:
        try:
            app = build(settings)
            show = screens(app)

            def deadly(batch: Sequence[Outgoing]) -> Sequence[Outcome]:
                if arrived:
                    show.send(batch)
                os.kill(os.getpid(), signal.SIGKILL)
                return []

            app.channels[door] = (knowing if door == KNOWS else forgetful)(deadly)
            deliver.run(app)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


@pytest.mark.parametrize("arrived", [True, False])
def test_where_keys_are_known_it_is_sent_again_and_shown_once(
    office: Office, settings: Settings, arrived: bool
) -> None:
    office.app.channels[KNOWS] = screens(office.app)
    row = office.owe(office.account(KNOWS, "王阿姨"), "已受理")[0]
    die_while_sending(settings, KNOWS, arrived)
    assert office.row(row).state == OutboxState.LEASED
    assert deliver.run(office.app) == 0  # the lease holds: perhaps it lives
    office.lease_runs_out(row)
    assert deliver.run(office.app) == 1
    assert office.shown() == ["已受理"]
    assert (office.row(row).state, office.row(row).tries) == ("sent", 2)


@pytest.mark.parametrize("arrived", [True, False])
def test_where_keys_are_not_known_it_becomes_unknown_and_is_never_repeated(
    office: Office, settings: Settings, forgets: Moody, arrived: bool
) -> None:
    row = office.owe(office.account(FORGETS, "王阿姨"), "已受理")[0]
    die_while_sending(settings, FORGETS, arrived)
    office.lease_runs_out(row)
    for _ in range(3):
        deliver.run(office.app)
    assert forgets.arrived == []
    assert office.row(row).state == OutboxState.UNKNOWN


def test_the_younger_row_of_the_address_waits_for_the_dead_ones_lease(office: Office, settings: Settings) -> None:
    office.app.channels[KNOWS] = screens(office.app)
    person = office.account(KNOWS, "王阿姨")
    row = office.owe(person, "已受理")[0]
    die_while_sending(settings, KNOWS, False)
    office.owe(person, "已办结")
    assert deliver.run(office.app) == 0
    office.lease_runs_out(row)
    deliver.run(office.app)
    assert office.shown() == ["已受理", "已办结"]


def test_after_the_platforms_window_it_is_not_sent_again(office: Office, settings: Settings, knows: Moody) -> None:
    office.app.channels[KNOWS] = knowing(knows, idempotent_for=timedelta(minutes=30))
    row = office.owe(office.account(KNOWS, "王阿姨"), "已受理")[0]
    die_while_sending(settings, KNOWS, False)
    office.lease_runs_out(row, timedelta(hours=1))
    deliver.run(office.app)
    assert office.row(row).state == OutboxState.UNKNOWN


def test_who_settles_too_late_settles_nothing(office: Office, knows: Moody) -> None:
    """The lease ran out, another worker has the row: the first one's outcome must not undo the second's."""
    row = office.owe(office.account(KNOWS, "王阿姨"), "已受理")[0]
    slow = deliver._claim(office.app, "replies", timedelta())
    office.lease_runs_out(row)
    second = deliver._claim(office.app, "replies", timedelta())
    assert slow is not None
    assert second is not None
    assert len(second) == 1
    settling.settle(office.app, slow, [Outcome("dead", reason="late")])
    assert office.row(row).state == OutboxState.LEASED
    settling.settle(office.app, second, [Outcome("sent")])
    assert office.row(row).state == OutboxState.SENT
    settling.settle(office.app, second, [Outcome("dead", reason="again")])  # its commit seemed lost, and was not
    assert office.row(row).state == OutboxState.SENT


def test_a_slow_platform_does_not_make_unknown_what_was_never_begun(office: Office, forgets: Moody) -> None:
    for number in range(4):
        office.owe(office.account(FORGETS, f"居民{number}"), "您好")
    clock = office.app.clock
    late = timedelta()

    class Slow:
        def wall(self) -> object:
            return clock.wall() + late

        def now(self, db: object) -> object:
            return clock.wall() + late

    def show(batch: Sequence[Outgoing]) -> Sequence[Outcome]:
        nonlocal late
        late += timedelta(seconds=50)
        return forgets(batch)

    office.app.clock = Slow()  # type: ignore[assignment]
    office.app.channels[FORGETS] = forgetful(show, batch=1)
    deliver.run(office.app)
    assert office.states() == ["sent"] * 4
    assert forgets.arrived == ["您好"] * 4


def test_two_workers_never_send_the_same_row(office: Office, settings: Settings, tmp_path: Path) -> None:
    lines = tmp_path / "arrived.txt"
    for number in range(40):
        office.owe(office.account(FORGETS, f"居民{number}"), f"{number} 一", f"{number} 二")
    apps = [build(settings) for _ in range(3)]
    lock = threading.Lock()

    def show(batch: Sequence[Outgoing]) -> Sequence[Outcome]:
        time.sleep(0.002)
        with lock, lines.open("a") as file:
            file.writelines(f"{message.text}\n" for message in batch)
        return [Outcome("sent") for _ in batch]

    for app in apps:
        app.channels[FORGETS] = forgetful(show, batch=3)
    with ThreadPoolExecutor(len(apps)) as pool:
        list(pool.map(until_nothing_is_left, apps))
    for app in apps:
        app.close()
    arrived = lines.read_text().splitlines()
    assert sorted(arrived) == sorted(set(arrived))
    assert len(arrived) == 80
    for number in range(40):
        assert arrived.index(f"{number} 一") < arrived.index(f"{number} 二")


def until_nothing_is_left(app: App) -> None:
    """Works until everything is settled; what is in another's hands is waited for."""
    while "waiting" in (states := Office(app).states()) or "leased" in states:
        deliver.run(app)


def test_two_workers_that_find_the_same_dead_ones_row_send_it_once(office: Office, settings: Settings) -> None:
    """Both see the lease that ran out; only one may take it over."""
    arrived: list[str] = []
    row = office.owe(office.account(KNOWS, "王阿姨"), "已受理")[0]
    office.app.channels[KNOWS] = knowing(Moody())
    apps = [build(settings) for _ in range(2)]

    def show(batch: Sequence[Outgoing]) -> Sequence[Outcome]:
        arrived.extend(message.key for message in batch)
        time.sleep(0.05)
        return [Outcome("sent") for _ in batch]

    for app in apps:
        app.channels[KNOWS] = knowing(show)
    for _ in range(10):
        office.change(row, state="waiting", next_try_at=office.app.clock.wall(), sent_at=None)
        deliver._claim(office.app, "replies", timedelta())
        office.lease_runs_out(row)
        arrived.clear()
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(deliver.run, apps))
        assert arrived == [office.row(row).ref]
    for app in apps:
        app.close()


def test_a_lost_race_after_sending_is_no_reason_not_to_know_the_outcome(
    office: Office, forgets: Moody, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.owe(office.account(FORGETS, "王阿姨"), "已受理")
    finish = settling.finish
    lost: list[int] = []

    class Deadlock(Exception):
        sqlstate = "40P01"

    def unlucky(*given: object) -> bool:
        if not lost:
            lost.append(1)
            raise OperationalError("", {}, Deadlock())
        return finish(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(settling, "finish", unlucky)
    deliver.run(office.app)
    assert office.states() == ["sent"]
    assert forgets.arrived == ["已受理"]


def test_an_idle_look_writes_nothing(office: Office, knows: Moody, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sweep every second must not keep others from the gate."""

    def must_not() -> None:
        raise AssertionError("it opened a transaction that writes")

    refused: Callable[[], None] = must_not
    monkeypatch.setattr(type(office.app), "writing", lambda app: refused())
    assert deliver.run(office.app) == 0


def test_a_lost_race_while_claiming_is_tried_again(
    office: Office, forgets: Moody, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A person's word and a claim may want the same account's row at the same time, the other way round."""
    office.owe(office.account(FORGETS, "王阿姨"), "已受理")
    stale = deliver._end_stale_leases
    lost: list[int] = []

    class Deadlock(Exception):
        sqlstate = "40P01"

    def unlucky(*given: object) -> None:
        if not lost:
            lost.append(1)
            raise OperationalError("", {}, Deadlock())
        stale(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(deliver, "_end_stale_leases", unlucky)
    deliver.run(office.app)
    assert office.states() == ["sent"]
    assert forgets.arrived == ["已受理"]
