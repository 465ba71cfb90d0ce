"""Composing a notice: what its author is asked, told to mend, and shown before it goes."""

from __future__ import annotations

from datetime import datetime, timedelta

from handlers.rules.deadlines import LOCAL

# --- what is wrong, beside the field of the form or as a line of the chat

NO_TEXT = "还没有写内容。"
TOO_LONG = "这条有 {length} 个字，太长了，老人家看不完。请缩到 {limit} 个字以内再发。"
NO_SOURCE = "{what}要写明是哪个单位说的，带上电话、文号或链接，例如：{example}"
SOURCE_BARE = "来源「{source}」还缺电话、文号或链接，住户好去核实。例如：{example}"
NO_REASON = "紧急通知会半夜响，请写一句为什么等不到早上。"
ALREADY_OVER = "有效期到 {until}，已经过了。请改有效期，或者改时间。"
ENDS_BEFORE = "有效期的结束不能早于开始。"
NOBODY = "{unit}名下还没有登记住户，通知发不出去。请先登记楼栋和住户。"
NOBODY_CHOSEN = "这样挑下来一户也没有：{said}。"
BAD_LINK = "链接要以 https:// 或 http:// 开头。"
VOICE_LOST = "那段语音没有取到，请再录一次。"
PICTURE_LOST = "那张图片没有取到，请再发一次。"
VOICE_TOO_LONG = "语音有 {seconds} 秒，最长 {most} 秒，请重新录一段短的。"
NOT_A_VOICE = "这个文件不是能用的语音，请用手机录音（m4a、mp3、amr、wav）。"
WHAT = {
    "water": "停水的通知",
    "power": "停电的通知",
    "gas": "停气的通知",
    "heating": "停暖的通知",
    "network": "断网的通知",
    "weather": "天气和预警的通知",
    "emergency": "紧急通知",
}
EXAMPLES = {
    "water": "自来水公司 96110",
    "power": "供电公司 95598",
    "gas": "燃气公司 96777",
    "heating": "供热公司 96069",
    "network": "电信 10000",
    "weather": "市气象台 12121",
    "emergency": "街道应急办 0571-88881234",
}

# --- to whom, how long, how much


def until(moment: datetime) -> str:
    """``3月6日 17:00``; midnight is said as the end of the day before."""
    local = moment.astimezone(LOCAL)
    if (local.hour, local.minute) == (0, 0):
        local -= timedelta(days=1)
        return f"{local.month}月{local.day}日 24:00"
    return f"{local.month}月{local.day}日 {local:%H:%M}"


def validity(start: datetime | None, end: datetime | None) -> str:
    """``3月6日 09:00 到 17:00，过了就不再发``."""
    if end is None:
        return ""
    if start is None:
        return f"到 {until(end)}，过了就不再发"
    same = start.astimezone(LOCAL).date() == (end - timedelta(microseconds=1)).astimezone(LOCAL).date()
    last = until(end).rpartition(" ")[2] if same else until(end)
    return f"{until(start)} 到 {last}，过了就不再发"
