"""通知进度: what became of a notice, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from handlers.wording.notices import cut_short, moment, reason, waiting

NONE_YET = "还没有发过通知。"
STILL_DRAFT = "{number} 号通知还没有确认发送。"
FILTERED = "平台说其中 {count} 户没收到：对方不收，或这个月收满了。是哪几户，平台不告诉我们"
PAUSED = "已暂停"
HELD = "等到 {until} 再发"
AS_OF = "（户数多，这是 {at} 数的）"
STATES = {
    "draft": "未确认",
    "proposed": "等社区或街道审核",
    "signing": "等第二个人确认",
    "confirmed": "正在准备",
    "sending": "正在发",
    "done": "发完了",
    "cancelled": "已取消",
}
# On the page: what the parts are called, and what was done.
REST = {
    "planned": "还没轮到",
    "submitted": "已提交平台，等平台回报",
    "failed": "没发成",
    "unknown": "说不准到没到",
    "no_way": "没有办法发到",
    "skipped": "没有发",
}
BAR = {
    "confirmed": "收到",
    "seen": "看过，没按收到",
    "sent": "发了，没看",
    "waits": "还没轮到",
    "unknown": "说不准",
    "missed": "没发到",
    "skipped": "没有发",
}
HISTORY = {
    "voided": "改了内容，先前的确认作废",
    "taken_over": "接过来改",
    "reviewed": "审核通过",
    "returned": "退回修改",
    "consent_by_telephone": "记下电话请示，开始发",
    "paused": "暂停",
    "resumed": "继续",
    "cancelled": "取消",
    "retried": "重发没发成的",
    "corrected": "发更正",
    "remind_planned": "定了时间催看",
    "remind_stopped": "取消定时催看",
}


def progress_head(number: int, issuer: str, standing: str, issued: datetime | None, households: int) -> str:
    """Opens the progress of a notice."""
    at = f"，{moment(issued)}" if issued is not None else ""
    return f"{number} 号通知（{issuer}{at}）{standing}，共 {households} 户"


def progress_line(sent: int, seen: int, confirmed: int) -> str:
    """The three figures that only rise."""
    return f"已发 {sent}，已看 {seen}，收到 {confirmed}"


def progress_beside(delivered: int, knocked: int, groups: int, people: int) -> list[str]:
    """What else is known of households, and of people who are counted apart; what is zero is not said."""
    lines = [f"手机上收到了 {delivered} 户（平台回报）"] if delivered else []
    lines += [f"上门说到 {knocked} 户"] if knocked else []
    if groups or people:
        lines.append(f"群里说了 {groups} 个，看过的 {people} 人（按人数，不算进户数）")
    return lines


def progress_rest(
    planned: int,
    submitted: int,
    failed: int,
    unknown: int,
    no_way: int,
    skipped: int,
    why: Mapping[str, Mapping[str, int]],
) -> list[str]:
    """Whoever has not been reached, with reasons; what is zero is not said."""
    waits = _because(why.get("planned", {}), waiting)
    first = [f"已提交平台 {submitted} 户，等平台回报"] if submitted else []
    first += [f"还没轮到 {planned}{waits}"] if planned else []
    parts = (
        ("没发成", failed, "failed"),
        ("说不准到没到", unknown, "unknown"),
        ("没有办法发到", no_way, "no_way"),
        ("没有发", skipped, "skipped"),
    )
    rest = [f"{label} {count}{_because(why.get(state, {}), reason)}" for label, count, state in parts if count]
    return first + rest


def progress_places(rows: Iterable[tuple[str, int, int, int, int]]) -> list[str]:
    """A line a community or estate: households, sent, seen, confirmed."""
    return cut_short(
        [f"・{name} {all_} 户：发 {sent}，看 {seen}，收到 {confirmed}" for name, all_, sent, seen, confirmed in rows]
    )


def _because(reasons: Mapping[str, int], say: Callable[[str], str]) -> str:
    named: dict[str, int] = {}
    for code, count in reasons.items():
        named[say(code)] = named.get(say(code), 0) + count
    return "（" + "，".join(f"{name} {count}" for name, count in named.items()) + "）" if named else ""
