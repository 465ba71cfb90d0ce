"""What is said when somebody is not content: to them, to whoever decides, to whoever did the work."""

from __future__ import annotations

REASONS = {"not_done": "没修好", "slow": "太慢", "attitude": "态度不好", "other": "其他"}
REASON_BUTTONS = {"not_done": "没修好", "slow": "太慢", "attitude": "态度"}  # other is said in words
# what somebody says, by the reason it tells; looked for in this order
SAYS = (
    ("attitude", ("态度", "骂", "凶", "不耐烦", "爱理不理", "甩脸", "摔电话", "没礼貌", "推三阻四")),
    ("slow", ("太慢", "慢", "拖", "等了", "这么久", "好几天", "才来", "磨蹭", "来得晚", "来晚", "太晚")),
    (
        "not_done",
        (
            "没修",
            "没好",
            "又坏",
            "不亮",
            "还漏",
            "还是",
            "没解决",
            "不行",
            "没弄",
            "没清",
            "没通",
            "没用",
            "照样",
            "没来",
            "没人来",
        ),
    ),
)
WORDS = {"没修好": "not_done", "太慢": "slow", "态度": "attitude", "态度不好": "attitude", "其他": "other"}

REOPENED = "好，{number} 号接着办，还是这个编号。先请{unit}看是怎么回事，有进展告诉您。"
REOPENED_STREET = "让您费心了。{number} 号交{unit}，会有人来和您谈一次，谈好了再办。"
WHY = "哪儿不满意？点一下，或者直接说：没修好、太慢、态度，别的也行。"
NOTED = "记下了，会告诉办事的人，谢谢您说清楚。"
FINAL = "记下了。{number} 号已经和您当面谈过，先不再重开。有新情况直接说，另立一件办；也可以打 {phone}。"
TOLD_REDO = "您报的 {number} 号，{unit}看过了，请{desk}重新办。"
OTHERS = "您一起报的 {number} 号还没弄好，接着办。"
OBJECTED = "好，{number} 号请{unit}再看一遍，看过告诉您。"
SUPPORTER_NOT_CONTENT = "记下了，{number} 号您家还没好，已告诉经办的人，会再核实。"
SUPPORTER_STAFF = "{number} 号一起报的一户说还没好：{said}。请看看。"
SUPPORTER_STAFF_BARE = "{number} 号一起报的一户说还没好，请看看。"

JUDGE = "{number} 号（{place} {what}）报事人不满意，第 {times} 次{reason}。上次是{desk}办的{note}。{how}"
REASON = "（{reason}）"
LAST_NOTE = "：{note}"
SAID = "报事人说：{said}"
HOW = "请定：「退回重办 {number}」，「转派 {number} 单位」，或者「办结 {number} 解释 …」。"
HOW_STREET = (
    "请街道先和报事人谈一次，说「已面谈 {number} 谈了什么」；谈过可以「办结 {number} 解释 …」，也可以退回重办、改派。"
)
IN_GROUP = "{number} 号（{place} {what}）报事人不满意，第 {times} 次，请定怎么办。细节已私下发给经办的人。"
REASON_STAFF = "{number} 号报事人说了为什么不满意：{reason}{said}"
FORMER = "{number} 号报事人说还没好，已请{unit}看，可能退回请您再办。"
OBJECTED_STAFF = "{number} 号（{place} {what}）不予受理，报事人不同意，请社区再看：该办的转派，确实办不了的说清该找谁。"
OBJECTED_IN_GROUP = "{number} 号（{place} {what}）报事人不同意不予受理，请再看一遍。"
OUTSIDE_STAFF = (
    "{number} 号（{place} {what}）移交{body}{outside}，报事人说还没弄好，请社区再看："
    "催一催那边（{phone}），该我们办的转派。"
)
OUTSIDE_IN_GROUP = "{number} 号（{place} {what}）移交{body}，报事人说还没弄好，请再看一遍。"

REDO_NOT = "{number} 号没有在等您定夺，不用退回重办。"
REDO_OTHERS = "{number} 号居民已经几次不满意，由{unit}和居民谈过再定。"
REDO_NOBODY = "{number} 号上次没有承办单位，请说「转派 {number} 单位」。"
REDO = "{number} 号已退回{desk}重新办，时限不变（{due}）。"
TALK_WHAT = "谈了什么？例如「已面谈 {number} 和居民在楼下谈过，同意下周三换灯头」。"
TALK_NOT = "{number} 号没有说过不满意，不用记面谈；联系过居民请说「进展 {number} …」。"
TALKED = "{number} 号的面谈记下了。谈妥了可以「办结 {number} 解释 …」，要接着办就转派。"

OBJECTS = ("不同意", "不服", "有异议", "我不同意", "不认可", "凭什么不管", "为什么不管", "凭什么不办")

# on the page of what waits to be decided
PAGE_TIMES, PAGE_REASON, PAGE_LAST, PAGE_DONE = "第几次不满意", "哪儿不满意", "上次谁办的", "上次怎么说的"
PAGE_OBJECTED = "不予受理或移交，报事人不同意"
