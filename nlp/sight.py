"""What is seen of a text while it is read: what it is about, and whether what sounds like danger is none after all."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nlp import features, model, smoke
from nlp.danger import Danger
from nlp.delicate import accused
from nlp.kinds import kind_of
from nlp.lexicon import CATEGORIES
from nlp.own import meant
from nlp.plain import Plain
from nlp.where import Where

_SERVICE, _OTHER = "property_service", "other"
_FEES, _WRONG = {"物业费"}, frozenset(("defect", "ask_fix", "unattended"))
_OF_PEOPLE = frozenset((_SERVICE, "dispute"))
_STAFF = frozenset(("community", "department"))  # whom a tip-off is about
_DANGER_VOTE = 4.0
_OWN_VOTE = 3.5  # of a word that this deployment put into a category itself
_CLEAR = -1.0  # of a category's own log odds: as likely as not, whatever the others say
_LAMP = re.compile("的?灯")
# 黑灯瞎火的下楼差点摔了: it is dark where people climb stairs, unless a street or a yard is named.
_STREET_LAMPS, _SECURITY, _HOUSE = "road_facility", "security", "building"
_DARK = re.compile("黑灯|乌漆|黑[漆咕黢麻蒙乎洞]|[漆黢摸抹]黑|伸手不见|看不见|不亮|没有?灯|全黑|黑着")
_CLIMBS = re.compile(r"[上下爬]楼|楼[道梯]|[一二三四五六七八九十两\d][楼层]到|台阶")
_STREET = re.compile(
    "路灯|路[上口边]|[小大马]路|巷|[门井路]口|小区|广场|院[子里]|车库|地库|车棚|井|坑|景观|花园|亭|街|桥|操场|公园"
)
# 3号楼门禁坏了: something is to be mended, unless it is said who comes in.
_ENTRY = re.compile("(?:门禁|对讲)[^,，。]{0,6}(?:坏|失灵|失效|没反应|刷不|打不开|不灵|不好使)")
_COMES_IN = re.compile("谁都|人都|[进溜]来|进人|丢|偷|贼|撬|尾随|陌生|生人|可疑|骗|外人|醉|推销|拧")
# Ways of speaking of what is over, elsewhere, learned, joked about or only talked of.
_NOT_NOW = frozenset((
    "solved", "over", "past", "memory", "news", "figure", "denial", "apology", "drill", "policy", "elsewhere"
))  # fmt: skip
_HARMLESS = frozenset(("dozes", "lingers"))


@dataclass(slots=True)
class Sight:
    """What is seen of a text, and what the model makes of it so far."""

    folded: str
    hits: features.Hits
    where: Where
    found: Mapping[str, Sequence[str]]
    talk: Mapping[str, str]
    suspected: Danger | None
    danger: Danger | None
    doubtful: Danger | None
    accuses: bool
    plain: Plain | None
    outline: Mapping[str, float]
    texture: dict[str, set[str]]
    each: float
    score: float


def weighed(sight: Sight) -> Sight:
    """The same, its danger weighed by what else is seen: a car in the way only holds somebody up, whoever sleeps at
    work may just be fast asleep, whoever is not out of school yet may be kept in, and where somebody smokes or grills
    there is smoke without a fire. What the bot is told (我闻到瓦斯味，开窗也散不掉) is asked about, however like talk
    it sounds."""
    if not sight.danger:
        it = sight.suspected
        if it and it.meant and it.heard and _NOT_NOW.isdisjoint(sight.talk):
            sight.doubtful = it
    elif not _HARMLESS.isdisjoint(sight.talk):
        sight.danger, sight.doubtful = None, sight.danger
    elif _is_usual_smoke(sight.danger) or _is_in_the_way(sight, sight.danger):
        sight.danger = None
    return sight


def _is_usual_smoke(told: Danger) -> bool:
    return told.only_smoke and smoke.is_usual(told.text)


def _is_in_the_way(sight: Sight, told: Danger) -> bool:
    return told.held_up and category(sight)[0] == "parking"


def alone(suspected: Danger | None) -> Danger | None:
    """The danger as the model of reports learned to see it: what is sure by its own words."""
    return suspected if suspected and suspected.sure(0.0) else None


def category(sight: Sight) -> tuple[str, bool]:
    """What it is about, and whether that is clear from its words."""
    signs = features.signs(sight.plain, alone(sight.danger or sight.doubtful))
    seen = features.subject(sight.found, signs)
    scores = model.category_scores(model.weights(), seen, sight.texture, sight.each)
    for name in meant(word for _, word in sight.hits) & scores.keys():
        scores[name] += _OWN_VOTE
    if smoke.is_usual(sight.folded):
        scores["fumes"] += _OWN_VOTE
    clear = max(scores.values()) >= _CLEAR
    if sight.danger:
        scores[sight.danger.category] += _DANGER_VOTE
        clear = sight.danger.name != "other"
    best = max(scores, key=scores.__getitem__)
    if _is_of_the_house(sight, best):
        return _HOUSE, True
    # 说好上午来电的，现在还没有: no service is called bad where it is said what is missing. And where words leave it
    # open (3号楼门禁坏了), what is told plainly decides; 灯 alone may hang in a street or on the stairs.
    if sight.plain and not sight.danger and (not clear or best == _SERVICE) and not _LAMP.match(sight.plain.words):
        return sight.plain.category, True
    if best == _SERVICE and (named := _beside_fees(sight)):
        return max(named, key=scores.__getitem__), True
    return (_OTHER, False) if sight.accuses and not sight.danger and _is_of_staff(sight, best) else (best, clear)


def _is_of_the_house(sight: Sight, best: str) -> bool:
    text = sight.folded
    if best == _SECURITY:
        return _ENTRY.search(text) is not None and _COMES_IN.search(text) is None
    dark = best == _STREET_LAMPS and _DARK.search(text) and _CLIMBS.search(text)
    return bool(dark) and _STREET.search(text) is None


def _beside_fees(sight: Sight) -> list[str]:
    """交了物业费连个灯都不修: what is wrong is named, and the fee only says who is to mend it."""
    if f"{_SERVICE}!" in sight.found or set(sight.found.get(_SERVICE, ())) != _FEES or _WRONG.isdisjoint(sight.found):
        return []
    return [name for name in CATEGORIES if name != _SERVICE and not {name, f"{name}!"}.isdisjoint(sight.found)]


def _is_of_staff(sight: Sight, best: str) -> bool:
    """Whether it is told of the community's or a department's people, and no word says what else it would be about."""
    told = accused(sight.folded) in _STAFF and kind_of(sight.folded, best) == "tipoff"
    return told and (best in _OF_PEOPLE or not {best, f"{best}!"} & sight.found.keys())
