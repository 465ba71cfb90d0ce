"""小赵这周请假, 我下周一不在: said back with its dates, and counts when that was agreed to."""

from __future__ import annotations

import time

import pytest

from tests.conversations.stage import Stage, to

UNCLEAR = "没看懂是哪天到哪天，还没有记。"


def answer(town: Stage, who: str, words: str) -> str:
    return "\n".join(to(town.say(who, words), who))


def entered(town: Stage, whose: str) -> str:
    return answer(town, "周书记", f"请假名单 {whose}")


# The town's now is Monday, 2 March 2026, 09:00.
OWN = [
    ("我下周一不在", "3月9日 00:00 到 3月9日 24:00"),
    ("下周一我有事来不了", "3月9日 00:00 到 3月9日 24:00"),
    ("明后天我调休", "明天 00:00 到 3月4日 24:00"),
    ("明后两天休息", "明天 00:00 到 3月4日 24:00"),
    ("我明天和后天都不来", "明天 00:00 到 3月4日 24:00"),
    ("后天下午我不在", "3月4日 12:00 到 3月4日 24:00"),
    ("我周末要出差", "3月7日 00:00 到 3月8日 24:00"),
    ("下周我休年假", "3月9日 00:00 到 3月15日 24:00"),
    ("我下下周一请假", "3月16日 00:00 到 3月16日 24:00"),
    ("明天起请三天假", "明天 00:00 到 3月5日 24:00"),
    ("从周三开始休息两天", "3月4日 00:00 到 3月5日 24:00"),
    ("周三、周四我补休", "3月4日 00:00 到 3月5日 24:00"),
    ("3月10号到3月12号我请假", "3月10日 00:00 到 3月12日 24:00"),
    ("我出差到周五", "今天 09:00 到 3月6日 24:00"),
    ("我请假到周三", "今天 09:00 到 3月4日 24:00"),
    ("这周我都不上班", "今天 09:00 到 3月8日 24:00"),
]


@pytest.mark.parametrize(("words", "span"), OWN)
def test_ones_own_days_are_said_back_before_they_count(town: Stage, words: str, span: str) -> None:
    heard = answer(town, "小赵", words)
    assert heard.startswith("您是不是要「请假")
    assert f"（{span}）" in heard
    assert "没有记请假" in entered(town, "小赵")
    assert span in answer(town, "小赵", "是")
    assert f"小赵（梧桐一网格）{span}" in entered(town, "小赵")


THEIRS = [
    ("小赵这周请假", "今天 09:00 到 3月8日 24:00"),
    ("小赵周三到周五休息", "3月4日 00:00 到 3月6日 24:00"),
    ("小赵明天不来", "明天 00:00 到 明天 24:00"),
    ("小赵下礼拜休年假", "3月9日 00:00 到 3月15日 24:00"),
    ("小赵这周末调休", "3月7日 00:00 到 3月8日 24:00"),
    ("下周二小赵请假", "3月10日 00:00 到 3月10日 24:00"),
    ("小赵明后天不在", "明天 00:00 到 3月4日 24:00"),
    ("给小赵记个假，周三到周五", "3月4日 00:00 到 3月6日 24:00"),
    ("小赵请假，明天到周四", "明天 00:00 到 3月5日 24:00"),
    ("小赵周四出差", "3月5日 00:00 到 3月5日 24:00"),
]


@pytest.mark.parametrize(("words", "span"), THEIRS)
def test_a_colleagues_days_too(town: Stage, words: str, span: str) -> None:
    heard = answer(town, "周书记", words)
    assert heard.startswith("您是不是要「请假 小赵")
    assert f"（{span}）" in heard
    answer(town, "周书记", "是")
    assert f"小赵（梧桐一网格）{span}" in entered(town, "小赵")


@pytest.mark.parametrize("words", ["周四我调休，有事找小钱", "我周四不在，有事联系小钱", "周四我请假，小钱顶一下"])
def test_whom_to_turn_to_meanwhile_stands_in(town: Stage, words: str) -> None:
    assert "由小钱代」（3月5日 00:00 到 3月5日 24:00）" in answer(town, "小赵", words)
    answer(town, "小赵", "是")
    assert entered(town, "小赵").endswith("，小钱代")


@pytest.mark.parametrize(
    "words",
    [
        *(
            "请假 上周五",
            "上周五我请假",
            "请假 过两天",
            "请假 2月30号",
            "2月30号我请假",
            "请假 三天",
            "请假 周一、周三",
        ),
        *("周三和周五我请假", "明天请半天假", "请假 到时候再说"),
    ],
)
def test_what_is_no_stretch_is_refused_plainly(town: Stage, words: str) -> None:
    assert answer(town, "小赵", words).startswith(UNCLEAR)
    assert "没有记请假" in entered(town, "小赵")


@pytest.mark.parametrize("words", ["小赵病了，请两天", "小赵要请几天假", "小赵家里有事请假", "小赵过几天请假"])
def test_of_a_colleague_without_days_they_are_asked_for(town: Stage, words: str) -> None:
    assert "哪天到哪天" in answer(town, "周书记", words)
    assert "没有记请假" in entered(town, "小赵")
    assert "没有记请假" in entered(town, "周书记")


@pytest.mark.parametrize("words", ["我明天不在家，麻烦周四来", "小区明天不来水", "快递明天休息", "明天停水"])
def test_what_is_nobodys_leave(town: Stage, words: str) -> None:
    assert "请假" not in answer(town, "小赵", words)


@pytest.mark.parametrize(
    "words", ["周一, " * 16, "有没有" * 30, "昨晚有什么事" + "没" * 60 + "x", "各社区" + "的" * 90]
)
def test_a_row_of_the_same_keeps_nobody_waiting(town: Stage, words: str) -> None:
    begun = time.perf_counter()
    town.say("小赵", words)
    assert time.perf_counter() - begun < 5
