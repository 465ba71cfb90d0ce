"""Two problems in one message: which stretch of the text speaks of which, so that each can become a ticket."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from nlp import features, model
from nlp.features import Hits
from nlp.lexicon import CATEGORIES, lexicon
from nlp.plain import told_plainly
from nlp.talk import hear

_BREAK = re.compile(
    r"[,，。;；!！?？\s]+|(?=另外|还有个|还有那|顺便|仲有|再有就是|再一个|(?<=了)[^,。\s]{2,4}也(?:没|不|坏|堵))"
)
_AND = re.compile(
    r"另外|还有|顺便|再有|再就是|再一个|而且|两件事|第二|二是|对了|^(?:仲有|加上|同时|还)|也(?:没|不|坏|堵|脏|臭)|还(?:往|把|在|浇|对|一|踩|直接)"
)
# Pairs that residents use for one and the same trouble: never two tickets unless they say "besides".
_ONE_TROUBLE = (
    "drainage+parking", "greening+parking", "dispute+animals", "utilities+fumes", "animals+fumes", "security+fumes",
    "security+utilities", "sanitation+drainage",
    "drainage+building", "drainage+utilities", "building+utilities", "drainage+fumes", "sanitation+fumes",
    "fire_safety+parking", "fire_safety+utilities", "noise+dispute", "noise+building", "noise+animals",
    "road_facility+building", "dispute+property_service", "road_facility+parking", "parking+encroachment",
    "encroachment+building", "greening+animals", "security+building", "welfare+dispute", "security+dispute",
    "fumes+fire_safety", "road_facility+drainage", "security+property_service", "encroachment+fire_safety",
    "animals+security", "noise+parking", "road_facility+utilities", "greening+utilities",
    "building+property_service", "parking+dispute", "noise+encroachment", "welfare+building",
    "drainage+sanitation", "other+welfare", "greening+encroachment", "greening+building", "road_facility+greening",
    "noise+fire_safety", "noise+utilities",
)  # fmt: skip
_ONE = frozenset(frozenset(pair.split("+")) for pair in _ONE_TROUBLE)
# A clause speaks of a problem of its own where it is enough like a report (log odds), where its category leads clearly,
# and where it leads over the message's own by this much: more for pairs that are often one trouble and in
# emergencies, and where a story is told: of thirty characters and more without "besides" two in three are one trouble.
_REPORT, _LEAD, _MARGIN = -1.0, 2.0, 6.5
_SAME, _PRESSING, _BESIDES, _TOLD_AT_LENGTH, _LONG = 1.0, 5.0, 2.0, 3.0, 30
# Where two clauses are each a report by itself, of categories that lead clearly, this much less is enough.
_BOTH_PLAIN, _PLAIN, _CLEAR = 2.5, 1.0, 4.0
# That nobody came or picked up the telephone is how most reports end, and seldom a matter of its own.
_NOBODY_CAME = 3.0
_LEAST = 4
# What one trouble does to people, and what is only supposed to be behind it, is no matter of its own: 把消防通道都堵了,
# 熏得人开不了窗, 是不是水管漏了. Unless it is clearly said to be another matter.
_BROUGHT = re.compile(
    r"^(?:就|都|还)?(?:把|害|搞得|弄得|吵得|熏得|臭得|堵得|吓得|逼得|结果|导致|所以|搞到)|(?:不了|不敢|没法|冇法|没办法)[^,。]{0,4}$"
    r"|没法睡|睡不|一夜没|[一整]晚上?没|没睡"
    r"|^(?:[^,。]{0,3}车|人|轮椅|救护车|消防车|婴儿车|行人)[^,。]{0,3}(?:过|走|进|出|推|开)不[去来了进出动]$"
    r"|^(?:满|整个?|到处|全)[^,。]{0,4}(?:都是|全是|是|的)?(?:臭|臭味|味道?|臭气)$"
)
_SUPPOSED = re.compile(r"是不是|会不会|估计|好像|怕是|应该是|多半是|莫不是|八成是")
_ANOTHER_MATTER = re.compile(r"另外|顺便|两件事|第二|对了")
# A house without power has no lift and no lights, in the street neither: that is one outage.
_NO_POWER = re.compile(r"[停断没冇无跳](?:了|得|有)?电(?![梯话脑动瓶视池])|跳闸|拉闸")
_NEEDS_POWER, _STREET, _LAMPS = frozenset(("utilities", "building")), frozenset(("utilities", "road_facility")), "灯"
# What may be told beside a problem of each category.
_OTHERS = {main: frozenset(CATEGORIES) - {main, "other"} for main in CATEGORIES}
CALLED = re.compile(r"(?:物业|管家|前台|客服|保安|电话).{0,8}(?:没人|不接|打不通|不管|不理|不来|推|没来|不说)")


@dataclass(frozen=True, slots=True)
class Stretch:
    """One problem of a message and the words that tell it."""

    category: str
    text: str
    start: int
    end: int


def stretches(folded: str, hits: Hits, main: str, *, pressing: bool = False) -> tuple[Stretch, ...]:
    """The problems of a report whose main category is known: always one, sometimes a second in a clause of its own; the
    one told first comes first, but an emergency before all else.

    ``hits``: the words of the lexicon in it. ``pressing``: the message tells an emergency; what it brings with it is
    seldom a matter of its own.
    """
    second = _second(folded, hits, main, pressing=pressing)
    if second is not None and not pressing and _is_one_outage(folded, main, second[2]):
        return (Stretch("utilities", folded, 0, len(folded)),)
    if second is None:
        return (Stretch(main, folded, 0, len(folded)),)
    start, end, category = second
    own = Stretch(category, folded[start:end].strip(), start, end)
    if start == 0:
        rest = Stretch(main, folded[end:].strip(" ,，。"), end, len(folded))
        return (rest, own) if pressing else (own, rest)
    return (Stretch(main, folded[:start].strip(" ,，。"), 0, start), own)


def _is_one_outage(folded: str, main: str, other: str) -> bool:
    dark = {main, other} == _NEEDS_POWER or ({main, other} == _STREET and _LAMPS in folded)
    return dark and bool(_NO_POWER.search(folded)) and not _ANOTHER_MATTER.search(folded)


def _clauses(folded: str) -> list[tuple[int, int]]:
    marks = [0, *(m.end() for m in _BREAK.finditer(folded)), len(folded)]
    return [(a, b) for a, b in pairwise(marks) if folded[a:b].strip()]


def _second(folded: str, hits: Hits, main: str, *, pressing: bool) -> tuple[int, int, str] | None:
    """From where to where a second problem is told, and its category. Reading a clause costs as much as reading a
    message, so only those are read that have words of another category, and then the others until one tells the main
    problem."""
    if not _names_another(folded, hits, main):
        return None
    clauses = _clauses(folded)
    if len(clauses) < 2:
        return None
    told = dict[int, _Clause]()
    best: tuple[float, int, str] | None = None
    for at, (start, end) in enumerate(clauses):
        if not _may_be_another(folded, start, end, hits, main):
            continue
        told[at] = clause = _read(folded[start:end])
        over = _over(clause, main, pressing=pressing, long=len(folded) >= _LONG)
        if over is not None and (not best or over > best[0]):
            best = (over, at, clause.category())
    if best is None or not _others_tell(folded, clauses, told, best[1], main, plainly=best[0] < 0):
        return None
    return (*clauses[best[1]], best[2])


def _names_another(folded: str, hits: Hits, main: str) -> bool:
    """Whether any word speaks of another category than the message's own, or says "besides"."""
    table = lexicon().words
    return _AND.search(folded) is not None or any(
        group.rstrip("!") in _OTHERS[main] for _, word in hits for group in table[word]
    )


