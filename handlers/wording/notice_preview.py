"""A notice before it goes: the preview in the chat, line by line."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from handlers.wording.notices import channel, cut_short, moment, reason

HEAD = "{number} 号通知预览，住户会看到：\n\n{message}"
TO = "发给：{audience}"
VALID = "有效：{validity}{how}"
WITH = "附：{what}"
PICTURE, VOICE, LINK = "图片", "语音", "链接"
GROUPS = "{count} 个业主群里也说一句{how}"
NO_GROUPS = "业主群里不说：这个范围没有自己的群"
PLACES = "请看一眼：内容里说到 {places}，不只发给那里{how}"
# How each of these is changed: in a chat by a word, on the console's page by its button.
IN_CHAT = {
    "valid": "。不对就回「修改 {number} 有效期 …」",
    "groups": "；不说就回「修改 {number} 群里 不说」",
    "places": "；只发给那里，回「修改 {number} 发给 {places}」",
}
ON_PAGE = {"valid": "", "groups": "", "places": "；只发给那里，点「改一改」，写在「发给谁」里"}
TOTAL = "共 {counted} 户"
COMMUNITY = "・{name} {all} 户，能发到 {able}"
WAYS, NO_WAYS = "渠道：{ways}", "渠道：暂时一户也发不到"
WAYS_ARE_THEIRS = "能发到多少户、走哪个渠道，{unit}决定发不发的时候看得到"
ONE_WAY = "{channel} {count}"
MISSING = "发不到：{count} 户（{why}）"
SKIPPED = "不会发：{count} 户（{why}）"
WHY = "{reason} {count}"
TAKES = "发完大约要 {span}"
COSTS = "短信大约 {low}–{high} 元，以合同为准"
MONTHLY = "{channel}这个月会用掉每人 {most} 条里的 1 条"
SHORT_OF_QUOTA = "{channel}今天只剩 {left} 次，还差 {short} 次，要等到明天"
READERS = "最近 {count} 次有 {low}%–{high}% 的住户看过"
READERS_ONE = "上一次有 {low}% 的住户看过"
NO_READERS = "还没有发过，不知道会有多少户看"
SECOND = "超过 {above} 户，确认以后还要第二个人点头"
NIGHT = "现在是夜里，{at} 才开始发。等不及的，只有紧急通知"
HELD = "{at} 才开始发"
TRY_OR_CHANGE = "先看看样子，回「试发 {number}」；要改，回「修改 {number} 新内容」"
FOOT = "没问题的话，半小时内请原样发：\n{line}"
COMMA = "，"
UP_TO_A_MINUTE = "1 分钟以内"
UNITS = ((60, "分钟"), (3600, "小时"), (86_400, "天"))
EXACTLY, FROM_TO, AT_MOST = "{high} {unit}", "{low}–{high} {unit}", "最多 {high} {unit}"


def ways(channels: Mapping[str, int]) -> str:
    """By which channels, and how many households each."""
    said = COMMA.join(ONE_WAY.format(channel=channel(door), count=count) for door, count in channels.items())
    return WAYS.format(ways=said) if said else NO_WAYS


def because(form: str, reasons: Mapping[str, int]) -> list[str]:
    """Households by reason, where there are any."""
    if not reasons:
        return []
    why = COMMA.join(WHY.format(reason=reason(code), count=count) for code, count in reasons.items())
    return [form.format(count=sum(reasons.values()), why=why)]


def communities(rows: Mapping[str, tuple[int, int]]) -> list[str]:
    """A line a community: all, and those with a way."""
    return cut_short([COMMUNITY.format(name=name, all=all_, able=able) for name, (all_, able) in rows.items()])


def span(low: float, high: float) -> str:
    """How long it takes, as a range that nobody is disappointed by."""
    if high <= 60:
        return UP_TO_A_MINUTE
    # The first unit in which it is a number that people can picture.
    size, unit = next((pair for pair in UNITS if high / pair[0] < (90 if pair[0] == 60 else 48)), UNITS[-1])
    least, most = int(low // size) or size == 60, -(-int(high) // size)
    form = AT_MOST if not least else EXACTLY if least >= most else FROM_TO
    return form.format(low=int(least), high=most, unit=unit)


def readers(shares: tuple[float, ...]) -> str:
    """What share of past readers may be expected again."""
    if not shares:
        return NO_READERS
    percents = [round(100 * share) for share in shares]
    form = READERS if len(percents) > 1 else READERS_ONE
    return form.format(count=len(percents), low=min(percents), high=max(percents))


def leaves(at: datetime, *, night: bool) -> str:
    """When it will go, where that is not at once."""
    return (NIGHT if night else HELD).format(at=moment(at))
