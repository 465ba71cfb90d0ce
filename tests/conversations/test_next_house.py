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


@pytest.mark.parametrize(
    ("said", "category", "place"),
    [
        ("+1，我们12栋的下水也反味", "drainage", ["12栋"]),
        ("同问，我们3号楼也停水了", "utilities", ["3号楼"]),
        ("我家楼道灯也不亮好几天了", "building", []),
    ],
)
def test_who_agrees_with_nothing_that_was_told_is_the_first_to_tell_it(
    town: Stage, said: str, category: str, place: list[str]
) -> None:
    heard = town.say("老周", said, RESIDENTS)
    assert "编号 1" in to(heard, RESIDENTS)[0]
    assert (town.ticket(1).category, town.ticket(1).place) == (category, place)


def test_the_bot_alone_hears_it_too(town: Stage) -> None:
    assert "编号 1" in to(town.say("老周", "我家也停水了"), "老周")[0]
    assert town.ticket(1).category == "utilities"


def test_with_a_ticket_of_the_same_it_joins(town: Stage) -> None:
    town.say("王阿姨", "8栋停水了", RESIDENTS)
    assert to(town.say("老周", "+1，我们12栋也没水", RESIDENTS), "老周") == ["已并入 1 号，同样会通知您。"]


@pytest.mark.parametrize("other", ["电梯坏了", "3号楼电梯坏了", "今天菜好贵啊"])
def test_a_drain_agrees_with_no_lift(town: Stage, other: str) -> None:
    town.say("王阿姨", other, RESIDENTS)
    town.say("老周", "+1，我们12栋的下水也反味", RESIDENTS)
    assert (town.tickets()[-1].category, town.tickets()[-1].place) == ("drainage", ["12栋"])


def test_what_a_neighbour_half_told_is_told_by_them(town: Stage) -> None:
    town.say("王阿姨", "谁家还有水啊", RESIDENTS)
    town.say("老周", "我家也没水", RESIDENTS)
    assert len(town.tickets()) == 1


@pytest.mark.parametrize("said", ["+1", "我家也是", "+1 我们楼下超市也贵"])
def test_a_bare_agreement_with_nothing_is_talk(town: Stage, said: str) -> None:
    assert town.say("老周", said, RESIDENTS) == []
    assert town.tickets() == []
