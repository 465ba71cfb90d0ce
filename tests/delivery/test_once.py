"""Every effect exists once by its name: said twice, it is there once, whoever says it and however many at a time."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from bot import notices
from bot.owe import Desk, owe
from bot.settings import Settings
from bot.wiring import App, build
from handlers.message import Person, Reply
from storage.inbox import Inbox
from storage.notices import Ledger, Notice, NoticeState
from storage.outbox import Outbox
from storage.people import Role
from tests.delivery.office import KNOWS, Moody, Office
from tests.notices.world import running


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


def test_a_fan_out_that_is_done_over_owes_each_household_once(settings: Settings) -> None:
    """As after a crash that forgot how far it had come."""
    with running(settings) as world:
        admin = world.member(Role.ADMIN, world.households(60))
        admin.says("通知 明天洗水箱")
        admin.says("确认发送 1 60户")
        for _ in range(2):
            with contextlib.suppress(IntegrityError):  # the ledger may refuse, as long as it stays as it was
                while notices.fan_out_step(world.app):
                    pass
            with world.app.writing() as db:
                db.execute(update(Notice).values(state=NoticeState.CONFIRMED, cursor=0))
        with world.app.reading() as db:
            rows = db.scalars(select(Ledger.household_id)).all()
        assert len(rows) == len(set(rows)) == 60


def test_the_ledger_refuses_a_household_a_second_time(settings: Settings) -> None:
    with running(settings) as world:
        admin = world.member(Role.ADMIN, world.households(20))
        admin.says("通知 明天洗水箱")
        admin.says("确认发送 1 20户")
        while notices.fan_out_step(world.app):
            pass
        with world.app.reading() as db:
            first = db.scalars(select(Ledger).limit(1)).one()
        copy = {column.key: getattr(first, column.key) for column in Ledger.__table__.columns}
        copy |= {"id": None, "link_hash": "another", "link_key": "another"}
        with pytest.raises(IntegrityError), world.app.writing() as db:
            db.add(Ledger(**copy))
