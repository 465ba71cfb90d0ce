"""Two or three words at a time: what somebody told first is ordinary, and what they say next makes it an emergency."""

from __future__ import annotations

import pytest

from tests.conversations.stage import RESIDENTS, Stage, to


@pytest.mark.parametrize("chat", [RESIDENTS, None])
@pytest.mark.parametrize(
    "pieces",
    [
        ("9号楼电梯坏了", "有人困住了"),
        ("电梯坏了", "我困在里面了"),
        ("电梯", "困住了", "9号楼"),
        ("电梯停了", "人在里面"),
        ("煤气", "味道大", "三号楼"),
        ("电线", "掉地上了", "3号楼后面"),
        ("井盖", "没了", "门口"),
        ("老人", "摔了", "起不来"),
        ("电动车在楼道充电 3号楼", "冒烟了"),
        ("水管漏了", "越来越大", "喷出来了"),
    ],
)
def test_it_rings_and_is_one_ticket(town: Stage, pieces: tuple[str, ...], chat: str | None) -> None:
    lines = [line for words in pieces for line in town.say("王阿姨", words, chat)]
    assert any("🔴紧急 1" in text for text in to(lines, "值班老何"))
    assert [(ticket.number, ticket.urgency) for ticket in town.tickets()] == [(1, "emergency")]


def test_whoever_works_on_it_reads_both_and_the_number_is_said_first(town: Stage) -> None:
    town.say("王阿姨", "9号楼电梯坏了")
    lines = town.say("王阿姨", "有人困住了")
    (said,) = to(lines, "王阿姨")
    assert said.startswith("别扒门，按警铃，打 119！")
    assert any("9号楼电梯坏了，有人困住了" in text for text in to(lines, "小赵"))


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("三号楼楼道灯坏了", "我妈昨天差点摔一跤"),
        ("电动车在楼道充电 3号楼", "万一着火怎么办"),
        ("门口路灯杆歪了 3号楼", "倒了怎么办 砸到人"),
        ("三号楼电梯坏了", "老人下不去"),
        ("5号楼停水了", "热死了 困死了"),
        ("5号楼电梯坏了", "幸好没困人"),
    ],
)
@pytest.mark.parametrize("chat", [RESIDENTS, None])
def test_what_is_only_feared_or_grumbled_rings_nobody(town: Stage, first: str, then: str, chat: str | None) -> None:
    town.say("王阿姨", first, chat)
    assert to(town.say("王阿姨", then, chat), "值班老何") == []


def test_a_fire_beside_a_lamp_is_a_trouble_of_its_own(town: Stage) -> None:
    town.say("王阿姨", "三号楼楼道灯坏了", RESIDENTS)
    town.say("王阿姨", "着火了 5号楼", RESIDENTS)
    assert [ticket.urgency for ticket in town.tickets()] == ["ordinary", "emergency"]


@pytest.mark.parametrize("said", ["我困在里面了", "我妈在里面出不来"])
def test_a_neighbour_who_is_in_it_rings(town: Stage, said: str) -> None:
    town.say("王阿姨", "3号楼电梯坏了", RESIDENTS)
    heard = town.say("老周", said, RESIDENTS)
    assert [(row.number, row.urgency) for row in town.tickets()] == [(1, "emergency")]
    assert to(heard, RESIDENTS)[0].startswith("别扒门，按警铃，打 119！")
    assert any("紧急" in text for text in to(heard, "值班老何"))


@pytest.mark.parametrize("said", ["我困了，先睡了", "我在里面等快递", "我困在公司加班"])
def test_a_neighbour_who_is_elsewhere_does_not(town: Stage, said: str) -> None:
    town.say("王阿姨", "3号楼电梯坏了", RESIDENTS)
    town.say("老周", said, RESIDENTS)
    assert [row.urgency for row in town.tickets()] == ["urgent"]


def test_where_they_are_is_asked_by_a_neighbour(town: Stage) -> None:
    town.say("王阿姨", "三号楼电梯停了", RESIDENTS)
    town.say("李婶", "人在哪", RESIDENTS)
    assert [row.urgency for row in town.tickets()] == ["urgent"]


def test_that_it_was_noted_down_is_not_said_beside_the_alarm(town: Stage) -> None:
    town.say("王阿姨", "三号楼电梯坏了")
    heard = town.say("王阿姨", "我困在里面了")
    assert [text[:3] for text in to(heard, "王阿姨")] == ["别扒门"]
    assert any("困在里面" in text for text in to(heard, "小赵"))
