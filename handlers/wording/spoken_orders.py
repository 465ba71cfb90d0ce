"""How numbers of tickets are said aloud."""

from __future__ import annotations

VALUES = {
    **{sign: number for number, sign in enumerate("零一二三四五六七八九")},
    "〇": 0,
    "幺": 1,
    "两": 2,
    "洞": 0,
    "拐": 7,
}
TENS = {"十": 10, "百": 100, "千": 1000}
DIGITS = "[零〇一二三四五六七八九幺洞拐]"
NUMERALS = "[零〇一二三四五六七八九幺洞拐两十百千]{1,12}"
OF_A_TICKET = "号工单|号单|号(?!楼|院|线|门|桥|公馆)"
NO_TICKET = "号楼|号院|[栋幢座]|单元|室|楼|天|点|分|个|户|次"
BETWEEN = r"[\s,，。、:：和跟]"