def _may_be_another(folded: str, start: int, end: int, hits: Hits, main: str) -> bool:
    """Whether a clause says "besides", or its words say more of some other category than of the message's own."""
    clause = folded[start:end]
    if _brought(clause) or (_SUPPOSED.search(clause) and not _ANOTHER_MATTER.search(clause)):
        return False
    if _AND.search(clause):
        return True
    said, table = Counter[str](), lexicon().words
    for at, word in hits:
        if start <= at < end:
            said.update({group.rstrip("!"): 1 + group.endswith("!") for group in table[word]})
    said.update(dict.fromkeys(features.told(clause), 2))
    return any(said[name] > said[main] for name in said.keys() & _OTHERS[main])


def _brought(clause: str) -> bool:
    return bool(_BROUGHT.search(clause.strip())) and not _ANOTHER_MATTER.search(clause)


def _over(clause: "_Clause", main: str, *, pressing: bool, long: bool) -> float | None:
    """By how much a clause speaks of a problem of its own; None: it does not."""
    category = clause.category()
    if category not in _OTHERS[main] or not clause.says_enough(category):
        return None
    story = _TOLD_AT_LENGTH if long and not clause.besides else 0.0
    over = clause.stands_out(category, main) - _needed(main, category, pressing=pressing) - story
    enough = over >= 0 or (over >= -_BOTH_PLAIN and clause.is_plain() and not pressing)
    return over if clause.like_a_report >= _REPORT and clause.lead() >= _LEAD and enough else None


