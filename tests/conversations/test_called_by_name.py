"""@门口 typed by hand, not picked from the platform's list: meant for the bot all the same, and no place."""

from __future__ import annotations

import pytest

from handlers.by_name import called_in
from handlers.wording.help import COME_IN
from tests.conversations.stage import OFFICE, RESIDENTS, Stage, to

TYPED = [
    "@门口 {}",
    "@门口，{}",
    "＠门口：{}",
    "@ 门口 {}",
    "@门口机器人 {}",
    "@小助手 {}",
    "@机器人\u2005{}",
    "@门口{}",
]


@pytest.mark.parametrize("typed", TYPED)
def test_whoever_types_the_name_in_a_group_is_answered(town: Stage, typed: str) -> None:
    said = town.say("王阿姨", typed.format("有人在吗"), RESIDENTS)
    assert to(said, "王阿姨") == [COME_IN]
    assert not town.tickets()


@pytest.mark.parametrize("typed", [*TYPED, "{}@门口", "{} @小助手"])
def test_the_name_is_no_part_of_what_was_told(town: Stage, typed: str) -> None:
    said = town.say("王阿姨", typed.format("三号楼的路灯坏了"), RESIDENTS)
    (card,) = to(said, "小赵")
    assert card.endswith("居民说：三号楼的路灯坏了")
    assert town.ticket(1).place == ["三号楼"]


def test_the_name_alone_is_a_knock(town: Stage) -> None:
    assert to(town.say("王阿姨", "@门口", RESIDENTS), "王阿姨") == [COME_IN]


@pytest.mark.parametrize("typed", TYPED)
def test_staff_give_orders_behind_the_name(town: Stage, typed: str) -> None:
    town.say("王阿姨", "三号楼门口路灯坏了", RESIDENTS)
    town.say("小赵", typed.format("接单 1"), OFFICE)
    assert town.ticket(1).status == "accepted"
    said = town.say("小赵", typed.format("进展 1 师傅下午到"))
    assert any("师傅下午到" in text for text in to(said, "王阿姨"))
    assert "处置中" in "".join(to(town.say("小赵", typed.format("1号啥情况")), "小赵"))


@pytest.mark.parametrize(
    "words",
    ["@门口保安 三号楼快递到了", "@门口小卖部 还有啤酒吗", "@门口老李 下棋吗", "门口有人吗", "我在门口@老李 等你"],
)
def test_whoever_else_is_called_at_the_gate_is_not_the_bot(town: Stage, words: str) -> None:
    assert town.say("王阿姨", words, RESIDENTS) == []
    assert not town.tickets()


@pytest.mark.parametrize("words", ["@门口 老王 在吗", "@门口 老王 今晚还下棋吗", "在吗@门口"])
def test_a_neighbour_picked_from_the_list_is_called_and_not_the_bot(town: Stage, words: str) -> None:
    assert town.say("王阿姨", words, RESIDENTS, mentions=("门口 老王",)) == []
    assert to(town.say("王阿姨", words, RESIDENTS), "王阿姨")


def test_a_name_that_only_begins_so_is_somebody_else() -> None:
    assert called_in("@门口老李 你家灯坏了吗") is None
    assert called_in("@门口 三号楼灯坏了") == "三号楼灯坏了"
