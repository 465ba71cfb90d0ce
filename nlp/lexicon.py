"""The words residents use, in groups, and a fast look for all of them in a text."""

from collections.abc import Iterable, Iterator
from functools import cache
from operator import add
from pathlib import Path

from nlp.normalise import DATA

CATEGORIES = (
    "sanitation", "drainage", "road_facility", "parking", "fire_safety", "utilities", "building", "noise", "fumes",
    "encroachment", "greening", "animals", "security", "property_service", "dispute", "welfare", "other",
)  # fmt: skip


def groups(path: Path) -> Iterator[tuple[str, list[str]]]:
    """The sections of a word file: a name in brackets, then words; "#" at the start of a line begins a comment."""
    name, words = "", list[str]()
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("[") and line.endswith("]") and " " not in line:
            if name:
                yield name, words
            name, words = line[1:-1], []
        elif not line.startswith("# "):
            words += line.split()
    if name:
        yield name, words


class Lexicon:
    """Words to their groups; `find` gives the longest word at each place, without what lies inside a longer one."""

    def __init__(self, sections: Iterable[tuple[str, Iterable[str]]]) -> None:
        found: dict[str, list[str]] = {}
        for name, words in sections:
            for word in words:
                if name not in found.setdefault(word, []):
                    found[word].append(name)
        self.words = {word: tuple(names) for word, names in found.items()}
        self._single = frozenset(word for word in self.words if len(word) == 1)
        lengths: dict[str, set[int]] = {}
        for word in self.words:
            if len(word) > 1:
                lengths.setdefault(word[:2], set()).add(len(word))
        for pair, sizes in lengths.items():
            if pair[0] in self._single:
                sizes.add(1)
        # Lengths of words by the two characters they begin with: few pairs of a text begin any.
        self._lengths = {pair: tuple(sorted(sizes, reverse=True)) for pair, sizes in lengths.items()}

    def find(self, text: str) -> list[tuple[int, str]]:
        """Position and word, in order."""
        found: list[tuple[int, str]] = []
        lengths, single, end = self._lengths, self._single, 0
        pairs = list(map(add, text, f"{text[1:]} "))
        if lengths.keys().isdisjoint(pairs) and single.isdisjoint(text):
            return found  # most talk, where few words are wanted
        for at, pair in enumerate(pairs):
            if pair in lengths:
                if word := self._longest(text, at, end, lengths[pair]):
                    found.append((at, word))
                    end = at + len(word)
            elif at >= end and pair[0] in single:
                found.append((at, pair[0]))
                end = at + 1
        return found

    def _longest(self, text: str, at: int, end: int, sizes: Iterable[int]) -> str:
        """The longest word there that reaches beyond ``end``; empty where there is none."""
        words = self.words
        for size in sizes:
            if at + size <= end:
                break
            if (word := text[at : at + size]) in words:
                return word
        return ""


@cache
def shipped() -> Lexicon:
    """The lexicon that comes with Menkou."""
    return Lexicon(groups(DATA / "lexicon.txt"))


_chosen: Lexicon | None = None


def lexicon() -> Lexicon:
    """The lexicon in use: the one that comes with Menkou, unless a deployment's own words were laid over it."""
    return _chosen or shipped()


def use(chosen: Lexicon | None) -> None:
    """Chooses another lexicon for this process (see `nlp.own`); None goes back to the one that comes with Menkou."""
    global _chosen
    _chosen = chosen
