"""Whoever passed something on sees how it goes and may urge it, as long as it is open.

Sabotage that must turn these red: anybody follows; what was said in confidence is followed; what has ended is; a
company's people follow what was taken from them.
"""

from __future__ import annotations

import pytest

from tests.conversations.stage import OFFICE, RESIDENTS, Stage, to


@pytest.fixture
def town(town: Stage) -> Stage:
    """小赵 gave the lamp to the property company; what 5号楼 has waits at his own desk."""
    town.say("王阿姨", "三号楼门口路灯坏了半个月了", RESIDENTS)
    town.say("老周", "5号楼门口垃圾没人收", RESIDENTS)
    town.say("小赵", "转派 1 物业")
    town.wait(minutes=5)
    return town


def said(town: Stage, words: str, who: str = "小赵") -> str:
    return "\n".join(to(town.say(who, words), who))


@pytest.mark.parametrize("words", ["查 1", "1号啥情况", "1物业接单了吗", "进度 1", "为什么 1"])
def test_what_was_passed_on_is_seen(town: Stage, words: str) -> None:
    heard = said(town, words)
    assert heard.startswith("1 道路设施") or "等人接手" in heard or "1 号：接手截止" in heard
    assert "不在您的范围" in said(town, "查 1", "小钱"), "who did not pass it on sees no more than before"


def test_who_has_it_stands_there(town: Stage) -> None:
    assert "待接单 · 安居物业" in said(town, "查 1")
    town.say("小刘", "接单 1")
    assert "已接单 · 安居物业小刘" in said(town, "查 1", "周书记")
    assert "· 安居物业小刘 ·" in said(town, "查 3号楼")


@pytest.mark.parametrize("words", ["催办 1", "催1", "催一下 1", "催一下物业", "催催"])
def test_what_was_passed_on_is_urged(town: Stage, words: str) -> None:
    heard = town.say("小赵", words)
    assert to(heard, "小赵") == ["已催 1 号的安居物业。"]
    assert "梧桐一网格催办 1 号" in to(heard, "小刘")[0]


def test_nothing_else_is_urged_by_it(town: Stage) -> None:
    assert "「催办」要由" in said(town, "催办 2")
    assert "「催办」要由" in said(town, "催办 1", "小钱")
    assert "nudged" not in town.facts(1)
    assert to(town.say("小赵", "催办 1", OFFICE), OFFICE)[0] == "已催 1 号的安居物业。"


def test_a_colleague_it_was_given_to_is_urged(town: Stage) -> None:
    town.say("小赵", "转派 2 小钱")
    town.say("小钱", "接单 2")
    assert "梧桐一网格催办 2 号" in to(town.say("小赵", "催办 2"), "小钱")[0]
    assert "在您自己手上" in said(town, "催办 2", "小钱") or "要由" in said(town, "催办 2", "小钱")


@pytest.mark.parametrize(
    "words", ["我转出去的有哪些", "我昨天转走的那几个怎么样了", "查转出去的", "我转出去的单子办好了没"]
)
def test_all_of_it_is_listed(town: Stage, words: str) -> None:
    heard = said(town, words)
    assert heard.startswith("您转出去、还没办完的 1 张：\n1 道路设施")
    assert "安居物业" in heard
    assert said(town, words, "小钱") == "您转出去的，现在没有还在办的。"


def test_what_has_ended_is_nobodys_any_more(town: Stage) -> None:
    town.say("小刘", "接单 1")
    town.say("小刘", "办结 1 灯泡已换")
    assert "待核查" in said(town, "查 1")
    town.say("周书记", "核查 1 通过")
    assert "不在您的范围" in said(town, "查 1")
    assert "没有还在办的" in said(town, "我转出去的有哪些")


def test_what_was_said_in_confidence_is_not_followed(town: Stage) -> None:
    town.say("李婶", "我要举报 6号楼有人群租，隔成八间")
    town.say("派单员", "转派 3 城管")
    town.say("孙队", "接单 3")
    assert town.ticket(3).confidential
    town.say("周书记", "转派 3 派单员")
    assert "没有 3 号" in said(town, "查 3", "小赵")
    assert "没有还在办的" in said(town, "我转出去的有哪些", "派单员")


def test_among_neighbours_nothing_is_urged(town: Stage) -> None:
    assert to(town.say("小赵", "催办 1", RESIDENTS), "小刘") == []


def test_a_company_follows_nothing_that_was_taken_from_it(town: Stage) -> None:
    town.say("小刘", "接单 1")
    town.say("小刘", "转派 1 小刘")
    town.say("小刘", "接单 1")
    town.say("周书记", "转派 1 城管")
    assert "不在您的范围" in said(town, "查 1", "小刘")
    assert "城管执法队" in said(town, "查 1"), "and whoever passed it on first sees where it went"


@pytest.mark.parametrize(
    "words",
    ["转2给孙队", "把2转给物业", "把2号工单交给物业", "派2给物业", "转2号给物业", "给物业2", "把2给小钱"],
)
def test_the_number_stands_before_or_behind_what_is_done_with_it(town: Stage, words: str) -> None:
    assert "「转派 2 " in said(town, words)
    assert len(town.tickets()) == 2
