"""What the model sees of a message: groups of the lexicon, ways of speaking, jieba's words, short runs of characters.

Neither the length of a message nor the presence of a place is among them: authors of examples share habits in both
that real residents do not have. Features come in families: ``G`` for groups, rules and what follows from them, ``N``
for runs of characters, ``T`` for words.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache

from nlp.lexicon import CATEGORIES, Lexicon, lexicon
from nlp.needles import Needles
from nlp.plain import Plain
from nlp.runs import runs as runs
from nlp.runs import share as share
from nlp.runs import skeleton as skeleton
from nlp.segment import words
from nlp.talk import rows
from nlp.urgency import Danger

Hits = Sequence[tuple[int, str]]

TOPICS = frozenset(CATEGORIES)
KINDS = ("problem", "topic", "firm", "told")
PROBLEMS = frozenset(category + "!" for category in CATEGORIES)
_OF_CATEGORIES = TOPICS | PROBLEMS
# What makes a topic worth telling the community, and what makes it mere talk.
GRAVE = ("defect", "again", "unattended", "ask_fix", "harm", "accuse", "lasting")
LIGHT = (
    "thanks", "solved", "notice", "tradesman", "trade", "past", "elsewhere", "news", "figure", "policy", "agree",
    "staff", "school", "apology", "suppose", "ask_time", "leisure", "self_fix",
)  # fmt: skip

_GRAVE = frozenset(GRAVE)
_WAYS = frozenset([*GRAVE, *LIGHT])

_LASTING = re.compile(
    r"(?:\d+|[一两二俩三四五六七八九十半几多好]+)(?:来|多)?(?:个)?(?:多)?(?:大)?(?:天|日|月|礼拜|星期|周|年|小时|钟头|点钟|宿|晚上?|夜|回|次|遍)(?:多)?(?:了|咯|咗|啦|没|还|都|也|头)"
    r"|(?:成|快|小|大)(?:半)?(?:个)?(?:天|月|年|礼拜)|从.{1,6}到现在|好(?:多|几)天|天天|日日"
)
_ASKING = re.compile(r"[?？]\s*$|(?:吗|么|没|不|呢|嘛|啵|伐|咩|没有)[\s?？啊呀]*$")
_SHOUTING = re.compile(r"[!！]{2,}|[?？]{2,}")


def group_hits(hits: Hits, folded: str) -> dict[str, list[str]]:
    """The groups of the lexicon that a text touches, each with its words."""
    found: dict[str, list[str]] = {}
    table = lexicon().words
    for _, word in hits:
        for group in table[word]:
            bucket = found.setdefault(group, [])
            if word not in bucket:
                bucket.append(word)
    if lasting := _LASTING.search(folded):
        found["lasting"] = [lasting.group()]
    if subjects := told(folded):
        found["told"] = sorted(subjects)
    return found


@lru_cache(maxsize=2)  # a deployment may lay its own words over the lexicon
def _problem_words(table: Lexicon) -> frozenset[str]:
    return frozenset(word for word, groups in table.words.items() if not PROBLEMS.isdisjoint(groups))


def names_a_problem(hits: Hits) -> bool:
    """Whether one of the words already says what is wrong."""
    known = _problem_words(lexicon())
    return any(word in known for _, word in hits)


@lru_cache(maxsize=2)
def _category_words(table: Lexicon) -> frozenset[str]:
    return frozenset(word for word, groups in table.words.items() if not _OF_CATEGORIES.isdisjoint(groups))


def names_nothing(hits: Hits) -> bool:
    """Whether no word of any category is there."""
    known = _category_words(lexicon())
    return not any(word in known for _, word in hits)


@cache
def _subjects() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((name, re.compile(text)) for name, text in rows("categories.tsv", 2))


@cache
def _needles() -> Needles:
    return Needles(pattern.pattern for _, pattern in _subjects())


@lru_cache(maxsize=1)  # a clause that may tell another problem is asked about twice
def told(folded: str) -> frozenset[str]:
    """The categories whose rules fit: what happened to what, in one breath."""
    subjects = _subjects()
    return frozenset([subjects[at][0] for at in _needles().worth(folded) if subjects[at][1].search(folded)])


def matters(found: Mapping[str, Sequence[str]]) -> dict[str, set[str]]:
    """The words of the categories in a text: problems, topics, those of both that everyday talk seldom uses, rules."""
    problems = {word for group, said in found.items() if group in PROBLEMS for word in said}
    topics = {word for group, said in found.items() if group in TOPICS for word in said if word not in problems}
    loose = (*found.get("loose", ()), *found.get("loose!", ()))
    firm = {word for word in problems | topics if len(word) > 1 and word not in loose}
    sorted_ = {"problem": problems, "topic": topics, "firm": firm, "told": set(found.get("told", ()))}
    return {kind: words_ for kind, words_ in sorted_.items() if words_}


def _groups(found: Mapping[str, Sequence[str]], talk: Mapping[str, str]) -> dict[str, float]:
    if not found:
        return dict(_told_in_groups(tuple(talk), (), ()))
    ways = tuple([(name, len(words_) > 1) for name, words_ in found.items() if name in _WAYS])
    kinds = tuple([(kind, len(words_) > 1) for kind, words_ in matters(found).items()])
    return dict(_told_in_groups(tuple(talk), ways, kinds))


@lru_cache(maxsize=8_192)  # of three messages of talk two say the same in groups, of two reports one
def _told_in_groups(
    talk: Sequence[str], ways: Sequence[tuple[str, bool]], kinds: Sequence[tuple[str, bool]]
) -> Mapping[str, float]:
    """What the model sees of rules, ways of telling and kinds of words, each with whether several words said so."""
    features = [f"R:{name}" for name in talk]
    features += [f"G:{name}" for name, _ in ways]
    grave = [(name, more) for name, more in ways if name in _GRAVE]
    features += [f"G2:{name}" for name, more in grave if more]
    beside = [*(name for name, _ in ways), *(f"R:{name}" for name in talk)]
    for kind, more in kinds:
        features.append(f"M:{kind}")
        features += [f"M:{kind}s"] if more else []
        features += [f"{kind}&{name}" for name in beside]
    if not kinds:
        features.append("M:none")
    else:
        features.append(f"grave:{min(len(grave), 4)}")
        features += [] if talk else [f"plain:{min(len(grave), 3)}"]
    return dict.fromkeys(features, 1.0)


def vocabulary(bones: str) -> set[str]:
    """jieba's words of a skeleton; single characters are runs already."""
    return {word for word in words(bones) if len(word) > 1}


