"""What a grid worker types with gloves on, and a clerk who has forty tickets: few characters, or many tickets at once.

Sabotage that must turn these red: an answer to a resident without a question; words of work lost in one's own report;
an order of what nobody has accepted taken for a report.
"""

from __future__ import annotations

import pytest

from tests.conversations.stage import RESIDENTS, Stage, standing, to


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("1好", "办结 1"),
        ("1ok", "办结 1"),
        ("1 OK", "办结 1"),
        ("1搞掂", "办结 1"),
        ("1号单已完成", "办结 1"),
        ("1等料", "进展 1 等料"),
        ("1没人", "进展 1 没人"),
        ("1到了", "进展 1 到了"),
        ("1锁着", "进展 1 锁着"),
        ("1打不通电话", "进展 1 打不通电话"),
        ("1要登高车", "求助 1 要登高车"),
        ("1要人帮忙", "求助 1 要人帮忙"),
        ("搞不定", "求助 1 搞不定"),
        ("我一个人弄不动", "求助 1 一个人弄不动"),
    ],
)
def test_a_few_characters_are_enough_and_said_back(lamp: Stage, words: str, meant: str) -> None:
    before = lamp.facts(1)
    assert to(lamp.say("小赵", words), "小赵") == [f"您是不是要「{meant}」？是的话回「是」。"]
    assert lamp.facts(1) == before


@pytest.mark.parametrize("words", ["下一个", "还有吗", "还有啥", "下一单是哪", "接下来呢", "还有活吗"])
def test_what_is_next_is_what_is_left_to_do(lamp: Stage, words: str) -> None:
    assert to(lamp.say("小赵", words), "小赵")[0].startswith("待办 1 张")


@pytest.mark.parametrize("words", ["1在几楼", "1在哪家", "1号是哪栋楼的"])
def test_where_it_is_stands_on_the_ticket(lamp: Stage, words: str) -> None:
    assert to(lamp.say("小赵", words), "小赵")[0].startswith("1 道路设施 梧桐里小区3号楼")


@pytest.mark.parametrize("words", ["1电话多少", "1报的人电话", "1号居民联系方式"])
def test_whoever_wants_a_number_to_ring_hears_how_to_ask_instead(lamp: Stage, words: str) -> None:
    said = to(lamp.say("小赵", words), "小赵")
    assert said[0].startswith("谁报的，门口不对外说")
    assert "进展 编号 要问的话" in said[0]


def test_of_several_it_is_asked_which_wants_help(three: Stage) -> None:
    three.say("小赵", "接单 1 2")
    assert "例如「求助 2」" in to(three.say("小赵", "要人帮忙"), "小赵")[0]


# --- many at once


@pytest.mark.parametrize("words", ["把没人接的都给小钱", "没接的都转小钱", "所有没人接的单子给小钱"])
def test_what_nobody_has_accepted_is_given_away_when_asked_so(three: Stage, words: str) -> None:
    three.say("小赵", "接单 1")
    assert to(three.say("派单员", words), "派单员") == ["您是不是要「转派 2 3 小钱」？是的话回「是」。"]
    assert len(three.tickets()) == 3
    three.say("派单员", "是")
    assert ["reassigned" in three.facts(number) for number in (1, 2, 3)] == [False, True, True]


def test_so_is_what_is_late_and_where_there_is_none_that_is_said(three: Stage) -> None:
    assert to(three.say("派单员", "超时的都给小钱"), "派单员") == ["您看得到的，现在没有超时的。"]
    three.wait(hours=3)
    assert to(three.say("派单员", "超时的都给小钱"), "派单员") == ["您是不是要「转派 2 小钱」？是的话回「是」。"]
    three.say("小赵", "接单 1 2 3")
    assert to(three.say("派单员", "没人接的都给小钱"), "派单员") == ["都有人接了。"]
    assert len(three.tickets()) == 3


@pytest.mark.parametrize("words", ["接单 1到3", "接单 1 到 3", "接单1-3", "接单 1号~3号", "1到3我都接"])
def test_a_row_of_tickets_is_each_of_them(three: Stage, words: str) -> None:
    said = to(three.say("小赵", words), "小赵")
    if "是不是要" in said[0]:
        assert "「接单 1 2 3」" in said[0]
        three.say("小赵", "是")
    assert standing(three) == ["accepted"] * 3


@pytest.mark.parametrize("words", ["1到3都给小钱", "把1-3转给小钱", "转派 1 到 3 小钱"])
def test_so_is_a_row_that_is_given_away(three: Stage, words: str) -> None:
    if "是不是要「转派 1 2 3 小钱」" in to(three.say("派单员", words), "派单员")[0]:
        three.say("派单员", "是")
    assert all("reassigned" in three.facts(number) for number in (1, 2, 3))


@pytest.mark.parametrize("words", ["接单 3到1", "接单 1到300", "接单 1到3号楼", "接单 1-3-501"])
def test_what_is_no_row_takes_no_row(three: Stage, words: str) -> None:
    three.say("小赵", words)
    assert standing(three)[1] == "reported"


@pytest.mark.parametrize("words", ["小赵在忙啥", "1到10什么情况", "20并到30", "继续", "下一页", "电梯的都给他们"])
def test_words_of_work_are_no_part_of_what_they_told_themselves(town: Stage, words: str) -> None:
    town.say("周书记", "9号楼楼道灯不亮")
    before = town.facts(1)
    assert to(town.say("周书记", words), "周书记")
    assert town.facts(1) == before


def test_what_is_added_to_it_is_said_each_time(town: Stage) -> None:
    town.say("周书记", "9号楼楼道灯不亮")
    for words in ("是声控的那个", "灯罩也裂了", "按了没反应的那个"):
        assert to(town.say("周书记", words), "周书记")[0].startswith("补充到 1 号了。"), words


def test_among_residents_few_characters_are_talk(three: Stage) -> None:
    for words in ("1好", "没人接的都给小钱", "1到3都接"):
        three.say("李婶", words, RESIDENTS)
    assert standing(three) == ["reported"] * 3
    assert all("reassigned" not in three.facts(number) for number in (1, 2, 3))
