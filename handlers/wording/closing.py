"""How a ticket is said to be done, who looks at it then, and what is made of no answer."""

from __future__ import annotations

# 办结 1043 解释 …: the first word says as what it is closed; without one it is mended
AS = {
    "解释说明": "explained",
    "解释": "explained",
    "无法核实": "unverifiable",
    "没法核实": "unverifiable",
    "移交": "handed_over",
}
PAUSES = " ，,：:。、"
# beside what is said of anything: what tells nobody how it was mended
SAYS_HOW = ("亮了", "通了")
SAYS_NOTHING = (
    *(
        "办结",
        "已办结",
        "完成",
        "已完成",
        "完成了",
        "解决",
        "已解决",
        "解决了",
        "处理",
        "处理了",
        "没问题",
        "收到",
        "知道了",
    ),
    *(
        "ok",
        "哈哈",
        "哈",
        "无",
        "没有",
        "略",
        "同上",
        "如题",
        "如图",
        "见图",
        "按要求完成",
        "已按要求完成",
        "已妥善处理",
    ),
)

RESOLVE_HOW = "{number} 号（{what}）要办结，说一句怎么弄好的，或者发张照片。"
RESOLVE_HOW_AGAIN = "光说一个「是」还不能办结：{number} 号是怎么弄好的？说一句，或者发张照片。"
RESOLVE_KEPT = "好的，{number} 号没有办结。"
REALLY_WITH_NOTE = "{number} 号（{what}）按「{note}」办结吗？回「是」就办结，最好附张照片。"
EXPLAIN_HOW = "按{kind}办结要写清缘由，例如「办结 {number} {word} 这条路明年改造，灯杆先不动，已和居民说明」。"
HANDED_OVER = "移交给别的单位请说「移交 {number} 单位 对方编号」，不用办结。"
TALK_FIRST = "{number} 号居民已经几次不满意，请先当面或打电话谈一次，说「已面谈 {number} 谈了什么」，再按解释说明办结。"
RESOLVED_TO_CHECK = "{number} 号已按{kind}办结，等{unit}核查，也等报事人的回话。"
RESOLVED_TO_CHECK_ONLY = "{number} 号已办结，等{unit}核查。"
CLOSED_AFTER_TALK = "{number} 号已按解释说明结案。"

TOLD_EXPLAINED = (
    "您报的 {number} 号，办的人说：{note}。您看行不行？行就回「好了」，不行回「不满意」。没回音的话，{unit}会再核实。"
)
TOLD_UNVERIFIABLE = (
    "您报的 {number} 号，去看过，没能核实：{note}。方便的话说说具体在哪儿，接着办；没回音的话，{unit}会再看一遍。"
)
TOLD_AFTER_TALK = "您报的 {number} 号，按和您谈的先这样办结：{note}。有新情况直接说，另立一件办；也可以打 {phone}。"

CHECK_CARD = "{number} 号（{place} {what}）请核查：{why}。"
WHY_KIND = "按{kind}办结，理由是：{note}"
WHY_PRIVATE = "要私下照看的事，没有去问报事人{note}"
WHY_OWN = "报的人和办的人是同一个"
WHY_ROOT = "从根子上做了：{note}"
WHY_DISSENT = "有 {count} 户邻居说还没好"
CHECK_IN_GROUP = "{number} 号（{place} {what}）办结了，请核查，缘由已私下发给核查的人。"

VERIFY_OWN = "{number} 号是您自己办的，要由别人核查。"
VERIFY_OWN_UNIT = "{number} 号是您单位办的，要由社区或报事人来看。"
OWN_WORD = "{number} 号是您自己办的，好不好要由别人说。"
TOLD_CLOSED_EXPLAINED = "您报的 {number} 号，{unit}核实过，先这样结案。要是不同意，{until} 前回一句「不满意」就行。"
VERIFIED_AS = "{number} 号核查通过，按{kind}结案。"
HOTLINE = "12345"
ROOT_HOW = (
    "{number} 号是找根子的：光一张照片不够，请写从根子上做了什么，"
    "例如「办结 {number} 整栋的下水管换了新的，每季度疏通一次」。"
)
