"""我们5号楼的也坏了, behind a neighbour's lamp at 3号楼: a second ticket, or the first where that names no house."""

from __future__ import annotations

import pytest

from tests.conversations.stage import RESIDENTS, Stage, to


@pytest.mark.parametrize(
    ("first", "second", "category"),
    [
        ("3号楼门口路灯坏了", "我们5号楼的也坏了", "road_facility"),
        ("3号楼电梯坏了", "5号楼电梯也是", "building"),
        ("3号楼楼道灯不亮", "5栋的也不亮", "building"),
        ("3号楼下水道堵了", "我们7号楼的也堵着呢", "drainage"),
        ("3号楼门禁坏了，刷卡没反应", "我们8号楼的也刷不开", "building"),
        ("3号楼垃圾没人收", "5号楼的也没收", "sanitation"),
        ("3号楼电梯又停了", "6号楼那部也停了", "building"),
        ("3号楼2单元路灯坏了", "7栋也是", "road_facility"),
        ("3号楼对讲坏了", "我们12号楼也一样", "building"),
        ("3号楼井盖松了", "9号楼门口那个也松了", "road_facility"),
    ],
)
def test_the_same_at_another_house_is_a_second_ticket(town: Stage, first: str, second: str, category: str) -> None:
    town.say("老周", first, RESIDENTS)
    assert "编号 2" in to(town.say("王阿姨", second, RESIDENTS), RESIDENTS)[0]
    assert (town.ticket(1).category, town.ticket(2).category) == (category, category)
    assert town.ticket(2).place != town.ticket(1).place


def test_its_card_says_what_is_meant(town: Stage) -> None:
    town.say("老周", "3号楼门口路灯坏了", RESIDENTS)
    said = town.say("王阿姨", "我们5号楼的也坏了", RESIDENTS)
    assert "居民说：我们5号楼的也坏了（5号楼门口路灯坏了）" in to(said, "小赵")[0]


def test_whoever_told_of_the_first_may_tell_of_the_second(town: Stage) -> None:
    town.say("老周", "3号楼路灯坏了", RESIDENTS)
    town.say("老周", "5号楼的也坏了", RESIDENTS)
    assert len(town.tickets()) == 2


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("路灯坏了", "我们5号楼的也坏了"),  # says where the first is
        ("3号楼停水了", "我们5号楼也没有"),  # one outage
        ("3号楼路灯坏了", "我们5号楼的没坏"),
        ("3号楼路灯坏了", "我们5号楼的上个月也坏过"),
        ("3号楼电梯坏了", "5号楼的也修好了"),
        ("3号楼电梯坏了", "5号楼的也坏了吗"),
        ("3号楼电梯坏了", "我们5号楼的也想知道"),
    ],
)
def test_what_belongs_to_the_first_is_well_or_asked_is_none(town: Stage, first: str, second: str) -> None:
    town.say("老周", first, RESIDENTS)
    town.say("王阿姨", second, RESIDENTS)
    assert len(town.tickets()) == 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("3号楼路灯坏了", "3号楼电梯坏了"),
        ("3号楼楼道灯坏了", "3号楼门禁坏了"),
        ("3号楼电梯坏了", "3号楼门口路灯也不亮"),
        ("3号楼垃圾没人收", "3号楼下水道堵了"),
    ],
)
def test_another_thing_at_the_same_house_is_not_lost_in_the_first(town: Stage, first: str, second: str) -> None:
    town.say("老周", first, RESIDENTS)
    town.say("李婶", second, RESIDENTS)
    assert len(town.tickets()) == 2


def test_a_lift_that_stands_still_without_power_is_no_second_ticket(town: Stage) -> None:
    town.say("老周", "3号楼停电了", RESIDENTS)
    town.say("李婶", "3号楼电梯停了", RESIDENTS)
    assert len(town.tickets()) == 1


def test_whoever_is_asked_after_their_own_trouble_tells_on_of_it(town: Stage) -> None:
    town.say("老周", "楼上漏水了", RESIDENTS)
    town.say("李婶", "你家墙皮掉了吗", RESIDENTS)
    town.say("老周", "掉了", RESIDENTS)
    assert len(town.tickets()) == 1
