"""How the bot behaves in a group: the summary, and being asked to be silent."""

from __future__ import annotations

import re

SUMMARY = "这段时间又登记了 {count} 件：{named}{more}。{due}"
ONE = "{number}（{what}）"
MORE = " 等"
DUE = "最迟{due} 都有人接手。"
JOIN = "、"

MUTED = (
    "好的，{until} 前我不在群里说话。报事照样登记，回话私下发；险情还是会在群里喊。"
    "要提前恢复，在群里说「机器人 取消静音」。"
)
UNMUTED = "好的，我在群里恢复说话了。"
NOT_MUTED = "我在这个群里没有静音。"
WHO_MAY_MUTE = "「静音」要由群主、群管理员或者社区的工作人员来说。嫌我话多，可以请他们说一声。"
ONLY_IN_GROUPS = "「静音」请在要安静的那个群里说。"
HOW_LONG = "静音多久没看懂。可以说「机器人 静音」（一天）、「机器人 静音 2小时」或「机器人 静音 3天」，最长 30 天。"

NAMES = ("机器人", "小助手")
SPAN = re.compile(
    r"^(?P<count>\d{1,3}|[一二两三四五六七八九十半]+)\s*个?(?P<unit>分钟|小时|钟头|天|日|周|星期|礼拜|月)(?P<half>半)?$"
)
NUMERALS = {"半": 0.5, "两": 2.0, **{sign: float(number) for number, sign in enumerate("一二三四五六七八九十", 1)}}
TEN = "十"
HOURS = {"分钟": 1 / 60, "小时": 1, "钟头": 1, "天": 24, "日": 24, "周": 168, "星期": 168, "礼拜": 168, "月": 720}
