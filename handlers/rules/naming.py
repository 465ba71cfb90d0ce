"""What a category is called in passing: its name, a part of it, its key, or a thing that belongs to it."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher

from handlers.wording.taxonomy import CATEGORY
from nlp.lexicon import lexicon
from nlp.normalise import fold

ALIKE = 0.5  # of the characters: 排污 is like 排水污水
SHOWN = 4


@dataclass(frozen=True, slots=True)
class Called:
    """The category that was meant, or those that may have been."""

    category: str | None
    maybe: tuple[str, ...] = ()


def called(word: str) -> Called:
    """Finds the category. One that is named only by a thing (路灯) is asked about, never taken."""
    said = fold(word).strip()
    if said in CATEGORY:
        return Called(said)
    whole = [key for key, name in CATEGORY.items() if said == name]
    part = [key for key, name in CATEGORY.items() if len(said) > 1 and said in name]
    for found in (whole, part):
        if len(found) == 1:
            return Called(found[0])
    return Called(None, tuple(dict.fromkeys([*part, *_of_thing(said), *_alike(said)]))[:SHOWN])


def _of_thing(said: str) -> list[str]:
    """By the lexicon: 路灯 belongs to 道路设施."""
    words = [said] if said in lexicon().words else [word for _, word in lexicon().find(said)]
    groups = (group.rstrip("!") for word in words for group in lexicon().words[word])
    return [group for group in dict.fromkeys(groups) if group in CATEGORY]


def _alike(said: str) -> list[str]:
    rated = [(SequenceMatcher(None, said, name).ratio(), key) for key, name in CATEGORY.items()]
    return [key for ratio, key in sorted(rated, key=lambda pair: -pair[0]) if ratio >= ALIKE]
