"""Times as people write them, read on a Thursday morning."""

from __future__ import annotations

from datetime import datetime

import pytest

from handlers.rules import spoken_times
from handlers.rules.deadlines import LOCAL

NOW = datetime(2026, 3, 5, 9, 12, tzinfo=LOCAL)  # a Thursday

SPANS = {
    "停水 14:00–18:00": ("03-05 14:00", "03-05 18:00"),
    "明天 9 点到 17 点停水": ("03-06 09:00", "03-06 17:00"),
    "明天９：００－１７：００": ("03-06 09:00", "03-06 17:00"),
    "8:00-9:00": ("03-06 08:00", "03-06 09:00"),
    "9:00到10:00": ("03-05 09:00", "03-05 10:00"),
    "周六上午九点半到十一点": ("03-07 09:30", "03-07 11:00"),
    "下周一下午2点到4点": ("03-09 14:00", "03-09 16:00"),
    "周三晚上7点至9点": ("03-11 19:00", "03-11 21:00"),
    "今晚10点到明早6点": ("03-05 22:00", "03-06 06:00"),
    "今天22:00-6:00": ("03-05 22:00", "03-06 06:00"),
    "9点到5点": ("03-05 09:00", "03-05 17:00"),
    "11月28日（周六）14点一刻到24点": ("11-28 14:15", "11-29 00:00"),
    "3月6日8时至3月8日20时": ("03-06 08:00", "03-08 20:00"),
    "12月31日 22:00 到次日 6:00": ("12-31 22:00", "01-01 06:00"),
    "今晚10点至第二天早上6点": ("03-05 22:00", "03-06 06:00"),
    "8号下午三点二十分到五点": ("03-08 15:20", "03-08 17:00"),
    "晚上12点到凌晨5点": ("03-06 00:00", "03-06 05:00"),
    "明天清洗水箱，9点到11点请提前备水": ("03-06 09:00", "03-06 11:00"),
    "今晚抢修水管，8点到10点停水": ("03-05 20:00", "03-05 22:00"),
    "3号楼停水，14点到18点": ("03-05 14:00", "03-05 18:00"),
    "中午12点到1点": ("03-05 12:00", "03-05 13:00"),
    "明天上午11点到下午3点": ("03-06 11:00", "03-06 15:00"),
}


@pytest.mark.parametrize("said", SPANS)
def test_from_and_until(said: str) -> None:
    found = spoken_times.find(said, NOW)
    assert found is not None
    assert found.end is not None
    assert (f"{found.start:%m-%d %H:%M}", f"{found.end:%m-%d %H:%M}") == SPANS[said]


@pytest.mark.parametrize(
    ("said", "moment"),
    {
        "明天9点": "2026-03-06 09:00",
        "8点": "2026-03-06 08:00",
        "2月20日10:00": "2026-02-20 10:00",
        "1月1日10:00": "2027-01-01 10:00",
        "2026年1月1日10:00": "2026-01-01 10:00",
    }.items(),
)
def test_one_moment(said: str, moment: str) -> None:
    found = spoken_times.find(said, NOW)
    assert found is not None
    assert (f"{found.start:%Y-%m-%d %H:%M}", found.end) == (moment, None)


@pytest.mark.parametrize(
    "said", ["", "请提前备水", "3栋2单元501", "31号公交", "2月30日10:00", "25点", "次日6点", "大家小心一点"]
)
def test_no_time(said: str) -> None:
    assert spoken_times.find(said, NOW) is None


def test_the_other_words_stay() -> None:
    found = spoken_times.find("周日 14:00-16:00 西门 3人", NOW)
    assert found is not None
    assert found.rest == "西门 3人"
