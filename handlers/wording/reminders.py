"""Reminders: several that are due for one person are one message."""

from __future__ import annotations

HEAD = "有 {count} 张工单等着："
LINES = {
    "accept:yellow": "🟡 {number} {what}：{due}前要接单，还没人接。",
    "accept:red": "🔴 {number} {what}：已超时（应在 {due} 前接单），请马上处理。",
    "progress:due": "🟡 {number} {what}：接单后还没有进展，请联系报事人或说一句「进展」。",
    "emergency": "🔴 紧急 {number} {what}：{place}，请马上接单！",
    "emergency:up": "🔴 紧急 {number} {what}：{place}，一直没人接，请马上过问！",
}
FOOT = "说「接单 编号」接手，说「待办」看全部。"
