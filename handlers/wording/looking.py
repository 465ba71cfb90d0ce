"""查 with a place: what is open, what ended lately, what comes again."""

from __future__ import annotations

_NUMBER = r"\d{1,3}|[一二三四五六七八九十]{1,3}"
GRID = rf"(?:第?(?P<before>{_NUMBER})号?网格)|(?:网格(?P<after>{_NUMBER})号?)"
HEAD = "{place}：在办 {open} 件，近 {days} 天办完 {lately} 件。"
AGAIN_HEAD = "常发："
AGAIN = "⚠️ {what} {place} · {days} 天里 {times} 次（{numbers}）"
LATELY_HEAD = "最近办完的："
LATELY = "{number} {what} {place} · {status}{closing} {day}"
APART = "、"
NUMBERS = 6  # at most
MOST_LATELY = 6
MOST_AGAIN = 4
HOLDS = "{name}手上 {count} 张："
HOLDS_NOTHING = "{name}手上没有您看得到的在办工单。"
HAND_ON = "要交给别人，说「转派 {numbers} 同事名字」。"
PASSED_ON = frozenset({"转出去的", "我转出去的", "转走的", "我转走的"})
PASSED_ON_HEAD = "您转出去、还没办完的 {count} 张："
PASSED_ON_NONE = "您转出去的，现在没有还在办的。"
LATE_ONES = frozenset({"超时", "超时的", "逾期", "逾期的", "超期", "超期的", "红灯", "红灯的"})
LATE_HEAD = "超时的 {count} 张："
LATE_NONE = "您看得到的，现在没有超时的。"
LATE_BELOW = "您管的范围里有 {count} 张超时，说「查 超时」看。"
