"""The commands' words from their data file."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files

# 接单 1043, 接单#1043, 接单：1043; but 查 3号楼 is a building
NUMBER_AFTER = r"^[#号:：,，、\s]*(\d{1,9})(?!\d|\s*(?:号楼|号院|栋|幢|座|单元|室|巷|弄|#|-\d))"
NUMBER_BEFORE = r"^#?(\d{1,9})\s*(?:号工单|号单|号)?[,，:：\s]*"  # 1043 接单, 1043 号接单
# 接单 9到15: each of a row of tickets; of what else is said with such a row, it is houses, days or doors.
ROW = (
    r"^\s*(?:号单|号|单)?\s*[到至~～—-]+\s*(\d{1,9})"
    r"(?!\d|\s*(?:号楼|号院|栋|幢|座|楼|层|单元|室|巷|弄|[月日天点]|-\d))(?:号单|号|单)?"
)
BEFORE_A_ROW = r"^[#号:：,，、\s]*(\d{1,9})"
IN_A_ROW = frozenset({"accept", "reassign", "nudge"})
LONGEST_ROW = 20
# 办结率, 进展如何: asked about, not commanded
ASKED_OF = ("率", "情况", "如何", "怎么", "怎样", "多少", "数量", "流程", "时间", "了吗", "了没", "吗")
# 办结的有哪些, 挂账了几件: neither, where the command is no list itself.
ASKED_WHICH = (
    r"(?:了|过|的|中|有|都|还|现在|目前|单子?|工单|事项?)*"
    r"(?:多少|几[个件张条单份]|哪[些几个张]|有谁|是谁|谁的|什么|啥|吗|没有?$|了没|如何|怎么?样)"
    r"|给?[^\s\d,，]{2,6}(?:的|那[几些]?[个张])[^\s,，]{0,4}(?:怎么样|咋样|如何|到哪|了吗|了没)"  # 转派给物业的怎么样了
)
LISTS = frozenset({"todo", "duty_list", "leave_list", "knock_list", "review_list", "sign_ups", "notice_progress"})
# 随手拍：3号楼路灯不亮 is said to the bot in any group; 随手拍活动开始了 is not.
SNAP = r"^(?P<whom>(?:@\S+\s+)*)[#＃【\[]?随手拍(?:[#＃】\]]|(?=[\s,，:：;；。.!！、~—-]))[\s,，:：;；。.!！、~—-]*"
HAN = "\u4e00-\u9fff"
TWO_AND_A_NUMBER = rf"(?P<said>[{HAN}]{{2}})(?P<after>\s*[#号]?\d{{1,9}}号?)$"  # 接到 3, 接到3号
BLANKS = " \t\r\n,，:：、。.!！~～"  # what may stand around a command


@dataclass(frozen=True, slots=True)
class Command:
    """How a command is said and explained."""

    name: str
    words: tuple[str, ...]
    help: str
    example: str
    staff: bool
    taught: bool
    soft: tuple[str, ...] = ()
    several: bool = False  # each of several numbers is meant: 接单 1043 1044
    behind: str = ""  # what must follow the word, where it is also said in passing


def load() -> dict[str, Command]:
    """Reads ``commands.toml``."""
    table = tomllib.loads(files("handlers.wording").joinpath("commands.toml").read_text(encoding="utf-8"))
    return {
        name: Command(
            name=name,
            words=tuple(row["words"]),
            help=row["help"],
            example=row["example"],
            staff=row["staff"],
            taught=row["taught"],
            soft=tuple(row.get("soft", ())),
            several=row.get("several", False),
            behind=row.get("behind", ""),
        )
        for name, row in table.items()
    }


COMMANDS = load()
