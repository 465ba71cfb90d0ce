"""Confirming a notice: by its author, by a second person, at night by the leader on duty or his word by telephone."""

from __future__ import annotations

CONFIRM_HOW = "请写上编号和户数，例如：{line}"
CONFIRM_WHICH = "要确认哪一条？请把预览最后一行原样发来，例如：确认发送 3 618户"
WRONG_COUNT = "户数对不上：{number} 号预览的是 {counted} 户，您写的是 {given} 户。核对好了请发：\n{line}"
NOT_YOURS = "{number} 号通知是{author}拟的，请拟稿人本人确认发送。要换人签发，请他先说「送审 {number}」。"
MAY_NOT = "{number} 号通知是{unit}的，请找{unit}的{who}签发。"
EXPIRED = "预览过了半小时，请再看一遍。"
CHANGED = "住户有变动，请按新的数再确认一次。"
NOT_SHOWN = "改过以后还没有看过预览，请看一遍。"
WAITS_FOR_REVIEW = "{number} 号通知还在等{unit}审核，现在不能发。"
STARTED = "好，{number} 号通知开始发给 {counted} 户。随时说「通知进度 {number}」看进展。"
STARTS_LATER = "好，{number} 号通知定了，发给 {counted} 户，{at} 开始发。随时说「通知进度 {number}」看进展。"
ALREADY = "{number} 号通知已经确认过了，不会重复发。说「通知进度 {number}」看进展。"
CANCELLED = "{number} 号通知已经取消了。"

# --- the second person

ASKED_SECOND = (
    "您已确认 {number} 号通知，发给 {counted} 户。超过 {above} 户，还要第二个人点头，已经请了：{names}。"
    "半小时内谁先点谁算数，点了马上发。"
)
ASKED_AT_NIGHT = (
    "您已确认 {number} 号通知，发给 {counted} 户。夜里要值班领导点头，已经请了：{names}，点了马上发。"
    "三分钟还没人点，打电话请示，再回「电话请示 姓名 同意」。"
)
NOBODY_TO_ASK = (
    "{number} 号通知超过 {above} 户，要第二个人确认，可是{unit}和上面现在没有别人能确认。请运维加一位管理员或街道领导。"
)
PLEASE_SECOND = (
    "{name}拟了 {number} 号通知，发给 {counted} 户，请您再看一遍。没问题就点「签发」，或者回「签发 {number}」。"
)
CARD_TITLE = "{number} 号通知等您签发"
CARD_UNIT, CARD_COUNT, CARD_KIND = "发通知的单位", "户数", "种类"
HOUSEHOLDS = "{counted} 户"
BUTTON = "签发 {counted} 户"
TAPPED_AFTER_CHANGE = "{number} 号通知改过，早先那张卡片不作数。现在的内容是：\n{text}\n没问题请发：\n{line}"
STAMP = "已签发"
WAITS_FOR_SECOND = "{number} 号通知等第二个人点头，您自己不能再点一次。已经请了：{names}。"
NOT_SECOND = "{number} 号通知要由{unit}或上面的人签发，不能是拟稿的人。"
SECOND_EXPIRED = "{number} 号通知过了半小时没人签发，请{name}再确认一次。"
SECONDED = "{name}签发了 {number} 号通知，开始发给 {counted} 户。"
SECONDED_LATER = "{name}签发了 {number} 号通知，发给 {counted} 户，{at} 开始发。"

# --- 电话请示

NOTHING_WAITS = "现在没有等人签发的紧急通知，不用记电话请示。"
CONSENT_HOW = "请写上是谁、同意了，例如：电话请示 张书记 同意"
CONSENT_REFUSED = "领导没有同意，{number} 号通知就不发。要改说「修改 {number} …」。"
CONSENT_BY_DAY = "白天请值班领导自己点一下「签发」。电话请示只用在夜里的紧急通知。"
CONSENT_ONLY_EMERGENCY = "电话请示只用在夜里的紧急通知。{number} 号不是紧急通知，等早上再请人点。"
CONSENT_TOO_SOON = "刚请了值班领导，再等 {minutes} 分钟。还没人点，再打电话请示。"
CONSENT_NOT_YOURS = "{number} 号通知是{name}确认的，请他来记电话请示。"
CONSENTED = "记下了：电话请示{who}，同意。{number} 号通知开始发给 {counted} 户，上面的人都会知道。"
TOLD_ABOVE = (
    "{name}夜里发了 {number} 号紧急通知，{counted} 户，没等到值班领导点头，记的是：电话请示{who}，同意。"
    "不是这样的话，请马上说「取消通知 {number}」。"
)
WHO_AND_YES = (
    r"^(?:\d{1,9}\s*号?\s*(?:通知)?\s*)?[,，:：\s]*(?P<who>[^\s,，。:：]{2,12}?)[\s,，:：]*(?:已经?|口头|表示)*"
    r"(?P<word>不同意|没同意|没有同意|同意|批准|可以|不行)"
)
# Beside 同意 it may be a no or a question, and what goes out by night on a misreading wakes a whole street.
DOUBTFUL = r"[不没未别勿拒吗么?？]|是否|再说|等一"
YES = frozenset({"同意", "批准", "可以"})
AND = "、"
NO_SUCH = "没有 {number} 号通知。说「通知进度」看最近的一条。"
