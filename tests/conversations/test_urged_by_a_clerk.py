"""催一下 by somebody of the staff who has told of something themselves and sees to what others told.

Sabotage that must turn these red: urge their own report whatever was talked of; guess where nothing was.
"""

from __future__ import annotations

import pytest

from tests.conversations.stage import RESIDENTS, Stage, to


@pytest.fixture
def both(town: Stage) -> Stage:
    """Two of others, and one that the clerk told of an hour ago."""
    town.say("王阿姨", "3号楼门口路灯坏了半个月了", RESIDENTS)
    town.say("老周", "5号楼下水道堵了，脏水都冒出来了", RESIDENTS)
    town.say("小赵", "接单 1 2")
    town.say("周书记", "8号楼单元门禁坏了关不上")
    town.wait(hours=1)
    return town


def urged(town: Stage) -> list[int]:
    """Which were urged by the office, and which by whoever told of it."""
    return [number for number in (1, 2, 3) if {"nudged", "added"} & set(town.facts(number))]


def test_which_is_asked_where_nothing_was_talked_of(both: Stage) -> None:
    asked = to(both.say("周书记", "催一下"), "周书记")[0]
    assert "是哪一张？请带上编号，例如「催一下 3」。您能办的有：3（房屋电梯）" in asked
    assert "1（道路设施）" in asked
    assert urged(both) == []
    assert to(both.say("周书记", "1"), "周书记") == ["已催 1 号的小赵。"]
    assert urged(both) == [1]


def test_their_own_is_among_those_that_are_asked_about(both: Stage) -> None:
    both.say("周书记", "催一下")
    assert "话已转给经办的人。3（房屋电梯）" in to(both.say("周书记", "3"), "周书记")[0]
    assert urged(both) == [3]


@pytest.mark.parametrize("words", ["催一下", "帮我催一下", "再催催他们"])
@pytest.mark.parametrize(("before", "number"), [("查 2", 2), ("1号啥情况", 1), ("进度 3", 3)])
def test_what_was_talked_of_just_now_is_urged(both: Stage, words: str, before: str, number: int) -> None:
    both.say("周书记", before)
    both.say("周书记", words)
    assert urged(both) == [number]


def test_so_is_what_they_told_just_now_and_what_they_quote(both: Stage) -> None:
    both.say("周书记", "9号楼楼道灯不亮")
    assert "4（" in to(both.say("周书记", "催一下"), "周书记")[0]
    card = both.card(1, "小赵")
    assert to(both.say("周书记", "催一下", quoted=card), "周书记") == ["已催 1 号的小赵。"]


def test_whoever_sees_to_nothing_of_others_urges_their_own(both: Stage) -> None:
    both.say("小钱", "2号楼门口井盖响得很")
    both.wait(hours=1)
    assert "4（" in to(both.say("小钱", "催一下"), "小钱")[0]
    both.say("小赵", "进展 1 师傅在路上")
    assert to(both.say("小赵", "催一下"), "小赵") == ["您现在没有在办的报事。哪里有问题，直接说就行。"]


def test_a_resident_who_quotes_one_of_two_urges_that(both: Stage) -> None:
    key = both.last_key
    both.say("王阿姨", "9号楼楼道灯不亮", RESIDENTS)
    first = both.last_key
    assert first != key
    both.say("王阿姨", "2号楼门口垃圾堆了三天没人收", RESIDENTS)
    assert "4（" in to(both.say("王阿姨", "催一下", quoted=first), "王阿姨")[0]
