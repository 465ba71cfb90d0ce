"""The plainest reports: a known thing, what is wrong with it, and hardly a word besides ("路灯不亮了").

A model learns what people dwell on and mistrusts who says only the least, so what is told plainly is a sign of its own,
weighed like every other, unless one of the ways of speaking in `AGAINST` takes it back.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from nlp.gate import Gate, places
from nlp.lexicon import groups
from nlp.needles import Needles
from nlp.normalise import DATA
from nlp.places import Gazetteer, Span, find
from nlp.talk import rows

# Who tells more than this is not short of words, and is weighed like anybody else.
_SHORT = 80
# How many characters that nobody foresaw may stand in the same clause, before the thing and after what is wrong.
_BEFORE, _AFTER, _ELSEWHERE = 0, 6, 12

# Ways of speaking that take back what was told plainly.
AGAINST = frozenset(
    [
        "agreement", "thanks", "praise", "solved", "withdraw", "notice", "trade", "tradesman", "elsewhere", "past",
        "news", "figure", "policy", "staff", "school", "apology", "suppose", "drill", "self_fix", "found_item",
        "content", "denial", "advise", "over", "own_thing", "whether", "forbidden",
    ]
)  # fmt: skip

_PLACE = "§"
_LITTLE = (
    "(?:一直|突然|好像|有点|特别|非常|老是|总是|经常|天天|已经|现在|今[天早晚]|昨[晚天]|刚刚?|还是|开始|到处|全部|有人|有个|旁边"
    r"|[一两二三四五几\d][个盏部台扇块根条只处辆棵]|(?:\d+|十[一二]?|[一二两三四五六七八九])点[多半钟]?|(?:\d+|[一二两三四五六七八九十几半好]+)多?(?:天|周|年|个?月|个?星期|个?礼拜)|[还正仍]在|那[个边]?|这[个边]?|[的里上内外处口边都全又也还被让太很好老总有没人了得把从在给个])"
)
_GAP = _LITTLE + "{0,4}?"
# What may stand around the plain words without making them less plain.
_LEAD, _TAIL = (re.compile("|".join(sorted(words, key=len, reverse=True))) for _, words in groups(DATA / "around.txt"))
# Roughly how far what may stand before the thing reaches; the thing itself begins at most so many characters on.
_BEGINNING = re.compile(
    rf"(?:{_LEAD.pattern}|[\dA-Za-z一二三四五六七八九十百东西南北负第#-]+|[号栋幢座区期层室门口巷]|[^\d了]{{1,6}}?(?:[路街苑园村府城院坊区]|大厦|公寓))*"
)
_REACH = 10
_WHERE = re.compile(rf"[{_PLACE}\d#号楼栋幢座单门路街道苑园区村库场院广站棚亭泉桥河湖]")
_ASKS = re.compile("[?？吗么]")
# What says that it is here and not on a telephone or in a game (断网了).
_HERE = re.compile("我们|咱|[家楼栋幢库梯]|单元|小区|院[子里]|门口|物业|保安|门卫|城管|执法|小偷|贼|骗|药")
_BREAK = re.compile(r"[,，。;；!！?？\s:：、~]+")
# 说好5点来水的，现在8点了还没来: what was promised and that it did not come are read in one breath, as are
# 我走不动，药吃完了.
_PROMISED = re.compile(
    r"((?:说|讲|答应|承诺|保证|通知|公告|原定|约|告示)[^,，。!！?？]{2,18}?)[吗嘛]?[,，\s]+(?=这?都|等?到?(?:现在|如今|今天|这会)|[^,，。]{1,4}[点天周][^,，。]{0,2}了|人呢|周)"
    r"|((?:走不[动了]|出不了门|下不了[床楼]|行动不便|腿脚不(?:好|便))[了啊]?)[,，\s]+(?=[^,，。]{0,4}药)"
    r"|(药[^,，。]{0,3}(?:完|没|断|光)了?|(?:钥匙|门卡)[^,，。]{0,6}(?:丢|忘|锁|落|断|掉)[^,，。]{0,4})[,，\s]+(?=[^,，。]{0,4}(?:走不|出不|下不|进不|回不|开不|没人))"
)


@dataclass(frozen=True, slots=True)
class Plain:
    """What was told plainly: the category, and the words that tell it. ``alone``: it is said to be here, and nothing
    else is said or asked."""

    category: str
    words: str
    alone: bool = False


@dataclass(frozen=True, slots=True)
class _Rule:
    category: str
    thing: str
    wrong: str
    text: str
    # The same with any character for a place: what this does not fit needs no look for places.
    rough_text: str

    @property
    def pattern(self) -> re.Pattern[str]:
        return _compiled(self.text)

    @property
    def rough(self) -> re.Pattern[str]:
        return _compiled(self.rough_text)


@cache  # at the first try: most are never tried in a short command, and all of them take a fifth of a second
def _compiled(text: str) -> re.Pattern[str]:
    return re.compile(text)


@cache
def _rules() -> tuple[_Rule, ...]:
    named: dict[str, tuple[str, str]] = {}
    made: list[_Rule] = []
    for name, thing_has, wrong_has, thing, wrong in rows("plain.tsv", 5):
        if name.startswith("="):
            named[f"{{{name[1:]}}}"] = (wrong_has, f"(?:{wrong})")
            continue
        has, text = wrong_has, wrong if thing == "-" else f"(?:{thing})~(?:{wrong})"
        for key, (chars, words) in named.items():
            has, text = has.replace(key, chars), text.replace(key, words)
        text = text.replace("~", _GAP)
        made.append(_Rule(name, thing_has, has, text, text.replace(_PLACE, r"\w")))
    return tuple(made)


@cache
def _gate() -> Gate:
    """Of both the thing and what is wrong a trace."""
    return Gate(f"{rule.thing} {rule.wrong}" for rule in _rules())


@cache
def _needles() -> Needles:
    return Needles(rule.rough_text for rule in _rules())


def told_plainly(
    folded: str,
    talk: Mapping[str, str],
    gazetteer: Gazetteer | None = None,
    places_of: Callable[[], Sequence[Span]] | None = None,
) -> Plain | None:
    """What a folded text tells plainly, unless its way of speaking takes it back.

    ``places_of``: finds its places, for whoever needs them too.
    """
    if len(folded) > _SHORT or not AGAINST.isdisjoint(talk):
        return None
    known = [span.text for span in gazetteer.find(folded)] if gazetteer else ()
    among = _needles().mask(folded)
    if not among or not among & _may(_aside(folded, known)):
        return None
    told = _PROMISED.sub(r"\1\2\3", folded)
    clauses = [clause for clause in _BREAK.split(told) if clause]
    worth = [_worth(_aside(clause, known), among) for clause in clauses]
    if not any(worth):
        return None
    named = [span.text for span in (places_of() if places_of else find(folded, gazetteer))]
    here = bool(named or _HERE.search(folded) or told != folded) and not _ASKS.search(told)
    found = [
        replace(plain, alone=plain.alone and here and not rest)
        for at, (clause, rules) in enumerate(zip(clauses, worth, strict=True))
        if rules and (fits := _readings(clause, named, rules)) and (rest := _else(clauses, at, named)) <= _ELSEWHERE
        for plain in fits
    ]
    return max(found, key=lambda plain: len(plain.words), default=None)


def _may(text: str) -> int:
    """What a whole text may tell, cheaply: rules of which both the thing and what is wrong leave a trace."""
    return _gate().mask(text, _PLACE if _WHERE.search(text) else "")


@lru_cache(maxsize=4)  # the clauses of one message are read again where they may tell another problem
def _worth(clause: str, among: int) -> Sequence[tuple[_Rule, re.Match[str]]]:
    """The rules among these that are worth trying, and where they fit with any character for a place: their thing
    stands at the beginning, with nothing but a place or little words before."""
    mask = _may(clause) & among
    if not mask:
        return ()
    begin = _BEGINNING.match(clause)
    end = begin.end() if begin else 0
    mask &= _gate().firsts(clause[: end + _REACH], _PLACE if end else "")
    tried = (_rules()[at] for at in places(mask))
    return tuple([(rule, rough) for rule in tried if (rough := rule.rough.search(clause))])


def _readings(clause: str, named: Sequence[str], worth: Sequence[tuple[_Rule, re.Match[str]]]) -> Sequence[Plain]:
    """What a clause tells plainly, read as it stands and with its places set aside: a gate is a place and a thing."""
    aside = _aside(clause, named)
    fits = [(rule, rough if rule.pattern is rule.rough else rule.pattern.search(clause)) for rule, rough in worth]
    if aside != clause:
        fits += [(rule, rule.pattern.search(aside)) for rule, _ in worth]
    return [
        Plain(rule.category, match.group().replace(_PLACE, ""), alone=not after)
        for rule, match in fits
        if match and _nothing_before(match, named) and (after := _after(match)) <= _AFTER
    ]


def _nothing_before(match: re.Match[str], named: Sequence[str]) -> bool:
    text, start = match.string, match.start()
    return not start or len(_LEAD.sub("", _aside(text[:start], named))) <= _BEFORE


def _after(match: re.Match[str]) -> int:
    """How many characters that nobody foresaw follow in the same clause."""
    return len(_TAIL.sub("", match.string[match.end() :]))


def _else(clauses: Sequence[str], own: int, named: Sequence[str]) -> int:
    """How much the other clauses say that is not what may stand around what is told plainly."""
    others = (clause for at, clause in enumerate(clauses) if at != own)
    return sum(len(_TAIL.sub("", _LEAD.sub("", _aside(clause, named)))) for clause in others)


def _aside(text: str, named: Sequence[str]) -> str:
    for name in named:
        text = text.replace(name, _PLACE)
    return text
