"""Help, greetings, and whom to turn to."""

from __future__ import annotations

WELCOME = (
    "您好，这里是社区的门口小助手（机器人）。小区里哪儿坏了、脏了、堵了，直接说一句或拍张照发来就行，"
    "例如「三号楼门口路灯不亮」。问进展说「进度」，找人说「人工」。"
)
HINT = "我是机器人，没听出要报修的事。哪里有问题直接说，例如「三号楼门口路灯不亮」；找人说「人工」。"
UNKNOWN_KIND = "这种消息我还看不懂，请打字说说，或者发照片、语音。"
ROBOT = "我是社区的门口小助手，是个机器人。要找人说「人工」。"
RESIDENT_HEAD = "直接说哪里有问题就行，不用记口令。也可以说："
STAFF_HEAD = "常用的几个词："
STAFF_MORE = "说「帮助 全部」看其余的。"
LINE = "「{word}」{help}，例如「{example}」"
EVERYTHING = ("全部", "所有", "更多")
HELP_PRIVATELY = "用法私下发您了。"

HUMAN = "{unit}：{name}，电话 {phone}，{hours}。"
HUMAN_NO_NAME = "{unit}：电话 {phone}，{hours}。"
HUMAN_HEAD = "可以找："
HUMAN_CITY = "也可以打 12345 热线，24 小时有人接。危险先打 110、119、120。"
DEFAULT_HOURS = "每天 8:30–17:30"
DUTY_LINE = "12345"
DID_YOU_MEAN = "您是不是要「{word}」？"
DANGER = (
    "您说的这件事要紧。有危险请先打 110；身体不舒服打 120；心里难受可打心理援助热线 12356。已请值班人员尽快联系您。"
)
DANGER_STAFF = "🔴请马上私下联系一位居民（可能有危险）：{place}。不要在群里提起。"
WHO_ARE_YOU = (
    "你是谁",
    "您是谁",
    "你是机器人吗",
    "是机器人吗",
    "你是人吗",
    "是真人吗",
    "你是真人吗",
    "机器人吗",
    "你叫什么",
)
AROUND = " ?？。!！~～,，"
NOT_AT_ALL = "不客气，有事随时说。"
