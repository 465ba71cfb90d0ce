"""撤销 of 请假: within the minute it is as if nothing had been noted, and everybody who was told hears so.

Sabotage that must turn these red: a leave that stays; one it took the place of that does not come back; a substitute
who is not told; a second 撤销 that takes back something else.
"""

from __future__ import annotations

import pytest
from sqlalchemy import select

from storage.presence import presence_of
from storage.rosters import Absence
from storage.timers import Timer
from tests.conversations.stage import OFFICE, RESIDENTS, Stage, to

LAMP = "三号楼门口路灯坏了半个月了"


def standing(town: Stage) -> list[tuple[str, str | None, object, object]]:
    """Every leave that stands, by whom it gets whose work and when."""
    with town.app.reading() as db:
        rows = db.scalars(select(Absence).where(Absence.ended_at.is_(None)).order_by(Absence.id)).all()
        return [(str(row.staff_id), str(row.substitute_id), row.starts_at, row.ends_at) for row in rows]


def test_a_leave_noted_by_mistake_is_taken_back_and_the_substitute_hears_of_it(town: Stage) -> None:
    town.say("小赵", "请假 今天到周五 由小钱代")
    town.wait(seconds=50)
    said = town.say("小赵", "撤销")
    assert to(said, "小赵") == ["刚才给您记的假撤销了。新单和提醒照旧给您。"]
    assert to(said, "小钱") == ["小赵刚才的假撤销了，不用您代了。"]
    assert standing(town) == []
    with town.app.reading() as db:
        assert db.scalars(select(Timer).where(Timer.kind == "absence:begin", Timer.state == "waiting")).all() == []
    said = town.say("王阿姨", LAMP, RESIDENTS)
    assert (len(to(said, "小赵")), len(to(said, "小钱"))) == (1, 1), (
        "each has the card of the desk, and their own alone"
    )
    town.say("小赵", "接单 1")
    assert (to(town.wait(hours=8), "小赵") != [], town.ticket(1).status) == (True, "accepted")


def test_what_it_took_the_place_of_stands_again_exactly(town: Stage) -> None:
    town.say("小赵", "请假 今天到周五 由小钱代")
    town.wait(minutes=5)
    before = standing(town)
    town.say("小赵", "请假 明天 由小钱代")
    town.wait(seconds=5)
    assert len(standing(town)) == 1
    assert standing(town) != before
    said = town.say("小赵", "撤销", OFFICE)
    assert standing(town) == before
    assert any("原来记的假照旧：今天 09:00 到 3月6日 24:00。" in text for text in to(said, OFFICE))
    [told] = to(said, "小钱")
    assert told.startswith("小赵刚才改的假撤销了，照原来说的由您代：今天 09:00 到 ")
    with town.app.reading() as db:
        away = presence_of(db, town.now).away(int(before[0][0]), town.now)
    assert away is not None


def test_a_leave_noted_for_a_colleague_is_taken_back_by_whoever_noted_it(town: Stage) -> None:
    town.say("周书记", "请假 小赵 今天 由小钱代")
    assert "没有能撤销的操作" in to(town.say("小赵", "撤销"), "小赵")[0], "not theirs"
    said = town.say("周书记", "撤销")
    assert to(said, "周书记") == ["刚才给小赵记的假撤销了。新单和提醒照旧给小赵。"]
    assert to(said, "小赵") == ["周书记刚才给您记的假撤销了。新单和提醒照旧给您。"]
    assert to(said, "小钱") == ["小赵刚才的假撤销了，不用您代了。"]
    assert standing(town) == []


def test_whoever_heard_that_nobody_is_there_hears_that_somebody_is(town: Stage) -> None:
    town.say("周书记", "请假 小赵 今天")
    town.wait(minutes=3)
    town.say("周书记", "请假 小钱 今天")
    heard = town.wait(seconds=10)
    alarmed = {who for who, text in heard if "没有人在岗" in text}
    assert alarmed
    said = town.say("周书记", "撤销")
    assert {who for who, text in said if "小钱刚才的假撤销了，人在岗" in text} == alarmed


@pytest.mark.parametrize("then", ["撤销", "撤消"])
def test_a_second_time_takes_back_nothing_else(town: Stage, then: str) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    town.say("小赵", "接单 1")
    town.wait(seconds=5)
    town.say("小赵", "请假 明天 由小钱代")
    town.say("小赵", "撤销")
    assert to(town.say("小赵", then), "小赵") == ["刚才记的假已经撤销过了。"]
    assert town.ticket(1).status == "accepted"
    town.wait(seconds=5)
    town.say("小赵", "进展 1 已联系师傅")
    assert "「进展」撤销了" in to(town.say("小赵", "撤销"), "小赵")[0], "what was done later comes first"


def test_after_the_minute_it_says_what_to_say_instead(town: Stage) -> None:
    town.say("小赵", "请假 明天 由小钱代")
    town.wait(seconds=70)
    assert to(town.say("小赵", "撤销"), "小赵") == ["请假过了1 分钟，不能撤销了。不请了，说「销假」。"]
    town.say("周书记", "请假 小钱 明天")
    town.wait(seconds=70)
    assert "不请了，说「销假 小钱」" in to(town.say("周书记", "撤销"), "周书记")[0]
    assert len(standing(town)) == 2
    town.wait(hours=2)
    assert "没有能撤销的操作" in to(town.say("小赵", "撤销"), "小赵")[0]


def test_what_was_said_to_be_over_is_not_taken_back(town: Stage) -> None:
    town.say("小赵", "请假 今天 由小钱代")
    town.wait(seconds=5)
    town.say("小赵", "销假")
    assert "不能撤销" in to(town.say("小赵", "撤销"), "小赵")[0]
    assert standing(town) == []


def test_a_line_of_the_roster_written_later_goes_first(town: Stage) -> None:
    town.say("周书记", "请假 小赵 明天")
    town.wait(seconds=5)
    town.say("周书记", "值班 今晚 小钱")
    assert to(town.say("周书记", "撤销"), "周书记")[0].startswith("刚才排的值班撤销了")
    assert len(standing(town)) == 1


def test_a_shift_handed_over_by_mistake_comes_back_with_what_is_new(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    town.say("小赵", "接单 1")
    town.wait(seconds=5)
    town.say("小赵", "交班 给小钱")
    assert len(standing(town)) == 1
    town.wait(seconds=5)
    said = town.say("小赵", "撤销")
    assert "1 号" in to(said, "小赵")[0]
    assert "小赵刚才的交班撤销了，新单照旧给小赵，不用您接了。" in to(said, "小钱")
    assert standing(town) == []
    town.say("小钱", "交班 给小赵")
    town.wait(seconds=5)
    assert to(town.say("小钱", "撤销"), "小钱") == ["刚才的交班撤销了，新单照旧给您。"]
    assert standing(town) == []
