"""Places as people name them, compared by level: building, unit, floor, room. What is not said agrees with all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from handlers.wording import joining as wording
from handlers.wording import locating

Levels = dict[str, frozenset[str]]
MOST = 60  # buildings or floors that one word may name; more is a slip, or no range
ORDER = ("building", "unit", "floor", "room")


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((level, re.compile(text)) for level, text in wording.LEVELS)


@cache
def _lists() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((level, re.compile(text)) for level, text in locating.LISTED)


@cache
def _ranges() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((level, re.compile(text)) for level, text in locating.RANGED)


@cache
def _numbers() -> re.Pattern[str]:
    return re.compile(locating.NUMBER)


@cache
def _gate() -> re.Pattern[str]:
    return re.compile(wording.GATE)


def number(word: str) -> str:
    """三, 十四 and 3, 14 are the same; letters and the sides of the compass stay."""
    if word.isascii() or any(char not in wording.NUMERALS + wording.TEN for char in word):
        return word.upper()
    if wording.TEN not in word:
        return "".join(str(wording.NUMERALS.index(char)) for char in word)
    tens, _, ones = word.partition(wording.TEN)
    return str(10 * (wording.NUMERALS.index(tens) if tens else 1) + (wording.NUMERALS.index(ones) if ones else 0))


def levels(places: Iterable[str]) -> Levels:
    """What the words of place say, by level. A word may speak of several (3-2-501)."""
    found: dict[str, set[str]] = {}
    for place in places:
        rest = place
        for level, words, numbers in _several(place):
            found.setdefault(level, set()).update(numbers)
            rest = rest.replace(words, "")
        for level, pattern in _patterns():
            for hit in pattern.finditer(rest):
                word = next(group for group in hit.groups() if group is not None)
                found.setdefault(level, set()).add(number(word))
    return {level: frozenset(names) for level, names in found.items()}


def _several(place: str) -> Iterator[tuple[str, str, Iterable[str]]]:
    """Lists and ranges: the level, the words, and every number that they mean."""
    for level, pattern in _lists():
        for hit in pattern.finditer(place):
            yield level, hit.group(), {number(word) for word in _numbers().findall(hit[1])}
    for level, pattern in _ranges():
        for hit in pattern.finditer(place):
            first, last = number(hit[1]), number(hit[2])
            if first.isdigit() and last.isdigit() and int(first) < int(last) <= int(first) + MOST:
                yield level, hit.group(), map(str, range(int(first), int(last) + 1))


def conflict(one: Sequence[str], other: Sequence[str]) -> str | None:
    """The highest level at which two places name different things; None where they may be the same."""
    left, right = levels(one), levels(other)
    for level in ORDER:
        if level in left and level in right:
            if left[level].isdisjoint(right[level]):
                return level
            if level == "building" and len(left[level] | right[level]) > 1:
                return None  # a range or a list of buildings: below it nothing can be compared
    return None


def another_gate(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether they name different gates of the estate, or one only a gate and the other only a building: 南门外 and
    5号楼门口."""
    gates, others = _gates(one), _gates(other)
    if gates and others:
        return gates.isdisjoint(others)
    house, house_too = ("building" in levels(places) for places in (one, other))
    return bool(gates or others) and bool(gates) != house and bool(others) != house_too and house != house_too


def _gates(places: Sequence[str]) -> frozenset[str]:
    """The gates of the estate that are named: 南门, 东大门, 北出口."""
    return frozenset(number(hit[1]) for place in places for hit in _gate().finditer(place))


def agree(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two places name the same thing at some level, and nothing different above it."""
    left, right = levels(one), levels(other)
    both = [level for level in ORDER if level in left and level in right]
    return bool(both) and conflict(one, other) is None


def same_spot(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether both name the same house, gate or place that is no house (凉亭), and nothing different."""
    words = {word for word in one if len(word) > 1 and not levels([word])}
    if another_gate(one, other) or conflict(one, other) is not None:
        return False
    return agree(one, other) or not words.isdisjoint(other) or not _gates(one).isdisjoint(_gates(other))


def completed(known: Sequence[str], told: Sequence[str], *, everything: bool = False) -> list[str]:
    """``known`` with the words of ``told`` that name a level nobody had named; with ``everything``, all new words."""
    place = list(known)
    for word in told:
        if word in place or word in "".join(place):
            continue
        said, have = levels([word]), levels(place)
        new = any(level not in have for level in said) if said else not place
        if everything or new:
            place.append(word)
    return place


def in_one(words: Sequence[str]) -> str:
    """The words of a place as one, each once. A room never runs into the number of a building: 501 and 3号楼 are not
    5013号楼, which nobody would know for a room."""
    said = ""
    for number, word in enumerate(words):
        if any(earlier.startswith(word) for earlier in words[:number]):
            continue
        said += f"{locating.APART}{word}" if said[-1:].isdigit() and word[:1].isdigit() else word
    return said


def corrected(known: Sequence[str], told: Sequence[str]) -> list[str]:
    """``told`` takes the place of the words of the same level; where none is alike it takes the place of all."""
    said = levels(told)
    kept = [word for word in known if (mine := levels([word])) and not set(mine) & set(said)]
    place = list(dict.fromkeys([*kept, *told] if said and kept else told))
    return sorted(place, key=_height) if all(levels([word]) for word in place) else place


def _height(word: str) -> int:
    """The highest level that a word of place names: the building stands before the entrance."""
    return min(ORDER.index(level) for level in levels([word]))
