"""The signs of danger in a text: what a safety officer listens for, and what the small danger model sees of them."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from operator import add
from typing import NamedTuple

from nlp.happenings import Happening
from nlp.lexicon import EVERYDAY, Lexicon, groups
from nlp.normalise import DATA

_HIDES = "无关"
# Signs further apart than this many characters are not read together.
_REACH = 12
_MOST = 5
# More compositions than this in one message say no more.
_MANY = 4
# Who reads thousands of characters for a cry for help reads an article; and reading them all together is slow.
_ENOUGH = 60
# What one run of characters counts beside a sign, and from how many characters on it counts less.
_RUN, _FEW = 2.5, 4.0
_NUMBERS = re.compile(r"\d+|(?<=[^\W])[一二三四五六七八九十百]+(?=号|栋|座|幢|单元|楼|层|巷|排|门)")
_BREAKS = re.compile(r"[\s,，。、;；:：~～…—\-]+")
_EMPTY = frozenset(" 0^$")
_MARKS = "!@-"


class Sign(NamedTuple):
    """One sign: where it stands, its name, the words that say it, and "!" grave, "@" whom, "-" against, or nothing."""

    start: int
    end: int
    name: str
    words: str
    mark: str


@cache
def _lexicon() -> tuple[Lexicon, Mapping[str, tuple[tuple[str, str], ...]]]:
    found = Lexicon(groups(DATA / "signs.txt"), EVERYDAY)
    return found, {
        word: tuple((name.rstrip(_MARKS), name[-1] if name[-1] in _MARKS else "") for name in names if name != _HIDES)
        for word, names in found.words.items()
    }


def names() -> frozenset[str]:
    """The names of all signs."""
    return frozenset(name for said in _lexicon()[1].values() for name, _ in said)


def seen(folded: str) -> list[Sign]:
    """The signs in a folded text, in order, none across another. A number inside a longer one ("1-110") is none."""
    lexicon, named = _lexicon()
    found: list[Sign] = []
    over = 0
    for at, word in lexicon.find(folded):
        end = at + len(word)
        if at < over or (word[0].isdigit() and _inside_number(folded, at, end)):
            continue
        over = end
        found += [Sign(at, end, name, word, mark) for name, mark in named[word]]
    return found[:_ENOUGH]


def _inside_number(text: str, start: int, end: int) -> bool:
    return text[start - 1 : start].isdigit() or text[end : end + 1].isdigit()


def outline(folded: str, found: Sequence[Sign]) -> Mapping[str, float]:
    """What the signs say: which, how many grave and how many against, and which stand together."""
    features = counted([(sign.name, sign.mark) for sign in found], shouting=shouts(folded))
    return dict.fromkeys([*features, *together(found)], 1.0)


def shouts(folded: str) -> bool:
    """Whether somebody raises their voice."""
    return "!" in folded or "！" in folded


def counted(said: Sequence[tuple[str, str]], *, shouting: bool) -> Sequence[str]:
    """What signs say wherever they stand, by their names and marks."""
    names = dict.fromkeys(name for name, _ in said)
    grave = len({name for name, mark in said if mark == "!"})
    against = len({name for name, mark in said if mark == "-"})
    counts = (f"K:{min(grave, _MOST)}", f"A:{min(against, 3)}", f"K:{min(grave, 3)}A{min(against, 2)}")
    return [*(f"S:{name}" for name in names), *counts, *(("L:shouting",) if shouting else ())]


def told(heard: Sequence[Happening], found: Sequence[Sign]) -> Mapping[str, float]:
    """What the compositions say: which, how many, and what speaks against them."""
    if not heard:
        return {}
    against = {sign.name for sign in found if sign.mark == "-"}
    return {
        **{f"H:{one.name}": 1.0 for one in heard},
        f"H:{min(len(heard), _MANY)}": 1.0,
        **{f"B:{name}": 1.0 for name in against},
        f"B:{min(len(against), 2)}": 1.0,
    }


def together(found: Sequence[Sign]) -> Iterator[str]:
    """What signs say that stand together; nothing where none of them is grave."""
    for at, one in enumerate(found):
        for other in found[at + 1 :]:
            if other.start - one.end > _REACH:
                break
            if one.name != other.name and "!" in (one.mark, other.mark):
                first, second = sorted((one.name, other.name))
                yield f"P:{first}+{second}"
                yield from _roles(one, other)


def _roles(one: Sign, other: Sign) -> Iterator[str]:
    for grave, beside in ((one, other), (other, one)):
        if grave.mark == "!" and beside.mark == "@":
            yield f"W:{grave.name}"
        elif grave.mark == "!" and beside.mark == "-":
            yield "A:beside"


def runs(folded: str) -> set[str]:
    """Runs of one to three characters, numbers as one sign."""
    bones = f"^{_BREAKS.sub(' ', _NUMBERS.sub('0', folded)).strip()}$"
    found = set(bones) - _EMPTY
    found.update(map(add, bones, bones[1:]))
    found.update(a + b + c for a, b, c in zip(bones, bones[1:], bones[2:], strict=False))
    return found


def share(folded: str) -> float:
    """What one run of characters counts: less in longer texts."""
    return _RUN * min(1.0, _FEW / math.sqrt(len(folded) + 2))
