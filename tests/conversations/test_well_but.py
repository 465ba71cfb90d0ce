"""好是好了，就是太慢: well with a grumble closes and keeps the grumble; well, but still wrong, is asked about."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from storage.facts import Fact, FactKind
from tests.conversations.stage import RESIDENTS, Stage, to


def mended(town: Stage) -> None:
    town.say("王阿姨", "3号楼门口路灯坏了", RESIDENTS)
    town.say("小赵", "接单 1")
    town.photo("小赵")
    town.say("小赵", "办结 1 灯换好了")
    town.wait(hours=1)


@pytest.mark.parametrize(
    "said",
    [
        "修是修好了，就是太慢了",
        "好是好了，拖了半个月",
        "亮了，就是慢了点",
        "总算修好了，等了一个礼拜",
        "谢谢师傅，修好了，就是有点慢",
        "行吧，就是太慢",
        "满意，就是慢了点",
        "还行，就是来得晚",
    ],
)
def test_well_but_slow_is_closed_and_whoever_did_it_reads_it(town: Stage, said: str) -> None:
    mended(town)
    heard = town.say("王阿姨", said)
    assert to(heard, "王阿姨") == ["好的，1 号就结案了，您说的也记下了，谢谢您。"]
    assert said in to(heard, "小赵")[0]
    ticket = town.ticket(1)
    assert (ticket.status, ticket.rating, ticket.rating_reason) == ("closed", "satisfied", "slow")


def test_what_they_say_of_whoever_came_is_not_theirs_to_read(town: Stage) -> None:
    mended(town)
    heard = town.say("王阿姨", "亮倒是亮了，小赵态度不好")
    assert to(heard, "小赵") == []
    assert town.ticket(1).rating_reason == "attitude"


@pytest.mark.parametrize("said", ["好了，但愿别再坏", "好了谢谢"])
def test_kind_words_are_no_grumble(town: Stage, said: str) -> None:
    mended(town)
    assert to(town.say("王阿姨", said), "小赵") == ["1 号报事人说好了，已结案。辛苦了。"]
    assert town.ticket(1).rating_reason is None


@pytest.mark.parametrize("said", ["修好了，师傅态度不错，一点不拖", "修好了，师傅态度很好", "修好了，一点不拖"])
def test_praise_names_what_others_grumble_about_and_is_none(town: Stage, said: str) -> None:
    mended(town)
    assert to(town.say("王阿姨", said), "小赵") == ["1 号报事人说好了，已结案。辛苦了。"]
    assert town.ticket(1).rating_reason is None


@pytest.mark.parametrize(
    "said",
    [
        "修好了，但是太暗",
        "修好了但是灯罩没装",
        "灯是亮了，可是一闪一闪的",
        "好了，不过旁边那盏还黑着",
        "可以了，就是门口有点脏",
    ],
)
def test_well_but_something_else_is_passed_on_and_asked_about(town: Stage, said: str) -> None:
    mended(town)
    heard = town.say("王阿姨", said)
    assert to(heard, "王阿姨") == ["记下了，这就告诉经办的人。1 号这样算好了吗？好了回「满意」，没好回「不满意」。"]
    assert to(heard, "小赵") == [f"1 号报事人补充：{said}"]
    assert town.ticket(1).status == "resolved"
    town.say("王阿姨", "不满意")
    assert town.ticket(1).status == "reported"


def test_another_trouble_beside_it_is_a_ticket_of_its_own(town: Stage) -> None:
    mended(town)
    town.say("王阿姨", "修好了，就是地上的垃圾没收走")
    assert [ticket.category for ticket in town.tickets()] == ["road_facility", "sanitation"]


def test_who_joined_is_not_asked_to_judge_and_grumbles_to_nobody(town: Stage) -> None:
    town.say("王阿姨", "3号楼门口路灯坏了", RESIDENTS)
    town.say("老周", "我家门口也是", RESIDENTS)
    town.say("小赵", "接单 1")
    town.say("小赵", "办结 1 灯换好了")
    town.wait(hours=1)
    assert "这样算好了吗" not in to(town.say("老周", "修好了，但是太暗"), "老周")[0]
    town.say("王阿姨", "好了")
    assert to(town.say("老周", "就是太慢了"), "小赵") == []
    assert town.ticket(1).rating_reason is None


def test_a_company_reads_the_grumble_without_the_door_it_came_from(town: Stage) -> None:
    town.say("王阿姨", "3号楼502门禁坏了，进不去")
    town.say("周书记", "转派 1 物业")
    town.say("小刘", "接单 1")
    town.say("小刘", "办结 1 换了")
    town.wait(hours=1)
    heard = to(town.say("王阿姨", "修好了，就是太慢，502等了三天"), "小刘")
    assert heard == ["1 号报事人说好了，已结案。原话：修好了，就是太慢，…等了三天"]


@pytest.mark.parametrize("said", ["就是太慢了", "修是修好了，就是太慢了", "不过等了一个礼拜"])
def test_a_grumble_after_the_end_is_kept_too(town: Stage, said: str) -> None:
    mended(town)
    town.say("王阿姨", "好了")
    heard = town.say("王阿姨", said)
    assert to(heard, "王阿姨") == ["好了就好，您说的也记下了，谢谢您。"]
    assert to(heard, "小赵") == [f"1 号报事人又说：{said}"]
    assert town.facts(1).count(FactKind.RATED) == 2
    assert to(town.say("王阿姨", said), "小赵") == [], "once is enough"


def test_a_grumble_in_the_group_is_talk(town: Stage) -> None:
    mended(town)
    town.say("王阿姨", "好了")
    assert town.say("王阿姨", "就是太慢了", RESIDENTS) == []


def test_another_trouble_behind_a_grumble_after_the_end_is_a_ticket(town: Stage) -> None:
    mended(town)
    town.say("王阿姨", "好了")
    town.say("王阿姨", "修是修好了，就是太慢，5号楼电梯也坏了")
    assert [ticket.category for ticket in town.tickets()] == ["road_facility", "building"]


def test_after_the_end_manners_are_kept_as_a_kind_without_the_words(town: Stage) -> None:
    mended(town)
    town.say("王阿姨", "好了")
    assert to(town.say("王阿姨", "就是小赵态度不好"), "小赵") == []
    assert town.ticket(1).rating_reason == "attitude"
    with town.app.reading() as db:
        assert not any(fact.body_id for fact in db.scalars(select(Fact).where(Fact.kind == FactKind.RATED)))


@pytest.mark.parametrize("said", ["又坏了，电线掉下来冒火花了", "还是没修，电线冒火花了"])
def test_danger_in_place_of_an_answer_rings(town: Stage, said: str) -> None:
    mended(town)
    town.say("王阿姨", said)
    assert [ticket.urgency for ticket in town.tickets()] == ["ordinary", "emergency"]


def test_so_it_is_once_it_closed_in_silence(town: Stage) -> None:
    mended(town)
    town.wait(days=3)
    assert to(town.say("王阿姨", "修是修好了，就是太慢了"), "王阿姨") == ["好了就好，您说的也记下了，谢谢您。"]
    ticket = town.ticket(1)
    assert (ticket.status, ticket.rating, ticket.rating_reason) == ("closed", "satisfied", "slow")


@pytest.mark.parametrize("said", ["不亮了", "又灭了", "没好，换了个灯泡还是不亮"])
def test_not_well_at_all_goes_on(town: Stage, said: str) -> None:
    mended(town)
    town.say("王阿姨", said)
    assert town.ticket(1).status == "reported"
