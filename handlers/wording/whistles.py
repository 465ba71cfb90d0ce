"""吹哨报到: what is said to whoever calls, whoever signs, whoever is called, and whoever decides."""

from __future__ import annotations

import re

KINDS = {"enforcement": "综合执法", "emergency": "应急处置", "hard": "重点难点"}
KIND_WORDS = {
    "enforcement": ("综合执法", "联合执法"),
    "emergency": ("应急处置", "应急"),
    "hard": ("重点难点", "重点", "难点"),
}
LISTS = re.compile(r"(?:(?P<problems>问题|情况)|(?P<needs>需求|需要))(?:清单)?\s*[:：]\s*")
BETWEEN = re.compile(r"[\s、，,；;/]+")
JOINED = re.compile(r"(?<=.)(?:和|跟|还有|以及)(?=.)")
NAME = re.compile(r"[^\s、，,；;。/:：]{2,12}")
BEFORE_NAMES = "请叫找让"

ASK_UNITS = "{number} 号要叫哪几个部门？回名字就行，例如「城管 消防」。"
ASK_PROBLEMS = "{number} 号的问题清单：现场是什么情况、难在哪里？写几句就行，只给叫到的部门看。"
ASK_NEEDS = "{number} 号的需求清单：要各部门来做什么？例如「城管劝离，消防查通道」。"
DROPPED = "好的，{number} 号先不吹哨。"
NOT_HERE = "{number} 号要叫谁、什么情况，已私下问您，不在群里说。"
UNKNOWN = "没找到「{name}」。能叫的有：{names}。"
SEVERAL = "叫「{name}」的不止一个：{names}，请写全。"
NOT_CALLED = "「{name}」不是部门，不用吹哨；直接说「转派」或「专班」。"
CONFIDENTIAL = "{number} 号是保密的事，不能叫{unit}。"
ONE_ONLY = "{number} 号只要{unit}一家，不用吹哨，直接派单就行：点「转派」，或说「转派 {number} {unit}」。"
ONE_HAS_IT = "{number} 号已经在{unit}手上，只有这一家不用吹哨。要别的部门一起来，就把它们也写上。"
CALLED_ALREADY = "{number} 号已经叫过{units}，还没报到完；要看说「查 {number}」。"
WAITS_ALREADY = "{number} 号的吹哨已经在等{names}签了，签了就发出去。"
WAITS = "{number} 号吹哨（{kind}）已请{names}签发，签了就通知{units}。要改，再说一遍「吹哨 {number} …」。"
NOBODY_SIGNS = "{number} 号的吹哨写好了，可是{unit}现在没有能签发的领导，请打电话；街道领导说「签哨 {number}」就发。"
BLOWN = "哨响了：{number} 号（{kind}）已通知{units}，{due} 前报到。"
TO_COMMUNITY = "哨响了：{number} 号已报{unit}，{due} 前回您。工单还在您手上。"

SIGN = "{by}请您签发吹哨：{number} 号（{place} {what}），{kind}，叫{units}。\n问题：{problems}\n需求：{needs}"
SIGN_BUTTON, NO_SIGN_BUTTON = "签发", "不签"
SIGN_NOTHING = "{number} 号现在没有等签发的吹哨。"
SIGN_NONE = "现在没有等您签发的吹哨。"
SIGN_WHICH = "签哪一张？请带上编号，等您签发的有：{numbers}。"
SIGN_NOT_YOURS = "{number} 号的吹哨要由{names}签发。"
SIGN_TAKEN = "{number} 号的吹哨 {name} 已经处理了。"
SIGNED = "已签发：{number} 号的哨响了，{units} {due} 前报到。"
SIGNED_BY = "{number} 号的吹哨 {name} 签发了，已通知{units}，{due} 前报到。"
REFUSE_WHY = "为什么不签？写一句给吹哨的人看，例如「先由社区协调」。"
REFUSED = "{number} 号的吹哨没有签发，已告诉{name}。"
REFUSED_BY = "{number} 号的吹哨 {name} 没有签发：{reason}"

CALL = "哨响：{number} 号（{place} {what}），{kind}，{due} 前报到。\n问题：{problems}\n需求：{needs}"
CALL_GRID = "哨响：{number} 号（{place} {what}），网格请社区来办，{due} 前回一声。\n问题：{problems}\n需求：{needs}"
CALL_IN_GROUP = "哨响：{number} 号（{place} {what}），请{unit} {due} 前报到。什么情况已私下发给{unit}。"
CALL_AGAIN = "定了：{number} 号请{unit}一定要来，{due} 前报到。"
CARD_KIND, CARD_DUE, CARD_PLACE, CARD_CALLED, CARD_STREET = "哨", "报到", "地点", "叫了", "街道"
RESPOND_BUTTON, CONTACT_BUTTON, DECLINE_BUTTON = "到现场了", "已联系", "到不了"

