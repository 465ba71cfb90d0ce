"""What staff say to each other, and what they only tell on: it moves nothing unless it can only mean one ticket.

Sabotage that must turn these red: do at once what is said among colleagues; let words of work become part of what
somebody reported.
"""

from __future__ import annotations

import pytest

from tests.conversations.stage import OFFICE, RESIDENTS, Stage, standing, to


@pytest.mark.parametrize(
    "talk",
    [
        "1点我来接",
        "3号开会",
        "1号楼的灯我去看看",
        "2天内弄完",
        "1 2 3 开始",
        "我去吃饭了",
        "我来晚了",
        "接小孩去了",
        "好了好了不说了",
        "这个我来不及了",
        "谁有3号楼电梯维保电话",
        "吹哨人那个电影看了吗",
        "交接班表谁有",
        "1号谁去？",
        "2号没人接吗",
        "灯换好了吗",
        "哪些快超时了",
        "现在是什么模式",
        "改成直接",
        "他接错了电话",
        "我手上有几个橘子",
        "材料弄好了，发你了",
        "报表做好了",
    ],
)
def test_talk_among_colleagues_moves_nothing(three: Stage, talk: str) -> None:
    three.say("小赵", "接单 1")
    before = [three.facts(number) for number in (1, 2, 3)]
    assert three.say("小赵", talk, OFFICE) == []
    assert [three.facts(number) for number in (1, 2, 3)] == before
    assert len(three.tickets()) == 3


@pytest.mark.parametrize(
    ("words", "order"),
    [("修好了", "办结 1"), ("灯换好了", "办结 1"), ("已经联系维修公司，半小时到", "进展 1"), ("师傅在路上", "进展 1")],
)
def test_what_can_only_be_of_the_one_ticket_in_hand_is_asked_in_private(lamp: Stage, words: str, order: str) -> None:
    said = lamp.say("小赵", words, OFFICE)
    assert f"您是不是要「{order}" in to(said, "小赵")[0]
    assert {whom for whom, _ in said} == {"小赵"}
    assert lamp.facts(1)[-1] == "accepted"


def test_all_that_waits_is_taken_in_the_group_of_the_office(three: Stage) -> None:
    assert "「接单 2 1 3」" in to(three.say("小赵", "都接了", OFFICE), "小赵")[0]  # the pressing one first
    three.say("小赵", "是")
    assert standing(three) == ["accepted"] * 3


def test_what_is_of_the_only_one_that_waits_is_asked_too(town: Stage) -> None:
    """这个我来, to the bot alone, is done at once; among colleagues it may have been an answer to one of them."""
    town.say("王阿姨", "3号楼门口路灯坏了半个月了", RESIDENTS)
    assert "「接单 1」" in to(town.say("小赵", "这个我来", OFFICE), "小赵")[0]
    assert standing(town) == ["reported"]


def test_on_the_way_is_of_what_one_has_in_hand_and_not_of_what_waits(town: Stage) -> None:
    town.say("王阿姨", "3号楼门口路灯坏了半个月了", RESIDENTS)
    assert town.say("小赵", "师傅在路上", OFFICE) == []


FOUND_OUT = [
    "按钮要等配件",
    "厂家说按钮缺货",
    "师傅说主板坏了，要等配件",
    "主板烧了，得换",
    "电梯主板坏了",
    "看过了，是控制板烧了",
    "缺材料",
    "要申请维修资金",
    "配件后天才有",
    "业主不开门",
    "住户家里一直没人",
    "今天弄不完",
    "要叫维保来",
    "明天继续",
]


@pytest.mark.parametrize("accepted", [True, False])
@pytest.mark.parametrize("words", FOUND_OUT)
def test_what_they_find_out_is_of_what_they_work_on(town: Stage, words: str, *, accepted: bool) -> None:
    town.say("王阿姨", "8号楼电梯按钮不亮", RESIDENTS)
    if accepted:
        town.say("小赵", "接单 1")
    assert "「进展 1 " in to(town.say("小赵", words), "小赵")[0]
    assert len(town.tickets()) == 1
    assert "正在处理" in "".join(to(town.say("小赵", "是"), "王阿姨"))


@pytest.mark.parametrize("words", ["按钮要等配件", "厂家说缺货", "缺材料", "主板烧了，得换"])
def test_of_several_in_hand_it_is_asked_which(three: Stage, words: str) -> None:
    three.say("小赵", "接单 1 2 3")
    assert "是哪一张" in to(three.say("小赵", words), "小赵")[0]
    assert len(three.tickets()) == 3


@pytest.mark.parametrize(
    "words", ["5号楼单元门坏了，得换", "6号楼东边水管漏了，要找人修", "3号楼消防栓没水，我刚看到的"]
)
def test_what_they_find_elsewhere_is_a_find(lamp: Stage, words: str) -> None:
    lamp.say("小赵", words)
    assert len(lamp.tickets()) == 2


def test_whoever_runs_to_an_emergency_says_that_they_are_there(town: Stage) -> None:
    """Nobody has accepted it, and it rings on: their words are a message about it, and yes is an acceptance."""
    town.say("王阿姨", "5号楼东边着火了！！", RESIDENTS)
    assert "「进展 1 已到现场" in to(town.say("小赵", "已到现场，是垃圾桶着了，已扑灭", OFFICE), "小赵")[0]
    assert "正在处理：已到现场" in to(town.say("小赵", "是"), "王阿姨")[0]
    assert town.facts(1)[-2:] == ["accepted", "progress"]


@pytest.mark.parametrize("talk", ["1 2 3都我接", "1号归我", "3号啥情况", "灯修好了"])
def test_residents_say_none_of_it(three: Stage, talk: str) -> None:
    before = standing(three)
    three.say("老周", talk, RESIDENTS)
    three.say("李婶", talk)
    assert not any("接单" in text for _, text in three.say("老周", talk))
    assert standing(three) == before


@pytest.mark.parametrize(
    "words",
    [
        "今晚谁值班",
        "改派物业",
        "1派城管",
        "1分类错了",
        "1号给城管队",
        "还是给物业吧",
        "是",
        "值班老何电话",
        "梧桐社区今天几件",
    ],
)
def test_words_of_work_are_no_part_of_what_staff_reported(town: Stage, words: str) -> None:
    town.say("派单员", "3号楼门口路灯不亮")
    said = town.say("派单员", words)
    assert town.facts(1) == ["opened"]
    assert {who for who, _ in said} == {"派单员"}


def test_what_they_tell_on_still_is(town: Stage) -> None:
    town.say("小刘", "门口保安打起来了")
    town.say("小刘", "两个人都受伤了")
    town.say("小刘", "在东门口")
    assert town.facts(1).count("added") == 2
    assert town.ticket(1).place == ["东门"]
