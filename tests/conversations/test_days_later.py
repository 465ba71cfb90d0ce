"""Days later in the group: whoever told of a trouble asks when somebody comes, grumbles, or wants nobody any more."""

from __future__ import annotations

import pytest

from tests.conversations.stage import OFFICE, RESIDENTS, Stage, to

LAMP = "三号楼门口路灯坏了"


@pytest.mark.parametrize(
    "words", ["路灯修好没", "路灯啥时候修", "今天能修吗", "师傅来了没", "我报的那个路灯几时来修啊"]
)
def test_who_asks_of_it_hears_in_private_how_it_stands(town: Stage, words: str) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    town.wait(days=2)
    lines = town.say("王阿姨", words, RESIDENTS)
    (said,) = to(lines, "王阿姨")
    assert "1（道路设施）：已登记" in said
    assert [ticket.number for ticket in town.tickets()] == [1]


@pytest.mark.parametrize(
    "words",
    [
        "三天了还没动静",
        "都两天了没人管",
        "还没来修",
        "路灯怎么还没修",
        "报了两天了没人理",
        "没人来啊",
        "一点动静都没有",
    ],
)
def test_who_grumbles_is_passed_on(town: Stage, words: str) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    town.wait(days=2)
    lines = town.say("王阿姨", words, RESIDENTS)
    (said,) = to(lines, "王阿姨")
    assert "话已转给经办的人" in said
    assert any(words in text for text in to(lines, "小赵"))
    assert to(lines, RESIDENTS) == []
    assert [ticket.number for ticket in town.tickets()] == [1]


@pytest.mark.parametrize(
    "words", ["快递等了两天了", "你们几点来", "快点来跳舞啊", "孩子几点放学来着", "电梯广告什么时候换", "晚上几点跳舞"]
)
def test_talk_among_neighbours_asks_of_no_report(town: Stage, words: str) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    town.wait(days=2)
    assert to(town.say("王阿姨", words, RESIDENTS), "小赵") == []


