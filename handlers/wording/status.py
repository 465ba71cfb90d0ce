"""Where a report stands, said to the reporter and to whoever joined it."""

from __future__ import annotations

from datetime import datetime

from handlers.wording.times import when

NONE = "您还没有在办的报事。哪里有问题，直接说就行。"
NOT_SHOWN = "{number} 号只有报事人和经办人员能查。您报的事说「进度」就能看。"
MORE = "还有 {count} 件较早的，说「进度 编号」看。"


def line(number: int, what: str, status: str, holder: str, due: datetime | None, now: datetime, ended: str = "") -> str:
    """One sentence that names the state plainly; ``ended``: how it ended, or what was said of it last."""
    if due is None:
        waiting, contact = "", ""
    elif due < now:
        waiting = f"，本该{when(due, now)} 前有人接手，晚了，正在催。急的话说「人工」找电话"
        contact = f"，说好{when(due, now)} 前联系您，晚了，正在催。急的话说「人工」找电话"
    else:
        waiting, contact = f"，最迟{when(due, now)}", f"，最迟{when(due, now)} 前会联系您或说明进展"
    sentence = {
        "reported": f"已登记，等人接手{waiting}",
        "accepted": f"{holder}已接手{contact}",
        "in_progress": f"正在处理，{holder}在办{ended}",
        "resolved": "说是弄好了，等您看看。好了回「好了」，没好回「还是没修」",
        "closed": ended or "已办结",
        "suspended": ended or "一时办不了，先挂着，会定期回看",
        "transferred": ended or "已移交给别的单位办",
        "rejected": ended or "这件事社区办不了",
        "not_report": "社区看过，不是要处理的事，先撤下了。真有事直接再说一遍",
        "merged": "已并到同一件事里一起办，同样会通知您",
        "withdrawn": "已撤回",
    }[status]
    return f"{number}（{what}）：{sentence.rstrip('。！!.')}。"


LAST_SAID = "，{when} 说：{note}"
OUTSIDE = "已转给{body}{number}，可打 {phone} 问。没人管就回「不同意」，我们接着跟"
OUTSIDE_OVER = "已转给{body}{number}，可打 {phone} 问，这边先结了"
OUTSIDE_NUMBER = "，那边的编号是 {number}"
REFUSED = "社区这边办不了，原因是{reason}。可以找{where}；觉得不对就回「不同意」"


def line_in_group(number: int, status: str) -> str:
    """The same with nothing private in it."""
    return f"{short(number, status)}，细节私下发您了。"


def short(number: int, status: str) -> str:
    """The state alone, to stand in a sentence."""
    state = {
        "reported": "已登记，等人接手",
        "accepted": "已有人接手",
        "in_progress": "正在处理",
        "resolved": "说是弄好了，等确认",
        "closed": "已办结",
        "suspended": "先挂着，会回看",
        "transferred": "已移交",
        "rejected": "社区办不了",
        "merged": "已并案",
        "withdrawn": "已撤回",
    }[status]
    return f"{number} 号{state}"
