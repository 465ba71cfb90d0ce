"""A resident who only scanned a code at the gate: 微信客服 over real HTTP on both engines, staff by the WeCom app."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import select

from bot.channels import kf_links
from bot.channels.kf import Kf
from bot.platforms.kf_sessions import State
from bot.settings import Settings
from storage.deployment import Pull
from storage.outbox import Outbox
from storage.people import Account, Post, Role, Scene, Staff, Unit, UnitKind
from storage.tickets import Ticket
from tests.platforms.wecom import CORP
from tests.web.town import DESK, Town, town

LIU, CLERK = "wmLiu", "zhou"
DOOR = f"kf:{CORP}"


@pytest.fixture
def here(make_settings: Callable[..., Settings], database_url: str) -> Iterator[Town]:
    with town(make_settings, database_url) as made:
        yield made


def estate_with_worker(here: Town) -> tuple[Unit, Staff]:
    """An estate, and somebody who walks there."""
    with here.app.reading() as db:
        held = select(Post.unit_id).where(Post.role == Role.GRID_WORKER)
        estate = db.scalars(select(Unit).where(Unit.kind == UnitKind.ESTATE, Unit.grid_id.in_(held))).first()
        assert estate is not None
        worker = db.scalars(select(Staff).join(Post).where(Post.unit_id == estate.grid_id)).first()
        assert worker is not None
        return estate, worker


def sign_at_the_gate(here: Town, estate: Unit) -> str:
    """The link behind the QR code of an estate."""
    channel = here.app.channels[DOOR]
    assert isinstance(channel, Kf)
    url = kf_links.link(channel.connected(), DESK, f"u{estate.id}")
    with here.app.writing() as db:
        db.add(Scene(door=DOOR, scene=f"u{estate.id}", unit_id=estate.id, url=url, made_at=here.app.clock.wall()))
    return url


def heard(here: Town) -> list[str]:
    """What Liu was told since the last look."""
    here.pull()
    texts = here.heard("kf", LIU)
    fresh = texts[here.__dict__.setdefault("_seen", 0) :]
    here.__dict__["_seen"] = len(texts)
    return fresh


def account(here: Town) -> Account:
    with here.app.reading() as db:
        return db.scalars(select(Account).where(Account.door == DOOR)).one()


def tickets(here: Town) -> list[Ticket]:
    with here.app.reading() as db:
        return list(db.scalars(select(Ticket).order_by(Ticket.number)))


def test_from_a_code_at_the_gate_to_somebody_who_comes(here: Town) -> None:
    estate, worker = estate_with_worker(here)
    here.kf.people.enter_by_link(LIU, sign_at_the_gate(here, estate))
    (greeting,) = heard(here)
    assert estate.name in greeting
    assert account(here).unit_id == estate.id

    here.kf.people.say(LIU, "3栋电梯坏了")
    (answer,) = heard(here)
    assert "编号 1" in answer
    assert tickets(here)[0].unit_id in (estate.id, estate.grid_id)

    here.bind("zhao", worker)
    here.wecom.staff.say("zhao", "接单 1")
    here.deliver()
    (news,) = heard(here)
    assert "接手" in news
    with here.app.reading() as db:
        assert db.scalars(select(Outbox.state).where(Outbox.account_id == account(here).id)).all() == ["sent"] * 3
        assert db.scalars(select(Pull.done).where(Pull.account == DESK)).one() == 2


def test_a_person_takes_over_and_gives_back(here: Town) -> None:
    estate, _ = estate_with_worker(here)
    here.kf.people.enter_by_link(LIU, sign_at_the_gate(here, estate))
    heard(here)
    here.kf.people.say(LIU, "人工")
    whom, coming = heard(here)
    assert "12345" in whom
    assert "已请工作人员" in coming
    assert here.kf.sessions.conversation(DESK, LIU).state is State.POOL
    assert account(here).with_person_until is not None

    here.kf.people.take_over(CLERK, LIU)
    here.kf.people.answer(CLERK, LIU, "您好，我是小周")
    here.kf.people.say(LIU, "5栋电梯困人了，快来")
    assert heard(here) == ["您好，我是小周"], "the bot is silent between the two of them"
    assert [ticket.urgency for ticket in tickets(here)] == ["emergency"], "and still loses nothing"

    here.kf.people.end(CLERK, LIU)
    heard(here)
    assert account(here).with_person_until is None
    here.kf.people.say(LIU, "进度")
    assert any("1" in text for text in heard(here))


def test_without_listening_nothing_is_lost_and_no_hint_is_refused(here: Town) -> None:
    for number in range(3):
        here.kf.people.say(LIU, f"{number + 3}栋路灯不亮了，半个月了")
    assert tickets(here) == []
    heard(here)
    assert len(tickets(here)) >= 1
    assert here.heard("kf", LIU)
