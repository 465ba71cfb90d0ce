"""What staff read when they work on tickets, and what the reporter hears of it."""

from __future__ import annotations

NO_SUCH = "没有 {number} 号工单。"
WHICH = "是哪一张？请带上编号，例如「{word} {first}」。您能办的有：{numbers}。"
NONE_OPEN = "现在没有等您{word}的工单。"
NOT_YOURS = "{number} 号不在您的范围，归{who}办。"
MAY_NOT = "「{word}」要由{who}来操作。问进展说「进度」，找人说「人工」。"
PRIVATE_PLEASE = "「{word}」请私下对我说。"
ALREADY = "{number} 号已经{word}过了，现在是{status}。"
NOT_NOW = "{number} 号现在是{status}，不能{word}。"

ACCEPTED = "{number} 号归您了：{what}。{due} 前请先联系报事人或说一句「进展」。"
ACCEPTED_ALREADY = "{number} 号已经在您手上。"
ACCEPTED_BY = "{number} 号 {name} 已经接了。"
TOLD_ACCEPTED = "您报的 {number} 号，{unit}已接手，联系人{name}。"

PROGRESS = "{number} 号已记下进展，会告诉报事人。"
PROGRESS_EMPTY = "请写一句办到哪了，例如「进展 {number} 已联系维修师傅，下午到」。"
TOLD_PROGRESS = "您报的 {number} 号正在处理：{note}"

RESOLVED = "{number} 号已办结，等报事人确认。"
RESOLVE_EVIDENCE = "办结 {number} 号请附一句话或一张照片，例如「办结 {number} 灯泡已换」。"
ANSWER_IN_WORDS = "好了回「满意」，没好回「不满意」。"  # left out where buttons stand below
TOLD_RESOLVED = (
    f"您报的 {{number}} 号说是弄好了{{note}}，请您看看。{ANSWER_IN_WORDS}{{closes}} 前没回音就先结案，之后还能再说。"
)
TOLD_RESOLVED_NOTE = "：{note}"

REASSIGN_TO_WHOM = "转给谁？例如「转派 {number} 物业」。"
REASSIGN_NAME = "{number} 号转给谁？回单位或人的名字就行，例如「物业」「城管」；不转了回「不用」。"
REASSIGN_KEPT = "好的，{number} 号没有转。"
REASSIGN_UNKNOWN = "没找到「{name}」。可以转给：{names}。"
REASSIGN_SEVERAL = "叫「{name}」的不止一个：{names}，请写全。"
REASSIGN_ENFORCEMENT = "{number} 号是执法管理类的事，不能派给社区或网格，请转给主管部门。"
REASSIGNED = "{number} 号已转给{name}，时限不变（{due}）。"
REASSIGNED_LATE = "{number} 号已转给{name}，时限不变：应在 {due} 前接单，已经超时，请他们马上接。"
REASSIGN_NOT_YOURS = (
    "{number} 号转派只能给本单位的同事。不归你们办，说「退单 {number}」，由上一级定；"
    "要别家一起办，说「协调 {number} 要做什么」。"
)
REASSIGN_TIPOFF = "{number} 号是保密的，不能转给物业，也不能转给被反映的一方。请转给主管部门，或由您这一级办。"
TOLD_REASSIGNED = "您报的 {number} 号已转给{unit}处理，接手后会告诉您。"

ASSIST_REASON = "要帮什么忙？例如「求助 {number} 需要登高车」。"
ASSISTED = "{number} 号的求助已报给{unit}。"
ASSIST_CARD = "{number} 号请求支援：{note}"
ASSIST_IN_GROUP = "{number} 号请求支援，要帮什么已私下发给{unit}。"
ASSIST_NOBODY = "上面没有可以求助的单位了，请直接打 12345 或联系街道。"
TOLD_ASSISTED = "您报的 {number} 号要多家一起办，已请{unit}帮忙。"

VERIFY_REASON = "不通过请写原因，例如「核查 {number} 不通过 灯还是不亮」。"
VERIFIED = "{number} 号核查通过，已结案。"
VERIFY_FAILED = "{number} 号核查不通过，已退回继续办。"
VERIFY_FAILED_STAFF = "{number} 号核查不通过：{reason}，请继续处理。"
VERIFY_PASS = ("通过", "合格", "属实", "ok")
VERIFY_FAIL = ("不通过", "不合格", "没通过", "没修好", "未解决", "不行")
TOLD_CLOSED = "您报的 {number} 号已办结。谢谢您告诉我们。"

