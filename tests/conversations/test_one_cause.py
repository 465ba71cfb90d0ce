"""One trouble, one ticket: what is told by what comes of it (太黑了, 天天爬楼) belongs to what was told at that very
spot within the hour; another thing, another spot and danger never do."""

from __future__ import annotations

import pytest

from tests.conversations.stage import OFFICE, RESIDENTS, Stage, to

ONE = [
    ("3号楼门口路灯不亮了", "3号楼门口太黑了，老人摔了一跤"),
    ("3号楼门口太黑了，老人摔了一跤", "3号楼门口路灯不亮了"),
    ("3号楼门口路灯不亮了", "三号楼门口乌漆嘛黑，小孩绊了一跤"),
    ("3号楼门口路灯不亮了", "3号楼门口黑得伸手不见五指"),
    ("5号楼下水道堵了", "5号楼门口脏水横流臭死了"),
    ("5号楼门口臭死了", "5号楼下水道堵了"),
    ("5号楼化粪池满了往外冒", "5号楼楼下臭得开不了窗"),
    ("2单元电梯坏了", "2单元老人被迫爬楼"),
    ("2单元电梯坏了", "2单元我妈坐轮椅下不来"),
    ("2单元电梯坏了", "2单元的老人都下不了楼"),
    ("3号楼门口垃圾没人收", "3号楼门口苍蝇乱飞"),
    ("3号楼垃圾桶满了", "3号楼门口脏得下不了脚"),
    ("7号楼门口的树倒了", "7号楼门口路被挡住了，车过不去"),
    ("2号楼门口有车堵着门", "2号楼门口轮椅出不来"),
    ("6号楼单元门坏了关不上", "6号楼陌生人随便进"),
    ("东门口路灯不亮了", "东门口太黑了，看不见路"),
    ("5号楼门口有人堆建筑垃圾", "5号楼门口过不去人了"),
    ("2号楼门口自行车堵着", "2号楼婴儿车推不出去"),
]
TWO = [
    ("3号楼门口路灯不亮了", "3号楼门口垃圾没人收"),
    ("3号楼门口路灯不亮了", "3号楼门口井盖松了，有人绊了一跤"),
    ("3号楼门口路灯不亮了", "5号楼门口太黑了，老人摔了一跤"),
    ("3号楼门口路灯不亮了", "3号楼楼道太黑，小孩不敢走"),
    ("3号楼门口路灯不亮了", "3号楼门口有人摔倒起不来了，头上都是血"),
    ("3号楼门口垃圾没人收", "3号楼门口下水道堵了，臭死了"),
    ("5号楼下水道堵了", "3号楼门口臭死了"),
    ("5号楼下水道堵了", "5号楼煤气味很重"),
    ("2单元电梯坏了", "2单元独居老人好几天没下楼了"),
    ("4号楼楼道灯坏了", "4号楼楼道堆满杂物过不去人"),
    ("6号楼门禁坏了", "6号楼家里进小偷了"),
    ("5号楼门口井盖没盖好", "5号楼门口路灯不亮"),
]


@pytest.mark.parametrize(("who", "chat"), [("老周", RESIDENTS), ("王阿姨", RESIDENTS), ("王阿姨", None)])
@pytest.mark.parametrize(("first", "then"), ONE)
def test_what_comes_of_a_trouble_at_the_same_spot_is_that_trouble(
    town: Stage, first: str, then: str, who: str, chat: str | None
) -> None:
    town.say("王阿姨", first, chat)
    town.wait(minutes=40)
    town.say(who, then, chat)
    assert len(town.tickets()) == 1


@pytest.mark.parametrize("who", ["老周", "王阿姨"])
@pytest.mark.parametrize(("first", "then"), TWO)
def test_another_thing_another_spot_and_danger_are_two(town: Stage, first: str, then: str, who: str) -> None:
    town.say("王阿姨", first, RESIDENTS)
    town.wait(minutes=40)
    town.say(who, then, RESIDENTS)
    assert len(town.tickets()) == 2


def test_half_told_at_first_hand_it_is_heard_too(town: Stage) -> None:
    town.say("王阿姨", "东门口路灯不亮", RESIDENTS)
    town.wait(hours=1)
    said = town.say("李婶", "东门口黑得很，我差点摔了", RESIDENTS)
    assert to(said, "李婶") == ["已并入 1 号，同样会通知您。"]


def test_after_hours_it_is_another_matter(town: Stage) -> None:
    town.say("王阿姨", "3号楼垃圾桶满了", RESIDENTS)
    town.wait(hours=5)
    town.say("老周", "3号楼门口脏得下不了脚", RESIDENTS)
    assert len(town.tickets()) == 2


def test_whoever_works_on_it_hears_that_somebody_fell(town: Stage) -> None:
    town.say("王阿姨", "3号楼门口路灯不亮了", RESIDENTS)
    town.say("小赵", "接单 1", OFFICE)
    town.wait(minutes=40)
    said = town.say("老周", "3号楼门口太黑了，老人摔了一跤", RESIDENTS)
    assert to(said, "老周") == ["已并入 1 号，同样会通知您。"]
    assert any("老人摔了一跤" in line for line in to(said, "小赵"))
