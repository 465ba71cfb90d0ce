"""A deployment's own words, laid over the lexicon: words put into a group, words taken out of one, and words that
stand for another ("升降机" for "电梯"), which are read as that other word by every rule.

Pure: whoever holds the words hands them over with `use`, and every reading of this process sees them from then on.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from nlp import lexicon, segment
from nlp.lexicon import Lexicon
from nlp.normalise import fold, tight
from nlp.talk import rows
from nlp.titles import CATEGORY_NAMES, GROUP_NAMES

SYNONYM = "="
LONGEST = 40


@dataclass(frozen=True, slots=True)
class Entry:
    """One word. ``means``: a group of the lexicon, or ``=`` and the word it stands for; ``removes`` takes it out."""

    word: str
    means: str
    removes: bool = False


@dataclass(frozen=True, slots=True)
class _Own:
    lexicon: Lexicon
    synonyms: Lexicon
    stands_for: dict[str, str]
    added: dict[str, frozenset[str]]


_chosen: _Own | None = None


def use(entries: Iterable[Entry]) -> None:
    """Lays these words, and no others, over the lexicon for this process; none goes back to what comes with Menkou."""
    global _chosen
    entries = tuple(entries)
    own = _laid_over(entries) if entries else None
    segment.know(own.lexicon.words.keys() - lexicon.shipped().words.keys() if own is not None else ())
    lexicon.use(own.lexicon if own is not None else None)
    _chosen = own


def _laid_over(entries: Sequence[Entry]) -> _Own:
    taken = {(plain(entry.word), entry.means) for entry in entries if entry.removes}
    added = [(plain(entry.word), entry.means) for entry in entries if not entry.removes and entry.means[:1] != SYNONYM]
    stands_for = {plain(entry.word): plain(entry.means[1:]) for entry in entries if entry.means[:1] == SYNONYM}
    kept = [
        (group, [word])
        for word, groups in lexicon.shipped().words.items()
        for group in groups
        if (word, group) not in taken
    ]
    words = Lexicon([*kept, *((group, [word]) for word, group in added)], lexicon.EVERYDAY)
    categories = {word: frozenset(g.rstrip("!") for w, g in added if w == word) for word, _ in added}
    return _Own(words, Lexicon([("synonym", stands_for)]), stands_for, categories)


def meant(words: Iterable[str]) -> frozenset[str]:
    """The groups, without their marks, into which this deployment put any of these words itself."""
    own = _chosen
    return frozenset().union(*(own.added.get(word, ()) for word in words)) if own is not None else frozenset()


def plain(word: str) -> str:
    """A word as the lexicon holds it."""
    return tight(fold(word).strip())[0]


def standard(folded: str, kept: list[int] | None) -> tuple[str, list[int] | None]:
    """A folded text with the words that stand for others replaced by those, and where each character stood before.

    First what is only a slip (点梯, laji), then what this deployment says for another word.
    """
    slips, words = _slips()
    folded, kept = _replaced(folded, kept, slips.find(folded), words)
    own = _chosen
    if own is None or not own.stands_for:
        return folded, kept
    return _replaced(folded, kept, own.synonyms.find(folded), own.stands_for)


@cache
def _slips() -> tuple[Lexicon, dict[str, str]]:
    words = dict(rows("slips.tsv", 2))
    return Lexicon([("slip", words)], lexicon.EVERYDAY), words


def _replaced(
    folded: str, kept: list[int] | None, found: Sequence[tuple[int, str]], stands_for: Mapping[str, str]
) -> tuple[str, list[int] | None]:
    if not found:
        return folded, kept
    stood = kept if kept is not None else list(range(len(folded)))
    text, where, end = "", list[int](), 0
    for at, word in found:
        other = stands_for[word]
        text += folded[end:at] + other
        # the first character stands where the word began, the last where it ended
        inside = [stood[at]] * (len(other) - 1) + [stood[at + len(word) - 1]]
        where += [*stood[end:at], *inside]
        end = at + len(word)
    return text + folded[end:], [*where, *stood[end:]]


def group_called(name: str) -> str | None:
    """The group of the lexicon that somebody means: its key, or its Chinese name; "!" marks what is wrong there."""
    said = fold(name).strip()
    bare, mark = (said[:-1].strip(), "!") if said.endswith("!") else (said, "")
    by_name = {**{name: key for key, name in CATEGORY_NAMES.items()}, **{n: key for key, n in GROUP_NAMES.items()}}
    group = by_name.get(bare, bare) + mark
    return group if group in groups() else None


def groups() -> frozenset[str]:
    """Every group of the lexicon."""
    return frozenset(group for names in lexicon.shipped().words.values() for group in names)


def name_of(group: str) -> str:
    """A group as people read it."""
    if group.startswith(SYNONYM):
        return f"{SYNONYM}{group[1:]}"
    return {**CATEGORY_NAMES, **GROUP_NAMES}.get(group.rstrip("!"), group.rstrip("!")) + "!" * group.endswith("!")


def fault(entry: Entry) -> str | None:
    """What is wrong with a word that somebody wants to enter, as a short key; None where it is well."""
    word = plain(entry.word)
    if not _is_one_word(word):
        return "word"
    if entry.means.startswith(SYNONYM):
        return _synonym_fault(word, plain(entry.means[1:]), entry.removes)
    if entry.means not in groups():
        return "group"
    shipped = entry.means in lexicon.shipped().words.get(word, ())
    if entry.removes:
        return None if shipped else "not_there"
    if len(word) < 2:
        return "short"
    return "there" if shipped else None


def _is_one_word(word: str) -> bool:
    """Something that can be seen and said, without blanks."""
    return 0 < len(word) <= LONGEST and word.isprintable() and not any(char.isspace() for char in word)


def _synonym_fault(word: str, other: str, removes: bool) -> str | None:
    if removes or not _is_one_word(other):
        return "synonym"
    if len(word) < 2:
        return "short"
    # reading it would not end, or would change what is right already
    return "circle" if word in other or other in word else None
