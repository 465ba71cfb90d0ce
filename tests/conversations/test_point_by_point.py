"""A list of several troubles in one message: each desk reads its point, and a tip-off among them is nobody else's.

Sabotage that must turn these red: the whole message on every card; the kind of the message for every point; a tip-off's
number in the line for the group.
"""

from __future__ import annotations

import pytest

from tests.conversations.stage import OFFICE, RESIDENTS, Stage, to

LIST = "1、3号楼灯坏了 2、门口垃圾没人收 3、8号楼下水道堵了往外冒"
MIXED = "几件事：1、3号楼楼道灯坏了，晚上看不见 2、举报6号楼302开麻将馆半夜吵 3、5号楼垃圾没人收"


def card(town: Stage, number: int, to_whom: str) -> str:
    return [m for m in town.heard if m.card and m.card.ticket == number and to_whom in (m.person, m.chat)][-1].text


@pytest.mark.parametrize("group", [None, RESIDENTS])
@pytest.mark.parametrize(
    "words",
    [
        LIST,
        "第一，3号楼灯坏了；第二，门口垃圾没人收；第三，8号楼下水道堵了往外冒",
        "说几件事：\n3号楼灯坏了\n门口垃圾没人收\n8号楼下水道堵了往外冒",
    ],
)
def test_each_desk_reads_its_own_point(town: Stage, words: str, group: str | None) -> None:
    town.say("王阿姨", words, group)
    for number, own in ((1, "3号楼灯坏了"), (2, "门口垃圾没人收"), (3, "8号楼下水道堵了往外冒")):
        others = {"灯坏了", "垃圾没人收", "堵了"} - {
            next(part for part in ("灯坏了", "垃圾没人收", "堵了") if part in own)
        }
        for text in (card(town, number, "小赵"), to(town.say("小赵", f"查 {number}"), "小赵")[0]):
            assert own in text
            assert not any(other in text for other in others)


def test_what_stands_above_the_points_is_read_with_each(town: Stage) -> None:
    town.say("王阿姨", "我是3号楼的王芳，电话13800001111：1、楼道灯坏了，晚上看不见。2、门口垃圾没人收，都臭了。")
    assert "我是3号楼的王芳，电话13800001111：楼道灯坏了，晚上看不见" in card(town, 1, "小赵")
    town.say("小赵", "转派 1 安居物业")
    read = card(town, 1, "小刘")
    assert "楼道灯坏了，晚上看不见" in read
    assert "王芳" not in read
    assert "1380" not in read


def test_a_telephone_stays_with_its_point(town: Stage) -> None:
    town.say("王阿姨", "说几个事：1. 3号楼2单元501的灯坏了，我电话13800001111 2. 5号楼垃圾没人收")
    assert "3号楼2单元501的灯坏了，我电话13800001111" in card(town, 1, "小赵")
    assert "1380" not in card(town, 2, "小赵")


@pytest.mark.parametrize("group", [None, RESIDENTS])
def test_a_tip_off_among_the_points_is_read_by_its_own_desk_alone(town: Stage, group: str | None) -> None:
    said = town.say("王阿姨", MIXED, group)
    tipoff = next(row for row in town.tickets() if row.kind == "tipoff")
    calm = [row for row in town.tickets() if row.kind != "tipoff"]
    assert [row.confidential for row in town.tickets()].count(True) == 1
    assert {row.category for row in calm} == {"road_facility", "sanitation"} or len(calm) == 2
    for row in calm:
        for who in ("小赵", "小钱"):
            assert "麻将" not in card(town, row.number, who)
            assert "302" not in card(town, row.number, who)
    for text in [*to(said, RESIDENTS), *to(said, OFFICE), *to(said, "小赵"), *to(said, "小刘")]:
        assert "麻将" not in text
        assert "举报" not in text
        assert f"{tipoff.number} 号" not in text
    heard = "\n".join(to(said, "王阿姨"))
    assert f"保密登记，编号 {tipoff.number}，" in heard
    theirs = [m.text for m in town.heard if m.card and m.card.ticket == tipoff.number]
    assert theirs
    assert all("灯坏了" not in text and "垃圾" not in text for text in theirs)


def test_the_calm_points_can_be_given_to_the_property_company(town: Stage) -> None:
    town.say("王阿姨", MIXED)
    calm = next(row for row in town.tickets() if row.kind != "tipoff")
    town.say("小赵", f"转派 {calm.number} 物业")
    assert "reassigned" in town.facts(calm.number)
    assert "麻将" not in card(town, calm.number, "小刘")


