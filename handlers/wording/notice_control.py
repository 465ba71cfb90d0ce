"""Stopping, going on, cancelling, trying again and reminding: what is said to whoever steers a notice."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from handlers.wording.notices import reason

# --- what the author is told unasked

HELD = "{number} 号通知夜里不发，免得打扰大家，{until} 接着发。要紧的事请另发「紧急」通知，或打电话、上门。"
EXPIRED = "{number} 号通知的有效期到 {until} 就过了，还有 {count} 户没赶上，不再发了。要紧的请打电话或上门。"
SOMEBODY = {
    "notice_pause": "{who}暂停了您的 {number} 号通知。说「继续通知 {number}」接着发。",
    "notice_resume": "{who}让您的 {number} 号通知接着发了。",
    "notice_cancel_really": "{who}取消了您的 {number} 号通知，没发的不再发。",
    "notice_retry_really": "{who}重发了您的 {number} 号通知里没发成的户。",
}

# --- which one

WHICH = {
    "notice_pause": "暂停哪一条？请带上编号，例如：暂停通知 3",
    "notice_resume": "继续哪一条？请带上编号，例如：继续通知 3",
    "notice_cancel": "取消哪一条？请带上编号，例如：取消通知 3",
    "notice_cancel_really": "确认取消哪一条？请带上编号，例如：确认取消 3",
    "notice_retry": "重发哪一条？请带上编号，例如：重发通知 3",
    "notice_retry_really": "确认重发哪一条？请带上编号，例如：确认重发 3",
    "notice_correct": "更正哪一条？请带上编号和新的内容，例如：更正通知 3 停水改到 10 点",
    "notice_remind": "催看哪一条？请带上编号，例如：催看通知 3",
    "notice_remind_really": "确认催看哪一条？请带上编号，例如：确认催看 3",
    "notice_remind_stop": "不催哪一条？请带上编号，例如：取消催看 3",
}
RUNNING = "{ask}\n正在发的有：{numbers}"
MAY_NOT = "{number} 号通知是{unit}发的，要{unit}或上级的{who}才能这样做。"
NOT_BEGUN = "{number} 号通知还没有开始发，没有什么要停的。不想发了请说「取消通知 {number}」。"
IS_DONE = "{number} 号通知已经发完了。{tally}"
IS_CANCELLED = "{number} 号通知已经取消了（{at}{by}）。{tally}"
BY = "，{who}"

# --- pausing and going on

PAUSED = (
    "{number} 号通知暂停了，几秒内停稳。{tally}\n接着发请说「继续通知 {number}」，不发了请说「取消通知 {number}」。"
)
ALREADY_PAUSED = (
    "{number} 号通知已经是暂停的（{at}{by}）。{tally}\n"
    "接着发请说「继续通知 {number}」，不发了请说「取消通知 {number}」。"
)
GOES_ON = "{number} 号通知接着发，还有 {left} 户，不会重复，也不会漏。"
GOES_ON_LATER = "{number} 号通知不再暂停，还有 {left} 户，{until} 接着发。"
GOES_ON_NEVER = "{number} 号通知的有效期到 {until} 就过了，剩下的 {left} 户不再发。"
NOT_PAUSED = "{number} 号通知没有暂停，正常在发。{tally}"
AT_THE_PLATFORM = "另有 {count} 户的已经交给平台，{cannot}。"
PAUSE_CANNOT = "暂停管不到"
CANCEL_MAY = "正在请平台撤下，撤不下来的照样会收到"

# --- cancelling

CANCEL_ASKED = (
    "{number} 号通知先停下了。{tally}发出去的收不回来。\n"
    "剩下的不发了，请说「确认取消 {number}」；接着发，请说「继续通知 {number}」。"
)
CANCELLED = "{number} 号通知取消了，没发的不再发。{tally}"
CANCELLED_DRAFT = "{number} 号通知作废了，一户也没发。"
TOO_LATE = "{number} 号通知已经发完了，取消不了。{tally}发出去的收不回来。"
CORRECT_HOW = "\n说错了，可以只对这些户更正：\n更正通知 {number} 正确的内容"

# --- trying again

NO_FAILURES = "{number} 号通知没有没发成的户，不用重发。{tally}"
RETRY_ASKED = (
    "{number} 号通知有 {failed} 户没发成（{why}）。现在能再试 {able} 户{rest}。已发的和说不准的不会重发。\n"
    "要重发请说：确认重发 {number}"
)
RETRY_REST = "，其余 {count} 户还是没有办法，请打电话或上门"
RETRY_NOBODY = "{number} 号通知有 {failed} 户没发成（{why}），现在也还是没有办法发到，请打电话或上门。"
RETRIED = "{number} 号通知再试 {count} 户，说「通知进度 {number}」看结果。"
RETRIED_ALREADY = "{number} 号通知没有要重发的了：没发成的已经在重发，或者都发到了。"
RETRY_TOO_LATE = "{number} 号通知的有效期到 {until} 就过了，不再重发。"


def tally(sent: int, seen: int, left: int, submitted: int = 0, cannot: str = PAUSE_CANNOT) -> str:
    """How far a notice got, and what is beyond anybody's reach."""
    told = f"已发 {sent} 户，其中 {seen} 户看过" if sent else "还一户也没发"
    rest = f"，还有 {left} 户没发。" if left else "。"
    return told + rest + (AT_THE_PLATFORM.format(count=submitted, cannot=cannot) if submitted else "")


