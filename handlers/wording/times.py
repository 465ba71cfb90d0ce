"""Moments as people say them, in Asia/Shanghai."""

from __future__ import annotations

from datetime import datetime, timedelta

from handlers.rules.deadlines import LOCAL

WEEKDAYS = "一二三四五六日"
MIDNIGHT, END_OF_DAY = "00:00", " 24:00"


def clock(moment: datetime) -> str:
    """``09:30``."""
    return moment.astimezone(LOCAL).strftime("%H:%M")


def when(moment: datetime, now: datetime) -> str:
    """``今天 17:05``, ``明天 03:05``, ``11月25日 09:00``."""
    local, today = moment.astimezone(LOCAL), now.astimezone(LOCAL).date()
    days = {today - timedelta(days=1): "昨天", today: "今天", today + timedelta(days=1): "明天"}
    day = days.get(local.date()) or f"{local.month}月{local.day}日"
    return f"{day} {local:%H:%M}"


def until(end: datetime, now: datetime) -> str:
    """The same of an end: midnight is ``24:00`` of the day that it ends."""
    if clock(end) != MIDNIGHT:
        return when(end, now)
    return when(end - timedelta(minutes=1), now).split(" ")[0] + END_OF_DAY


def span(length: timedelta) -> str:
    """``3 小时``, ``25 分钟``, ``2 天``."""
    minutes = max(int(length.total_seconds() // 60), 0)
    if minutes < 60:
        return f"{minutes} 分钟"
    if minutes < 60 * 48:
        return f"{minutes // 60} 小时"
    return f"{minutes // 1440} 天"


def exact(moment: datetime) -> str:
    """``2026年3月2日 16:05``: as the forms of a platform want it, for whoever reads it days later."""
    local = moment.astimezone(LOCAL)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"


def day(iso: str, now: datetime) -> str:
    """``今天``, ``昨天``, ``3月2日``: a date as people say it."""
    date, today = datetime.fromisoformat(iso).date(), now.astimezone(LOCAL).date()
    near = {today: "今天", today - timedelta(days=1): "昨天"}
    return near.get(date) or f"{date.month}月{date.day}日"


def days(since: datetime, now: datetime) -> int:
    """How many whole days have gone by: what somebody has really waited."""
    return max((now - since).days, 0)
