"""A tip-off names a door: the department that goes there reads it, the reporter's own stands nowhere.

Sabotage that must turn these red: hide every door from the department; show the one that the reporter calls their own.
"""

from __future__ import annotations

import pytest

from storage.people import Role
from tests.conversations.roles import name_of, with_everybody
from tests.conversations.stage import RESIDENTS, Stage, to


def heard_by(town: Stage, who: str) -> str:
    cards = [str(m.card.as_json()) for m in town.heard if m.card and who in (m.person, m.chat)]
    return "\n".join([*(m.text for m in town.heard if who in (m.person, m.chat)), *cards])


@pytest.mark.parametrize(
    "words",
    [
        "我要举报6号楼2单元302开麻将馆，半夜吵，我住301，电话13800001111",
        "6号楼2单元302天天半夜开麻将馆，我要举报，我就住301",
        "我住301，举报6号楼2单元302开麻将馆，半夜吵",
    ],
)
def test_the_department_reads_the_door_it_must_go_to(town: Stage, words: str) -> None:
    town.say("王阿姨", words)
    town.say("孙队", "接单 1")
    for text in (to(town.say("孙队", "查 1"), "孙队")[0], to(town.say("孙队", "待办"), "孙队")[0]):
        assert "6号楼2单元302" in text
    assert "6号楼2单元302" in heard_by(town, "孙队")
    for who in ("孙队", "派单员", "周书记", "小刘", "小赵", RESIDENTS):
        town.say(who, "查 1") if who != RESIDENTS else None
        assert "301" not in heard_by(town, who)
        assert "1380000" not in heard_by(town, who)
    for who in ("小刘", "小赵", RESIDENTS):
        assert "302" not in heard_by(town, who)


@pytest.mark.parametrize(
    "words",
    [
        "举报楼上开麻将馆，半夜吵，6号楼2单元301",
        "我住6号楼2单元301，举报楼上开麻将馆，半夜吵",
        "6号楼2单元301业主实名举报楼上开麻将馆半夜吵",
        "举报6号楼2单元301楼上半夜开麻将馆，吵死了",
        "我6号楼2单元301的，要举报楼上开麻将馆，半夜吵",
    ],
)
def test_a_door_that_may_be_the_reporters_is_read_by_no_department(town: Stage, words: str) -> None:
    town.say("王阿姨", words)
    town.say("孙队", "接单 1")
    town.say("孙队", "查 1")
    assert "6号楼" in heard_by(town, "孙队")
    assert "301" not in heard_by(town, "孙队")


def test_what_the_reporter_says_later_of_their_own_door_hides_nothing_and_shows_nothing(town: Stage) -> None:
    town.say("王阿姨", "我要举报6号楼2单元302开麻将馆，半夜吵")
    town.say("王阿姨", "我家住301，吵得睡不着")
    assert "302" in to(town.say("孙队", "查 1"), "孙队")[0]
    assert "301" not in heard_by(town, "孙队")


def test_a_complaint_that_is_no_tip_off_hides_the_door_as_ever(town: Stage) -> None:
    town.say("王阿姨", "6号楼2单元302漏水漏到我家了", RESIDENTS)
    town.say("小赵", "转派 1 物业")
    town.say("小刘", "查 1")
    assert "302" not in heard_by(town, "小刘")


def test_where_no_department_goes_nobody_else_who_is_not_told_reads_the_door(town: Stage) -> None:
    """It lies with the street, which dispatches: an inspector who sits there looks, and goes to no door."""
    with_everybody(town)
    inspector, dispatcher = name_of(Role.INSPECTOR), name_of(Role.DISPATCHER)
    town.say("王阿姨", "我要举报6号楼2单元302养鸡，半夜打鸣，臭死了")
    assert "6号楼2单元302" in to(town.say(dispatcher, "查 1"), dispatcher)[0]
    assert "6号楼" in to(town.say(inspector, "查 1"), inspector)[0]
    assert "302" not in heard_by(town, inspector)


def test_a_door_that_is_said_later_is_not_shown(town: Stage) -> None:
    """It may be the reporter's: only the door of the first words is plainly the other one."""
    town.say("王阿姨", "我要举报6号楼2单元302开麻将馆，半夜吵，我住301")
    town.say("孙队", "接单 1")
    town.say("王阿姨", "说错了，是6号楼2单元402")
    assert "402" not in to(town.say("孙队", "查 1"), "孙队")[0]
