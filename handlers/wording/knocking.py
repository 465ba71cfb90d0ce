"""Going from door to door for a notice: what a grid worker says, reads and hears."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from handlers.rules.deadlines import LOCAL

BASEMENT = ("地下", "负", "B", "-")  # how the number of a room below the ground begins

# What was found, by what is said behind the door. Longer ones first: 不在家 is read before 在家.
ABSENT = (
    "家里没有人", "没有人在家", "家里没人", "没人在家", "没人开门", "没人应", "没人", "没有人", "无人在家",
    "无人应答", "无人", "人不在家", "人不在", "不在家", "没在家", "不在", "没在", "没开门", "不开门", "敲不开",
    "没敲开", "锁着门",
)  # fmt: skip
MOVED = (
    "已经搬走了", "已经搬走", "已搬走", "搬走了", "搬走", "搬家了", "搬家", "空房", "空置", "空关", "没人住",
    "没有人住", "无人居住",
)  # fmt: skip
TENANT = (
    "换了租户", "换租户了", "换租户", "租户换了", "换了房客", "换房客", "换人住了", "换人了", "换了户主", "换户主",
    "房子卖了", "卖了", "新租户", "新住户",
)  # fmt: skip
ALONE = (
    "独居老人", "独居", "一个人住", "一人住", "独自居住", "空巢老人", "空巢",
)  # fmt: skip
ELDERLY = (
    "独居老人", "空巢老人", "老人在家", "老人", "老年人", "高龄", "年纪大",
)  # fmt: skip
TOLD = (
    "都说过了", "都说了", "说过了", "说了", "告诉了", "已告诉", "已告知", "告知了", "通知到了", "已通知", "通知了",
    "已经知道了", "知道了", "收到了", "收到", "见到了", "已上门", "当面", "本人", "家人", "在家", "住着", "好的",
    "好", "是", "了",
)  # fmt: skip
NEGATIONS = "没不无未别拒非"  # beside words that nobody understands: then nothing is written down

UNDERSTOOD = (*ABSENT, *MOVED, *TENANT, *ALONE, *ELDERLY, *TOLD)
ROOM = r"(\d{3,4})(?:室|户|号|房)?"  # a door in the building and entrance that was just said
OF_NOTICE = r"^(?:号通知|号|通知)?[\s,，:：]*"  # behind the number of a notice

HOW = "请写门牌，例如「已上门 3-2-501」；没人在家写「已上门 3-2-501 没人」，搬走、换租户、独居也写在后面。"
HOW_BACK = "请写门牌，例如「撤销上门 3-2-501」。"
NO_ESTATE = "您名下没有小区，没有上门名单。"
NO_SUCH = "没有 {number} 号通知，或者不在您这一片。"
NOT_ISSUED = "{number} 号通知还没有发出去，不用上门。"
CANCELLED = "{number} 号通知已经取消了，不用上门。"
OVER = "（有效期已过）"
NONE_LEFT = "现在没有要上门的户。"
ALL_DONE = "{number} 号通知：您这一片没有要上门的户了。"

HEAD = "{number} 号通知{over}：{places}还有 {count} 户要上门{first}。先去老人和独居的："
HEAD_PLAIN = "{number} 号通知{over}：{places}还有 {count} 户要上门："
FIRST = "，其中老人、独居 {count} 户"
LINE = "・{door}{name}{tags}，{why}"
MORE = "……还有 {count} 户"
LINK = "全部名单和打印：{link}（没登录的，先对我说「控制台」）"
AFTER = "说过了，回「已上门 {door}」；没人，回「已上门 {door} 没人」。不要转到群里。"

TAGS = {"elderly": "老人", "alone": "独居"}
SAID_READ = "{why}；有人在群里自报看过"
WHY = {"failed": "没发成", "unknown": "说不准到没到", "no_way": "没有渠道", "skipped": "没有发", "sent": "没看"}
NOBODY_OPENED = "{day}没人开门"
VISITED_AT = "{found}，{day} {time}"
ENTRANCE = "{building} {entrance} 单元"
FOUND = {
    "told": "已上门",
    "absent": "没人在家",
    "moved": "搬走了",
    "tenant": "换租户",
    "alone": "独居",
    "elderly": "老人",
}

NOTED = "{number} 号通知记下了：{doors}。"
NOTED_DOOR = "{door} {found}"
ALREADY = "{door} 已经记过了，不用再记。"
LEFT = "您这一片还有 {count} 户。"
LEFT_NONE = "您这一片都走到了，辛苦了。"
MOVED_OUT = "{door} 的账号已解绑，以后记作空房，姓名和电话一天后抹去；记错了，回「撤销上门 {door}」。"
NEW_PEOPLE = "{door} 原来的账号已解绑。请登记现在的住户：「登记 {estate}{door} 姓名 电话」。"
CLAIMS = "有人在申请绑定这一户：{orders}。"
CLAIM = "「确认绑定 {number}」"
TAGGED = "{door} 记上了{tags}，以后排在前面。"

NOT_CONCERNED = "{door} 不在 {number} 号通知里，没有记。"
NO_NOTICE = "最近没有要到 {door} 上门的通知，没有记。"
UNKNOWN_WORDS = "「{words}」我没看懂，没有记。可以写：没人、搬走了、换租户、独居、老人；说到了就什么也不写。"
UNKEPT = "「{words}」没有留。"
NO_DOOR = "名册里没有 {door}，没有记。{alike}"
ELSEWHERE = "{door} 不在您管的小区里，没有记。{alike}"
NOT_YOUR_ESTATE = "{estate}不归您管，没有记。"
SEVERAL = "{door} 不止一户，没有记。是哪一户：{names}？"
ALIKE = "像的有：{names}。"

TAKEN_BACK = "撤销了：{door} 的上门记录（{found}）。"
ON_THE_LIST = "这一户又回到名单里。"
BOUND_AGAIN = "解绑的账号也恢复了。"
BLANKED = "原住户的姓名和电话已经抹去，请重新登记。"
NOTHING_TO_TAKE_BACK = "{door} 没有可以撤销的上门记录。"
TOLD_BOUND_AGAIN = "您在{home}的绑定恢复了，刚才是我们记错了。"


def half_name(name: str) -> str:
    """王** of 王桂兰; how long the name is does not show."""
    return f"{name[0]}**" if name else ""


def spaced(word: str) -> str:
    """With a blank before it, if there is anything."""
    return f" {word}" if word else ""


def day(at: datetime, now: datetime) -> str:
    """今天, else ``3月5日``; Asia/Shanghai."""
    local = at.astimezone(LOCAL)
    return "今天" if local.date() == now.astimezone(LOCAL).date() else f"{local.month}月{local.day}日"


def visited_at(found: str, at: datetime, now: datetime) -> str:
    """What somebody found at the door, and when."""
    return VISITED_AT.format(found=found, day=day(at, now), time=at.astimezone(LOCAL).strftime("%H:%M"))


def entrance_of(building: str, entrance: str) -> str:
    """Where a part of the list is walked."""
    return ENTRANCE.format(building=building, entrance=entrance) if entrance else building


def listed(names: Sequence[str]) -> str:
    """Names side by side."""
    return "、".join(names)