def because(reasons: Mapping[str | None, int]) -> str:
    """``平台没有放行 12，还没绑定 3``: reasons in words, those of one name together."""
    named: dict[str, int] = {}
    for code, count in reasons.items():
        named[reason(code or "")] = named.get(reason(code or ""), 0) + count
    return "，".join(f"{name} {count}" for name, count in named.items())


def numbers(found: Sequence[int]) -> str:
    """``3 号、5 号``."""
    return "、".join(f"{number} 号" for number in found)


# --- correcting

CORRECT_WORDS = "要更正成什么？把完整的内容写在编号后面，例如：更正通知 {number} 停水改到 10 点开始，17 点结束"
CORRECT_DRAFT = "{number} 号通知还没有发，直接改就行：修改 {number} 正确的内容"
CORRECT_RUNNING = (
    "{number} 号通知还在发。先停下来再更正，免得后面的户收到错的：\n"
    "取消通知 {number}\n确认取消 {number}\n然后再说「更正通知 {number} 正确的内容」。"
)
CORRECT_NOBODY = "{number} 号通知还没有人收到，不用更正，另发一条就行。"
CORRECTION = "更正 {number} 号通知，只发给可能收到过 {number} 号的 {count} 户："

# --- reminding

REMIND_NOT_SENT = "{number} 号通知还没有发，没有什么要催的。"
REMIND_CANCELLED = "{number} 号通知已经取消了，不再催看。"
REMIND_OVER = "{number} 号通知的有效期到 {until} 就过了，不再催看。"
REMIND_PAUSED = "{number} 号通知暂停着，先说「继续通知 {number}」再催。"
REMIND_NOBODY = "收到 {number} 号通知的户都看过了，或者已经上门说过，不用催。"
REMINDED_LATELY = "{number} 号通知 {at} 刚催过 {count} 户，隔一个小时再催，免得烦着大家。"
REMINDER = "催看 {number} 号通知，只发给收到了还没看的 {count} 户："
OF_ANOTHER = "{number} 号是催看 {first} 号的，按 {first} 号没看的算。\n"
REMIND_WHEN = (
    "什么时候催没看懂。现在就催说「催看通知 {number}」，定时催可以说：\n"
    "催看通知 {number} 明天9点\n催看通知 {number} 每天9点 共3次"
)
REMIND_MOST = "最多催 {most} 次，再没看的请上门说。"
REMIND_TOO_FAR = "最远只能排到 {days} 天以后。"
REMIND_AT_NIGHT = "夜里不催（{start}到{end}），请换个白天的时间。"
REMIND_AFTER_END = "{number} 号通知的有效期到 {until}，那时候已经过了。"
PLAN_ASKED = (
    "到时候只催收到 {number} 号通知还没看的户（现在 {count} 户）：{plan}。"
    "夜里不催；都看了、取消了或者过了有效期就停。\n"
    "说「确认催看 {number}」就这么办。"
)
PLANNED = "排好了，{plan}：到时候自己催还没看 {number} 号通知的户，不用再确认。不催了说「取消催看 {number}」。"
PLANNED_ALREADY = "{number} 号通知的催看已经排好了：{plan}。不催了说「取消催看 {number}」。"
NOTHING_TO_CONFIRM = "没有等您确认的催看。现在就催说「催看通知 {number}」，定时催说「催看通知 {number} 明天9点」。"
PLAN_STOPPED = "好，{number} 号通知后面不再催了。"
NO_PLAN = "{number} 号通知没有排好的催看。"
ONCE = "{at}"
EVERY_DAY = "{at} 起每天一次，共 {times} 次"
BEFORE_THE_DAY = frozenset({"", "每天", "每日", "天天"})
DAILY = BEFORE_THE_DAY - {""}
TIMES = re.compile(r"[,，、\s]*(?:(?:一?共|总共)\s*)?(?P<times>\d{1,3}|[一二两三四五六七八九十]+)\s*[次遍回]")

# --- what a reminder that was planned tells whoever planned it

WENT = "按计划催看 {number} 号通知：这次发给还没看的 {count} 户（{child} 号）。"
NEXT = "下一次是{at}。"
LAST = "这是最后一次，再没看的请上门说。"
ALL_READ = "收到 {number} 号通知的户都看过了，或者已经上门说过，后面不催了。"
STOPPED_CANCELLED = "{number} 号通知取消了，排好的催看也不发了。"
STOPPED_OVER = "{number} 号通知过了有效期，排好的催看不发了。"
MISSED_PAUSED = "{number} 号通知暂停着，这次没有催。"
MISSED_LATELY = "{number} 号通知刚催过，这次不催了。"
MISSED_UNSENT = "{number} 号通知还没有人收到，这次没有催。"
STOPPED_LEFT = "排好催看 {number} 号通知的人不在岗了，催看停了。要催请说「催看通知 {number}」。"


def plan(at: str, times: int) -> str:
    """When it is reminded, and how often."""
    return ONCE.format(at=at) if times == 1 else EVERY_DAY.format(at=at, times=times)
