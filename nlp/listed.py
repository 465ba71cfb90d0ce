"""Several problems point by point (1. 3号楼垃圾没人收 2. 5号楼灯不亮; 第一，… 第二，…) or line by line below 说几件事.

Each point is read as if it were told alone. What counts no further than one, or tells of one trouble in several lines,
is no list.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from nlp.meaning import Part, Reading
from nlp.numbered import BUILDING
from nlp.parts import CALLED

_TENS = "一二三四五六七八九十"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩"
_BUILDING = r"\d{0,2}(?:号[楼院]|[栋幢座#弄]|单元|期|区)"
# 1. 2、 (3) ③ 四、 第五 六是: a number behind which no other one goes on, unless that is a building's (1.3号楼).
_POINT = re.compile(
    rf"(?<![\dA-Za-z.#])[(（]?(?P<n>\d{{1,2}})[.、)）．:：](?!\d(?!{_BUILDING}))|(?P<c>[{_CIRCLED}])"
    rf"|(?:(?<=^)|(?<=[\s,;:。，；：]))(?:第(?P<d>[{_TENS}])(?:(?:个|件|点|条)?(?:问题|事|呢)?(?=[\s,，、:：])|(?:个|件|点|条)?(?:问题)?是)"
    rf"|[(（]?(?P<t>[{_TENS}])(?:[、.．)）](?![{_TENS}])|是(?=[^,。]{{4}})))",
)
_HEADING = re.compile(
    r"(?:[几两三四五六七八九\d]|好多|很多|多|一些|下面|以下)[个件点处条项样些]?(?:问题|事情?儿?|毛病|地方|意见|情况|诉求)|如下|[:：]\s*$"
)
# 3号楼的灯不亮，还有北门那个减速带翘了: the same kind of trouble, and another one all the same.
_BESIDES = re.compile(r"(?<=[,;.!\s，。；！])(?:另外|还有|再有|再就是|再一个|顺便|对了)")
_ALSO = re.compile(r"^\s*(?:另外|还有|再有|再就是|再一个|顺便|对了|同时|以及)?")
_BREATH = re.compile(r"[,;.!?，。；！？\n]+")
_OF_THEM = re.compile(r"[他她它]|[这那该此][家户店人楼层]|人家|邻居|举报|投诉")
_BUILDING_OF_ITS_OWN = r"\d{1,3}(?:号楼|[栋幢座#])"
# 3号楼有煤气味，另外5号楼路灯坏了: what is told beside a danger. Without such a word (楼道灯也坏了) it may come of it.
_BESIDE_DANGER = re.compile(
    rf"(?<=[,;.!\s，。；！])(?:(?P<another>另外|再有|再就是|再一个|顺便|对了|还有(?={_BUILDING_OF_ITS_OWN}))"
    r"|(?:还有)?(?=[^,，。;；]{2,12}也(?:没|不|坏|堵|丢|掉|满)))"
)
_SPREADS = frozenset(("fire_safety", "utilities", "fumes"))  # what fails behind a fire or a burst main comes of it
# Behind "besides" mostly what the first trouble brings: 还有个坐轮椅的阿公要透析, 还有一股臭味, 还有物业电话没人接.
COMES_OF_IT, SURE = frozenset(("welfare", "fumes", "property_service", "other")), 0.97
_MARK = "，"
_TOO = "也"  # behind "besides" it agrees with nobody
_INSIDE = re.compile(r"单元$|(?<![号字])楼$|层$|^\d{3,4}室?$")  # said of the building that was named before
_ONES = frozenset("1①一１\n")  # without one of them there is no list
MOST = 10  # points
TIPOFF = "tipoff"  # a kind
NO_LIST = frozenset(("notice", "trade", "tradesman", "thanks", "solved"))  # cues: their points are no problems


def points(text: str) -> list[str]:
    """The points of a list, each with the heading's place in front where it names none; else nothing."""
    if _ONES.isdisjoint(text):
        return []
    found = list(_counted(text))
    if len(found) > 1:
        ends = [*(one.start() for one in found[1:]), len(text)]
        return _kept(text[one.end() : end] for one, end in zip(found, ends, strict=True))
    first, *rest = [line for line in text.splitlines() if line.strip()] or [""]
    return _kept(rest) if len(rest) > 1 and len(first) <= 40 and _HEADING.search(first) else []


def heading(text: str) -> str:
    """What stands above the points."""
    found = list(_counted(text))
    return text[: found[0].start()] if len(found) > 1 else text.lstrip().split("\n", 1)[0]


def _counted(text: str) -> Iterator[re.Match[str]]:
    """The marks that count one, two, three from the first on."""
    due = 1
    for mark in _POINT.finditer(text):
        if _number(mark) == due:
            due += 1
            yield mark


def _number(mark: re.Match[str]) -> int:
    if mark["n"]:
        return int(mark["n"])
    return (_CIRCLED if mark["c"] else _TENS).index(mark["c"] or mark["d"] or mark["t"]) + 1


def _kept(told: Iterable[str]) -> list[str]:
    return [one for one in (each.strip(" \t\n,;，；、。") for each in told) if one][:MOST]


def besides(text: str, whole: Reading) -> list[str]:
    """What stands before and behind "besides" in a message that is taken for one calm trouble; else nothing. An outage
    in several buildings is one."""
    calm = len(whole.parts) == 1 and whole.band == "high" and whole.urgency != "emergency"
    told = (
        [one.replace(_TOO, "") for one in _BESIDES.split(text) if one.strip()]
        if calm and whole.category != "utilities"
        else []
    )
    return told if len(told) > 1 else []