def _others_tell(
    folded: str,
    clauses: Sequence[tuple[int, int]],
    told: Mapping[int, "_Clause"],
    own: int,
    main: str,
    *,
    plainly: bool,
) -> bool:
    """Whether another clause than ``own`` speaks of the message's own category before all others; ``plainly``: so that
    nothing else need be said to know it for a report."""
    others = ((at, place) for at, place in enumerate(clauses) if at != own and not _brought(folded[slice(*place)]))
    read = (told.get(at) or _read(folded[start:end]) for at, (start, end) in others)
    return any(clause.category() == main and (not plainly or clause.is_plain()) for clause in read)


def _needed(main: str, other: str, *, pressing: bool) -> float:
    nobody_came = _NOBODY_CAME if other == "property_service" else 0.0
    same = _SAME if frozenset((main, other)) in _ONE else 0.0
    return _MARGIN + same + (_PRESSING if pressing else 0.0) + nobody_came


@dataclass(frozen=True, slots=True)
class _Clause:
    """A clause read as if it were the whole message."""

    like_a_report: float
    scores: Mapping[str, float]
    besides: float
    called: bool
    length: int

    def says_enough(self, category: str) -> bool:
        """Whether it can be a matter of its own: a few characters (出不去) are what another trouble does to people."""
        if category == "property_service" and self.called:
            return False
        return self.besides > 0 or self.length >= _LEAST

    def stands_out(self, category: str, main: str) -> float:
        """How much more it speaks of a category than of the message's own."""
        return self.scores[category] - self.scores[main] + self.besides

    def category(self) -> str:
        """What it speaks of before all else."""
        return max(self.scores, key=lambda name: self.scores[name])

    def is_plain(self) -> bool:
        """Whether it is a report of its category by itself."""
        return self.like_a_report >= _PLAIN and self.lead() >= _CLEAR

    def lead(self) -> float:
        """How far the category it speaks of is ahead of the next."""
        first, second = sorted(self.scores.values())[:-3:-1]
        return first - second


def _read(text: str) -> _Clause:
    weights = model.weights()
    talk, found = hear(text), features.group_hits(lexicon().find(text), text)
    signs = features.signs(told_plainly(text, talk), None)
    bones = features.skeleton(text)
    each = features.share(bones)
    texture = {"N": features.runs(bones), "T": features.vocabulary(bones)}
    report = weights.bias + model.score(weights.report["G"], features.outline(text, found, talk, signs))
    for family, names in texture.items():
        report += model.total(weights.report[family], names) * each * model.WORTH[family]
    besides = _BESIDES if _AND.search(text) else 0.0
    scores = model.category_scores(weights, features.subject(found, signs), texture, each)
    called = CALLED.search(text) is not None
    return _Clause(report + besides, scores, besides, called, sum(char.isalnum() for char in text))
