"""What is said when somebody reports a problem, adds to it, or takes it back."""

from __future__ import annotations

import re
from datetime import datetime

from handlers.wording.first_aid import first_aid
from handlers.wording.times import when

LEADS_TO = re.compile(r"把|弄得|搞得|害得|导致|造成|结果")  # a consequence, at the beginning of a clause


def registered(number: int, due: datetime, now: datetime) -> str:
    """The one quiet line of at most 40 characters."""
    return f"收到，已登记，编号 {number}，最迟{when(due, now)} 有人接手。"


def registered_two(dues: dict[int, datetime], now: datetime) -> str:
    """By number until when each is accepted: said once where it is the same for all."""
    many = "两" if len(dues) == 2 else str(len(dues))
    said = {number: when(due, now) for number, due in dues.items()}
    if len(set(said.values())) == 1:
        return f"收到，记成{many}件：{'、'.join(map(str, said))}，最迟{next(iter(said.values()))} 有人接手。"
    each = "、".join(f"{number} 号{due}" for number, due in said.items())
    return f"收到，记成{many}件，最迟有人接手：{each}。"


def emergency(number: int, category: str, said: str, *, called: bool = True) -> str:
    """First what to do, then who was called; never a promise that nobody keeps. ``said``: the words that told of it."""
    then = "已呼叫值班人员" if called else "值班暂时联系不上，请直接打电话"
    return f"{first_aid(category, said)}编号 {number}，{then}。"


def registered_private(number: int, what: str, place: str, due: datetime, now: datetime) -> str:
    where = f"，地点：{place}" if place else ""
    return (
        f"收到，已登记，编号 {number}（{what}{where}）。最迟{when(due, now)} 有人接手，有进展会告诉您。"
        "可以接着发照片或补充；问进展说「进度」。"
    )


def where_please(number: int) -> str:
    return f"{number} 号是在哪儿？说一下几号楼或在什么旁边，来的人好找。"


IN_ESTATE = "好，{number} 号记在{place}了，有人接手就告诉您。"


TIPOFF_KEPT = "收到，已保密登记，编号 {number}，不会在群里提起，也不会告诉被反映的一方。"
FIRST = "要是正有危险，先打 119、110 或 120，别等我。"
REALLY_REPORT = "您刚才在群里说的「{said}」，要帮您登记成报事吗？要的话回「是」。"
MAYBE_DANGER = "🔴 可能紧急，还没立单：{group}里有人说「{said}」。已私下问本人，请留意，必要时先去看一眼。"
REALLY_REPORT_ALONE = "您说的「{said}」，要给您立单吗？要的话回「是」，再说一句在哪儿更好。"
MAYBE_DANGER_ALONE = "🔴 可能紧急，还没立单：有居民私下对我说「{said}」。已问本人，请留意，必要时先去看一眼。"
REALLY_REPORT_HERE = "刚才这件要登记成报事吗？要的话，说的人回「是」。"
FORWARD_EMPTY = "转来的话里没听出要报的事。哪一件要报？说一句在哪儿、怎么了就行。"
NOT_REPORTED = "好的，那就不登记了。"
PHOTO_ONLY = "照片收到了。再说一句：在哪儿、怎么了？"
PHOTO_STILL = "照片在我这儿，就差一句：在哪儿、怎么了？"
WHAT_IS_SEEN = "照片里是怎么了？再说一句，好派对人。"
WHERE_AND_WHAT = "好，{place}。那里怎么了？说一句就行，拍张照也行。"
VOICE_ONLY = "语音收到了，已登记，编号 {number}，工作人员会听。方便的话再打几个字说说在哪儿。"
PLACE_ONLY = "位置收到了。那里出了什么问题？说一句就行。"
PIN_ADDED = "位置补到 {number} 号了。"
URGED = "让您久等了，话已转给经办的人。"
VOICE_ADDED = "语音补到 {number} 号了，工作人员会听。"
ADDED = "补充到 {number} 号了。"
CORRECTED = "{number} 号已按您说的更正。"
CORRECT_WHAT = "{number} 号哪里不对？说一句对的就行，比如「5号楼」；要撤回说「没事了」。"
WITHDRAWN = "好的，{number} 号已撤回。"
WITHDRAWN_OF_SEVERAL = "好的，刚说的 {number} 号（{what}）撤回了，其余的照办。要撤的不是这件，就再说一遍。"
NOTHING_TO_WITHDRAW = "您现在没有还在办的报事。"
WHICH_WITHDRAW = "您有几件在办：{numbers}。要撤哪件？比如「撤回 {first}」。"
SUPPORTED = "已并入 {number} 号，同样会通知您。"
SAID_IN_PRIVATE = "{number} 号报事人又说了几句，已私下发给经办的人，也可以私下对我说「查 {number}」。"
WITHDRAWN_URGENT = "{number} 号（紧急）报事人撤回了：{said}。已经出发的请先问一声再回。"
WITHDRAWN_URGENT_SILENT = "{number} 号（紧急）报事人撤回了。已经出发的请先问一声再回。"
WITHDRAWN_STAFF = "{number} 号报事人已撤回，不用去了。"
AT = "{said}（{place}）"
ADDED_STAFF = "{number} 号报事人补充：{said}"
NEIGHBOUR_STAFF = "{number} 号有邻居说：{said}"
ADDED_MEDIA_STAFF = "{number} 号报事人补充了{what}。"
CORRECTED_STAFF = "{number} 号报事人更正：{said}"
# What a group reads instead of somebody's words, where the reporter said none of them.
BRIEFLY = {
    NEIGHBOUR_STAFF: "{number} 号有邻居说了几句，已私下发给经办的人，也可以私下对我说「查 {number}」。",
    WITHDRAWN_URGENT: WITHDRAWN_URGENT_SILENT,
}
PHOTO, VOICE, LOCATION = "照片", "语音", "位置"
RECALLED_STAFF = "{number} 号报事人撤回了原话，请先跟报事人确认还要不要办。"
RECALLED_ADDITION_STAFF = "{number} 号报事人撤回了后来补充的一句，不用理它。"
CANNOT_WITHDRAW = "{number} 号不是您报的，只有报事人能撤回。"
