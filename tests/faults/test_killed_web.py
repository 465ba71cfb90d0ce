"""Web processes under load, killed, doubled, and without their database: what was answered is in the inbox, once."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest
from sqlalchemy import create_engine as plain_engine
from sqlalchemy import func, make_url, select, text

from bot.platforms.official_account import OfficialAccountPlatform, Push
from bot.platforms.sealing import Unacceptable
from bot.settings import Settings
from storage.inbox import Inbox
from storage.outbox import Outbox, OutboxState
from storage.tickets import Ticket
from tests.faults.processes import Deployment, deployment, free_port, platform, until, with_account

LAMP = "三号楼门口路灯坏了半个月了"
TALK = "今天天气不错，下午一起去公园走走吧"


@pytest.fixture
def town(make_settings: Callable[..., Settings], database_url: str) -> Iterator[Deployment]:
    """A deployment with an official account, on each engine; nothing runs yet."""
    with deployment(with_account(make_settings, database_url=database_url)) as made:
        yield made


def count(made: Deployment, table: type[Inbox] | type[Ticket]) -> int:
    app = made.app()
    try:
        with app.reading() as db:
            return db.scalar(select(func.count()).select_from(table)) or 0
    finally:
        app.close()


def keys(made: Deployment) -> list[str]:
    app = made.app()
    try:
        with app.reading() as db:
            return list(db.scalars(select(Inbox.key)))
    finally:
        app.close()


def name_of(push: Push) -> str:
    return str(push.fields["MsgId"])


@dataclass
class Crowd:
    """Residents who write all the time, each push once; remembers which were answered."""

    address: str
    answered: list[Push] = field(default_factory=list)
    refused: list[Push] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def await_answers(self, more: int) -> None:
        wanted = len(self.answered) + more
        until(lambda: len(self.answered) >= wanted)

    def write(self, who: int) -> None:
        side = platform(self.address)
        for number in range(10**6):
            if self.over.is_set():
                return
            push = side.text(f"oResident{who}", f"{TALK}{number}")
            try:
                side.try_once(push)
            except (Unacceptable, ConnectionError, OSError):
                self.refused.append(push)
                time.sleep(0.02)
            else:
                self.answered.append(push)


def kill_under_load(town: Deployment, kills: int, seed: int) -> None:
    chance = random.Random(seed)
    port = free_port()
    process, address = town.web(port)
    crowd = Crowd(address)
    with ThreadPoolExecutor(6) as pool:
        for who in range(6):
            pool.submit(crowd.write, who)
        try:
            for _ in range(kills):
                crowd.await_answers(10)
                time.sleep(chance.uniform(0, 0.3))
                process.kill()
                process, _ = town.web(port)
            crowd.await_answers(1)
        finally:
            crowd.over.set()
    process.kill()
    taken = keys(town)
    assert crowd.refused, "no kill ever met a request"
    kept = {key.rpartition(":")[2] for key in taken}
    assert [name_of(push) for push in crowd.answered if name_of(push) not in kept] == []
    assert len(taken) == len(set(taken))


@pytest.fixture
def seed() -> int:
    """Printed by pytest when a test fails."""
    return random.randrange(10**6)


def test_everything_that_was_answered_before_a_kill_is_in_the_inbox(town: Deployment, seed: int) -> None:
    kill_under_load(town, 2, seed)


@pytest.mark.soak
def test_everything_that_was_answered_before_many_kills_is_in_the_inbox(town: Deployment, seed: int) -> None:
    kill_under_load(town, 25, seed)


def test_the_same_message_at_two_processes_at_once_is_one_ticket_with_one_answer(town: Deployment) -> None:
    sides = [platform(town.web()[1]) for _ in range(2)]
    pushes = [sides[0].text(f"oResident{number}", LAMP) for number in range(6)]
    tries = [(side, push) for push in pushes for side in sides * 3]
    with ThreadPoolExecutor(12) as pool:
        heard = list(pool.map(lambda pair: pair[0].push(pair[1]), tries))
    for number in range(6):
        answers = set(heard[number * 6 : number * 6 + 6])
        assert len(answers) == 1
        assert None not in answers
    assert count(town, Ticket) == count(town, Inbox) == 6


@pytest.fixture
def away(town: Deployment) -> Iterator[Callable[[bool], None]]:
    """Takes the database away from running processes: PostgreSQL lets nobody in, SQLite's file is locked up."""
    url = make_url(town.settings.database_url)
    if url.get_backend_name() == "sqlite":
        stranger = plain_engine(url, isolation_level="AUTOCOMMIT").connect()
        statements = {True: ["BEGIN EXCLUSIVE"], False: ["COMMIT"]}
    else:
        stranger = plain_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT").connect()
        allow = f"ALTER DATABASE {url.database} ALLOW_CONNECTIONS"
        end = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{url.database}'"
        statements = {True: [f"{allow} false", end], False: [f"{allow} true"]}
    gone = False

    def switch(off: bool) -> None:
        nonlocal gone
        for statement in statements[off]:
            stranger.execute(text(statement))
        gone = off

    yield switch
    if gone:
        switch(False)
    stranger.close()
    stranger.engine.dispose()