@pytest.mark.parametrize(
    "words",
    [
        "我要举报几件事，请保密：1、6号楼302开麻将馆 2、5号楼101群租",
        "1、6号楼302天天开麻将馆吵得睡不着 2、5号楼101群租十几个人，以上都是举报，请保密",
    ],
)
def test_where_all_of_it_tells_on_somebody_all_is_kept(town: Stage, words: str) -> None:
    said = town.say("王阿姨", words)
    assert all(row.confidential for row in town.tickets())
    numbers = "、".join(str(row.number) for row in town.tickets())
    assert f"编号 {numbers}，" in to(said, "王阿姨")[0]


def test_agreeing_with_a_list_agrees_with_each(town: Stage) -> None:
    town.say("王阿姨", "1、3号楼门口路灯坏了 2、3号楼门口垃圾没人收", RESIDENTS)
    town.say("老周", "+1", RESIDENTS)
    assert ["supported" in town.facts(number) for number in (1, 2)] == [True, True]


IN_ONE_BREATH = [
    "我举报6号楼302开麻将馆，另外3号楼门口路灯也坏了",
    "举报8号楼101无证开小饭桌，还有小区东门垃圾没人收",
    "3号楼路灯坏了，另外我要举报6号楼302违建",
    "3号楼下水道堵了。我还想举报5号楼101群租，住了十几个人",
    "顺便举报一下8号楼201养鸡，对了5号楼2单元的声控灯不亮了",
    "我要举报6号楼302违建，同时3号楼门禁坏了",
    "举报物业乱收费，3号楼路灯坏了也不修",
    "我实名举报2号楼地下室住人，顺便反映下北门道闸坏了，抬不起来",
    "举报5号楼502群租；8号楼电梯也坏了，半天没人修",
    "北门垃圾好几天没清了，还想举报一个事，7号楼1单元101无证卖烟",
]


@pytest.mark.parametrize("group", [None, RESIDENTS])
@pytest.mark.parametrize("words", IN_ONE_BREATH)
def test_what_is_broken_elsewhere_is_no_part_of_a_tip_off_in_the_same_breath(
    town: Stage, words: str, group: str | None
) -> None:
    town.say("王阿姨", words, group)
    kinds = {row.kind: row for row in town.tickets()}
    assert {name: row.confidential for name, row in kinds.items()} == {"tipoff": True, "fault": False}
    town.say("小赵", f"查 {kinds['fault'].number}")
    heard = "".join(message.text for message in town.heard if message.person in ("小赵", "小钱", "小刘"))
    assert "居民说" in heard
    assert "举报" not in heard
    assert frozenset(kinds["fault"].place).isdisjoint(kinds["tipoff"].place)


@pytest.mark.parametrize(
    "words",
    [
        "举报6号楼302开麻将馆，3号楼门口天天停满他们的车",
        "举报6号楼302开麻将馆，6号楼电梯也被他们弄坏了",
        "举报6号楼302装修砸墙，那户把3号楼门口的下水道也堵了",
        "举报5号楼502群租，楼道灯也不亮了",
    ],
)
@pytest.mark.parametrize("group", [None, RESIDENTS])
def test_what_may_be_of_those_who_are_told_on_stays_with_it(town: Stage, words: str, group: str | None) -> None:
    town.say("王阿姨", words, group)
    assert all(row.confidential for row in town.tickets())
    assert all(message.person not in ("小赵", "小钱", "小刘") for message in town.heard)


@pytest.mark.parametrize("group", [None, RESIDENTS])
@pytest.mark.parametrize(
    ("words", "each"),
    [
        ("3号楼二单元灯不亮，5号楼一单元的灯也不亮", ("3号楼二单元灯不亮", "5号楼一单元的灯也不亮")),
        ("3号楼电梯坏了，门禁也坏了", ("3号楼电梯坏了", "门禁也坏了")),
        ("路灯不亮，垃圾没人收，井盖也松了", ("路灯不亮", "垃圾没人收", "井盖也松了")),
    ],
)
def test_what_stands_side_by_side_is_told_to_each_desk_by_itself(
    town: Stage, words: str, each: tuple[str, ...], group: str | None
) -> None:
    town.say("王阿姨", words, group)
    assert len(town.tickets()) == len(each)
    for number, own in enumerate(each, 1):
        assert f"居民说：{own}" in card(town, number, "小赵")


def test_one_outage_of_several_houses_is_one_ticket(town: Stage) -> None:
    town.say("王阿姨", "3号楼停水，5号楼也停水了", RESIDENTS)
    assert [row.place for row in town.tickets()] == [["3号楼", "5号楼"]]
