"""Several troubles side by side, each in a clause of its own: 电梯坏了，门禁也坏了; 3号楼灯不亮，5号楼的灯也不亮;
路灯不亮，垃圾没人收，井盖也松了.

Each must be a report by itself, and clearly of another thing or of another house. What one brings with it (门也打不开)
names no such thing; an outage, noise and smells go from house to house and are one. So is a story.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from nlp.listed import COMES_OF_IT, MOST, SURE
from nlp.meaning import Reading
from nlp.normalise import fold
from nlp.numbered import BUILDING
from nlp.places import find

_BREAK = re.compile(
    r"[,;.!?，。；！？\n\s]+|、|(?<=[了着亮收堵坏])(?=\d{1,3}(?:号楼|[栋幢座#]))"
    r"|(?=(?:另外|还有|再有|再就是|顺便|同时|以及))"
)
_ALSO = re.compile(r"^\s*(?:另外|还有|再有|再就是|再一个|顺便|对了|同时|以及|而且|并且|加上)?(?:就是)?")
_TOO = "也"
# Things of which each is mended by itself. A mere 灯 may hang in the lift, a mere 门 belong to what keeps it shut.
_THINGS = (
    ("water", r"停水|没水|断水"),
    ("lift", r"电梯|货梯"),
    ("entry", r"门禁|对讲|单元门|大门"),
    ("lamp", r"路灯|景观灯|庭院灯"),
    ("stairs_lamp", r"(?:楼道|楼梯|过道|走廊)(?:里|间)?的?灯|声控灯|感应灯|廊灯"),
    ("manhole", r"井盖|窨井|沙井"),
    ("rubbish", r"垃圾(?!桶|箱|房|车)"),
    ("bins", r"垃圾[桶箱房]"),
    ("sewer", r"下水道?|化粪池|污水管|地漏"),
    ("barrier", r"道闸|抬杆|起落杆|闸机"),
    ("exercise", r"健身器材|健身器|单杠|漫步机"),
    ("slide", r"滑梯|滑滑梯"),
    ("swing", r"秋千|跷跷板"),
    ("bench", r"长椅|长凳|石凳|凳子|座椅"),
    ("camera", r"监控|摄像头"),
    ("railing", r"护栏|栏杆|扶手"),
    ("paving", r"路面|地砖|人行道|盲道|台阶"),
    ("charging", r"充电桩"),
    ("letters", r"信箱|快递柜"),
    ("wall", r"外墙|墙皮|瓷砖"),
    ("hydrant", r"消防栓|灭火器|消防门"),
)
_THING = tuple((name, re.compile(words)) for name, words in _THINGS)
_A_HOUSE = re.compile(BUILDING.pattern + r"|[东南西北]\d?门|门$")
_MAY_BE = re.compile("|".join([*(words for _, words in _THINGS), r"\d(?:号楼|[栋幢座#])|[东南西北]门"]))
_GOES_FROM_HOUSE_TO_HOUSE = frozenset(("utilities", "noise", "fumes"))
_NO_POWER = re.compile(r"[停断没冇无跳](?:了|得|有)?电(?![梯话脑动瓶视池])|跳闸|拉闸|漏电|短路")
# What follows from the first: 坏了, 导致垃圾车进不来.
_BRINGS = re.compile(r"导致|所以|害得?|弄得|搞得|结果|[把被]|因为|压|砸|撞|冲|烧|淹")
_LONGEST, _BESIDES = 120, 24  # characters; and of what is said besides: more is a story


def side_by_side(text: str, whole: Reading, read: Callable[[str], Reading]) -> list[Reading]:
    """What stands side by side, each read by itself; nothing where it is one trouble, or none is plain."""
    if whole.band != "high" or whole.urgency == "emergency" or len(text) > _LONGEST or _NO_POWER.search(text):
        return []
    clauses = [one for each in _BREAK.split(text) if (one := _ALSO.sub("", each or "").strip())]
    if not 2 <= len(clauses) <= MOST or sum(_MAY_BE.search(fold(one)) is not None for one in clauses) < 2:
        return []
    told = _told(clauses, read)
    if len(told) < 2 or len(told) <= len(whole.parts) or any(_BRINGS.search(one.said) for one in told[1:]):
        return []
    if sum(len(one.words) - len(one.said) for one in told) > _BESIDES:
        return []
    apart = all(_apart(one, other) for one, other in combinations(told, 2))
    return _placed(told, doubtful=whole.doubtful) if apart else []


@dataclass(slots=True)
class _Told:
    """One trouble: the clause that tells it, what that is read as, and its words with what is said behind it."""

    said: str
    reading: Reading
    words: str


def _told(clauses: Sequence[str], read: Callable[[str], Reading]) -> list[_Told]:
    """The clauses that are reports by themselves; a place alone belongs to what follows it, all else to what it
    follows."""
    told: list[_Told] = []
    before = ""
    for clause in clauses:
        said = f"{before}{clause}"
        reading = read(said.replace(_TOO, ""))
        if _is_clear(reading):
            told.append(_Told(said, reading, said))
            before = ""
        elif _is_place(clause):
            before = f"{said}、"
        elif told:
            told[-1].words += f"，{said}"
            before = ""
    if told and before:  # 电梯坏了，门禁也坏了，3号楼
        told[0].reading = _there(told[0].reading, before)
        told[0].words += f"，{before}".rstrip("、")
    return told


def _there(reading: Reading, where: str) -> Reading:
    part = reading.parts[0]
    if _houses(part.place):
        return reading
    place = (*(span.text for span in find(fold(where))), *part.place)
    return replace(reading, parts=(replace(part, place=place),))


def _is_clear(one: Reading) -> bool:
    calm = one.urgency != "emergency" and len(one.parts) == 1
    return one.band == "high" and one.confidence >= SURE and calm and one.parts[0].named


def _is_place(clause: str) -> bool:
    folded = fold(clause)
    return sum(span.end - span.start for span in find(folded)) == len(folded)


def _apart(one: _Told, other: _Told) -> bool:
    """Whether they are of different things, or of the same at different houses or gates."""
    first, second = one.reading.parts[0], other.reading.parts[0]
    things, others = _things(one.said), _things(other.said)
    goes_on = _GOES_FROM_HOUSE_TO_HOUSE & {first.category, second.category}
    if things and others and things.isdisjoint(others):
        return second.category not in COMES_OF_IT and not (goes_on and first.category == second.category)
    if goes_on:
        return False
    houses, houses_too = _houses(first.place), _houses(second.place)
    return bool(houses) and bool(houses_too) and houses.isdisjoint(houses_too)


def _things(said: str) -> frozenset[str]:
    folded = fold(said)
    return frozenset(name for name, pattern in _THING if pattern.search(folded))


def _houses(place: Sequence[str]) -> frozenset[str]:
    return frozenset(word for word in place if _A_HOUSE.search(fold(word)))


def _placed(told: Sequence[_Told], *, doubtful: bool) -> list[Reading]:
    """What names no house is where the one before it is: 3号楼电梯坏了，门禁也坏了. What is a doubt only without what
    stands beside it is none."""
    placed: list[Reading] = []
    last: tuple[str, ...] = ()
    for one in told:
        part = one.reading.parts[0]
        if last and not _houses(part.place):
            house = tuple(word for word in last if _houses((word,))) if part.place else last
            part = replace(part, place=(*house, *part.place))
        last = part.place
        own = replace(part, text=fold(one.words))
        placed.append(replace(one.reading, parts=(own,), doubtful=doubtful and one.reading.doubtful))
    return placed