def test_another_lamp_is_another_report(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    town.wait(days=2)
    town.say("王阿姨", "5号楼路灯也没人修", RESIDENTS)
    assert [ticket.number for ticket in town.tickets()] == [1, 2]


def test_who_asks_hears_what_was_said_of_it_last(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    town.say("小赵", "接单 1", OFFICE)
    town.say("小赵", "进展 1 师傅明天上午过来。")
    town.wait(days=1)
    (said,) = to(town.say("王阿姨", "师傅什么时候到"), "王阿姨")
    assert "在办，昨天 09:00 说：师傅明天上午过来。您已经等了 1 天" in said


@pytest.mark.parametrize("chat", [RESIDENTS, None])
@pytest.mark.parametrize(
    "words",
    [
        "算了不用了",
        "算了算了 不用了",
        "算了我自己弄吧",
        "不修了 我自己换个灯泡",
        "哦好了不用了",
        "我自己解决了",
        "刚才那个不算",
    ],
)
def test_who_wants_nobody_any_more_takes_it_back(town: Stage, words: str, chat: str | None) -> None:
    town.say("王阿姨", LAMP, chat)
    town.say("王阿姨", words, chat)
    assert town.ticket(1).status == "withdrawn"


@pytest.mark.parametrize(
    "words", ["算了，我自己修吧，指望不上你们", "不用了谢谢", "要我自己修吗", "我自己弄不了", "算了吧你"]
)
def test_what_only_grumbles_takes_nothing_back(town: Stage, words: str) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    town.say("王阿姨", words, RESIDENTS)
    assert town.ticket(1).status == "reported"


@pytest.mark.parametrize("words", ["还可以吧", "还行", "不错"])
def test_what_is_well_enough_is_well(town: Stage, words: str) -> None:
    town.say("王阿姨", LAMP)
    town.say("小赵", "接单 1", OFFICE)
    town.say("小赵", "办结 1 换了灯泡", OFFICE)
    town.wait(minutes=5)
    town.say("王阿姨", words)
    assert town.ticket(1).status == "closed"


@pytest.mark.parametrize("words", ["我老公说自己修好了", "我妈说已经不漏了", "儿子已经修好了"])
def test_what_the_family_says_is_well_is_well(town: Stage, words: str) -> None:
    town.say("王阿姨", "3号楼502漏水")
    town.wait(minutes=40)
    lines = town.say("王阿姨", words)
    assert any("1 号" in text and ("好了" in text or "撤回" in text) for text in to(lines, "王阿姨"))
    assert town.ticket(1).status == "withdrawn" or any(words in text for text in to(lines, "小赵"))


# --- what is broken was named the moment before


@pytest.mark.parametrize(
    ("first", "then", "category"),
    [
        ("我想问下路灯的事", "3号楼的坏了三天", "road_facility"),
        ("我想反映一下路灯", "3号楼门口的坏了", "road_facility"),
        ("问下电梯", "5号楼的停了", "building"),
        ("我想说下下水道的问题", "7号楼的又堵了", "drainage"),
    ],
)
def test_what_was_named_before_is_what_is_broken(town: Stage, first: str, then: str, category: str) -> None:
    town.say("老周", first)
    town.say("老周", then)
    assert [ticket.category for ticket in town.tickets()] == [category]


@pytest.mark.parametrize("words", ["我要投诉物业", "我想投诉你们"])
def test_whoever_wants_to_complain_is_asked_in(town: Stage, words: str) -> None:
    (said,) = to(town.say("老周", words), "老周")
    assert said.startswith("在的，您说")


def test_what_was_said_of_the_photo_before_the_place_stands_on_the_card(town: Stage) -> None:
    town.photo("李婶")
    town.say("李婶", "就这个，好几天了")
    lines = town.say("李婶", "3号楼门口")
    assert any("好几天了，3号楼门口" in text for text in to(lines, "小赵"))


DRAIN, DRAIN_AGAIN = "幼儿园门口下水道往外冒脏水", "下水道又冒脏水了，流了一地"


def back(town: Stage, told: str, again: str, hours: int = 23) -> int:
    """How many tickets there are, once somebody else says that it is back."""
    told_first = len(town.tickets())
    town.say("王阿姨", told, RESIDENTS)
    town.wait(hours=hours)
    town.say("李大爷", again, RESIDENTS)
    return len([ticket for ticket in town.tickets()[told_first:] if ticket.merged_into_id is None])


@pytest.mark.parametrize(
    ("told", "again"),
    [
        (DRAIN, DRAIN_AGAIN),
        ("12号楼楼上天天半夜砸墙", "又来了，楼上又在砸墙"),
        ("三号楼2单元停水了", "三号楼1单元又停水了"),
    ],
)
def test_what_is_back_the_next_day_is_what_was_told(town: Stage, told: str, again: str) -> None:
    assert back(town, told, again) == 1


def test_what_is_back_in_the_next_stairway_is_one_where_it_spreads(town: Stage) -> None:
    assert back(town, "三号楼2单元停水了", "三号楼1单元又停水了") == 1
    assert back(town, "三号楼2单元电梯坏了", "三号楼1单元电梯又坏了") == 2


def test_what_is_back_elsewhere_is_another(town: Stage) -> None:
    assert back(town, "北门口有人乱停车，堵死了", "南门口又有人乱停车，出不去") == 2
    assert back(town, "三号楼门口垃圾堆成山了", "五号楼门口垃圾又堆成山了") == 2


def test_another_place_without_a_number_is_another(town: Stage) -> None:
    assert back(town, "3号楼门口垃圾堆成山了", "幼儿园旁边垃圾又堆成山了") == 2


def test_another_thing_that_is_broken_again_is_another(town: Stage) -> None:
    assert back(town, "3号楼电梯坏了", "单元门又关不上了") == 2


def test_what_is_back_after_days_is_told_anew(town: Stage) -> None:
    assert back(town, DRAIN, DRAIN_AGAIN, hours=60) == 2


def test_who_is_ill_of_the_gas_that_was_told_of_hears_what_to_do_and_no_second_bell_rings(town: Stage) -> None:
    town.say("王阿姨", "三号楼一楼楼梯口好大的煤气味", RESIDENTS)
    lines = town.say("李大爷", "我住三号楼二楼，我老太婆头晕想吐，站不起来了", RESIDENTS)
    assert len(town.tickets()) == 1
    assert any("120" in said for said in to(lines, RESIDENTS))
    assert any("头晕" in said for said in to(lines, "小赵"))
