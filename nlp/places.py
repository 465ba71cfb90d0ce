"""Where: building, unit, floor, room, gate, road, shop and landmark, by pattern and by the deployment's gazetteer."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from nlp.lexicon import Lexicon
from nlp.normalise import DATA, fold, tight

_N = r"(?:\d{1,3}|[一二三四五六七八九十百]{1,3}|[A-Za-z])"
_STOP = "的了在是到我你您他她它系这那哪从给把被跟和与就又还也都去来住有没个们谁咱俺恁每说看出进过往向对为"
_NAME = rf"[^\W\d_A-Za-z{_STOP}]"
_ROOM = r"(?!11[0249](?!\d))(?:[1-9]\d?(?:0[1-9]|1\d))"
_BEFORE_FLOOR = r"(?<![第这那高关里外有又罩每顶叠\d一二三四五六七八九十百])"
_PATTERN = re.compile(
    "|".join(
        [
            r"(?<![\d-])\d{1,3}-\d{1,2}-\d{3,4}(?!\d)",
            rf"(?<![\d-])(?:\d{{1,3}}|[A-Za-z])-{_ROOM}(?!\d)",
            r"(?<![\d:.-])\d{1,2}-\d{1,2}(?![\d:.%-]|[点月日号天个折元块岁年人层楼度次米分斤期片张千多件份、])",
            rf"(?:{_N}(?:期|区))?{_N}(?:栋|幢|座)(?:{_ROOM}|\d{{3,4}})?(?![^\W\d_]?城)",
            rf"(?:\d期)?{_N}号(?:楼|院)|\d{{1,3}}#",
            rf"[东西南北中]单元|{_N}单元|(?<![电楼])\d梯(?!子)",
            _BEFORE_FLOOR
            + rf"(?:{_N}[-到至])?{_N}(?:楼|层)(?:半)?(?:大厅|大堂|信报箱)?(?![上板梯道顶主盘宇栋]|下(?!来|去))",
            r"(?:地库|车库|地下车库|停车场)(?:[A-Za-z]区|负[一二三123]层?|出口|入口|坡道)?",
            r"负[一二三123](?:层|楼)?(?:[A-Z]?\d{2,3})?",
            rf"{_N}巷(?:{_N}号)?(?:口|尾)?|(?<![一排第]){_N}(?<!一)排(?![队除查水放风插])",
            rf"(?<![\d.:¥-]){_ROOM}(?:室|户)?(?![\d.:年块元度人天分斤米号点个折公里千多kK%次万毛平w])",
            r"(?<![A-Za-z0-9])[A-Z]\d{1,3}(?![\dA-Za-z.])|[A-Z]区(?:\d+号)?",
            rf"(?:[东南西北正后侧][南北西东]?|{_N}号)门(?!卫|窗|面|铃|锁|牌|缝)|小区(?:大门口?|门口)|大门口|车站[东西南北]口|地铁[A-Z]\d?口|村道|[东西南北]街口",
            r"(?:[东南西北中]|[A-Z])(?:区|座|院|苑)(?:大堂)?(?!别|域)",
        ]
    )
)
_ROAD = re.compile(
    r"(?P<name>[^\W\d_A-Za-z]{2})(?P<part>[东西南北中一二三四五六七八九十]?道?)(?P<end>(?<!道)路(?![灯面沿牌过人障况标基])|大街|街|大道|胡同)(?P<tail>口|\d{1,4}号)?"
)
_NO_ROAD = re.compile(
    r"[走马上下半一二两三四几条道线电让挡占拦堵修过这那个的了在到整出回带问铺各铁公水小主大前来去迷养绕开顺赶同是跟从把给往沿靠离和有没不]$"
    r"|^[的了在到着过个么里上下走骑开停坏着满条段整去来往从冲跑]|^人(?!民)|^中间|^东一|^门一|[，,。!?\s]"
)
_ESTATE = re.compile(
    rf"{_NAME}{{2,4}}?(?:花园|嘉苑|花苑|家属院|嘉园|家园|公寓|新居|新村|北村|南村|上城|国际|华府|宿舍|佳苑|雅苑|名苑|名邸|名城|新城|小镇|小院|里弄|山庄|大厦|广场)"
    rf"|(?:{_NAME}{{1,2}}(?:苑|坊|邨|村|里弄|院))(?![委民里子内墙门长])"
)
_COMMON = re.compile(
    r"^(?:我们|咱们|本|整|全|满|成条|条|吹|医|学|法|家属|养老|大|后|小|前|老旧|封闭"
    r"|这个|那个|各|请|反映|求助|附近|居民|你们|城中|农|全|隔壁|对面|物业|业主|到家|街道)"
)


@dataclass(frozen=True, slots=True)
class Span:
    """A place in a text: from, to, its words, and the unit of the deployment that it names, if any."""

    start: int
    end: int
    text: str
    unit_key: str | None = None


class Gazetteer:
    """Names and nicknames of a deployment's units, buildings and landmarks, each with its unit's key."""

    def __init__(self, names: Iterable[tuple[str, str]]) -> None:
        self._units = {fold(name): key for name, key in names if len(name) > 1}
        self._lexicon = Lexicon([("place", self._units)])

    def find(self, text: str) -> tuple[Span, ...]:
        """The named places in a folded text, longest first where they overlap."""
        return tuple(Span(at, at + len(name), name, self._units[name]) for at, name in self._lexicon.find(text))


@cache
def _landmarks() -> Lexicon:
    return Lexicon([("place", (DATA / "landmarks.txt").read_text(encoding="utf-8").split())])


def _roads(folded: str) -> Iterable[Span]:
    if not any(end in folded for end in ("路", "街", "大道", "胡同")):
        return
    at = 0
    while found := _ROAD.search(folded, at):
        name = found["name"]
        if _NO_ROAD.search(name):
            at = found.start() + 1
            continue
        tail = found["tail"] or ""
        end = found.end() - (len(tail) if tail.endswith("号") else 0)
        yield Span(found.start(), end, folded[found.start() : end])
        at = found.end()


def _estates(folded: str) -> Iterable[Span]:
    for found in _ESTATE.finditer(folded):
        if not _COMMON.search(found.group()):
            yield Span(found.start(), found.end(), found.group())


def find(folded: str, gazetteer: Gazetteer | None = None) -> tuple[Span, ...]:
    """The places in a folded text, in order, without overlaps: the gazetteer goes first, then the longer one."""
    flat, kept = tight(folded)
    if kept is None:
        return _find(flat, gazetteer)
    return tuple(
        Span(kept[span.start], kept[span.end - 1] + 1, folded[kept[span.start] : kept[span.end - 1] + 1], span.unit_key)
        for span in _find(flat, gazetteer)
    )


def _find(flat: str, gazetteer: Gazetteer | None) -> tuple[Span, ...]:
    known = gazetteer.find(flat) if gazetteer else ()
    loose = [Span(m.start(), m.end(), m.group()) for m in _PATTERN.finditer(flat)]
    loose += [Span(at, at + len(word), word) for at, word in _landmarks().find(flat)]
    loose += [*_roads(flat), *_estates(flat)]
    taken: list[Span] = list(known)
    for span in sorted(loose, key=lambda s: (s.start - s.end, s.start)):
        if all(span.end <= other.start or span.start >= other.end for other in taken):
            taken.append(span)
    return tuple(sorted(taken, key=lambda span: span.start))


_BUILDING = re.compile(r"号楼|栋|幢|座|#|^\d+-\d+")


def complete(place: Sequence[str], group_place: str) -> str:
    """The whole place: what was said, with what it leaves out taken from the place the group is bound to."""
    said = "".join(place)
    if not said or not group_place:
        return said or group_place
    estate = _PATTERN.split(fold(group_place), maxsplit=1)[0] or group_place
    if estate in fold(said) or any(_ESTATE.fullmatch(fold(part)) for part in place):
        return said
    return (estate if _BUILDING.search(fold(said)) else group_place) + said
