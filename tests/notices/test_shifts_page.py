"""A call for help on its page: one tap to come, one to leave, and who is not known is told what to say."""

from __future__ import annotations

import re
from functools import partial

import pytest
from sqlalchemy import delete, select, update

from bot.web import shifts
from storage import shifts as joining
from storage.notice_groups import link_of
from storage.notice_people import GroupPost, Shift, SignUp
from storage.notices import Notice
from storage.people import Account, Group, Role, Unit, UnitKind
from tests.intake.test_races import at_once
from tests.notices.pages import Browser, browser_of, everything, work
from tests.notices.test_page import link
from tests.notices.world import World

CALL = "招募 周末清洁日\n周六 9:00-11:00 东门 1人\n周日 14:00-16:00 西门 3人"


@pytest.fixture
def call(world: World) -> World:
    admin = world.member(Role.ADMIN, world.households(12, communities=1))
    with world.app.writing() as db:  # the group is one of the estate
        estate = db.scalars(select(Unit.id).where(Unit.kind == UnitKind.ESTATE)).first()
        db.execute(update(Group).values(unit_id=estate, mode="direct"))
    admin.says(CALL)
    admin.says("确认发送 1 12户")
    work(world)
    return world


@pytest.fixture
def browser(call: World) -> Browser:
    made = browser_of(call)
    made.web.include_router(shifts.router)
    return made


def states(world: World) -> list[str]:
    with world.app.reading() as db:
        return list(db.scalars(select(SignUp.state).order_by(SignUp.id)))


def test_a_tap_to_come_and_one_to_leave(call: World, browser: Browser) -> None:
    mine, neighbour = link(call, 0), link(call, 1)
    assert f"{mine.rpartition('/')[2]}/shifts" in browser.get(mine).text
    before = everything(call)
    page = browser.get(f"{mine}/shifts").text
    assert everything(call) == before  # a GET writes nothing
    assert "3月7日（周六）9:00–11:00 东门" in page
    assert "要 1 人，已报 0 人" in page
    for _ in range(2):  # a second tap changes nothing
        answer = browser.post(f"{mine}/shifts", data={"shift": "1", "leave": "false"}, follow=False)
    assert answer.headers["location"] == "shifts"
    assert "您报上了" in browser.get(f"{mine}/shifts").text
    browser.post(f"{neighbour}/shifts", data={"shift": "1", "leave": "false"})
    assert "您在候补第 1 位" in browser.get(f"{neighbour}/shifts").text
    assert states(call) == ["in", "waiting"]
    browser.post(f"{mine}/shifts", data={"shift": "1", "leave": "true"})
    assert states(call) == ["out", "in"]
    assert "您报上了" in browser.get(f"{neighbour}/shifts").text


def test_who_is_not_known_is_told_what_to_say(call: World, browser: Browser) -> None:
    with call.app.reading() as db:
        post = db.scalars(select(GroupPost)).first()
        assert post is not None
        token = link_of(call.app.vault, post)
    page = browser.get(f"/n/{token}/shifts")
    assert page.status_code == 200
    assert "「报名 1 1」" in page.text
    assert re.search(r"<form|<button", page.text) is None
    browser.post(f"/n/{token}/shifts", data={"shift": "1", "leave": "false"})
    assert states(call) == []


@pytest.mark.parametrize("token", ["x" * 22, "short"])
def test_a_link_that_nobody_was_given(call: World, browser: Browser, token: str) -> None:
    assert browser.get(f"/n/{token}/shifts").status_code == 404
    assert browser.post(f"/n/{token}/shifts", data={"shift": "1", "leave": "false"}).status_code == 404


def test_a_notice_that_calls_nobody_has_no_shifts(call: World, browser: Browser) -> None:
    with call.app.writing() as db:
        db.query(Shift).delete()
    assert "我要报名" not in browser.get(link(call)).text
    assert browser.get(f"{link(call)}/shifts").status_code == 404


def test_a_shift_that_is_over_or_called_off(call: World, browser: Browser) -> None:
    with call.app.writing() as db:
        db.execute(update(Shift).where(Shift.number == 1).values(stood_down_at=call.clock.at))
    page = browser.get(f"{link(call)}/shifts").text
    assert "这一班取消了" in page
    browser.post(f"{link(call)}/shifts", data={"shift": "1", "leave": "false"})
    with call.app.writing() as db:
        db.execute(update(Notice).values(state="cancelled"))
    browser.post(f"{link(call)}/shifts", data={"shift": "2", "leave": "false"})
    assert states(call) == []
    assert "已经取消了" in browser.get(f"{link(call)}/shifts").text


def test_the_last_place_is_given_once_to_six_who_want_it_at_once(call: World) -> None:
    """Sabotage: without the lock on the shift's row two of them are in, on PostgreSQL."""
    with call.app.reading() as db:
        people = list(db.scalars(select(Account.id).order_by(Account.id).limit(6)))
        shift_id = db.scalars(select(Shift.id).where(Shift.number == 1)).one()

    def joins(account_id: int) -> str:
        with call.app.writing() as db:
            return joining.join(db, shift_id, account_id, [account_id], call.clock.at)

    for _ in range(3):
        came = at_once(*(partial(joins, account_id) for account_id in people))
        assert sorted(came) == ["in"] + ["waiting"] * 5
        with call.app.writing() as db:
            db.execute(delete(SignUp))
