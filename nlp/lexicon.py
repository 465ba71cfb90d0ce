"""The words residents use, in groups, and a fast look for all of them in a text."""

from collections.abc import Iterable, Iterator
from functools import cache
from operator import add
from pathlib import Path
from threading import Lock

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


class Shelf:
    """Lexicons in which the words of the same texts are looked for, one after another: where a word of any of them may
    begin is found out once for all."""

    def __init__(self) -> None:
        self._known = (frozenset[str](), frozenset[str]())
        self._lock = Lock()
        self._last: tuple[str, list[tuple[int, str]], object] = ("", [], None)

    def add(self, pairs: Iterable[str], single: Iterable[str]) -> None:
        """Makes room for a lexicon whose words begin with these pairs of characters, or are these characters."""
        with self._lock:  # two threads that both read their first message
            known, alone = self._known
            self._known = known.union(pairs), alone.union(single)

    def begins(self, text: str) -> list[tuple[int, str]]:
        """Where words may begin, with the two characters there. Few pairs of a text begin any."""
        (last, found, then), now = self._last, self._known
        if text != last or then is not now:
            known, single = now
            pairs = map(add, text, f"{text[1:]} ")
            found = [(at, pair) for at, pair in enumerate(pairs) if pair in known or pair[0] in single]
            self._last = text, found, now
        return found


# Of the lexicons through which every message goes.
EVERYDAY = Shelf()


class Lexicon:
    """Words to their groups; `find` gives the longest word at each place, without what lies inside a longer one."""

    def __init__(self, sections: Iterable[tuple[str, Iterable[str]]], shelf: Shelf | None = None) -> None:
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
        # Lengths of words by the two characters they begin with.
        self._lengths = {pair: tuple(sorted(sizes, reverse=True)) for pair, sizes in lengths.items()}
        self._shelf = shelf or Shelf()
        self._shelf.add(self._lengths, self._single)

    def find(self, text: str) -> list[tuple[int, str]]:
        """Position and word, in order."""
        found: list[tuple[int, str]] = []
        lengths, single, end = self._lengths, self._single, 0
        for at, pair in self._shelf.begins(text):
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
    return Lexicon(groups(DATA / "lexicon.txt"), EVERYDAY)


_chosen: Lexicon | None = None


def lexicon() -> Lexicon:
    """The lexicon in use: the one that comes with Menkou, unless a deployment's own words were laid over it."""
    return _chosen or shipped()


def use(chosen: Lexicon | None) -> None:
    """Chooses another lexicon for this process (see `nlp.own`); None goes back to the one that comes with Menkou."""
    global _chosen
    _chosen = chosen
