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
HOTLINE_ONES = frozenset({"热线", "热线的", "热线工单", "12345的", "12345转来的"})
HOTLINE_HEAD = "12345 转来、还没办完的 {count} 张："
HOTLINE_NONE = "12345 转来的，现在没有还在办的。"
LATELY_TOLD = {  # how a stretch of time is said, and the one that it means
    "昨晚": "night",
    "昨夜": "night",
    "夜里": "night",
    "昨天晚上": "night",
    "昨天夜里": "night",
    "周末": "weekend",
    "这周末": "weekend",
    "上周末": "weekend",
    "双休日": "weekend",
    "昨天": "yesterday",
    "今天": "today",
}
TOLD_HEAD = "{span}新报的 {count} 件："
TOLD_NONE = "{span}没有新报的事。"
SPAN = "{said}（{begin} 到 {end}）"
STATES = {  # how a state is said, and what is meant: 查 挂账
    "挂账": "suspended",
    "待核查": "resolved",
    "等核查": "resolved",
    "没核查": "resolved",
    "移交": "transferred",
    "没接": "reported",
    "没人接": "reported",
    "未接": "reported",
    "待接": "reported",
    "没派": "undispatched",
    "待派": "undispatched",
    "未派": "undispatched",
    "退单": "returned",
    "退回": "returned",
    "不满意": "dissatisfied",
    "重办": "reopened",
    "重新办": "reopened",
    "延期": "extended",
    "今天到期": "due_today",
    "明天到期": "due_tomorrow",
    "办结": "ended",
    "办完": "ended",
    "结案": "ended",
}
STATE_HEADS = {
    "suspended": ("挂账的 {count} 张：", "现在没有挂账的。"),
    "resolved": ("办结后等核查、等回音的 {count} 张：", "现在没有等核查的。"),
    "transferred": ("移交出去的 {count} 张：", "没有移交出去的。"),
    "reported": ("还没人接的 {count} 张：", "都有人接了。"),
    "undispatched": ("还没派出去的 {count} 张：", "没有等着派的。"),
    "returned": ("退过单、还在办的 {count} 张：", "在办的没有退过单的。"),
    "dissatisfied": ("近 30 天居民说不满意的 {count} 张：", "近 30 天没有说不满意的。"),
    "reopened": ("重新办理、还没办完的 {count} 张：", "现在没有重新办理的。"),
    "extended": ("延过期、还在办的 {count} 张：", "在办的没有延过期的。"),
    "due_today": ("今天到期的 {count} 张：", "今天没有到期的。"),
    "due_tomorrow": ("明天到期的 {count} 张：", "明天没有到期的。"),
    "ended": ("近 7 天办完的 {count} 张：", "近 7 天没有办完的。"),
}
NOW = "现在"  # 现在什么情况
JUST_NOW = "刚才"  # 刚才那个怎么样了
GO_ON = "接着"  # 还有呢, behind a list that was too long
OWN_AREA = frozenset({"我管的", "我的网格", "我的范围", "我的辖区"})
AREA = "{unit}：{estates}"
AREA_APART, IN_AREA = "；", "、"
ESTATE = "{name}（{buildings}）"
BUILDINGS = "{names}，共 {count} 栋"
NO_ESTATES = "没有固定的楼栋，派来的单子说「待办」看"
MOST_BUILDINGS = 30
LATE_ONES = frozenset({"超时", "超时的", "逾期", "逾期的", "超期", "超期的", "红灯", "红灯的"})
LATE_HEAD = "超时的 {count} 张："
LATE_NONE = "您看得到的，现在没有超时的。"
LATE_BELOW = "您管的范围里有 {count} 张超时，说「查 超时」看。"
# A name and nothing else, said by staff to the bot alone.
AROUND_BARE = " ,。?!呢的~"
BARE_NUMBER = r"#?(?P<n>\d{1,6})\s*(?:号单|号工单|号|单)?"
BARE_THING = (
    r"电梯|路灯|楼道灯|声控灯|灯|垃圾桶?|下水道|下水|污水|井盖|化粪池|门禁|单元门|大门|道闸|停车|噪音|广场舞|油烟|狗|流浪狗|树|绿化|消防通道|消防"
    r"|飞线|电动车|电瓶车|充电|水管|水费|自来水|暖气|燃气|楼道|堆物|杂物|违建|监控|健身器材|路面|围墙|物业费"
)
BARE_HOUSE = r"[\d一二三四五六七八九十]{1,3}(?:号楼|栋|幢|座|号院)"

WHO_LOOKED = "谁"  # 查 1 谁看
NOT_KEPT = "谁看过工单，门口不记。经办的单位和上面的社区、街道查得到 {number} 号；保密的，只有经办的人。\n"

SEES_TO_IS_ASKED = "谁管"  # 查 谁管 3号楼
SEES_TO_HEAD = "{place}："
SEES_TO = "{unit}：{people}{phone}"
SEES_TO_NOBODY = "现在没有人在岗"
SEES_TO_PHONE = "，电话 {phone}"
SEES_TO_DUTY = "现在值班：{people}"
SEES_TO_MORE = "一共有 {count} 处，写上小区的名字再问，例如「谁管 杨柳苑3号楼」。"
SEES_TO_NOTHING = "没找到「{place}」归谁管。写上小区和楼号再问，例如「谁管 杨柳苑3号楼」。"
