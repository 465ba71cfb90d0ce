"""Finds the entry of a question-and-answer list that somebody asks for. Pure.

Topics that many words name (``data/answers.tsv``), words of jieba and pairs of characters, each weighed by how few
entries have it (idf); how, when and how much say little. The score is what is shared beside what is asked and not met.
Measured in ``tests/nlp/test_answers.py``.
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from nlp.normalise import DATA, fold, tight
from nlp.segment import words

SURE = 0.69  # below it nothing is said
CLOSE = 0.92  # of the best score: what comes this near is named beside it
_TOPIC, _WHOM, _ASPECT, _WORD, _PAIR = 2.0, 0.8, 0.3, 0.6, 0.3  # what each sort of feature weighs beside the others
_UNMET, _UNASKED = 0.55, 0.2  # how much of the score what is not shared costs: of the question, of the entry


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry of the list, by its place there, and how well it fits (0 to 1)."""

    place: int
    score: float


@cache
def _table() -> tuple[Mapping[str, str], re.Pattern[str]]:
    """Every word of the data file with the name it stands for, and what finds the longest of them at each place."""
    names: dict[str, str] = {}
    for line in (DATA / "answers.tsv").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            name, _, rest = line.partition("\t")
            names |= {word: name for word in rest.split() if word not in names}
    longest_first = sorted(names, key=len, reverse=True)
    return names, re.compile("|".join(map(re.escape, longest_first)))


def _features(text: str) -> frozenset[str]:
    """What a text is about: named topics, what is asked of them, and words and pairs of characters of the rest."""
    names, known = _table()
    folded = tight(fold(text))[0].lower()
    found = {name for word in known.findall(folded) if (name := names[word]) != "-"}
    named = {name if name[0] in "~+" else f"t:{name}" for name in found}
    return frozenset({*named, *_rest(known.sub(" ", folded))})


def _rest(text: str) -> Iterator[str]:
    for part in text.split():
        run = "".join(char for char in part if char.isalnum())
        yield from (f"w:{word}" for word in words(run) if len(word) > 1)
        yield from (f"p:{run[at : at + 2]}" for at in range(len(run) - 1))


_SORTS = {"t": _TOPIC, "+": _WHOM, "~": _ASPECT, "w": _WORD, "p": _PAIR}


class Index:
    """The entries, each with all its ways of asking."""

    def __init__(self, entries: Sequence[Sequence[str]]) -> None:
        self._ways = [(place, _features(way)) for place, ways in enumerate(entries) for way in ways]
        seen: dict[str, set[int]] = {}
        for place, features in self._ways:
            for name in features:
                seen.setdefault(name, set()).add(place)
        self._all = [frozenset[str]()] * len(entries)
        for place, features in self._ways:
            self._all[place] |= features
        self._idf = {name: math.log(1 + len(entries) / len(places)) for name, places in seen.items()}
        self._unseen = math.log(2 + len(entries))

    def _sum(self, features: Iterable[str]) -> float:
        return sum(_SORTS[name[0]] * self._idf.get(name, self._unseen) for name in features)

    def find(self, text: str) -> list[Hit]:
        """The entries that fit, best first; each once."""
        asked = _features(text)
        best: dict[int, float] = {}
        for place, features in self._ways:
            if not any(name[0] == "t" or name[0] == "w" for name in asked & self._all[place]):
                continue  # that it costs something, or opens at nine, is no subject
            shared = self._sum(asked & self._all[place])
            unmet, unasked = self._sum(asked - self._all[place]), self._sum(features - asked)
            score = shared / (shared + _UNMET * unmet + _UNASKED * unasked)
            best[place] = max(best.get(place, 0.0), score)
        return sorted((Hit(place, score) for place, score in best.items()), key=lambda hit: (-hit.score, hit.place))

    def answer(self, text: str) -> list[Hit]:
        """The entry that is asked for; several where it cannot be told which; none where nothing fits."""
        found = [hit for hit in self.find(text) if hit.score >= SURE]
        return [hit for hit in found if hit.score >= found[0].score * CLOSE][:3] if found else []


@lru_cache(maxsize=8)
def index_of(entries: tuple[tuple[str, ...], ...]) -> Index:
    """The index of these entries; kept, since the same list is asked again and again."""
    return Index(entries)
