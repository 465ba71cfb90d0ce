"""撤销: what is said to whoever takes an act back, to colleagues who had heard of it, and to the resident."""

from __future__ import annotations

UNDONE = "{number} 号的「{act}」撤销了，现在是{status}。"
UNDONE_QUIETLY = "居民还没听到。"  # what would have been told was still held
ALREADY = "{number} 号的「{act}」已经撤销过了。"
NOTHING = "您刚才没有能撤销的操作。只能撤销自己的最后一步，{span}之内。"
NOT_YOURS = "{number} 号最近一步不是您办的，是{who}的「{act}」，要改请找{who}。"
NO_ACT = "{number} 号没有您办过、能撤销的操作。"
NEWER = "{number} 号后来{who}又「{act}」了，您的「{mine}」不能撤销了。"
NEWER_RESIDENT = "{number} 号居民已经回了话，您的「{mine}」不能撤销了。"
MOVED_ON = "{number} 号后来又有了变化，您的「{mine}」不能撤销了。"
LATE = "{number} 号的「{act}」过了{span}，不能撤销了。要改，说「{say}」。"
LATE_BARE = "{number} 号的「{act}」过了{span}，不能撤销了。"
# By the fact of the act: what puts it right later, with a reason.
COUNTER = {
    "accepted": "退单 {number} 原因",
    "progress": "进展 {number} 更正后的话",
    "reassigned": "转派 {number} 该去的单位",
    "resolved": "核查 {number} 不通过 原因",
    "recategorised": "改类 {number} 对的类别",
    "not_report": "是报事 {number}",
    "is_report": "不是报事 {number}",
    "rejected": "恢复受理 {number} 原因",
    "transferred": "恢复受理 {number} 原因",
}
STAMP = "已撤销"
TO_DESK = "{number} 号的「{act}」撤销了，还等人接：{place} {what}，{due} 前接单。"
TO_OTHER_DESK = "{number} 号的「{act}」撤销了，不用办了，回到{unit}。"
TO_HOLDER = "{number} 号的「{act}」撤销了，还在您手上，现在是{status}。"
BACK_AT_DISPATCH = "派单的人"
# Where the resident had heard of it at once: what is true now, and that nothing else changed.
TOLD = {
    "accepted": "您报的 {number} 号，刚才说有人接手，是点错了；马上另安排人，最迟时间不变。",
    "progress": "您报的 {number} 号，刚才那句进展发错了，请以后面说的为准。",
    "resolved": "您报的 {number} 号，刚才说弄好了，是说错了；还在接着办。",
    "reassigned": "您报的 {number} 号，刚才说转给别的单位，是点错了；还由原来的单位办，最迟时间不变。",
    "verified": "您报的 {number} 号，刚才的核查结果是点错了；还没有结案，核查好再告诉您。",
    "rejected": "您报的 {number} 号，刚才说办不了，是点错了；接着办。",
    "transferred": "您报的 {number} 号，刚才说移交别处，是点错了；还由我们办。",
    "not_report": "您报的 {number} 号，刚才说不用处理，是点错了；接着办。",
    "resumed": "您报的 {number} 号，刚才说重新受理，是点错了，有结果再告诉您。",
}
