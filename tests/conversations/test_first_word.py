"""Somebody follows an official account and nobody knows yet where they live: the first report of most people."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from storage.people import Account, Unit
from tests.conversations.doors import Doors
from tests.conversations.stage import ESTATE, Stage, to


@pytest.fixture
def doors(town: Stage) -> Doors:
    """Nobody of the cast lives anywhere yet, and there is a second estate."""
    doors = Doors(town)
    with town.app.writing() as db:
        estate = db.scalars(select(Unit).where(Unit.name == ESTATE)).one()
        estate.nicknames = "梧桐里"
        db.execute(update(Account).where(Account.staff_id.is_(None)).values(resident_id=None, unit_id=None))
    doors.estate("和平苑小区")
    return doors


def test_whose_ground_it_is_gets_asked_once_and_its_desk_hears_of_it(doors: Doors) -> None:
    town = doors.town
    (answer,) = to(town.say("生人", "3号楼路灯坏了"), "生人")
    assert "1 号是哪个小区的？" in answer
    assert ESTATE in answer
    assert "和平苑小区" in answer
    said = town.say("生人", "梧桐里的")
    assert to(said, "生人") == [f"好，1 号记在{ESTATE}3号楼了，有人接手就告诉您。"]
    assert any("新工单 1" in text and "路灯" in text for text in to(said, "小赵"))
    ticket = town.ticket(1)
    assert ticket.unit_id == doors.estate_id
    assert ticket.building_id == doors.building_id
    assert ticket.flagged is None


def test_the_next_report_is_not_asked_back(doors: Doors) -> None:
    town = doors.town
    town.say("生人", "3号楼路灯坏了")
    town.say("生人", ESTATE)
    (answer,) = to(town.say("生人", "5号楼下水道堵了，臭水往外冒"), "生人")
    assert "哪个小区" not in answer
    assert town.ticket(2).unit_id == doors.estate_id


def test_whoever_names_the_estate_by_its_everyday_name_is_not_asked(doors: Doors) -> None:
    town = doors.town
    said = town.say("生人", "梧桐里3号楼路灯坏了")
    assert "哪个小区" not in to(said, "生人")[0]
    assert any("新工单 1" in text for text in to(said, "小赵"))


def test_in_an_emergency_the_question_comes_after_what_to_do(doors: Doors) -> None:
    town = doors.town
    (answer,) = to(town.say("生人", "3号楼煤气味好大"), "生人")
    assert answer.startswith("先离开现场，打 119！")
    assert "哪个小区" in answer
    said = town.say("生人", "和平苑小区")
    assert any("和平苑小区3号楼" in text for text in to(said, "小赵"))


def test_what_was_dispatched_by_hand_stays_where_it_is(doors: Doors) -> None:
    town = doors.town
    town.say("生人", "3号楼路灯坏了")
    town.say("派单员", "转派 1 城管执法队")
    desk = town.ticket(1).desk_id
    town.say("生人", "梧桐里的")
    assert town.ticket(1).desk_id == desk
    assert town.ticket(1).unit_id == doors.estate_id