TODO_NONE = "您手上没有待办，辛苦了。"
TODO_HEAD = "待办 {count} 张，按时限排："
TODO_LINE = "{light}{number} {what} {place} · {status}{whose} · 截止 {due}"
TODO_WAITED = " · 居民已等 {days} 天"
TODO_MORE = "还有 {count} 张，说「查 编号」看。"
TODO_GO_ON = "还有 {count} 张，回「还有呢」接着看。"
TODO_NONE_LEFT = "没有了，都在上面。从头看说「待办」。"
LIGHTS = {"": "", "yellow": "🟡", "red": "🔴"}

LOOK_HEAD = "{number} {what} {place} · {status}{closing}{whose}"
WHOSE = " · {unit}{person}"
LOOK_WORDS = "居民说：{said}"
FOUND_WORDS = "工作人员报：{said}"
LOOK_WAITED = "居民已等 {days} 天。"
LOOK_CALM = "「{what}」现在没有在办的工单，最近也没有办完的。"
LOOK_NONE = "没查到和「{what}」有关的工单。"
LOOK_HELP = "查什么？例如「查 1043」「查 3号楼」。"

CARD_TITLE = "{number} 号 · {category}{urgent}"
CARD_URGENT = " · 紧急"
CARD_TODAY = " · 当天办"
CARD_PLACE, CARD_SAID, CARD_DUE, CARD_FLAG, CARD_WHO = "地点", "内容", "接单", "注意", "报事"
CARD_EMERGENCY = "马上！"
CARD_NEW = "新工单 {number}：{place} {what}，{due} 前接单。"
CARD_LATE = "工单 {number}：{place} {what}，接单已超时（应在 {due} 前），请马上接。接单后有 {grace}联系报事人，{done}。"
CARD_DONE_BY, CARD_DONE_LATE, CARD_DONE_OPEN = "{due} 前办结", "办结也已超时（应在 {due} 前）", "办结日期接单后再定"
CARD_IS_LATE = "{due}（已超时）"
CARD_NEW_EMERGENCY = "🔴紧急 {number}：{place} {what}，请马上接单并赶到！"
URGENT_MARK = "🔴紧急 "
CARD_NO_DESK = "待派单 {number}：{place} {what}，没有对应的责任单位，请派单（转派 {number} 单位）。"
CARD_CONFIDENTIAL = "保密，不要透露报事人"
BUTTONS = {
    "accept": "接单",
    "reassign": "转派",
    "resolve": "办结",
    "progress": "进展",
    "not_report": "不是报事",
    "why": "为什么",
    "verify": "核查",
    "verify_pass": "核查通过",
    "redo": "退回重办",
    "talked": "已面谈",
}
FLAGS = {
    "no_place": "没说清地点，请先联系",
    "elsewhere": "可能不在本小区，请先问清",
    "unheard_voice": "只有语音，请听",
    "unsure": "机器人拿不准，请先看",
}

