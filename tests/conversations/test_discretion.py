"""别告诉别人: whoever is afraid of being known is told who knows, and those who know are told to keep it."""

from __future__ import annotations

import pytest

from tests.conversations.stage import OFFICE, RESIDENTS, Stage, to

HIT = "晚上老公又打我了"
NOISE = "5号楼楼上天天半夜装修，吵得睡不着"


@pytest.mark.parametrize("words", ["别告诉别人", "千万别让他知道", "这事别说出去", "能保密吗", "不要跟我家里人说"])
def test_whoever_told_of_violence_at_home_is_not_left_without_an_answer(town: Stage, words: str) -> None:
    town.say("李婶", HIT)
    [number] = [one.number for one in town.tickets()]
    heard = town.say("李婶", words)
    [answer] = to(heard, "李婶")
    assert answer.startswith(f"放心，{number} 号是保密的")
    assert to(heard, "小赵") == [f"{number} 号报事人请您保密，别说起是谁报的：{words}"]
    assert to(heard, OFFICE) == []


@pytest.mark.parametrize("words", ["别说是我报的", "匿名可以吗", "不要跟楼上说是我", "别提我名字啊"])
@pytest.mark.parametrize("group", [None, RESIDENTS])
def test_a_reporter_who_fears_the_neighbour_is_answered_in_private(town: Stage, words: str, group: str | None) -> None:
    town.say("李婶", NOISE, group)
    heard = town.say("李婶", words, group)
    assert len(town.tickets()) == 1
    [answer] = to(heard, "李婶")
    assert answer.startswith("放心，1 号")
    assert RESIDENTS not in {who for who, _ in heard}
    assert any("请您保密" in text for text in to(heard, "小赵"))


def test_before_anything_is_told_it_is_promised(town: Stage) -> None:
    [answer] = to(town.say("老周", "我说了你们别告诉别人"), "老周")
    assert answer.startswith("放心，谁报的只有社区和经办的人看得到")


@pytest.mark.parametrize("words", ["别告诉我又停水了", "这消息别说出去啊哈哈", "别提了，气死我", "不知道说什么好"])
def test_in_a_group_such_words_are_mostly_talk(town: Stage, words: str) -> None:
    town.say("王阿姨", "三号楼门口路灯坏了", RESIDENTS)
    assert not any(text.startswith("放心") for _, text in town.say("老周", words, RESIDENTS))


@pytest.mark.parametrize(
    "words", ["别提了，气死我", "我不知道几号楼", "别跟我说进度了，快来修吧", "别告诉我还要等一天"]
)
def test_the_reporters_own_grumbling_is_no_wish_to_be_hidden(town: Stage, words: str) -> None:
    town.say("王阿姨", "三号楼门口路灯坏了")
    assert not any(text.startswith("放心") for _, text in town.say("王阿姨", words))


def test_in_a_group_it_is_meant_of_what_was_just_told(town: Stage) -> None:
    """An hour later it is said of something else, and nothing goes on the ticket."""
    town.say("王阿姨", "三号楼门口路灯坏了", RESIDENTS)
    town.wait(hours=1)
    assert town.say("王阿姨", "这消息你们别说出去啊", RESIDENTS) == []


@pytest.mark.parametrize("words", ["有人在5号楼地下室开赌场，别说是我说的", "隔壁无证开黑诊所，帮我保密"])
def test_a_tip_off_and_the_wish_in_one_message_are_a_tip_off(town: Stage, words: str) -> None:
    [answer] = to(town.say("王阿姨", words), "王阿姨")
    assert answer.startswith("收到，已保密登记")
    assert [one.kind for one in town.tickets()] == ["tipoff"]


def test_told_in_a_group_with_the_wish_it_is_no_less_confidential(town: Stage) -> None:
    said = town.say("王阿姨", "3号楼201群租，别说是我说的", RESIDENTS)
    assert to(said, RESIDENTS) == []
    assert to(said, "王阿姨")[0].startswith("收到，已保密登记")
    town.say("王阿姨", "里面住了二十几个人")
    assert town.facts(town.tickets()[0].number) == ["opened", "added"]


def test_whoever_only_means_to_tell_on_somebody_is_asked_in(town: Stage) -> None:
    [answer] = to(town.say("王阿姨", "我要举报，别说是我说的"), "王阿姨")
    assert answer.startswith("您说，举报什么")
    assert town.tickets() == []


def test_a_report_with_the_wish_is_answered_with_who_knows(town: Stage) -> None:
    [answer] = to(town.say("王阿姨", "3号楼路灯坏了，别说是我说的"), "王阿姨")
    assert "谁报的只有社区和经办的人看得到" in answer
