"""停水到几点: a household asks what was announced, and hears it in the words of the announcement; never a ticket."""

from __future__ import annotations

import pytest

from bot.notices import run_due
from tests.conversations.stage import OFFICE, RESIDENTS, Stage, to

WATER = "【通知】因供水管道抢修，今天上午9点至下午5点梧桐里小区停水，请大家提前储水。"
POWER = "各位居民，接供电公司通知，今天10:00-16:00小区停电检修，给您带来不便敬请谅解。"
WORDS = "因供水管道抢修，今天上午9点至下午5点梧桐里小区停水，请大家提前储水"


@pytest.mark.parametrize(
    "asked",
    ["停水到几点啊", "几点来水", "什么时候能来水啊", "今天停水停到什么时候", "要停多久啊这水", "怎么停水了", "停水了吗",
     "水几点来呀 等着做饭", "停到几点啊", "停水多久啊"],
)  # fmt: skip
def test_whoever_asks_of_an_announced_outage_hears_until_when_it_lasts(town: Stage, asked: str) -> None:
    town.say("周书记", WATER, RESIDENTS)
    town.wait(minutes=30)
    said = town.say("王阿姨", asked, RESIDENTS)
    assert said == [(RESIDENTS, f"今天 09:00 通知过：「{WORDS}」")]
    assert town.tickets() == []


def test_a_group_hears_it_once_an_hour_and_whoever_asks_alone_hears_it_too(town: Stage) -> None:
    town.say("周书记", POWER, RESIDENTS)
    assert len(town.say("王阿姨", "什么时候来电", RESIDENTS)) == 1
    assert town.say("老周", "啥时候来电啊 急死了", RESIDENTS) == []
    assert "10:00-16:00" in to(town.say("李婶", "电什么时候来"), "李婶")[0]
    town.wait(hours=1)
    assert len(town.say("老周", "电几点来呀", RESIDENTS)) == 1
    assert town.tickets() == []


def test_a_notice_that_went_out_is_what_is_answered_from(town: Stage) -> None:
    town.say("周书记", "通知 今天 9 点到 17 点停水，请提前备水。来源：自来水公司 000-5550207")
    town.say("周书记", "确认发送 1 3户")
    while run_due(town.app):
        pass
    assert "今天 9 点到 17 点停水" in to(town.say("王阿姨", "停水到几点啊", RESIDENTS), RESIDENTS)[0]
    assert "今天 9 点到 17 点停水" in to(town.say("李婶", "停水到几点"), "李婶")[0]
    assert town.tickets() == []


@pytest.mark.parametrize("asked", ["停水到几点啊", "几点来水", "停电到几点结束", "停气到几点", "停水从几点到几点"])
def test_the_same_asked_of_nothing_that_was_announced_opens_nothing(town: Stage, asked: str) -> None:
    assert town.say("王阿姨", asked, RESIDENTS) == []
    assert town.tickets() == []


@pytest.mark.parametrize(
    ("told", "opened"),
    [
        ("通知说5点来水，现在8点了还没来", 1),
        ("说好5点来水的，这都8点了", 1),
        ("通知停到5点 现在都6点半了还没水", 1),
        ("我家厨房漏水了什么时候来人修", 1),
        ("楼道灯不亮，几点来修", 1),
        ("我们单元停电了", 1),
    ],
)
def test_what_lasts_longer_and_what_is_something_else_is_a_report(town: Stage, told: str, opened: int) -> None:
    town.say("周书记", WATER, RESIDENTS)
    town.wait(hours=11)
    said = town.say("王阿姨", told, RESIDENTS)
    assert len(town.tickets()) == opened
    assert opened or "要帮您登记成报事吗" in to(said, "王阿姨")[0]


def test_an_announcement_that_is_over_or_of_something_else_answers_nothing(town: Stage) -> None:
    town.say("周书记", WATER, RESIDENTS)
    assert town.say("老周", "停电到几点啊", RESIDENTS) == []
    town.wait(hours=9)
    assert town.say("王阿姨", "几点来水啊", RESIDENTS) == []


def test_what_staff_say_of_a_repair_is_an_announcement_too_and_staff_are_not_answered(town: Stage) -> None:
    town.say("周书记", "水管爆了正在抢修，预计下午3点来水，请大家耐心等待", RESIDENTS)
    assert "预计下午3点来水" in to(town.say("王阿姨", "什么时候来水", RESIDENTS), RESIDENTS)[0]
    assert town.say("小赵", "几点来水", OFFICE) == []


def test_where_a_person_confirms_the_bot_stays_silent_and_opens_nothing(town: Stage) -> None:
    town.say("周书记", "本群 先审后说", RESIDENTS)
    town.say("周书记", WATER, RESIDENTS)
    assert town.say("王阿姨", "怎么停水了", RESIDENTS) == []
