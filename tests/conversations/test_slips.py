"""jied 3, 接到3, 收到3: slips of the finger of whoever has something of their own open are asked about, never added."""

from __future__ import annotations

import pytest

from tests.conversations.stage import RESIDENTS, Stage, to

SLIPS = ["jied 1", "jiedan 1", "jd 1", "JieDan1", "接dan 1", "1 jiedan", "接到1", "接代 1", "节单1", "接担 1号"]


@pytest.fixture
def told(town: Stage) -> Stage:
    """A lamp that waits, and a drain that the same grid worker told of a minute ago."""
    town.say("王阿姨", "三号楼门口路灯坏了", RESIDENTS)
    town.say("小赵", "巡查 五号楼下水道堵了")
    return town


@pytest.mark.parametrize("words", SLIPS)
def test_a_slip_is_asked_about_and_added_to_nothing(told: Stage, words: str) -> None:
    (said,) = to(told.say("小赵", words), "小赵")
    assert said.startswith("您是不是要「接单 1")
    told.say("小赵", "是")
    assert told.ticket(1).status == "accepted"
    assert "added" not in told.facts(2)


@pytest.mark.parametrize("words", ["收到1", "收到 1号", "我去 1", "马上到1号"])
def test_an_everyday_word_with_the_number_behind_it_accepts(told: Stage, words: str) -> None:
    told.say("小赵", words)
    assert told.ticket(1).status == "accepted"
    assert "added" not in told.facts(2)


@pytest.mark.parametrize(
    ("words", "order"),
    [
        ("jinzhan 1 师傅在路上", "进展 1 师傅在路上"),
        ("banjie 1 换了灯泡", "办结 1 换了灯泡"),
        ("zhuanpai 1 物业", "转派 1 物业"),
        ("进站 1 师傅在路上", "进展 1 师傅在路上"),
        ("半截1 换了灯泡", "办结 1 换了灯泡"),
    ],
)
def test_what_stands_behind_the_number_goes_with_it(told: Stage, words: str, order: str) -> None:
    told.say("小赵", "接单 1")
    assert to(told.say("小赵", words), "小赵") == [f"您是不是要「{order}」？是的话回「是」。"]


def given(town: Stage) -> None:
    town.say("王阿姨", "三号楼门口路灯坏了半个月了", RESIDENTS)
    town.say("小赵", "接单 1")


@pytest.mark.parametrize("arrived", ["到了", "刚到了", "我到了", "人到了"])
def test_that_they_are_there_is_offered_as_progress(town: Stage, arrived: str) -> None:
    given(town)
    assert "进展 1" in to(town.say("小赵", arrived), "小赵")[0]


@pytest.mark.parametrize("done", ["1完", "1完工了", "1 完成了"])
def test_that_one_is_done_in_a_word_is_offered_as_done(town: Stage, done: str) -> None:
    given(town)
    assert "您是不是要「办结 1」" in to(town.say("小赵", done), "小赵")[0]


def test_that_it_cannot_be_done_is_never_done(town: Stage) -> None:
    given(town)
    assert "您是不是要「办结" not in to(town.say("小赵", "1完了，搞不定"), "小赵")[0]
    assert town.ticket(1).status == "accepted"