NO_CALL = "{number} 号没有叫您单位，不用报到。"
NO_CALL_AT_ALL = "现在没有等您单位报到的哨。"
WHICH_CALL = "是哪一张的哨？请带上编号，例如「报到 {first} 已到现场」。等您报到的有：{numbers}。"
ANSWERED_ALREADY = "{number} 号{unit}已经报到过了。"
DECLINED_ALREADY = "{number} 号{unit}已经说明不到了，{decision}。"
UNDECIDED = "等答复"
BY_CONTACT = ("联系", "电话", "约好", "线上", "微信")
RESPONDED = "{number} 号已记下{unit}报到（{how}）。您这部分 {due} 前办好，说「办结 {number} 做了什么」。"
RESPONDED_BARE = "{number} 号已记下{unit}报到（{how}）。"
HOW = {"present": "到现场", "contact": "已联系"}
LATE = "，晚了"
TOLD_RESPONDED = "{number} 号：{unit}报到（{how}{late}）。{note}"
DECLINE_WHY = "为什么到不了？写一句，报给街道，例如「不在本单位职责内，《…条例》第…条」。"
DECLINED = "{number} 号的说明已报{unit}，答复之前请先准备着。"
TOLD_DECLINED = "{number} 号：{unit}说明不到，已报{street}。"
DECIDE = "{number} 号吹哨，{unit}说明不到：{reason}\n街道定：点「可以不到」，或点「必须到」报区里定。"
DECIDE_DISTRICT = "一事一议：{number} 号吹哨叫{unit}，没有来（{reason}）。\n请定：必须到，还是可以不到。"
NO_ANSWER = "到时间了没有答复"
DECIDE_IN_GROUP = "{number} 号吹哨，{unit}说明不到，请街道定。原因已私下发。"
MUST_BUTTON, EXCUSE_BUTTON = "必须到", "可以不到"
FINAL_ALREADY = "{number} 号已经定了要来，不能再说明不到；来了说「报到 {number} 已到现场」。"
NOTHING_TO_DECIDE = "{number} 号现在没有等您定的。"
WHOSE = "{number} 号说明不到的不止一家：{units}。请写上是哪家，例如「{word} {number} {first}」。"
NOT_FOR_YOU = "{number} 号现在由{unit}定。"
PASSED_UP = "{number} 号{unit}该不该来，已报{district}定。"
DECIDED = "{number} 号{unit}：{decision}，已通知。"
TOLD_DECIDED = "{number} 号{unit}：{decision}。"
DECISIONS = {"must_come": "必须到", "excused": "可以不到"}

POINTS = re.compile(r"(?P<unit>.*?)[\s:：，,]*(?P<points>[1-5])\s*分?")
RATE_HOW = "给几分？1 到 5，例如「评价 {number} {unit} 5」。"
RATE_WHOM = "给哪个部门打分？{number} 号报到过的有：{units}。只给部门打分，不给个人打分。"
RATE_NOT_YET = "{number} 号{unit}还没有答复，先不打分。"
RATED = "{number} 号：给{unit}打了 {rating} 分，部门会看到。"
RATED_SAME = "{number} 号：{unit}已经是 {rating} 分。"
TOLD_RATED = "{street}给您单位 {number} 号的报到打了 {rating} 分（满分 5 分）。"

OVER_NOTHING = "{number} 号没有在吹的哨。"
OVER = "{number} 号的哨收了，已告诉{units}不用来了。"
OVER_ALL_HERE = "{number} 号的哨收了。"
TOLD_OVER = "{number} 号的哨收了，还没到的不用来了，谢谢。"
TOLD_RESIDENT = "您报的 {number} 号，正在协调几个部门一起办，有进展就告诉您。"

LOOK = "吹哨（{kind}）{state}"
LOOK_STATE = {"drafted": "等签发", "blown": "哨响 {at}", "refused": "没有签发", "over": "已收 {at}"}
LOOK_CALL = "· {unit}：{answer}"
ANSWERS = {
    "waiting": "{light}等报到，{due} 前",
    "present": "到现场 {at}{late}",
    "contact": "已联系 {at}{late}",
    "declined": "说明不到",
}
LOOK_ASKED = {1: "，已请其负责人过问", 2: "，已报区里（一事一议）"}
LOOK_RATING = "，{rating} 分"
TODO = "{light}{number} {what} · 等您单位报到 · {due} 前"
TODO_SIGN = "{number} {what} · 等您签发吹哨"
LOOK_DECIDED = "，{decision}"
AND = "、"

# on the page of what waits to be decided
PAGE_BY, PAGE_PROBLEMS, PAGE_NEEDS, PAGE_DECLINED = "谁吹的", "问题清单", "需求清单", "说明不到"
