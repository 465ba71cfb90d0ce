"""Reminders: several that are due for one person are one message."""

from __future__ import annotations

RED = "🔴"
HEAD = "有 {count} 张工单等着："
LINES = {
    "accept:yellow": "🟡 {number} {what}：{due} 前要接单，还没人接。",
    "accept:red": "🔴 {number} {what}：已超时（应在 {due} 前接单），请马上处理。",
    "progress:due": "🟡 {number} {what}：接单后还没有进展，请联系报事人或说一句「进展」。",
    "resolve:yellow": "🟡 {number} {what}：{due} 前要办结，快到时间了，请抓紧。",
    "resolve:red": "🔴 {number} {what}：已超时（应在 {due} 前办结），请尽快办好，有难处说「求助」。",
    "date:yellow": "🟡 {number} {what}：复杂的事要先说好哪天办完，快到时间了，请说「定期 {number} 日期」。",
    "date:red": "🔴 {number} {what}：该说好哪天办完了，还没定，请说「定期 {number} 日期」。",
    "idle": "🟡 {number} {what}：有一阵没动静了，请说一句「进展」。",
    "check:due": "🟡 {number} {what}：办结后等核查，请说「核查 {number} 通过」或「核查 {number} 不通过」加原因。",
    "talk:due": "🟡 {number} {what}：居民几次不满意，请和居民谈一次，说「已面谈 {number} 谈了什么」。",
    "whistle:yellow": "🟡 {number} {what}：吹哨叫了您单位，快到报到时限了，到了说「报到 {number} 已到现场」。",
    "whistle:red": "🔴 {number} {what}：吹哨叫到的单位还没报到，已超时，请马上过问。",
    "whistle:sign": "🔴 {number} {what}：吹哨等着签发，请说「签哨 {number}」，或「不签 {number}」加原因。",
    "whistle:decide": "🔴 {number} {what}：有单位说明不到，等着定，请说「可以不到 {number}」或「必须到 {number}」。",
    "hand:yellow": "🟡 {number} {what}：一起办的那部分快到时限了，办好说「办结 {number}」。",
    "hand:red": "🔴 {number} {what}：一起办的还没办好，已超时，请尽快。",
    "emergency": "🔴 紧急 {number} {what}：{place}，请马上接单！",
    "emergency:up": "🔴 紧急 {number} {what}：{place}，一直没人接，请马上过问！",
}
MORE = "……还有 {count} 张"
FOOT = "说「接单 编号」接手，说「待办」看全部。"
FOOT_ABOVE = "说「催办 编号」催办的人，说「查 编号」看到哪一步了。"
FOOT_TAKEN = "说「待办」看全部。"  # where nothing waits to be accepted