def outline(
    folded: str, found: Mapping[str, Sequence[str]], talk: Mapping[str, str], signs: Iterable[str] = ()
) -> dict[str, float]:
    """What groups and rules say about report or talk. ``signs``: what is said plainly, what sounds like danger."""
    features = _groups(found, talk)
    features.update((f"S:{sign}", 1.0) for sign in signs)
    if _ASKING.search(folded):
        features["P:asking"] = 1.0
        features.update((f"asking&{kind}", 1.0) for kind in KINDS if f"M:{kind}" in features)
    if _SHOUTING.search(folded):
        features.update((f"shouting&{kind}", 1.0) for kind in KINDS if f"M:{kind}" in features)
    return features


def signs(plain: Plain | None, danger: Danger | None) -> tuple[str, ...]:
    """What is told plainly and what sounds like danger, as features: neither is believed unweighed."""
    said = (f"plain:{plain.category}", "plain") if plain else ()
    return said + ((f"danger:{danger.name}", "danger") if danger else ())


def subject(found: Mapping[str, Sequence[str]], signs: Iterable[str] = ()) -> dict[str, float]:
    """What groups and rules say about the category."""
    features = {f"C:{name}": min(2.0, float(len(hits))) for name, hits in found.items() if name in _OF_CATEGORIES}
    features.update((f"C:{name}?", 1.0) for name in found.get("told", ()))
    features.update((f"S:{sign}", 1.0) for sign in signs)
    return features
