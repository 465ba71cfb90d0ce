"""Every effect exists once by its name: said twice, it is there once, whoever says it and however many at a time."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from bot.owe import Desk, owe
from bot.settings import Settings
from bot.wiring import App, build
from handlers.message import Person, Reply
from storage.inbox import Inbox
from storage.outbox import Outbox
from tests.delivery.office import KNOWS, Moody, Office


@pytest.fixture
def processes(settings: Settings) -> Iterator[list[App]]:
    """Several programs on one database."""
    apps = [build(settings) for _ in range(4)]
    yield apps
    for app in apps:
        app.close()


def say(app: App, account: int, text: str, name: str) -> None:
    with app.writing() as db:
        wall = app.clock.wall()
        owe(Desk(db, app.vault, app.channels, wall, wall), [Reply(text, Person(account), name=name)], None)


def test_a_reply_of_a_name_is_owed_once(office: Office, knows: Moody) -> None:
    person = office.account(KNOWS, "王阿姨")
    say(office.app, person, "已办结", "ticket:17:told:3")
    say(office.app, person, "已办结（又一次）", "ticket:17:told:3")
    assert len(office.states()) == 1


def test_a_reply_of_a_name_is_owed_once_by_many_processes_at_once(
    office: Office, knows: Moody, processes: list[App]
) -> None:
    person = office.account(KNOWS, "王阿姨")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda app: say(app, person, "已办结", "ticket:17:told:3"), processes * 3))
    assert len(office.states()) == 1


def test_the_next_round_of_a_promise_is_another_name(office: Office, knows: Moody) -> None:
    """A legitimate repeat is never swallowed."""
    person = office.account(KNOWS, "王阿姨")
    for round_ in range(3):
        say(office.app, person, "请评价", f"ticket:17:r{round_}:rate")
    assert len(office.states()) == 3


def test_the_tables_themselves_refuse_a_second_row_of_a_name(office: Office) -> None:
    person = office.account(KNOWS, "王阿姨")
    office.owe(person, "一", name="ticket:17:told:3")
    with pytest.raises(IntegrityError):
        office.owe(person, "二", name="ticket:17:told:3")


def test_the_inbox_refuses_a_second_row_of_a_key(office: Office) -> None:
    wall = office.app.clock.wall()

    def hear() -> None:
        with office.app.writing() as db:
            db.add(Inbox(key="in:oa:wx1:1", door="oa:wx1", kind="text", said_at=wall, received_at=wall))

    hear()
    with pytest.raises(IntegrityError):
        hear()
    with office.app.reading() as db:
        assert db.scalar(select(func.count()).select_from(Inbox)) == 1
        assert db.scalar(select(func.count()).select_from(Outbox)) == 0
