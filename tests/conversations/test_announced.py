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
        ("都5点了怎么还没水", 1),
        ("我家停水了", 1),
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


@pytest.mark.parametrize(
    "told",
    ["我家停水了", "没水了", "家里没水了", "水停了", "咋又没水了", "都五点了怎么还没水", "我们楼断水了", "水龙头没水了",
     "停水啦", "怎么还不来水"],
)  # fmt: skip
def test_what_was_announced_and_lasts_is_answered_from_the_announcement(town: Stage, told: str) -> None:
    town.say("周书记", WATER, RESIDENTS)
    town.wait(minutes=30)
    [(where, text)] = town.say("王阿姨", told, RESIDENTS)
    assert where == RESIDENTS
    assert text.startswith(f"今天 09:00 通知过：「{WORDS}」")
    assert town.say("老周", "我家也是", RESIDENTS) == []
    assert town.tickets() == []


def test_whoever_says_that_it_is_something_else_is_registered(town: Stage) -> None:
    town.say("周书记", POWER, RESIDENTS)
    town.wait(hours=2)
    assert "要是不是这回事" in to(town.say("李婶", "我家停电了"), "李婶")[0]
    assert "已登记" in to(town.say("李婶", "不是，只有我家没电，邻居都有"), "李婶")[0]
    assert "1 号" in to(town.say("老周", "我家停电了，就我家停了，对门有电", RESIDENTS), RESIDENTS)[0]


def test_before_it_begins_and_in_another_building_it_is_a_report(town: Stage) -> None:
    town.say("周书记", "今天10:00-16:00 3号楼停电检修，给您带来不便敬请谅解", RESIDENTS)
    town.wait(hours=2)
    assert "已登记" in to(town.say("王阿姨", "5号楼停电了", RESIDENTS), RESIDENTS)[0]
    assert "10:00-16:00" in to(town.say("老周", "3号楼停电了", RESIDENTS), RESIDENTS)[0]
    assert len(town.tickets()) == 1
    town.say("周书记", "今天15点到17点停水，请备水", RESIDENTS)
    assert "已登记" in to(town.say("李婶", "3号楼停水了"), "李婶")[0]


def test_what_an_outage_does_to_somebody_rings_all_the_same(town: Stage) -> None:
    town.say("周书记", POWER, RESIDENTS)
    town.wait(hours=2)
    town.say("老周", "停电了", RESIDENTS)
    assert "打 119" in to(town.say("王阿姨", "电梯里有人被困了，停电了", RESIDENTS), RESIDENTS)[0]
