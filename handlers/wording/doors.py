"""What staff are told when a door fails, falls silent, or is back."""

from __future__ import annotations

import re
from datetime import datetime

from handlers.rules.silence import Unusual
from handlers.wording.times import span, when

NAMES = {
    "oa": "公众号",
    "wecom": "企业微信应用",
    "kf": "微信客服",
    "sms": "短信",
    "voice": "语音电话",
    "memory": "试用页",
}
PAGES = {"oa": "公众号", "wecom": "企业微信应用", "kf": "微信客服", "sms": "短信与语音", "voice": "短信与语音"}
UNKNOWN_DOOR, UNKNOWN_PAGE = "消息通道", "总览"

MEANS = {
    "oa": "居民说的话还收得到，当场的回复也在；主动告诉居民的进展先等着，通了再发。",
    "wecom": "发给工作人员的卡片和提醒先等着；急的换别的路走。",
    "kf": "居民在微信客服里说的话，先留在平台上，三天之内通了会补收。",
    "sms": "没有微信的居民暂时通知不到；值班短信也发不出，急事请打电话。",
    "voice": "夜里的紧急电话打不出去，值班的同事请多看手机。",
}
MEANS_OTHER = "走这条路的消息先等着，急的换别的路走。"

# By the number the platform refused with.
TODO = {
    "40164": "把服务器的出口 IP 加进公众平台的 IP 白名单",
    "60020": "把服务器的出口 IP 加进应用的企业可信 IP",
    "40125": "核对 AppSecret，是不是刚重置过",
    "40013": "核对 AppID 或企业 ID",
    "40001": "核对密钥（Secret），是不是刚重置过",
    "48001": "登录管理后台，看接口权限还在不在",
    "48002": "登录管理后台，看接口权限还在不在",
    "48004": "登录管理后台看通知：接口被平台封了，按通知申诉",
    "50002": "登录管理后台看通知：账号被平台限制了",
    "50003": "登录管理后台，看应用是不是被停用了",
}
TODO_OTHER = "登录管理后台看有没有通知，核对密钥和 IP 白名单"

FAILS = (
    "⚠️{name}从{since}起发不出消息。\n{means}\n请{todo}。\n"
    "照着做：接入手册《{page}》；在服务器上运行 menkou doctor，会说差在哪一步。"
)
WORKS = "✅{name}通了。从{since}到{until}，{span}发不出消息；等着的正陆续发出，不用重发。"
SILENT = (
    "🔔{name}从{since}起一条消息也没收到，已经 {span}，比平常久（平常最多 {usual}）。\n"
    "也许只是没人说话，也许居民说了我们听不见。\n"
    "请用手机给{name}发一句「帮助」试试：没有回音，就在服务器上运行 menkou doctor，照接入手册《{page}》查回调地址。"
)
HEARD = "✅{name}又收到消息了。从{since}到{until}，{span}没有动静。{missed}"
MISSED_PULLED = "平台上留着的会自动补收，同一句不会收两遍。"
MISSED_PUSHED = "这段时间平台没送到的话找不回来，有居民说没得到回音的，请他再说一次。"

_NUMBER = re.compile(r"(?<!\d)\d{5}(?!\d)")


def name_of(door: str) -> str:
    """A door in words."""
    return NAMES.get(_kind(door), UNKNOWN_DOOR)


def fails(door: str, reason: str, since: datetime, now: datetime) -> str:
    """Nothing goes out through it."""
    found = _NUMBER.search(reason)
    return FAILS.format(
        name=name_of(door),
        since=when(since, now),
        means=MEANS.get(_kind(door), MEANS_OTHER),
        todo=TODO.get(found[0], TODO_OTHER) if found else TODO_OTHER,
        page=_page(door),
    )


def works(door: str, since: datetime, until: datetime, now: datetime) -> str:
    """It speaks again."""
    return WORKS.format(name=name_of(door), since=when(since, now), until=when(until, now), span=span(until - since))


def silent(door: str, since: datetime, found: Unusual, now: datetime) -> str:
    """Nothing comes in, for longer than usual."""
    return SILENT.format(
        name=name_of(door), since=when(since, now), span=span(now - since), usual=span(found.usual), page=_page(door)
    )


def heard(door: str, since: datetime, until: datetime, now: datetime) -> str:
    """Something came in again."""
    return HEARD.format(
        name=name_of(door),
        since=when(since, now),
        until=when(until, now),
        span=span(until - since),
        missed=MISSED_PULLED if _kind(door) == "kf" else MISSED_PUSHED,
    )


def _kind(door: str) -> str:
    return door.partition(":")[0]


def _page(door: str) -> str:
    return PAGES.get(_kind(door), UNKNOWN_PAGE)


# --- the steps of docs/zh/接入 that a finding of the doctor names

STEPS: dict[tuple[str, str], int] = {
    ("oa", "verified"): 1,
    ("oa", "domain"): 2,
    ("oa", "secret"): 3,
    ("oa", "address"): 4,
    ("oa", "callback"): 5,
    ("oa", "permission"): 6,
    ("oa", "templates"): 7,
    ("oa", "quota"): 8,
    ("wecom", "verified"): 1,
    ("wecom", "secret"): 2,
    ("wecom", "range"): 3,
    ("wecom", "callback"): 4,
    ("wecom", "domain"): 5,
    ("wecom", "address"): 6,
    ("wecom", "permission"): 7,
    ("kf", "accounts"): 2,
    ("kf", "permission"): 3,
    ("kf", "secret"): 3,
    ("kf", "domain"): 4,
    ("kf", "callback"): 4,
    ("kf", "address"): 5,
    ("sms", "port"): 2,
    ("sms", "secret"): 3,
}
STEP = "第 {number} 步"
WHERE = "docs/zh/接入/{page}.md {step}"
ERRORS_PAGE = "docs/zh/接入/{page}.md"


def where(kind: str, topic: str) -> str:
    """The step of the handbook that sets this right; the page alone where no step is about it."""
    page, number = PAGES.get(kind, UNKNOWN_PAGE), STEPS.get((kind, topic))
    if number is None:
        return ERRORS_PAGE.format(page=page)
    return WHERE.format(page=page, step=STEP.format(number=number))
