"""A trouble that somebody half tells: 是不是停电了, 今天水好小啊, 你们家有网吗. Alone it is talk; two say it.

What asks, hedges and stresses is set aside, and what is left is read like any message: 停电了, 水小, 没网. And what the
next one says to it: yes, no, or nothing. The words are in ``data/hunches.tsv``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from nlp.normalise import fold, tight
from nlp.plain import AGAINST
from nlp.reading import Part, Reading, read
from nlp.talk import hear, rows

Answer = Literal["yes", "no"] | None

LONGEST = 36  # characters: whoever says more than this tells it, or tells a story
SHORT = 16  # of an answer
_LEFT = (2, 14)  # of what is left when asking is set aside
# What people share a pipe, a wire, a lift or a staircase of: only of this do neighbours ask each other what it means.
_SHARED = frozenset(
    ["utilities", "building", "road_facility", "drainage", "sanitation", "noise", "fumes", "security", "fire_safety"]
)
# What takes back a plain report takes back half a one, but for asking itself: 停了吗.
_AGAINST = (AGAINST - {"whether", "denial"}) | {"memory", "asks_around", "advert", "greeting", "withdraw"}
_NONE = ("coming", "own", "taste")
_AROUND = ("calls", "end", "asks", "when", "stress", "empty")
_THING = (
    "自来水|热水|水|电|煤气|天然气|燃气|气|网速|网络?|宽带|wifi|WIFI|WiFi|信号|电视"
    "|暖气|地暖|供暖|电梯|门禁|路灯|楼道灯|灯|监控"
)
_BAD = "停断跳掉没小细弱黄浑黑脏卡慢差坏灭闪臭呛吵响凉冷暗堵抖"
_COLD, _DARK, _BROKEN = "不热", "不亮", "坏了"
_FAILS = (
    dict.fromkeys(("热水", "暖气", "地暖", "供暖"), _COLD)
    | dict.fromkeys(("路灯", "楼道灯", "灯"), _DARK)
    | {"网速": "慢"}
)
_MISSES = "没"
_ANYWHERE = "了的没不是有到我你他家这那都好在上下来去"  # characters that say nothing about what is meant


@dataclass(frozen=True, slots=True)
class Hunch:
    """What somebody half told: the trouble as a statement, read; whether they asked for its opposite (有电吗), or only
    wondered (什么味道啊), to which whoever senses it too says yes."""

    said: str
    reading: Reading
    hopes: bool = False
    wonders: bool = False

    @property
    def part(self) -> Part:
        """The trouble."""
        return self.reading.parts[0]


@cache
def _patterns() -> dict[str, Sequence[re.Pattern[str]]]:
    found: dict[str, list[re.Pattern[str]]] = {}
    for name, text in rows("hunches.tsv", 2):
        pattern = re.compile(text.replace("{THING}", f"(?:{_THING})").replace("{BAD}", _BAD))
        found.setdefault(name, []).append(pattern)
    return {name: tuple(patterns) for name, patterns in found.items()}


def _fits(name: str, text: str) -> re.Match[str] | None:
    return next((found for pattern in _patterns().get(name, ()) if (found := pattern.search(text))), None)


def _without(name: str, text: str) -> str:
    for pattern in _patterns()[name]:
        text = pattern.sub("", text)
    return text


def guess(text: str) -> Hunch | None:
    """The trouble that a message half tells or asks about; None where it tells none, or wholly something else."""
    folded = tight(fold(text))[0].strip()
    if not folded or len(folded) > LONGEST or any(_fits(name, folded) for name in _NONE):
        return None
    if not _AGAINST.isdisjoint(hear(folded)):
        return None
    hoped = _hoped_for(folded)
    said = hoped or _stated(folded)
    if not _LEFT[0] <= len(said) <= _LEFT[1]:
        return None
    reading = _read(said) or (None if hoped else _read(folded))
    if reading is not None:
        return Hunch(said, reading, hopes=hoped is not None)
    return _wondered(_without("end", _without("calls", folded)))


def _hoped_for(folded: str) -> str | None:
    """What is missing, where somebody asks whether it is there."""
    if found := _fits("has", folded):
        thing = found[1] or found[2]
        return f"{thing}{_COLD}" if thing == "热水" else f"{_MISSES}{thing}"
    if found := _fits("works", folded):
        thing = found[1] or found[2]
        return f"{thing}{_FAILS.get(thing, _BROKEN)}"
    return None


def _stated(folded: str) -> str:
    """What is left when the question, the hour and the stress are set aside."""
    said = folded
    for pattern in _patterns()["or_not"]:
        said = pattern.sub(lambda found: found["bad"] or "", said)
    for around in _AROUND:
        said = _without(around, said)
    return said


def _read(said: str) -> Reading | None:
    reading = read(said)
    if len(reading.parts) > 1:
        return None
    if reading.parts and reading.parts[0].named and reading.parts[0].category in _SHARED:
        return replace(reading, band="middle")
    name = next((name for name in _patterns() if name.startswith("bare:") and _fits(name, said)), None)
    if name is None:
        return None
    _, category, urgency = name.split(":")
    return _as_told(reading, category, urgency, said)


def _wondered(said: str) -> Hunch | None:
    name = next((name for name in _patterns() if name.startswith("wonders:") and _fits(name, said)), None)
    if name is None:
        return None
    return Hunch(said, _as_told(read(said), name.split(":")[1], "ordinary", said), wonders=True)


def _as_told(reading: Reading, category: str, urgency: str, said: str) -> Reading:
    part = Part(category, urgency, reading.place, said)
    return replace(reading, band="middle", kind=reading.kind or "fault", parts=(part,))


# --- what is said to it


def may_answer(text: str) -> bool:
    """Whether a message may say yes to what a neighbour half told, or half tell it again; cheap, and often wrong."""
    folded = fold(text)
    if len(folded) > LONGEST:
        return False
    if _fits("says_too", folded) or (len(folded) <= SHORT and _fits("nods", folded)):
        return True
    return _fits("touches", folded) is not None and guess(text) is not None


def answers(text: str, hunch: Hunch) -> Answer:
    """Whether a message says yes or no to what was half told, where it does so by its own words."""
    said = _without("after", tight(fold(text))[0].strip())
    if len(said) > LONGEST:
        return None
    if _fits("fine", said):
        return "no"
    if hunch.wonders:
        return "yes" if _senses(said, hunch) else None
    return _of_hoped(said) if hunch.hopes else _of_told(said, hunch)


def _of_hoped(said: str) -> Answer:
    if _fits("missing", said):
        return "yes" if len(said) <= SHORT else None
    return "no" if _fits("there", said) else None


def _of_told(said: str, hunch: Hunch) -> Answer:
    if _fits("not_so", said) and not _fits("missing_thing", said):
        return "no"
    echoes = len(said) <= SHORT and any(char in said for char in hunch.said if char in _BAD)
    return "yes" if echoes or _fits("yes", said) or _senses(said, hunch) else None


def _senses(said: str, hunch: Hunch) -> bool:
    return _fits(f"sensed:{hunch.part.category}", said) is not None


def repeats(text: str, hunch: Hunch) -> bool:
    """Whether 我家也… says no more than that it is so there, too, or the same again: 我的也没到 does not, to 停电了."""
    found = _fits("too", tight(fold(text))[0])
    if found is None or _fits("so_too", found[1]):
        return True
    return any(char in hunch.said or char in _BAD for char in found[1] if char not in _ANYWHERE)
