"""Words that sound like commands, said by people who chat, mistype or want to know too much.

Sabotage that must turn these red: let every staff word count in a residents' group; answer who reported something; say
of what went elsewhere that it is done, and nothing else.
"""

from __future__ import annotations

import pytest

from tests.conversations.offices import with_departments
from tests.conversations.stage import OFFICE, RESIDENTS, Stage, to


@pytest.fixture
def lamp(town: Stage) -> Stage:
    town.say("王阿姨", "3号楼门口路灯坏了半个月了", RESIDENTS)
    return town


@pytest.mark.parametrize(
    "talk",
    ["延期到周五的快递还没到", "值班的人呢", "移交给下一任", "退回去吧", "协调一下吧", "不受理就算了", "交班时间改"],
)
def test_staff_are_neighbours_too(lamp: Stage, talk: str) -> None:
    assert lamp.say("小赵", talk, RESIDENTS) == []
    assert lamp.ticket(1).status == "reported"


def test_what_was_meant_as_a_command_there_is_still_answered(lamp: Stage) -> None:
    assert "请私下对我说" in to(lamp.say("小赵", "延期 1 到周五 等配件", RESIDENTS), "小赵")[0]
    assert "请私下对我说" in to(lamp.say("小赵", "退单", RESIDENTS), "小赵")[0]


def test_a_room_for_those_on_duty_is_a_place(town: Stage) -> None:
    said = town.say("小赵", "值班室漏水了，地上全是水")
    assert "已登记，编号 1" in to(said, "小赵")[0]
    assert "值班：" in to(town.say("周书记", "值班今晚 小赵"), "周书记")[0]


@pytest.mark.parametrize("who", ["小刘", "李婶", "王阿姨"])
@pytest.mark.parametrize("asks", ["谁报的", "1 谁报的", "1号是谁投诉的", "报事人是谁", "投诉人电话多少"])
def test_nobody_is_told_who_reported(lamp: Stage, who: str, asks: str) -> None:
    lamp.say("小赵", "转派 1 安居物业")
    said = to(lamp.say(who, asks), who)
    assert said[0].startswith("谁报的，门口不对外说")
    assert len(lamp.tickets()) == 1


def test_a_resident_who_says_what_staff_say_hears_of_their_own(lamp: Stage) -> None:
    assert to(lamp.say("王阿姨", "查 1"), "王阿姨") == ["1（道路设施）：已登记，等人接手，最迟今天 17:00。"]
    assert "只有报事人" in to(lamp.say("李婶", "查 1"), "李婶")[0]


@pytest.mark.parametrize("order", ["代报3号楼张阿姨家漏水 13800000000", "巡查3号楼消火栓没水"])
def test_a_blank_that_was_left_out(town: Stage, order: str) -> None:
    town.say("小赵", order)
    assert town.ticket(1).source in ("proxy", "patrol")


def test_what_went_elsewhere_says_whom_to_ask_as_long_as_anybody_asks(lamp: Stage) -> None:
    lamp.say("周书记", "移交 1 供电公司 编号 2026-0315 电话 95598")
    for _ in range(2):
        lamp.wait(days=3, minutes=2)
        told = to(lamp.say("王阿姨", "进度 1"), "王阿姨")[0]
        assert all(word in told for word in ("供电公司", "2026-0315", "95598"))
    assert lamp.ticket(1).status == "closed"


def test_what_was_refused_says_why_and_where_to_turn(lamp: Stage) -> None:
    lamp.say("周书记", "不予受理 1 不在本辖区 请找江滨社区")
    lamp.wait(minutes=2)
    told = to(lamp.say("王阿姨", "进度 1"), "王阿姨")[0]
    assert "不在本辖区" in told
    assert "不同意" in told


def test_a_room_does_not_hide_in_the_number_of_a_building(town: Stage) -> None:
    """501 and 3号楼, joined, were 5013号楼, and no rule knew that for a room."""
    said = town.say("王阿姨", "我是3号楼501的，3号楼门口路灯坏了半个月了", RESIDENTS)
    assert "梧桐里小区3号楼501" in to(said, "小赵")[0]
    aloud = [text for name, text in said if name in (OFFICE, RESIDENTS)]
    assert aloud
    assert "501" not in "".join(aloud)
    said = town.say("李婶", "501漏水，8号楼2单元", RESIDENTS)
    aloud = [text for name, text in said if name in (OFFICE, RESIDENTS)]
    assert aloud
    assert "501" not in "".join(aloud)


def test_a_unit_that_was_asked_for_is_no_report(lamp: Stage) -> None:
    """消防, said alone, is read as a matter of fire safety."""
    with_departments(lamp)
    desk = lamp.ticket(1).desk_id
    assert "转给谁" in to(lamp.say("小赵", "转派 1"), "小赵")[0]
    assert "已转给消防救援站" in to(lamp.say("小赵", "消防"), "小赵")[0]
    assert len(lamp.tickets()) == 1
    assert lamp.ticket(1).desk_id != desk


@pytest.mark.parametrize(
    "talk", ["办结率多少", "进展如何", "接单率是多少", "办结了吗", "求助热线几号", "退单吧外卖", "完成 了"]
)
def test_talk_among_colleagues_writes_nothing_on_the_only_ticket(lamp: Stage, talk: str) -> None:
    """With one ticket in hand a command needs no number: then 办结率多少 would end it, with 率多少 for evidence."""
    lamp.say("小赵", "接单 1")
    known = lamp.facts(1)
    lamp.say("小赵", talk, OFFICE)
    assert lamp.facts(1) == known
    lamp.say("小赵", "办结率多少")
    assert lamp.ticket(1).status == "accepted"


def test_a_command_among_colleagues_still_counts(lamp: Stage) -> None:
    lamp.say("小赵", "接单", OFFICE)
    lamp.say("小赵", "进展 下午去换", OFFICE)
    lamp.say("小赵", "办结灯泡已换", OFFICE, quoted=lamp.card(1, "小赵"))
    assert lamp.ticket(1).status == "resolved"


def test_a_report_that_asks_to_whom_to_complain_is_a_report(town: Stage) -> None:
    town.say("王阿姨", "3号楼路灯坏了，找谁投诉")
    assert [ticket.category for ticket in town.tickets()] == ["road_facility"]
