"""Who complained is for the grid and the community alone; a group reads places and numbers, never words."""

from __future__ import annotations

import pytest

from handlers.rules.routing import choose, may_own
from storage.people import Role
from tests.conversations.roles import name_of, with_everybody
from tests.conversations.stage import OFFICE, RESIDENTS, Stage, to

LIFT = "3号楼电梯坏了，我叫周大民，电话13987654321，我住3-1203"
TIPOFF = "举报：安居物业乱收费，保洁费私吞，我叫王秀英"
COMPANY, BUREAU = "小刘", "孙队"


@pytest.fixture
def lift(town: Stage) -> Stage:
    """A report in private that names its reporter, handed to the property company."""
    town.say("老周", LIFT)
    town.say("小赵", "转派 1 安居物业")
    return town


def heard_by(town: Stage, *names: str) -> str:
    return "\n".join(
        f"{message.text} {message.card}" for message in town.heard if (message.chat or message.person) in names
    )


def test_a_property_company_never_learns_who_complained(lift: Stage) -> None:
    lift.say("老周", "补充一下，电话13987654321，我家1203")
    lift.say(COMPANY, "接单 1")
    lift.say("老周", "说错了，是4号楼，我是周大民")
    lift.say(COMPANY, "查 1")
    lift.say(COMPANY, "办结 1 修好了")
    lift.say("老周", "还是没修，打我13987654321，我叫周大民")
    read = heard_by(lift, COMPANY)
    assert "电梯坏了" in read
    assert "还是没修" in read
    for secret in ("周大民", "13987654321"):
        assert secret not in read


def test_no_group_reads_the_reporters_or_the_staffs_words(lift: Stage) -> None:
    lift.say("老周", "补充一下，水也漫出来了，找周大民")
    for order in ("查 1", "待办", "查 3号楼"):
        lift.say("周书记", order, OFFICE)
    lift.say(COMPANY, "求助 1 周大民家里没人 1203", OFFICE)
    lift.say(COMPANY, "退单 1 非本辖区，周大民不配合，上级定", OFFICE)
    read = heard_by(lift, OFFICE, RESIDENTS)
    for secret in ("周大民", "1203", "139", "漫出来", "居民说"):
        assert secret not in read
    assert "周大民不配合" in heard_by(lift, "周书记")


def test_a_neighbour_who_joined_reads_no_door_and_no_number(town: Stage) -> None:
    town.say("王阿姨", "三号楼又停水了，一滴都没有", RESIDENTS)
    town.say("李婶", "我家也是", RESIDENTS)
    town.say("小赵", "办结 1 已到3-1203关阀，有事打13812345678")
    said = town.wait(minutes=2)
    assert "1203" in to(said, "王阿姨")[0]
    assert "1203" not in to(said, "李婶")[0]
    assert "138" not in to(said, "李婶")[0]


def test_what_is_said_in_confidence_reaches_no_group_and_not_the_accused(town: Stage) -> None:
    town.say("王阿姨", TIPOFF)
    assert town.ticket(1).confidential
    town.say("王阿姨", "补充：还有一张收据")
    town.say("王阿姨", "进度", RESIDENTS)
    town.say("王阿姨", "进度 1", RESIDENTS)
    for who in (COMPANY, BUREAU):
        for order in ("查 1", "接单 1", "办结 1 好", "核查 1 通过", "转派 1 城管", "进度 1", "待办", "查 梧桐里"):
            town.say(who, order)
        town.press(who, "accept", 1)
    for order in ("查 1", "待办", "查 梧桐里"):
        town.say("周书记", order, OFFICE)
    town.wait(hours=9)
    assert heard_by(town, RESIDENTS) == ""
    for trace in ("新工单", "待派单 1", "物业服务", "保密", "收据"):
        assert trace not in heard_by(town, OFFICE), trace
        assert trace not in heard_by(town, COMPANY, BUREAU), trace
    assert "安居物业乱收费，保洁费私吞" in heard_by(town, "周书记")
    assert "王秀英" not in heard_by(town, "周书记"), "no reporter on any card"


def test_a_tipoff_is_never_handed_to_a_property_company(town: Stage) -> None:
    town.say("王阿姨", TIPOFF)
    desk = town.ticket(1).desk_id
    assert to(town.say("周书记", "转派 1 安居物业"), "周书记")[0].startswith("1 号是保密的")
    assert town.ticket(1).desk_id == desk
    assert not may_own("property_service", "property", "tipoff")
    assert choose([], [1], "居民区", "property_service", "tipoff") is None


def test_who_says_it_does_not_exist_says_the_same_of_what_does_not(town: Stage) -> None:
    town.say("王阿姨", TIPOFF)
    refused = [to(town.say(COMPANY, f"查 {number}"), COMPANY)[0].replace(number, "") for number in ("1", "2")]
    assert refused[0] == refused[1]


def test_a_group_does_not_hear_that_somebody_told_something_in_private(town: Stage) -> None:
    town.say("王阿姨", "三号楼门口路灯坏了半个月了")
    said = town.say("王阿姨", "进度", RESIDENTS)
    assert to(said, RESIDENTS) == []
    assert len(to(said, "王阿姨")) == 1


def test_strangers_change_nothing(lift: Stage) -> None:
    """A resident, another desk, a card pressed in the residents' group, forged numbers."""
    before = lift.ticket(1).version
    for who in ("李婶", "王阿姨", BUREAU):
        for order in (
            "接单 1",
            "转派 1 城管",
            "办结 1 好了",
            "退单 1 不归我",
            "核查 1 通过",
            "进展 1 在修",
            "撤回 1",
            "求助 1 帮",
        ):
            lift.say(who, order)
        for action in ("accept", "resolve", "progress", "verify", "answer:good", "answer:bad", "withdraw", "nothing"):
            lift.press(who, action, 1)
            lift.press(who, action, 999)
            lift.press(who, action, 1, RESIDENTS)
    lift.press(COMPANY, "accept", 1, RESIDENTS)
    assert lift.ticket(1).version == before
    assert "周大民" not in heard_by(lift, "李婶", "王阿姨", BUREAU)


@pytest.mark.parametrize("who", [name_of(Role.BUILDING_LEAD), name_of(Role.OWNERS), name_of(Role.ASSISTANT)])
def test_a_neighbour_with_a_task_who_reports_is_named_to_no_company(town: Stage, who: str) -> None:
    """As staff they stand by name in the history."""
    with_everybody(town)
    town.say(who, "5号楼门口垃圾没人收")
    town.say("小赵", "转派 1 安居物业")
    for reader in (COMPANY, name_of(Role.INSPECTOR)):
        town.say(reader, "查 1")
    town.say("周书记", "查 1", OFFICE)
    town.say("周书记", "查 1")
    assert who not in heard_by(town, COMPANY, name_of(Role.INSPECTOR), OFFICE)
    assert f"登记 {who}" in heard_by(town, "周书记")
