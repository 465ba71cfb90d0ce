"""Two problems in one message: which stretch of the text speaks of which, so that each can become a ticket."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from nlp.features import told
from nlp.lexicon import CATEGORIES, lexicon
from nlp.model import PRIOR_PROBLEM, PRIOR_RULE, PRIOR_TOPIC

_BREAK = re.compile(
    r"[,，。;；!！?？\s]+|(?=另外|还有个|还有那|顺便|仲有|再有就是|再一个|(?<=了)[^,。\s]{2,4}也(?:没|不|坏|堵))"
)
_AND = re.compile(
    r"^(?:另外|还有|顺便|仲有|再有|再一个|而且|加上|同时|还)|也(?:没|不|坏|堵|脏|臭)|还(?:往|把|在|浇|对|一|踩|直接)"
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


@dataclass(frozen=True, slots=True)
class Stretch:
    """One problem of a message and the words that tell it."""

    category: str
    text: str
    start: int
    end: int


def stretches(folded: str, main: str) -> tuple[Stretch, ...]:
    """The problems of a report whose main category is known: always one, sometimes a second in a clause of its own."""
    clauses = _clauses(folded)
    second = _second(folded, clauses, main)
    if second is None:
        return (Stretch(main, folded, 0, len(folded)),)
    at, category = second
    start, end = clauses[at]
    own = Stretch(category, folded[start:end].strip(), start, end)
    if at == 0:
        rest = Stretch(main, folded[end:].strip(" ,，。"), end, len(folded))
    else:
        rest = Stretch(main, folded[:start].strip(" ,，。"), 0, start)
    return (rest, own)


def _clauses(folded: str) -> list[tuple[int, int]]:
    marks = [0, *(m.end() for m in _BREAK.finditer(folded)), len(folded)]
    return [(a, b) for a, b in pairwise(marks) if folded[a:b].strip()]


def _second(folded: str, clauses: Sequence[tuple[int, int]], main: str) -> tuple[int, str] | None:
    said = [_weigh(folded[start:end]) for start, end in clauses]
    for at, scores in enumerate(said):
        category = max(scores, key=lambda name: scores[name], default=main)
        if category == main or scores.get(main, 0.0) >= scores.get(category, 0.0):
            continue
        elsewhere = any(other.get(main, 0.0) >= PRIOR_TOPIC for where, other in enumerate(said) if where != at)
        besides = bool(_AND.search(folded[clauses[at][0] : clauses[at][1]]))
        if elsewhere and _stands_alone(scores[category], besides, frozenset((main, category))):
            return at, category
    return None


def _stands_alone(weight: float, besides: bool, pair: frozenset[str]) -> bool:
    if besides:
        return weight >= PRIOR_PROBLEM
    return pair not in _ONE and weight >= PRIOR_PROBLEM + PRIOR_TOPIC


def _weigh(clause: str) -> dict[str, float]:
    scores = dict.fromkeys(told(clause), PRIOR_RULE)
    broken = 0.0
    for _, word in lexicon().find(clause):
        groups = lexicon().words[word]
        broken = max(broken, 0.8 if "defect" in groups or "unattended" in groups else 0.0)
        for group in groups:
            name = group.rstrip("!")
            if name in CATEGORIES:
                scores[name] = scores.get(name, 0.0) + (PRIOR_PROBLEM if group != name else PRIOR_TOPIC)
    return {name: value + (broken if value < PRIOR_PROBLEM else 0.0) for name, value in scores.items()}