NAMES = {
    "accept": "接单",
    "progress": "说进展",
    "reassign": "转派",
    "undo": "撤销",
    "erase": "抹去原话",
    "erase_mine": "请社区抹去原话",
    "proxy": "代报",
    "patrol": "报巡查",
    "hand_off": "移交",
    "reject": "不予受理",
    "take_up": "恢复受理",
    "nudge": "催办",
    "supervise": "写督办意见",
    "comment": "留言",
    "hurry": "催",
    "resolve": "办结",
    "return": "退单",
    "extend": "延期",
    "set_date": "定期",
    "suspend": "挂账",
    "look_back": "回看",
    "resume": "恢复",
    "agree": "同意",
    "disagree": "不同意",
    "verify": "核查",
    "verify_pass": "核查",
    "redo": "退回重办",
    "talked": "记面谈",
    "lane": "分流",
    "assist": "求助",
    "whistle": "吹哨",
    "whistle_sign": "签哨",
    "whistle_refuse": "不签",
    "whistle_over": "收哨",
    "respond": "报到",
    "respond_contact": "报到",
    "decline": "说明不到",
    "whistle_excuse": "定可以不到",
    "whistle_must": "定必须到",
    "whistle_rate": "评价",
    "task_force": "组专班",
    "coordinate": "报协调",
    "hand_release": "撤出专班",
    "todo": "待办",
    "merge": "并案",
    "split": "拆分",
    "passed_on": "记转告",
    "look": "查",
    "candidate_open": "立单",
    "candidate_refuse": "说不是",
    "candidate_recast": "改类",
    "review_tick": "打勾",
    "review_list": "看审核清单",
    "group_mode": "改群的模式",
    "group_bind": "绑定群",
    "recategorise": "改类",
    "duty": "排值班",
    "duty_lead": "排带班",
    "duty_list": "看值班表",
    "duty_change": "换班",
    "duty_drop": "取消值班",
    "leave": "请假",
    "leave_list": "请假名单",
    "back": "销假",
    "hand_over": "交班",
    "not_report": "撤下",
    "is_report": "立单",
    "console": "控制台",
    "notice": "通知",
    "notice_edit": "修改通知",
    "notice_try": "试发通知",
    "notice_submit": "送审",
    "notice_adopt": "采用通知",
    "notice_return": "退回通知",
    "notice_confirm": "确认发送",
    "notice_consent": "记电话请示",
    "notice_progress": "通知进度",
    "notice_pause": "暂停通知",
    "notice_resume": "继续通知",
    "notice_cancel": "取消通知",
    "notice_cancel_really": "取消通知",
    "notice_retry": "重发通知",
    "notice_retry_really": "重发通知",
    "notice_correct": "更正通知",
    "notice_remind": "催看通知",
    "notice_remind_really": "催看通知",
    "notice_remind_stop": "取消催看",
    "notices_off": "不收通知",
    "notices_on": "恢复通知",
    "knock_list": "看上门名单",
    "knocked": "记上门",
    "knock_undo": "撤销上门",
    "call": "招募",
    "sign_up": "报名",
    "sign_out": "退出报名",
    "sign_ups": "看名单",
    "assign_shift": "安排",
    "replace_shift": "换人",
    "stand_down": "取消班次",
    "tell_sign_ups": "带话",
    "results": "看公示",
    "results_confirm": "确认公示",
    "results_drop": "不发公示",
    "task": "看任务",
    "task_confirm": "派任务",
    "task_done": "完成任务",
    "task_end": "结束任务",
    "statistics": "看统计",
    "hotline_result": "记热线回访",
    "status": "进度",
    "why": "问时限",
    "withdraw": "撤回",
    "bind": "绑定",
    "unbind": "解绑",
    "claim_agree": "确认绑定",
    "claim_refuse": "不是住户",
    "enrol": "登记",
    "human": "人工",
    "mute": "静音",
    "unmute": "取消静音",
    "help": "帮助",
}
CARD_LINE = "{name}：{value}"
CARD_WORD = "{word} {number}"
CARD_OR = "」或「"
CARD_SAY = "回复「{words}」"
YES = (
    "是",
    "对",
    "要",
    "好",
    "好的",
    "确认",
    "是的",
    "嗯",
    "对的",
    "可以",
    "行",
    "要的",
    "对对",
    "登记",
    "嗯嗯",
    "yes",
    "ok",
)
NO = ("不", "不要", "不用", "不是", "否", "算了", "不用了", "没事", "没", "不了", "取消", "不办了", "no")
BEFORE_A_NAME = "@给 "
OF_A_UNIT = "的 "  # between a unit and somebody of it
FAMILIAR = "小老"  # 小赵, 老周: how colleagues call each other
BUTTON_GOOD, BUTTON_BAD = "满意", "不满意"
PAGE = "随时看进展：{link}"
VERIFY_WHICH = "{number} 号看过了怎么样？说「核查 {number} 通过」，或「核查 {number} 不通过」加上原因。"
TOLD_VERIFY_FAILED = "您报的 {number} 号核查时还没弄好，已退回接着办。"
PAUSES = " ，,：:。"
ACCEPTED_EMERGENCY = "{number} 号归您了，请马上赶到：{place}。到了说一句「进展」。"
