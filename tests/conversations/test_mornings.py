"""What the day says: three lines each morning to each level, also where all is zero.

Sabotage that must turn these red: say nothing where all is zero; say it into the group; forget to arm the next day;
say a day's lines on the day after.
"""

from __future__ import annotations

from datetime import datetime

from bot import clock, mornings
from handlers.rules.deadlines import LOCAL
from tests.conversations.stage import OFFICE, RESIDENTS, Stage

NOTHING = "今天没有到期的，辛苦了。"


def morning(said: list[tuple[str, str]]) -> dict[str, list[str]]:
    """Who read what of a morning."""
    found: dict[str, list[str]] = {}
    for who, text in said:
        if text.startswith("早上好"):
            found.setdefault(who, []).append(text)
    return found


def test_each_level_reads_three_lines_once_a_day(town: Stage) -> None:
    assert mornings.keep(town.app)
    assert not mornings.keep(town.app)
    town.say("王阿姨", "3号楼门口的路灯不亮了", RESIDENTS)
    town.say("小赵", "接单 1")
    town.say("老周", "5号楼电梯坏了，按了没反应", RESIDENTS)
    town.say("小赵", "接单 2")
    town.say("小赵", "办结 2 已修好，试过三遍")
    town.say("老周", "好了，谢谢")
    town.wait(hours=12)
    town.say("李婶", "2号楼楼道里堆满纸箱", RESIDENTS)
    read = morning(town.wait(hours=12))
    assert set(read) == {"小赵", "小钱", "周书记", "派单员", "值班老何"}
    assert OFFICE not in read
    [text] = read["小赵"]
    lines = text.splitlines()
    assert len(lines) == 3
    assert lines[0] == "早上好，梧桐一网格 3月3日。昨天新报 3 件，办结 1 件。"
    assert lines[1].startswith("现在没人接的 1 件")
    assert "早上好，梧桐社区" in read["周书记"][0]
    assert "早上好，望江街道" in read["派单员"][0]
    assert [len(texts) for texts in morning(town.wait(days=2)).values()] == [2] * 5


def test_silence_means_trouble_so_nothing_is_said_too(town: Stage) -> None:
    mornings.keep(town.app)
    [text] = morning(town.wait(days=1))["周书记"]
    assert text == f"早上好，梧桐社区 3月3日。昨天新报 0 件，办结 0 件。\n现在没人接的 0 件，超时的 0 件。\n{NOTHING}"


def test_what_is_due_today_comes_with_its_number_and_the_tasks(town: Stage) -> None:
    mornings.keep(town.app)
    town.wait(hours=12)
    town.say("王阿姨", "3号楼门口的路灯不亮了", RESIDENTS)
    town.say("派单员", "任务 明天 18点前 全体网格员 检查沿街门店灭火器")
    town.say("派单员", "确认任务")
    [text] = morning(town.wait(hours=12))["小钱"]
    assert text.splitlines()[2] == "今天要办：到期 0 件（先看 1），任务 2。"
    assert "王阿姨" not in text


def test_a_clock_that_was_down_says_only_todays(town: Stage) -> None:
    mornings.keep(town.app)
    with town.app.writing() as db:
        town.app.clock.advance(db, datetime(2026, 3, 6, 9, 30, tzinfo=LOCAL))
    clock.tick(town.app)
    read = morning(town.wait(seconds=0))
    assert [text.split("。")[0] for text in read["周书记"]] == ["早上好，梧桐社区 3月6日"]
    town.wait(hours=20)  # its units have their timers
    with town.app.writing() as db:
        town.app.clock.advance(db, datetime(2026, 3, 8, 9, 30, tzinfo=LOCAL))
    clock.tick(town.app)
    read = morning(town.wait(seconds=0))
    assert [text.split("。")[0] for text in read["周书记"]] == ["早上好，梧桐社区 3月8日"]
