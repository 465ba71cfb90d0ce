"""A clerk with forty tickets: what a list does not show comes when it is asked for; houses are not mixed up.

Sabotage that must turn these red: begin the list anew; show what was taken meanwhile out of reach; take the rest of a
list for a question that 是 would answer; 5号楼 in 15号楼.
"""

from __future__ import annotations

import pytest

from tests.conversations.stage import OFFICE, RESIDENTS, Stage, to

KINDS = ("路灯不亮", "垃圾堆了三天没人收", "门禁坏了关不上")


@pytest.fixture
def many(town: Stage) -> Stage:
    """Sixteen, each of another house."""
    for house in range(1, 17):
        town.say("老周", f"{house}号楼门口{KINDS[house % 3]}", RESIDENTS)
        town.wait(minutes=1)
    assert len(town.tickets()) == 16
    return town


def numbers(said: str) -> list[str]:
    """Of the tickets that stand in a list, in its order."""
    return [line.lstrip("🔴🟡").split(" ")[0] for line in said.splitlines() if " · 截止 " in line]


@pytest.mark.parametrize("words", ["还有呢", "下一页", "剩下的呢", "更多", "还有吗", "继续"])
def test_a_long_list_goes_on_where_it_ended(many: Stage, words: str) -> None:
    first = to(many.say("小赵", "待办"), "小赵")[0]
    assert first.splitlines()[-1] == "还有 4 张，回「还有呢」接着看。"
    many.say("小钱", "接单 15")
    rest = to(many.say("小赵", words), "小赵")[0]
    assert numbers(first + "\n" + rest) == [*map(str, range(1, 17))]
    assert "梧桐里小区15号楼 · 已接单" in rest  # as it stands now
    assert to(many.say("小赵", words), "小赵")[0].startswith("待办 15 张")  # it begins anew


def test_with_who_has_each_where_the_list_had_it(many: Stage) -> None:
    many.say("周书记", "现在什么情况")
    assert " · 梧桐一网格 · 截止 " in to(many.say("周书记", "还有呢"), "周书记")[0].splitlines()[0]
    many.say("周书记", "查 3号楼")  # a short one: nothing of the long one is left
    assert "13 " not in to(many.say("周书记", "还有呢"), "周书记")[0]


def test_what_is_asked_before_a_list_may_be_answered_behind_it(many: Stage) -> None:
    many.say("小赵", "接单 1")
    many.say("小赵", "1 师傅在路上")
    many.wait(minutes=1)
    many.say("小赵", "待办")
    assert to(many.say("小赵", "是"), "小赵") == ["1 号已记下进展，会告诉报事人。"]


def test_a_group_is_told_to_look_by_number(many: Stage) -> None:
    said = to(many.say("小赵", "待办", OFFICE), OFFICE)[0]
    assert said.splitlines()[-1] == "还有 4 张，说「查 编号」看。"
    assert many.say("小赵", "还有呢", OFFICE) == []


def test_a_house_is_not_another_whose_number_ends_so(many: Stage) -> None:
    assert numbers(to(many.say("周书记", "查 5号楼"), "周书记")[0]) == ["5"]
    assert numbers(to(many.say("周书记", "5号楼那个谁在办"), "周书记")[0]) == ["5"]


def test_what_comes_again_is_of_one_house(many: Stage) -> None:
    assert "⚠️" not in to(many.say("周书记", "查 梧桐社区"), "周书记")[0]


def test_what_is_due_first_stands_first(many: Stage) -> None:
    many.say("小赵", "接单 1 2 3")
    many.say("李婶", "5号楼电梯坏了", RESIDENTS)  # to be accepted within two hours
    said = to(many.say("周书记", "现在什么情况"), "周书记")[0].splitlines()
    due = [line.partition(" · 截止 今天 ")[2] for line in said[1:-1]]
    assert numbers(said[1]) == ["17"]
    assert due == sorted(due)


@pytest.mark.parametrize("house", [10, 12, 16])
def test_a_house_that_the_book_has_not_is_not_the_one_it_begins_like(many: Stage, house: int) -> None:
    assert many.ticket(1).building_id is not None  # building 1 stands there as "1"
    assert many.ticket(house).building_id is None


@pytest.mark.parametrize(("words", "count"), [("路灯的几件", 5), ("门禁的有哪些", 5), ("垃圾的有几个", 6)])
def test_of_a_kind_all_are_counted(many: Stage, words: str, count: int) -> None:
    assert f"在办 {count} 件" in to(many.say("周书记", words), "周书记")[0]
    assert len(many.tickets()) == 16


@pytest.mark.parametrize("words", ["刚才那个怎么样了", "刚说的那张呢", "刚才那个办了没"])
def test_what_was_talked_of_just_now_needs_no_number(many: Stage, words: str) -> None:
    many.say("周书记", "查 7")
    assert to(many.say("周书记", words), "周书记")[0].startswith("7 ")
    many.wait(hours=1)
    assert not to(many.say("周书记", words), "周书记")[0].startswith("7 ")
