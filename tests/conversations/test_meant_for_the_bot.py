"""随手拍, and 这个谁管 beneath a quotation: what was meant for the bot though it was not called by name."""

from __future__ import annotations

import pytest

from tests.conversations.stage import OFFICE, RESIDENTS, Stage, to
from tests.conversations.test_group_talk import supporters

UNSURE = "你们看到没有，对面外墙砖是不是快掉了？"  # said among neighbours it is only asked about
HALF = "小区门口变洱海，踩水过的"


def test_what_is_only_asked_about_among_neighbours(town: Stage) -> None:
    town.say("老周", UNSURE, RESIDENTS)
    town.wait(minutes=11)
    assert town.tickets() == []


@pytest.mark.parametrize(
    "before", ["随手拍 ", "随手拍：", "随手拍，", "【随手拍】", "#随手拍# ", "随手拍\n", "@物业小刘 随手拍 "]
)
def test_whoever_begins_with_the_word_means_the_bot(town: Stage, before: str) -> None:
    said = town.say("老周", f"{before}{UNSURE}", RESIDENTS)
    assert "编号 1" in to(said, RESIDENTS)[0]
    assert town.ticket(1).category == "building"
    assert not any("随手拍" in text for text in to(said, "小赵"))


@pytest.mark.parametrize(
    "words", ["随手拍活动开始报名了", "我随手拍的晚霞", "随手拍", "随手拍 ！", "这张是随手拍，楼道的猫"]
)
def test_the_word_in_passing_is_talk(town: Stage, words: str) -> None:
    assert town.say("老周", words, RESIDENTS) == []
    assert town.tickets() == []


def test_behind_the_word_nothing_is_passed_over_silently(town: Stage) -> None:
    said = town.say("老周", "随手拍 今天的晚霞真好看", RESIDENTS)
    assert "没听出要报修的事" in to(said, "老周")[0]
    assert town.tickets() == []


def test_who_is_in_charge_of_what_a_neighbour_said_by_half_is_meant_for_the_bot(town: Stage) -> None:
    town.say("老周", HALF, RESIDENTS)
    assert town.tickets() == []
    town.say("王阿姨", "这个谁管", RESIDENTS, quoted=town.last_key)
    assert (town.ticket(1).category, supporters(town, 1)) == ("drainage", ["王阿姨"])


@pytest.mark.parametrize("quoted", ["今天菜市场的鱼真新鲜", "谁家的猫又上树了，好可爱", "晚上七点广场集合跳舞"])
def test_talk_stays_talk_whoever_asks(town: Stage, quoted: str) -> None:
    town.say("老周", quoted, RESIDENTS)
    assert town.say("王阿姨", "这个谁管", RESIDENTS, quoted=town.last_key) == []
    assert town.tickets() == []


def test_a_colleague_who_begins_so_reports_too(town: Stage) -> None:
    assert town.say("小赵", "随手拍：三号楼门口的井盖翘了", OFFICE)
    assert [row.category for row in town.tickets()] == ["road_facility"]