def beside_a_tipoff(text: str, told: Callable[[str], Reading], telling_on: Callable[[str], Reading]) -> list[Reading]:
    """What somebody tells who tells on somebody, and in the same breath of things that are broken elsewhere: the
    tip-off first, read by ``telling_on``; nothing where there is no other thing, or it may be of those who are told
    on."""
    clauses = [one for each in _BREATH.split(text) if (one := _ALSO.sub("", each).strip())]
    if not 2 <= len(clauses) <= MOST:
        return []
    heard = {one: told(one.replace(_TOO, "")) for one in clauses}
    others = [one for one in clauses if _is_a_fault(heard[one]) and not _OF_THEM.search(one)]
    first = telling_on(_MARK.join(one for one in clauses if one not in others))
    apart = all(frozenset(first.place).isdisjoint(heard[one].place) for one in others)
    if not others or not apart or not first.parts or first.kind != TIPOFF:
        return []
    return [replace(first, band="high"), *(heard[one] for one in others)]


def _is_a_fault(one: Reading) -> bool:
    return one.kind == "fault" and one.band == "high" and not all(map(_INSIDE.search, one.place))


def beside_danger(text: str, whole: Reading, read: Callable[[str], Reading]) -> list[Reading]:
    """A danger, and what a message tells besides that can wait and comes of something else; empty where there is
    nothing like it. Whatever else is said belongs to the danger."""
    if len(whole.parts) != 1 or whole.urgency != "emergency":
        return []
    told = _apart(text, spreads=whole.category in _SPREADS)
    each = [(one, read(one)) for one in told]
    calm = [reading for _, reading in each if _can_wait(reading)]
    danger = read(_MARK.join(one for one, reading in each if not _can_wait(reading)))
    return [danger, *calm] if calm and danger.urgency == "emergency" else []


def _apart(text: str, *, spreads: bool) -> list[str]:
    """What stands before and behind "besides"."""
    marks = [mark for mark in _BESIDE_DANGER.finditer(text) if mark["another"] or not spreads]
    starts, ends = [0, *(mark.end() for mark in marks)], [*(mark.start() for mark in marks), len(text)]
    told = [text[start:end].replace(_TOO, "") for start, end in zip(starts, ends, strict=True)]
    return told if len(told) > 1 and all(map(str.strip, told)) else []


def _can_wait(one: Reading) -> bool:
    calm = bool(one.parts) and all(part.urgency != "emergency" and part.named for part in one.parts)
    return calm and one.band == "high" and not one.doubtful


def elsewhere(each: Sequence[Reading]) -> bool:
    """Whether each is a report by itself, of a place of its own."""
    first, *rest = [frozenset(one.place) for one in each]
    if not all(one.band == "high" and one.place for one in each):
        return False
    return all(first.isdisjoint(place) and not all(map(_INSIDE.search, place)) for place in rest)


def of_another_kind(each: Sequence[Reading]) -> bool:
    """Whether each is clearly a calm report by itself, of a category of its own: 停水了，还有，有人推电动车上楼充电.
    What rings only without what stands beside it does not ring."""
    about = [one.category for one in each]
    if not all(one.band == "high" and one.confidence >= SURE and not one.doubtful for one in each):
        return False
    calm = all(part.urgency != "emergency" and part.named for one in each for part in one.parts[:1])
    return calm and len(frozenset(about)) == len(about) and COMES_OF_IT.isdisjoint(about[1:])


def in_one(whole: Reading, each: Sequence[Reading], above: Sequence[str]) -> Reading:
    """One reading of several points, an emergency first; that of the ``whole`` where they tell but one trouble.
    ``above``: the place in the heading."""
    clear = [one for one in each if one.band == "high" and any(map(_is_own, one.parts))]
    if NO_LIST & whole.cues or len(clear) < 2:
        return whole
    told = [one for one in each if one.parts]
    parts = [
        replace(part, place=_below(above, part.place), kind=_kind(one, whole, told))
        for one in told
        for part in one.parts
        if _is_own(part)
    ]
    parts.sort(key=lambda part: part.urgency != "emergency")
    return replace(
        whole,
        is_report=True,
        band="high",
        confidence=max(one.confidence for one in told),
        kind=whole.kind or told[0].kind,
        category=parts[0].category,
        also=tuple(part.category for part in parts[1:]),
        urgency=parts[0].urgency,
        place=tuple(dict.fromkeys(name for part in parts for name in part.place)),
        because=told[0].because,
        parts=tuple(parts),
        doubtful=any(one.doubtful for one in told),
    )


def _kind(one: Reading, whole: Reading, told: Sequence[Reading]) -> str | None:
    """A lamp between two tip-offs is a lamp; any other point of a message that tells on somebody is kept as well as
    that is."""
    broken = one.kind == "fault" and any(other.kind == TIPOFF for other in told)
    return TIPOFF if whole.kind == TIPOFF and not broken else one.kind


def _is_own(part: Part) -> bool:
    """3、打电话没人来: how a list ends that tells of something else."""
    return part.category != "property_service" or CALLED.search(part.text) is None


def _below(above: Sequence[str], place: tuple[str, ...]) -> tuple[str, ...]:
    return place if any(BUILDING.search(name) for name in place) else (*above, *place)
