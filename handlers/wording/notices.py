"""Notices: what a household receives, what their author is told while it goes, and names for what happens to it."""

from __future__ import annotations

from datetime import datetime

from handlers.rules.deadlines import LOCAL
from storage.notices import Notice

NO_SUCH = "没有 {number} 号通知。说「通知进度」看最近的一条。"
NOT_ALLOWED = "{number} 号通知是{unit}发的，请找{unit}的工作人员。"

WAITS_FOR_ADMINISTRATOR = (
    "{number} 号通知已交给公众号，平台还没放行。"
    "要是开着「群发保护」，请管理员半小时内在手机微信上点一下确认，不然发不出去。"
)
NOBODY_CONFIRMED = (
    "{number} 号通知有一批没发出去：半小时里没等到公众号管理员确认。请和管理员约好时间再发一次，"
    "说「通知进度 {number}」看还差多少户。"
)
JOB_FAILED = (
    "{number} 号通知有一批平台没有放行，没发出去。说「通知进度 {number}」看还差多少户，改一改再发，或者上门说。"
)
GIVEN_UP = "{number} 号通知有 {count} 户没发出去：平台这个月的群发次数用完了，等到下个月就晚了。请打电话或上门通知。"
PAUSED = "{number} 号通知有一部分要等到 {until} 才能发：平台给的群发次数用完了。等不及的，请打电话或上门。"

LINK_HERE = "（每户一个专用链接）"
CLIPPED = "……（全文请点开看）"

CHANNELS = {
    "memory": "样例聊天",
    "oa": "公众号",
    "wecom": "企业微信",
    "kf": "微信客服",
    "aibot": "智能机器人",
    "onebot": "群机器人",
    "sms": "短信",
}
REASONS = {
    "unbound": "还没绑定",
    "vacant": "空房",
    "in_group_only": "只在群里",
    "door_cannot_speak": "所用渠道暂不能主动发",
    "door_gone": "渠道已停用",
    "address_unreadable": "地址打不开",
    "no_answer": "发出后没有回音",
    "busy": "平台一直繁忙",
    "window_closed": "最近没和我们说过话，平台不让发",
    "month_quota": "这个月的群发已经收满了",
    "quota_used_up": "平台给的群发次数用完了",
    "not_confirmed": "半小时内没有管理员确认",
    "job_failed": "平台没有放行",
    "no_report": "平台一直没有回音",
    "opted_out": "不收普通通知",
    "expired": "过了有效期",
    "cancelled": "取消了",
}
WAITS = {
    "limit": "平台限速，分批发",
    "quota_used_up": REASONS["quota_used_up"],
    "door_shut": "渠道暂时不通",
    "door_gone": REASONS["door_gone"],
    "no_answer": "断线了，马上再试",
    "not begun": "停下来时还没送出",
}
OTHER_WAIT = "平台忙，过会儿再试"
OTHER_REASON = "平台没有收下"
# The first line says at once what it is: an exercise can never be taken for the real thing, nor the other way round.
HEADS = {
    "ordinary": "【{issuer}】{what}\n",
    "important": "【{issuer}】{what}\n",
    "emergency": "【紧急】{issuer}{what}\n",
    "drill": "【演练】{issuer}{what}，不是真的\n",
}
KIND_NAMES = {"ordinary": "通知", "important": "重要通知", "emergency": "紧急通知", "drill": "演练通知"}
PURPOSES = {"remind": "提醒", "correct": "更正通知（前一条以这条为准）"}
MOST_LINES = 20  # communities listed before the rest are summed up


def message(
    issuer: str,
    text: str,
    link: str,
    limit: int,
    *,
    kind: str = "ordinary",
    purpose: str = "first",
    source: str | None = None,
) -> str:
    """What a household receives, up to where its own token completes the link. What it is stands in the first line.

    ``limit`` is in UTF-8 bytes and counts the whole message with 32 bytes for the token.
    """
    head = HEADS[kind].format(issuer=issuer, what=PURPOSES.get(purpose) or KIND_NAMES[kind])
    foot = f"\n来源：{source}" if source else ""
    foot += f"\n\n看到请回「收到」，也可以点开看大字：\n{link}"
    room = limit - len((head + foot).encode()) - 32
    return head + clip(text, room) + foot


def message_of(notice: Notice, issuer: str, text: str, link: str, limit: int) -> str:
    """The same of a notice whose words are at hand."""
    kind, purpose, source = notice.kind, notice.purpose, notice.source
    return message(issuer, text, link, limit, kind=kind, purpose=purpose, source=source)


def clip(text: str, room: int) -> str:
    """As much of the text as fits into ``room`` bytes, saying so when some is left out."""
    raw = text.encode()
    if len(raw) <= room:
        return text
    return raw[: max(room - len(CLIPPED.encode()), 0)].decode(errors="ignore") + CLIPPED


def confirm_line(number: int, counted: int) -> str:
    """Exactly what must be said to send."""
    return f"确认发送 {number} {counted}户"


def channel(door: str) -> str:
    """A channel as people call it, from the door's name."""
    return CHANNELS.get(door.partition(":")[0], door.partition(":")[0])


def reason(code: str) -> str:
    """Why a household was not reached; a platform's own codes are not shown to anybody."""
    return REASONS.get(code, OTHER_REASON)


def waiting(code: str) -> str:
    """Why a household still waits."""
    return WAITS.get(code, OTHER_WAIT)


def moment(at: datetime) -> str:
    """``3月5日 09:12``, Asia/Shanghai."""
    local = at.astimezone(LOCAL)
    return f"{local.month}月{local.day}日 {local:%H:%M}"


def cut_short(lines: list[str]) -> list[str]:
    """The first lines, and how many communities more."""
    if len(lines) <= MOST_LINES:
        return lines
    return [*lines[:MOST_LINES], f"……还有 {len(lines) - MOST_LINES} 个社区"]
