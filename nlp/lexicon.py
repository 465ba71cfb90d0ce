"""The words residents use, in groups, and a fast look for all of them in a text."""

from collections.abc import Iterable, Iterator
from functools import cache
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
        lengths: dict[str, set[int]] = {}
        for word in self.words:
            lengths.setdefault(word[0], set()).add(len(word))
        self._lengths = {first: tuple(sorted(sizes, reverse=True)) for first, sizes in lengths.items()}

    def find(self, text: str) -> list[tuple[int, str]]:
        """Position and word, in order."""
        found: list[tuple[int, str]] = []
        lengths, words, end = self._lengths, self.words, 0
        for at, char in enumerate(text):
            for size in lengths.get(char, ()):
                if at + size <= end:
                    break
                word = text[at : at + size]
                if word in words:
                    found.append((at, word))
                    end = at + size
                    break
        return found


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
