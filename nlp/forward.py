"""A chat record that somebody passes on: who spoke is kept apart from what was said, and is not kept at all.

Two shapes: what a platform hands over as a list, and lines pasted from a group, as ``昵称: 话`` or, with the time,
``昵称 10:21`` above the words.
"""

import json
import re
from dataclasses import dataclass

_CLOCK = (
    r"(?:\d{4}[-/年.]\d{1,2}[-/月.]\d{1,2}日?\s*|\d{1,2}[-/月]\d{1,2}日?\s*)?"
    r"(?:[上下]午|凌晨|晚上)?\s*\d{1,2}:\d{2}(?::\d{2})?"
)
_NICKNAME = r"[^\s:：,，。!！?？][^:：\n,，。!！?？]{0,19}?"
_HEADED = re.compile(rf"^(?P<who>{_NICKNAME})\s+{_CLOCK}\s*[:：]?\s*(?P<said>.*)$")
_ALONE = re.compile(rf"^(?P<who>{_NICKNAME})\s*[:：]\s*$")
_INLINE = re.compile(rf"^(?P<who>{_NICKNAME})\s*[:：]\s*(?P<said>\S.*)$")
# What stands before a colon in a form, a notice or an address is nobody's name.
_NO_NICKNAME = re.compile(
    r"(?:时间|日期|地点|地址|位置|电话|手机|联系|姓名|问题|内容|事由|原因|情况|描述|诉求|备注|注意|说明|要求|通知|标题|主题|编号|数量"
    r"|范围|对象|附件|来源|类别|类型|部门|单位|时限|结果|进展|处理|办结|接单|转派|退单|求助|核查|登记|绑定|如下|例如|比如)"
    r"|^(?:一|二|三|四|五|[0-9]+)[、.．]?$|^https?$"
)
LEAST = 2  # speakers' lines that make a record
MOST = 60  # lines that are read of one


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody's words. ``speaker`` only tells them from the others of the record."""

    speaker: int
    text: str


def from_platform(listed: str) -> list[Line]:
    """The record that a platform handed over, a JSON list of name, text and time; what is misshapen is left out."""
    try:
        rows = json.loads(listed)
    except (ValueError, RecursionError):
        return []
    if not isinstance(rows, list):
        return []
    said = [(str(row.get("name", "")), row.get("text")) for row in rows if isinstance(row, dict)]
    return _lines([(name, text) for name, text in said if isinstance(text, str)])


def from_paste(text: str) -> list[Line]:
    """The record in pasted lines; nothing where the text is somebody's own."""
    found: list[tuple[str, str]] = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        head = _head(line)
        if head is not None:
            found.append(head)
        elif found:
            found[-1] = (found[-1][0], f"{found[-1][1]}\n{line}".strip())
        else:
            return []  # it begins with words of their own
    return _lines(found) if len(found) >= LEAST else []


def _head(line: str) -> tuple[str, str] | None:
    for pattern in (_HEADED, _ALONE, _INLINE):
        found = pattern.match(line)
        if found is not None and not _NO_NICKNAME.search(found["who"]):
            return found["who"], (found["said"] if "said" in pattern.groupindex else "") or ""
    return None


def _lines(said: list[tuple[str, str]]) -> list[Line]:
    numbers: dict[str, int] = {}
    return [Line(numbers.setdefault(name, len(numbers)), text.strip()) for name, text in said[:MOST] if text.strip()]