def test_without_its_database_every_message_is_answered_and_comes_in_later(
    town: Deployment, away: Callable[[bool], None]
) -> None:
    process, address = town.web()
    side = platform(address)
    assert side.push(side.text("oBefore", LAMP)) is not None
    away(True)
    pushes = [side.text(f"oDuring{number}", LAMP) for number in range(4)]
    for push in pushes:
        assert side.push(push, attempts=3) is None  # "success": nothing to say yet, and no repeat is wanted
    away(False)
    until(lambda: count(town, Ticket) == 5)
    assert count(town, Inbox) == 5
    assert list((town.settings.data / "spool").glob("*.msg")) == []
    assert "Traceback" not in process.said
    assert "oDuring" not in process.said
    assert owed(town) == 4, "what was said meanwhile is answered by a message of its own"


def owed(town: Deployment) -> int:
    """Answers that wait to be sent, with the number of a ticket in them."""
    app = town.app()
    try:
        with app.reading() as db:
            rows = db.scalars(select(Outbox).where(Outbox.state == OutboxState.WAITING)).all()
            texts = [app.vault.open(row.text or "", "outbox.text", row.ref) for row in rows]
    finally:
        app.close()
    return sum("编号" in said for said in texts)


def test_a_process_killed_while_the_database_is_away_loses_nothing(
    town: Deployment, away: Callable[[bool], None]
) -> None:
    port = free_port()
    process, address = town.web(port)
    side = platform(address)
    away(True)
    pushes = [side.text(f"oDuring{number}", LAMP) for number in range(3)]
    for push in pushes:
        side.push(push)
    process.kill()
    away(False)
    town.web(port)
    until(lambda: count(town, Ticket) == 3)
    for push in pushes:  # the platform was not sure either
        side.push(push)
    assert count(town, Inbox) == 3


def test_when_the_disk_refuses_as_well_the_answer_is_503(town: Deployment, away: Callable[[bool], None]) -> None:
    (town.settings.data / "spool").write_text("in the way")
    process, address = town.web()
    side = platform(address)
    away(True)
    with pytest.raises(Unacceptable, match="503"):
        side.try_once(side.text("oDuring", LAMP))
    assert "Traceback" not in process.said


def test_intake_flat_out_leaves_the_clock_and_delivery_their_turn(town: Deployment) -> None:
    """On SQLite one process committing back to back would lock out every other without the fair gate."""
    _, address = town.web()
    app = town.app()
    crowd = Crowd(address)
    answered = []  # while somebody else waited for one turn
    with ThreadPoolExecutor(8) as pool:
        for who in range(8):
            pool.submit(crowd.write, who)
        try:
            crowd.await_answers(20)
            for _ in range(40):
                before = len(crowd.answered)
                with app.writing() as db:
                    db.execute(text("UPDATE marks SET value = value"))
                answered.append(len(crowd.answered) - before)
            crowd.await_answers(1)
        finally:
            crowd.over.set()
    app.close()
    assert max(answered) <= 40  # counted, not timed: a few batches of eight; measured: one


def test_stopping_in_good_order_finishes_what_was_begun(town: Deployment) -> None:
    process, address = town.web()
    crowd = Crowd(address)
    with ThreadPoolExecutor(6) as pool:
        for who in range(6):
            pool.submit(crowd.write, who)
        crowd.await_answers(10)
        code = process.stop()
        crowd.over.set()
    assert code in {0, -15}
    kept = {key.rpartition(":")[2] for key in keys(town)}
    assert [name_of(push) for push in crowd.answered if name_of(push) not in kept] == []
    assert "Traceback" not in process.said


def test_the_crowd_pushes_encrypted() -> None:
    """These tests would prove less without the platform's own cryptography."""
    side: OfficialAccountPlatform = platform("")
    assert b"<Encrypt>" in side.callback(side.text("oResident", TALK)).body
    assert TALK.encode() not in side.callback(side.text("oResident", TALK)).body
