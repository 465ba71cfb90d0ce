"""A notice among its readers: the line in a group, the words that say it was read, and what is heard then."""

import re

from storage.notices import NoticeKind, Purpose

RECEIVED = frozenset(
    {"收到", "收到了", "已收到", "好的收到", "收到谢谢", "收到 谢谢", "收到,谢谢", "看到了", "已看到", "知道了"}
)
# The same, said twice over or with thanks: 看到了，知道了; 好的，收到了，谢谢社区.
_SEEN = r"(?:收到了?|(?:已经|已|都)(?:收到|看到|看过)了?|看到[了啦]|知道[了啦])"
_NOD = r"(?:好的?|嗯+|哦+|谢谢(?:您|你|社区|通知|提醒)?|多谢|辛苦了?)"
RECEIVED_TOO = re.compile(rf"(?:{_NOD}[,，。 ]*)*{_SEEN}(?:[,，。 ]*(?:{_SEEN}|{_NOD}))*")
RECEIVED_NUMBER = re.compile(r"(?:收到|已收到|看到了)\s*(\d{1,9})\s*号?(?:通知)?")
THANKS = "记下了，谢谢您看过 {number} 号通知。"
THANKS_AGAIN = "{number} 号通知您已经说过收到了，谢谢。"
THANKS_CANCELLED = "谢谢您。{number} 号通知后来取消了，请不要照着做。"

# --- in a group

DRILL = "【演练】"
HEADS = {
    NoticeKind.ORDINARY: "【{issuer}】通知：",
    NoticeKind.IMPORTANT: "【{issuer}】重要通知：",
    NoticeKind.EMERGENCY: "【紧急】{issuer}：",
    NoticeKind.DRILL: DRILL + "【{issuer}】通知：",
}
CORRECTS = "【更正】"
ROOM, ROOM_EMERGENCY = 60, 140  # characters of the text
MORE = "……"
FOOT = "看全文、点「收到」："
CANCELLED = "{head}取消了，请不要照着做：{text}"
ROOM_CANCELLED = 30  # characters of the text, so that people know which one
TO_PASS_ON = "{group}里机器人说不了话，请把下一条转发到群里："


def group_line(kind: NoticeKind, purpose: Purpose, issuer: str, text: str, link: str) -> str:
    """What a group is told: whose word it is, how it begins, and the group's own link."""
    head = (CORRECTS if purpose == Purpose.CORRECT else "") + HEADS[kind].format(issuer=issuer)
    if kind == NoticeKind.DRILL:  # says so before anything else
        head = DRILL + head.replace(DRILL, "")
    room = ROOM_EMERGENCY if kind == NoticeKind.EMERGENCY else ROOM
    return f"{head}{_begin(text, room)}\n{FOOT}{link}"


def cancelled_line(kind: NoticeKind, issuer: str, text: str) -> str:
    """What a group that was told of a notice hears when it is cancelled."""
    head = HEADS[kind].format(issuer=issuer).rstrip("：")
    return CANCELLED.format(head=head, text=_begin(text, ROOM_CANCELLED))


def _begin(text: str, room: int) -> str:
    flat = " ".join(text.replace(DRILL, "").split())
    return flat if len(flat) <= room else flat[:room] + MORE
