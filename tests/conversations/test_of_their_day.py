"""Said to the bot alone: of their own day, which is nobody's work; needs told in few words; what is over and what is
not, in one breath."""

from __future__ import annotations

import pytest

from handlers.wording import help as wording
from tests.conversations.stage import OFFICE, RESIDENTS, Stage, to


def taken_on(town: Stage) -> None:
    town.say("王阿姨", "3号楼门口路灯不亮了")
    town.say("小赵", "接单 1", OFFICE)
    town.wait(minutes=10)


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("今天我买了个西瓜", wording.CHATS),
        ("下班了没", wording.CHATS),
        ("天气真热", wording.CHATS),
        ("我孙子考了一百分", wording.CHATS),
        ("早啊", wording.HELLO),
        ("业委会要开业主大会，给大家说一声", wording.FOR_ALL),
        ("帮我通知大家明天聚餐", wording.FOR_ALL),
    ],
)
def test_what_is_none_of_the_report_is_answered_warmly_and_passed_on_to_nobody(
    town: Stage, words: str, line: str
) -> None:
    taken_on(town)
    said = town.say("王阿姨", words)
    assert (to(said, "王阿姨"), to(said, "小赵")) == ([line], [])
    assert "added" not in town.facts(1)


@pytest.mark.parametrize("words", ["灯杆在花坛旁边", "昨天就开始了", "有小孩怕黑", "早点来修"])
def test_more_of_the_report_still_goes_with_it(town: Stage, words: str) -> None:
    taken_on(town)
    assert any(words in line for line in to(town.say("王阿姨", words), "小赵"))


@pytest.mark.parametrize(
    ("words", "category"),
    [
        ("药吃完了出不了门", "welfare"),
        ("小偷来过了", "security"),
        ("昨晚小偷又来了", "security"),
        ("城管把我摊子收走了", "encroachment"),
    ],
)
def test_a_need_in_few_words_is_heard(town: Stage, words: str, category: str) -> None:
    town.say("王阿姨", words)
    assert [ticket.category for ticket in town.tickets()] == [category]


@pytest.mark.parametrize("words", ["帮我叫师傅", "帮我叫个师傅来", "请帮我找个修理工"])
def test_whoever_wants_somebody_to_come_is_asked_what_for(town: Stage, words: str) -> None:
    assert to(town.say("王阿姨", words), "王阿姨") == [wording.COME_IN]


@pytest.mark.parametrize("words", ["公交说好8点来，等到现在", "等公交等了半小时"])
def test_a_late_bus_is_no_matter_of_the_property_company(town: Stage, words: str) -> None:
    town.say("王阿姨", words)
    assert town.tickets() == []


def test_three_two_names_a_building_and_its_entrance(town: Stage) -> None:
    town.say("王阿姨", "三号 二单元 电梯坏了")
    assert town.ticket(1).place == ["三号", "二单元"]
    town.wait(minutes=30)
    town.say("王阿姨", "5号楼2单元电梯坏了")
    assert len(town.tickets()) == 2


@pytest.mark.parametrize("chat", [None, RESIDENTS])
@pytest.mark.parametrize(
    "words",
    [
        "灯好了，还有3号楼的垃圾没人收",
        "亮了谢谢！另外5号楼电梯坏了",
        "灯亮了，谢谢师傅，还有一个事，5号楼下水道堵了",
        "路灯修好了谢谢，不过垃圾桶又满出来了",
        "路灯亮了，可是5号楼电梯坏了",
    ],
)
def test_what_is_over_is_over_and_another_trouble_is_told_besides(town: Stage, words: str, chat: str | None) -> None:
    town.say("王阿姨", "3号楼门口路灯不亮了", chat)
    town.say("小赵", "接单 1", OFFICE)
    town.wait(hours=2)
    said = town.say("王阿姨", words, chat)
    assert len(town.tickets()) == 2
    assert any("1 号" in line and "说好了" in line for line in to(said, "小赵"))
