"""Hours of day, in which people are asked: they stop at night."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from handlers.rules.deadlines import LOCAL, Policy, after_hours_of_day, next_at
from handlers.rules.privacy import faceless


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-{text}").replace(tzinfo=LOCAL)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("02 09:00", 4, "02 13:00"),
        ("02 16:00", 4, "02 20:00"),
        ("02 17:00", 4, "03 09:00"),
        ("02 23:30", 4, "03 12:00"),
        ("03 03:00", 4, "03 12:00"),
        ("02 19:59", 12, "03 19:59"),
        ("02 19:00", 13, "03 20:00"),
        ("02 19:00", 25, "04 20:00"),
    ],
)
def test_hours_of_day_stop_at_night(start: str, hours: int, end: str) -> None:
    assert after_hours_of_day(at(start), timedelta(hours=hours), Policy()) == at(end)


@pytest.mark.parametrize(("now", "night"), [("02 09:00", "02"), ("02 21:00", "02"), ("02 21:01", "03")])
def test_the_next_list_is_tonights_until_it_was_sent(now: str, night: str) -> None:
    assert next_at(Policy().list_at, at(now)) == at(f"{night} 21:00")


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("王阿姨家门口堆垃圾", "…家门口堆垃圾"),
        ("业主张桂兰天天在楼道抽烟", "业主…天天在楼道抽烟"),
        ("张桂兰家漏水", "…家漏水"),
        ("老王又堵车", "…又堵车"),
        ("我叫李四，电话13800001234", "我叫…，电话…"),
        ("业主任意停车", "业主任意停车"),
        ("小黄车乱停", "小黄车乱停"),
        ("大家小心，灯坏了", "大家小心，灯坏了"),
    ],
)
def test_a_list_names_nobody(said: str, shown: str) -> None:
    assert faceless(said) == shown
