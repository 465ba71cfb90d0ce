"""Calls for help: what neighbours who offer to come read, and what the organiser sees."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from handlers.rules.deadlines import LOCAL
from handlers.wording.times import WEEKDAYS

# --- the organiser writes one down

HELP = (
    "写清楚做什么、什么时候、在哪里、要几个人，一班一行，例如：\n"
    "招募 周末清洁日，来搭把手\n周六 9:00-11:00 东门 5人\n周日 14:00-16:00 西门 3人"
)
NO_SHIFT = "没看到要几个人。每一班单独写一行，行尾写人数，例如：\n周六 9:00-11:00 东门 5人"
NO_WORDS = "请在第一行写一句是做什么的，再一班一行写时间、地点、人数。"
BAD_COUNT = "「{line}」这一班的人数请写 1 到 500。"
PAST = "「{line}」已经过去了，请改成还没到的时间。"
TOO_MANY = "一次最多写 20 班，请分两次招募。"
MOST_SHIFTS, MOST_PLACES = 20, 500
PLACES = re.compile(r"(?P<count>\d{1,9}|[零一二两三四五六七八九十百千万]{1,7})\s*(?:人|名|位|个人)\s*[。.]?$")
READ_BACK = "我读到的班次（时间不对就改那一行）：\n{lines}"
FOOT = "想来帮忙的，请回「报名 {number}」{which}，来不了了回「退出报名 {number}」。"
WANTED = "{places}人"
WHICH = "加班次号，如「报名 {number} 1」"

BEHIND = " \t\n\r\u3000,，:：、"  # what may stand behind the command's word

# --- neighbours

CLOSED = "{number} 号招募已经截止了，谢谢您的心意。"
NO_CALL = "现在没有正在招募的活动。有需要时社区会发通知，谢谢您的热心。"
NO_SUCH_CALL = "没有 {number} 号招募。把通知里「报名」后面的号码原样发来就行。"
NO_SUCH_SHIFT = "{number} 号招募没有第 {shift} 班。请选一班：\n{shifts}"
SHIFT_OVER = "这一班已经截止了。还能报的：\n{shifts}"
NOTHING_LEFT = "这一班已经截止了，谢谢您的心意。"
WHICH_CALL = "正在招募的有这些，您想报哪个？请回「报名」加号码：\n{calls}"
WHICH_SHIFT = "想来哪一班？请回「报名 {number} 班次号」：\n{shifts}"
IN = "记下了，谢谢您！{shift}，现在 {have}/{places} 人。来不了了请说「退出报名 {number}」，好让别人补上。"
WAITING = "谢谢您！{shift}已经报满，您排在候补第 {place} 位，有人退出我马上告诉您。不等了请说「退出报名 {number}」。"
ALREADY_IN = "您已经报上了：{shift}。"
ALREADY_WAITING = "您已经在候补里了：{shift}，排第 {place} 位。"
NOT_ON_LIST = "您没有报名，不用退出。"
PAST_ALREADY = "您报的班次已经结束或取消了，不用退出。"
OUT = "好的，已经替您退出：{shifts}。谢谢您早早说一声。"
MOVED_UP = "有人退出，轮到您了：{shift}。来不了请说「退出报名 {number}」。"
ADMITTED = "组织人给您留了位置：{shift}。来不了请说「退出报名 {number}」。"
REPLACED = "组织人另作了安排，{shift}这一班您不用来了。谢谢您的热心，下次再请您。"
SHIFTED = "组织人把您调到：{shift}。来不了请说「退出报名 {number}」。"
STOOD_DOWN = "{shift}这一班取消了{why}。您不用来了，谢谢您。"
REMINDER = "提醒一声：您报名了{shift}。来不了请说「退出报名 {number}」，好让别人补上。"
PASSED_ON = "{number} 号招募的组织人带话：{text}"

# --- the organiser

NOT_YOURS = "{number} 号招募归{unit}组织，请找{unit}的工作人员。"
LIST_HEAD = "{number} 号招募，{tally}"
TALLY = "报上 {have}/{places} 人{waiting}"
LIST_WAITING = "，候补 {count} 人"
LIST_SHIFT = "【{shift} 班】{when}：{have}/{places}{off}"
LIST_OFF = "（已取消）"
LIST_ROW = " {number}. {who}"
LIST_LINE = " 候补 {number}. {who}"
LIST_NOBODY = " 还没有人报名"
LIST_FOOT = (
    "序号可以这样用：安排 {number} 序号（给候补留位）、安排 {number} 序号 2班（调班）、"
    "换人 {number} 下的序号 上的序号、取消班次 {number} 班次、带话 {number} 内容"
)
SOMEBODY = "一位邻居"
NO_SUCH_PERSON = "{number} 号招募名单上没有第 {place} 位。说「名单 {number}」看一看。"
HAS_LEFT = "第 {place} 位已经退出了。"
HAS_PLACE = "第 {place} 位已经有位置了：{shift}。"
ARRANGED = "好，第 {place} 位排上了：{shift}。已经告诉他。"
CHANGED = "好，第 {out} 位下，第 {into} 位上：{shift}。两位都已告诉。"
SHIFT_IS_OVER = "{shift}已经结束或取消了，不能再排人。"
NOT_THIS_SHIFT = "第 {out} 位和第 {into} 位不在同一班。先用「安排 {number} 序号 班次」调到一班。"
CALLED_OFF = "好，{shift}取消了，已告诉报名的 {count} 位。"
CALLED_OFF_ALREADY = "{shift}之前已经取消了。"
TOLD = "好，已带话给报名的 {count} 位。"
NOBODY_TO_TELL = "{number} 号招募还没有人报名。"
HOW_ARRANGE = "请写招募号和名单上的序号，例如：安排 7 4；调班：安排 7 4 2班"
HOW_REPLACE = "请写招募号、下的序号、上的序号，例如：换人 7 2 5"
HOW_CALL_OFF = "请写招募号和班次，例如：取消班次 7 2 下雨"
HOW_PASS_ON = "请写招募号和要带的话，例如：带话 7 集合地点改到西门"
HOW_LIST = "现在没有您组织的招募。要招募请说「招募」。"
TO_SHIFT = re.compile(r"^\s*(?:到|去|调到)?\s*(?:第\s*)?(?P<shift>\d{1,2})\s*班")


def when(starts: datetime | None, ends: datetime | None, place: str | None) -> str:
    """``3月7日（周六）9:00–11:00 东门``; what was not said is left out."""
    parts = []
    if starts is not None:
        local = starts.astimezone(LOCAL)
        day = f"{local.month}月{local.day}日（周{WEEKDAYS[local.weekday()]}）"
        parts.append(f"{day}{_clock(local)}{_until(local, ends)}")
    if place:
        parts.append(place)
    return " ".join(parts)


def _clock(local: datetime) -> str:
    return f"{local.hour}:{local:%M}"


def _until(start: datetime, ends: datetime | None) -> str:
    if ends is None:
        return ""
    local = ends.astimezone(LOCAL)
    other_day = f"{local.month}月{local.day}日 " if local.date() != start.date() else ""
    return f"–{other_day}{_clock(local)}"


def shift_line(number: int, said: str, have: int, places: int) -> str:
    """A shift to choose from."""
    full = "，已满，可候补" if have >= places else ""
    return f"{number}. {said}（{have}/{places}{full}）"


def call_line(number: int, first: str) -> str:
    """A call to choose from, by its first words."""
    return f"{number} 号：{first}"


def joined(shifts: Iterable[str]) -> str:
    """Several shifts in one sentence."""
    return "；".join(shifts)


def because(reason: str) -> str:
    """A reason in brackets, where one was given."""
    return f"（{reason}）" if reason else ""


def tally(places: int, have: int, waiting: int) -> str:
    """How many are wanted, come and wait."""
    return TALLY.format(have=have, places=places, waiting=LIST_WAITING.format(count=waiting) if waiting else "")


def list_head(number: int, places: int, have: int, waiting: int) -> str:
    """Opens the list of a call."""
    return LIST_HEAD.format(number=number, tally=tally(places, have, waiting))


def planned(starts: datetime | None, ends: datetime | None, place: str | None, places: int) -> str:
    """A shift as a line of the call itself, which can be read again."""
    return f"{when(starts, ends, place)} {WANTED.format(places=places)}".strip()


def read_back(lines: str) -> list[str]:
    """How a call's shifts were understood; nothing for what is no call."""
    return [READ_BACK.format(lines=lines)] if lines else []


def foot(number: int, shifts: int) -> str:
    """How to sign up: the last line of a call."""
    return FOOT.format(number=number, which=WHICH.format(number=number) if shifts > 1 else "")


THIS = "这次帮忙"  # a call whose only shift has neither time nor place
