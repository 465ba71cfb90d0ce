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
INSTEAD = "要改，说「{say}」。"  # behind the three before
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
    "resumed": "挂账 {number} 原因",
    "whistled": "收哨 {number}",
    "whistle_signed": "收哨 {number}",
    "whistle_over": "吹哨 {number} 单位名字",
    "hand_asked": "不用协办 {number} 单位名字",
    "merged": "拆分 {number}",
    "split": "并案 {number} 和它是一件事的编号",
    "lane": "分流 {number} 公家事（或大家事、自家事）",
}
# By the same: what can be done later where no one command puts it right.
OTHERWISE = {
    "asked": "不想要了，请定的人说「不同意 {number}」。",
    "decided": "要改，请和提出的单位说一声，让他们再提。",
    "dated": "要改日子，说「延期 {number} 新的日子 原因」。",
    "hand_done": "还要一起办，说「专班 {number} 单位名字」。",
    "handed_over": "要还回来，请接班的人说「交班」。",
}
# What is never taken back, and what can be said instead.
NOT_TAKEN_BACK = {
    "responded": "报到不能撤销。去不了的话，请直接告诉吹哨的单位。",
    "declined": "说明不到不能撤销。能来了，到了说「报到 {number}」。",
    "whistle_rated": "打分不能撤销。打错了，请告诉那个单位。",
    "nudged": "催办已经送到，收不回来。不急了，请跟承办的人说一声。",
    "help_asked": "求助已经送到，收不回来。不用了，说「进展 {number} 不用帮忙了」。",
    "supervised": "督办意见收不回来，再写一句更正的就行。",
    "commented": "留言收不回来，再写一句更正的就行。",
    "looked_at": "回看不能撤销。能办了，说「恢复 {number}」。",
    "talked": "面谈记录不能撤销，再说一句更正的就行。",
}
STAMP = "已撤销"
NOT_ASKED = "{number} 号的「{what}」撤回了，不用您定了。"
ASKED_AGAIN = "{number} 号的「{what}」，刚才定的撤销了，还在等{judge}定。"
NOT_TO_SIGN = "{number} 号的吹哨撤回了，不用签了。"
NOT_SIGNED = "{number} 号的吹哨，刚才的签字撤销了，叫的单位先不用来。"
STILL_CALLED = "{number} 号的哨没有收，刚才说错了，还请按原来的时间到。"
PART_AGAIN = "{number} 号还要请您单位一起办，刚才说不用了是点错了。"
PART_AS_BEFORE = "{number} 号：{unit}刚才那一步撤销了，现在是{state}。"
PARTS = {"asked": "还没接", "working": "正在办", "done": "办好了", "released": "不用办了"}
ROSTER = "刚才排的值班撤销了。"
SHIFT = "刚才的交班撤销了，新单照旧给您。"
SHIFT_TOLD = "{who}刚才的交班撤销了，新单照旧给{who}，不用您接了。"
LEAVE = "刚才给{who}记的假撤销了。"
LEAVE_NONE = "新单和提醒照旧给{who}。"  # behind the one before, and behind what whose leave it is reads
LEAVE_BEFORE = "原来记的假照旧：{spans}。"
LEAVE_TOLD = "{by}刚才给您记的假撤销了。"
LEAVE_SUBSTITUTE = "{who}刚才的假撤销了，不用您代了。"
LEAVE_SUBSTITUTE_BEFORE = "{who}刚才改的假撤销了，照原来说的由您代：{spans}。"
LEAVE_NO_GAP = "{who}刚才的假撤销了，人在岗；前面说没有人在岗的，不作数了。"
LEAVE_ALREADY = "刚才记的假已经撤销过了。"
LEAVE_CHANGED = "刚才记的假后来销了或者改了，不能撤销。要请假，再说一遍就行。"
LEAVE_LATE = "请假过了{span}，不能撤销了。不请了，说「{say}」。"
BACK_OWN, BACK_OF = "销假", "销假 {name}"
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
    "decided": "您报的 {number} 号，刚才告诉您的安排是点错了，还照原来的办，最迟时间不变。",
    "dated": "您报的 {number} 号，刚才说的日子是点错了，定好再告诉您。",
    "whistled": "您报的 {number} 号，刚才说请几家一起办，是点错了；还照原来的接着办。",
    "whistle_signed": "您报的 {number} 号，刚才说请几家一起办，是点错了；还照原来的接着办。",
    "hand_asked": "您报的 {number} 号，刚才说请几家一起办，是点错了；还照原来的接着办。",
    "merged": "您报的 {number} 号，刚才说和别人报的一起办，是点错了；还是单独办，最迟时间不变。",
    "split": "您报的 {number} 号，刚才说单独办，是点错了；还和别人报的一起办。",
    "lane": "您报的 {number} 号，刚才那句是点错了，还照原来的办。",
}
