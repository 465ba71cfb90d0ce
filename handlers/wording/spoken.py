"""Days and hours as people write them: what ``handlers/rules/spoken_times`` reads."""

from __future__ import annotations

import re

NUMERALS = {**{word: number for number, word in enumerate("零一二三四五六七八九十")}, "两": 2, "〇": 0}
ONE, TEN = "一", "十"
NEAR_DAYS = {
    "今天": 0,
    "今日": 0,
    "今晚": 0,
    "今早": 0,
    "明天": 1,
    "明日": 1,
    "明早": 1,
    "明晚": 1,
    "后天": 2,
    "大后天": 3,
}
NEXT_DAY = frozenset({"次日", "翌日", "第二天"})  # the day behind the one where it begins
WITH_A_PERIOD = {"今晚": "晚上", "今早": "早上", "明早": "早上", "明晚": "晚上"}
WEEKDAYS = {word: number for number, word in enumerate("一二三四五六日")} | {"天": 6, "末": 5}
WEEKS_AHEAD = {"下": 1, "下个": 1, "下下": 2, "下下个": 2}
# In the afternoon 3 点 is 15:00; at night 12 点 is midnight.
AFTERNOON = frozenset({"中午", "下午", "傍晚", "晚上", "晚", "夜里", "午后"})
NIGHT = frozenset({"晚上", "晚", "夜里"})
OF_A_BUILDING = tuple("楼栋幢门院座")  # behind 3号
QUARTERS = {"半": 30, "一刻": 15, "三刻": 45}

_NUMBER = r"\d{1,2}|[零一二两三四五六七八九十]{1,3}"
_NEAR = "|".join(sorted({*NEAR_DAYS, *NEXT_DAY}, key=len, reverse=True))
_DAY = (
    rf"(?:(?P<near{{n}}>{_NEAR})"
    r"|(?<!(?<![早晚])上)(?<!上个)(?P<week{n}>本|这个?|下{{1,2}}个?)?(?:周|星期|礼拜)(?P<weekday{n}>[一二三四五六日天末])"
    r"|(?:(?P<year{n}>20\d\d)[年./-])?(?P<month{n}>\d{{1,2}})[月./](?P<day{n}>\d{{1,2}})[日号]?"
    r"|(?P<only{n}>\d{{1,2}})[日号])"
)
_PERIOD = r"(?P<period{n}>凌晨|清晨|早上|早晨|早|上午|中午|午后|下午|傍晚|晚上|夜里|晚)"
_CLOCK = (
    rf"(?P<hour{{n}}>{_NUMBER})\s*(?::\s*(?P<minute{{n}}>[0-5]\d)(?!\d)"
    rf"|[点时](?:钟|整)?\s*(?P<more{{n}}>半|一刻|三刻|(?:{_NUMBER})分)?)"
)
_WEEKDAY_IN_BRACKETS = r"(?:\s*\((?:周|星期)[一二三四五六日天]\))?"


def _numbered(part: str, number: int) -> str:
    return part.replace("{n}", str(number)).replace("{{", "{").replace("}}", "}")


def _moment(number: int) -> str:
    day, period, clock = (_numbered(part, number) for part in (_DAY, _PERIOD, _CLOCK))
    return rf"(?:{day}{_WEEKDAY_IN_BRACKETS}\s*的?\s*)?(?:{period}\s*)?{clock}"


# From one moment to another, or one moment alone: 明天 9 点到 17 点, 11月28日14:00–18:00, 周六上午九点半.
DAY = re.compile(_numbered(_DAY, 1))  # a day that stands apart from its hours: 明天清洗水箱，9 点到 11 点
SPAN = re.compile(rf"(?:从\s*)?{_moment(1)}(?:\s*(?:-+|–|—+|~|至|到)\s*{_moment(2)})?")
