"""结果公示: one line and one picture a month for each residents' group, once the secretary has looked at it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handlers.wording.taxonomy import CATEGORY

LINE = "{place} {month}报事 {reported} 件，办好 {done} 件{explained}{left}。谢谢大家看见了说一声。"
EXPLAINED = "，说明情况 {count} 件"
LEFT = "，还在办 {count} 件（{why}）"
OPEN = {
    "reported": "等人接手",
    "accepted": "已接手",
    "in_progress": "正在处理",
    "resolved": "等核查",
    "suspended": "暂时办不了，定期回看",
    "transferred": "已转外单位",
}
MONTH = "{month} 月"

ASKED = (
    "{unit}{month}的结果公示拟好了，共 {count} 个群，下面逐个给您看。"
    "都对就回「确认公示」；哪个群先不发，回「不公示 群名」。"
)
ONE = "【{group}】{line}"
AND_MORE = "还有 {count} 个群，回「公示」看文字。"
NONE = "现在没有等您确认的结果公示。每月 1 号会拟好上个月的，先给您看。"
STILL = "还有 {count} 个群没确认：\n{lines}\n都对就回「确认公示」；哪个群先不发，回「不公示 群名」。"
OF_COMMUNITY = "{unit}：\n{lines}"
STILL_ALL = "一共 {units} 个社区，还有 {count} 个群没确认。都对就回「确认公示」；哪个群先不发，回「不公示 群名」。"
AT_NIGHT = "夜里不往群里发，免得吵人。{until} 以后再回一次「确认公示」。"
PUBLISHED = "好，{count} 个群的结果公示发出去了。"
DROPPED = "好，{group}这个月不发公示了。"
WHICH = "要留下哪个群不发？请写群名，例如：不公示 {group}"
REMINDER = "{unit}{month}的结果公示还没确认，共 {count} 个群。回「公示」看，「确认公示」就发。"

# --- the picture

TITLE = "{month}居民报事"
FIGURES = (("reported", "报事"), ("done", "办好"), ("explained", "已说明"), ("open", "还在办"))
ABOUT = "都是哪些事"
WHY = "还在办的，为什么"
FOOT = "看见了说一声，社区来办 · 紧急请打 110 119 120"
UNIT = "件"
MOST_BARS = 6


def month(said: str) -> str:
    """``2 月`` for ``2026-02``."""
    return MONTH.format(month=int(said.partition("-")[2]))


def line(place: str, said: str, figures: Mapping[str, Any]) -> str:
    """What a group reads. What is zero is not said."""
    left = sum(figures["open"].values())
    why = "、".join(f"{OPEN[state]} {count}" for state, count in figures["open"].items())
    return LINE.format(
        place=place,
        month=month(said),
        reported=figures["reported"],
        done=figures["done"],
        explained=EXPLAINED.format(count=figures["explained"]) if figures["explained"] else "",
        left=LEFT.format(count=left, why=why) if left else "",
    )


def about(figures: Mapping[str, Any]) -> list[tuple[str, int]]:
    """What the month was about, the most frequent first; the rest as one."""
    rows = [(CATEGORY[name], count) for name, count in figures["about"].items() if name != "other"]
    other = figures["about"].get("other", 0) + sum(count for _, count in rows[MOST_BARS - 1 :])
    return [*rows[: MOST_BARS - 1], *([(CATEGORY["other"], other)] if other else [])]


def why(figures: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Why something is still open."""
    return [(OPEN[state], count) for state, count in figures["open"].items()]
