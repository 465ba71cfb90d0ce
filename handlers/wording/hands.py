"""专班, 协调单, 调解: what is said to whoever works on a ticket beside its holder."""

from __future__ import annotations

TEAM_WHO = "请哪几家一起办？例如「专班 {number} 物业 城管 供水：分头查漏」。"
TEAM_NONE_NEW = "{number} 号{units}已经在一起办了。"
TEAM = "{number} 号专班：{units}一起办，各办各的，{due} 前办好。主办还是{holder}。"
NO_HOLDER = "接单的单位"
TOLD_RESIDENT = "您报的 {number} 号，正在协调几个部门一起办，有进展就告诉您。"
TEAM_CARD = "专班：{number} 号（{place} {what}）请{unit}一起办，{due} 前办好你们这部分。{note}"
TEAM_IN_GROUP = "专班：{number} 号（{place} {what}）请{units}一起办，{due} 前。要做什么已私下发。"
ACCEPT_BUTTON, DONE_BUTTON = "我们来办", "办好了"
CARD_PLACE, CARD_DUE, CARD_PART = "地点", "办好", "一起办"
NOTE = "要做的：{note}"

COORDINATE_WHAT = "要协调什么？例如「协调 {number} 需要断水两小时，请物业和供水一起定时间」。"
COORDINATE_AGAIN = "{number} 号已经报{unit}协调了，{due} 前回您。"
COORDINATE_NOBODY = "上面没有能协调的了，请直接打电话给街道，或说「求助 {number} …」。"
COORDINATED = "{number} 号的协调单已报{unit}，{due} 前回您。工单还在您手上，时限不变。"
COORDINATE_CARD = (
    "协调单：{number} 号（{place} {what}），{asker}一家办不完，请{unit}协调，{due} 前。\n要协调的：{note}\n"
    "能定的回「办结 {number} 怎么定的」；要几家一起办，说「专班 {number} 单位…」；要叫部门，说「吹哨 {number} 部门…」。"
)
COORDINATE_IN_GROUP = "协调单：{number} 号（{place} {what}），请{unit}协调，{due} 前。要协调什么已私下发。"

BEGUN = "{number} 号您这部分归您单位了，{due} 前办好，办好说「办结 {number} 做了什么」。"
BEGUN_ALREADY = "{number} 号您这部分已经在办了，{due} 前办好。"
TOLD_BEGUN = "{number} 号：{unit}来办了。"
PROGRESS_EMPTY = "请写一句办到哪了，例如「进展 {number} 阀门已关，下午换管」。"
PROGRESS = "{number} 号已记下，告诉了主办的人。"
TOLD_PROGRESS = "{number} 号：{unit}：{note}"
DONE_EVIDENCE = "{number} 号您这部分做了什么？写一句，例如「办结 {number} 阀门已换」。"
DONE = "{number} 号您这部分办好了，已告诉主办的人。整张单由主办的人办结。"
DONE_ALREADY = "{number} 号您这部分已经办好了。"
TOLD_DONE = "{number} 号：{unit}那部分办好了{note}。"
TOLD_ALL_DONE = "几家都办好了，可以说「办结 {number} …」。"
TOLD_COORDINATED = "{number} 号的协调有了结果：{note}"
BY_PHOTO = "，有照片"
SAID = "：{note}"
LEFT = (
    "{number} 号还有{units}没办好，先等一等，或催一催；用不着了就说「不用协办 {number} {first}」。\n"
    "都办好了再说「办结 {number} …」。"
)
RELEASE_WHO = "{number} 号不用哪家办了？在办的有：{units}。"
RELEASE_NONE = "{number} 号没有别的单位在一起办。"
RELEASED = "{number} 号不用{unit}办了，已告诉对方。"
# Why nobody need come, or go on, where it was not simply done.
WHY_OVER = {
    "withdrawn": "{number} 号居民撤回了。",
    "transferred": "{number} 号移交给外面的单位了。",
    "rejected": "{number} 号不办了。",
}
TOLD_RELEASED = "{number} 号不用您单位一起办了，谢谢。"

MEDIATE_CARD = (
    "调解：{number} 号（{place} {what}），{asker}调解不下来，请{unit}接着调，{due} 前接单。\n经过：{note}\n"
    "接单之前仍由{asker}负责。"
)
MEDIATE_IN_GROUP = "调解：{number} 号（{place} {what}），请{unit} {due} 前接着调。经过已私下发给{unit}。"
MEDIATE_ASKED = "{number} 号已请{unit}接着调解，{due} 前接单；接单之前还请您照看。"
MEDIATE_AGAIN = "{number} 号已请{unit}接着调解，还没接，{due} 前。"
MEDIATE_TOP = "{number} 号已经到街道了，上面没有调解的一级。谈不拢，可以告诉双方去司法所、人民调解委员会，或走诉讼。"
MEDIATE_FIRST = "{number} 号请先说「接单 {number}」接去调解，再办结。"
MEDIATE_TAKEN = "{number} 号归您调解了，{due} 前有个结果；调不下来说「求助 {number} 经过」，报上一级。"
TOLD_MEDIATE_TAKEN = "{number} 号{unit}接去调解了，您不用再管，谢谢。"
TOLD_RESIDENT_MEDIATE = "您报的 {number} 号，已请{unit}来帮着调解。"

LOOK = "一起办的："
LOOK_HAND = "· {unit}（{part}）：{state}"
PARTS = {"member": "专班", "coordinate": "协调", "mediate": "调解"}
STATES = {
    "asked": "{light}还没接，{due} 前",
    "working": "{light}在办，{due} 前",
    "done": "办好了 {at}",
    "released": "不用办了",
}
CLIMBED = "交给上一级了"
TODO = "{light}{number} {what} · {part} · {due} 前"
HEAD = "和别家一起办的："
