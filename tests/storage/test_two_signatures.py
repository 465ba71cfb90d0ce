"""Several people confirm one notice at the same moment, on both engines: it starts once, and nobody gets it twice."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import select

from bot.notices import run_due
from bot.settings import Settings
from storage.notices import Ledger
from storage.people import Role, UnitKind
from tests.notices.world import Person, World, running

HOUSEHOLDS = 30


@pytest.fixture
def large(settings: Settings) -> Iterator[World]:
    """A street in which more than nine households are many."""
    with running(settings) as world:
        world.households(HOUSEHOLDS)
        notices = replace(world.app.policy.notices, second_above=9)
        world.app.policy = replace(world.app.policy, notices=notices)
        yield world


def at_once(people: list[Person], said: list[str]) -> None:
    """All of them tap the button of the same card."""
    together = threading.Barrier(len(people))

    def tap(person: Person) -> None:
        together.wait()
        said.append(person.presses("notice_confirm", 1)[0].text)

    threads = [threading.Thread(target=tap, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_two_confirmations_at_once_start_it_once(large: World) -> None:
    street = large.unit(UnitKind.STREET)
    admin = large.member(Role.ADMIN, street, "王敏")
    leaders = [large.member(Role.STREET_LEADER, street, name) for name in ("陈主任", "林主任", "何主任")]
    admin.says("通知 周六清洗水箱")
    admin.says(f"确认发送 1 {HOUSEHOLDS}户")
    before, said = large.notice().version, list[str]()
    at_once(leaders, said)
    assert sorted("开始发给" in text for text in said) == [False, False, True]
    assert sum("不会重复发" in text for text in said) == 2
    assert large.notice().version == before + 1
    while run_due(large.app):
        pass
    with large.app.reading() as db:
        assert len(db.scalars(select(Ledger.id)).all()) == HOUSEHOLDS
    assert len(large.sink.messages) == len({message.key for message in large.sink.messages})
