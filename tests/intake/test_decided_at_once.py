"""What waits for a person, decided twice in one moment, or while it is taken back, added to or switched away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot import clock
from bot.settings import Settings
from handlers.groups import changing_modes, confirming, holding
from handlers.groups.changing_modes import Doing
from handlers.message import Kind
from storage.facts import Fact, FactKind
from storage.inbox import Inbox
from storage.listening import Candidate, Change, Example
from storage.people import Group
from storage.timers import Timer
from storage.workflow import Status
from tests.intake.front import GROUP, LAMP, Front, open_front, said
from tests.intake.test_races import at_once


@pytest.fixture
def front(front: Front) -> Front:
    with front.app.writing() as db:
        db.execute(update(Group).where(Group.chat == GROUP).values(mode="review"))
    return front


@pytest.fixture
def other(front: Front, oa_settings: Settings) -> Iterator[Front]:
    """A second process' program on the same database."""
    opened = open_front(oa_settings, furnished=True)
    yield opened
    opened.app.close()


def told(front: Front) -> Candidate:
    """Something waits for a yes."""
    front.intake.take_now(said("李婶", LAMP, key="in:memory:told"))
    return held(front)


def held(front: Front) -> Candidate:
    with front.app.reading() as db:
        return db.scalars(select(Candidate)).one()


def staff(front: Front, who: str, words: str) -> None:
    front.intake.take_now(said(who, words, None, addressed=True))


@contextmanager
def meanwhile(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, deed: Callable[[], None]) -> Iterator[None]:
    """Another process is done with its deed when the first one is just about to do this."""
    whole = getattr(module, name)
    done: list[bool] = []

    def first(*given: Any, **more: Any) -> Any:
        if not done:
            done.append(True)
            deed()
        return whole(*given, **more)

    with monkeypatch.context() as patch:
        patch.setattr(module, name, first)
        yield
    assert done


@pytest.fixture
def side_by_side(front: Front) -> None:
    if front.app.engine.dialect.name != "postgresql":
        pytest.skip("one writer at a time anyway")


@pytest.mark.parametrize("before", ["waiting", "wrong"])
def test_two_who_confirm_at_once_open_one_ticket(front: Front, other: Front, before: str) -> None:
    number = told(front).number
    if before == "wrong":
        staff(front, "小赵", f"不是 {number}")
    at_once(
        lambda: staff(front, "小赵", f"立单 {number}"),
        lambda: staff(other, "周书记", f"立单 {number}"),
    )
    assert len(front.tickets()) == 1
    assert held(front).state == "opened"
    with front.app.reading() as db:
        assert list(db.scalars(select(Fact.kind))).count(FactKind.OPENED) == 1
        assert len(db.scalars(select(Example)).all()) == 1


@pytest.mark.usefixtures("side_by_side")
def test_of_two_who_think_better_of_it_one_is_too_late(
    front: Front, other: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = told(front).number
    staff(front, "小赵", f"不是 {number}")
    with meanwhile(monkeypatch, confirming, "is_there", lambda: staff(other, "周书记", f"立单 {number}")):
        staff(front, "小赵", f"立单 {number}")
    assert len(front.tickets()) == 1


def test_a_yes_and_a_taking_back_at_once_leave_nothing_open(front: Front, other: Front) -> None:
    number = told(front).number
    recall = said("李婶", "", key="in:memory:recall", kind=Kind.RECALL, quoted="in:memory:told")
    at_once(lambda: staff(front, "小赵", f"立单 {number}"), lambda: other.intake.take_now(recall))
    assert [row.status for row in front.tickets()] in ([], [Status.WITHDRAWN])
    assert held(front).words is None


@pytest.mark.usefixtures("side_by_side")
def test_what_is_said_of_it_while_it_is_opened_is_not_lost(
    front: Front, other: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = told(front).number
    with meanwhile(monkeypatch, holding, "go_with", lambda: staff(other, "小赵", f"立单 {number}")):
        front.intake.take_now(said("老周", "我家也是", key="in:memory:added"))
    [ticket] = front.tickets()
    with front.app.reading() as db:
        added = db.scalars(select(Inbox).where(Inbox.key == "in:memory:added")).one()
        assert added.ticket_id == ticket.id


def switch(front: Front, mode: str) -> None:
    with front.app.writing() as db:
        group = db.scalars(select(Group).where(Group.chat == GROUP)).one()
        changing_modes.switch(Doing(db, front.app.clock.now(db), front.app.policy), group, mode)


def test_a_yes_and_a_switch_into_shadow_at_once(front: Front, other: Front) -> None:
    number = told(front).number
    at_once(lambda: staff(front, "小赵", f"立单 {number}"), lambda: switch(other, "shadow"))
    candidate, tickets = held(front), front.tickets()
    assert (candidate.state, candidate.mode, len(tickets)) in (("opened", "review", 1), ("waiting", "shadow", 0))
    if tickets:
        with front.app.reading() as db:
            assert db.get_one(Inbox, candidate.inbox_id).forget_at is None


@pytest.mark.usefixtures("side_by_side")
def test_a_yes_is_too_late_for_a_group_that_has_gone_into_shadow(
    front: Front, other: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = told(front).number
    with meanwhile(monkeypatch, confirming, "is_there", lambda: switch(other, "shadow")):
        staff(front, "小赵", f"立单 {number}")
    assert front.tickets() == []
    assert (held(front).state, held(front).mode) == ("waiting", "shadow")


def test_two_clocks_send_one_list(front: Front, other: Front) -> None:
    switch(front, "shadow")
    front.intake.take_now(said("李婶", LAMP))
    with front.app.writing() as db:
        before = front.app.clock.now(db) - timedelta(minutes=1)
        db.execute(update(Timer).where(Timer.kind == "shadow:list").values(due_at=before))
    rang = at_once(lambda: clock.tick(front.app), lambda: clock.tick(other.app))
    assert sum(rang) == 1
    lists = [row for row in front.outbox() if row.name.startswith("shadow:list:")]
    assert len(lists) == 1
    with front.app.reading() as db:
        assert len(db.scalars(select(Change).where(Change.kind == "listed")).all()) == 1


def test_two_who_switch_at_once_both_say_what_was_before(front: Front, other: Front) -> None:
    told(front)
    at_once(lambda: switch(front, "shadow"), lambda: switch(other, "direct"))
    with front.app.reading() as db:
        first, second = db.scalars(select(Change).where(Change.kind == "mode").order_by(Change.id))
    assert first.data["before"] == "review"
    assert second.data["before"] == first.data["after"]
