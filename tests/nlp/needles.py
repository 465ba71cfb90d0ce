"""Finds the runs of characters that patterns cannot do without, for `nlp/data/needles.tsv`.

    python -m tests.nlp.needles    writes the file anew, after a pattern was changed

A pattern is looked through from left to right. As long as what it matches is one of a few hundred strings, these are
kept; where something unknown comes ("." or too many strings), the rarest run of each string is what was needed so far.
Of all that is needed the two rarest are taken, for each alternative by itself.
"""

import importlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import product
from pathlib import Path
from typing import Any

from nlp import cries, danger, features, happenings, kinds, plain, talk
from nlp.needles import BLANK, key
from nlp.normalise import DATA, fold, tight
from nlp.runs import COUNTED, LONGEST_RUN, NUMERALS, runs, skeleton

CORPUS = Path(__file__).parent.parent / "corpus"
MEASURING = ("judge", "danger4")
_ANY, _MARKS = "\0", "^$ 0"
_PUNCTUATION = frozenset(",，。、;；:：~～…—-")
_MOST, _CLASS, _OFTEN = 600, 60, 0.35
_EVERY = 7  # of so many messages one tells how often runs are said
_HEAD = (
    "# Made by tests/nlp/needles.py: a pattern (its CRC), and two lists of runs of which it needs one each\n"
    "# (the second left out: the same again).\n"
)
Strings = frozenset[str]
# What a stretch of a pattern may be, letter by letter (None: too much), and what it needs.
Seen = tuple[Strings | None, list[Strings]]
_NOTHING, _UNKNOWN = frozenset([""]), frozenset([_ANY])
_parse: Callable[[str], Iterable[tuple[object, Any]]] = importlib.import_module("re._parser").parse


def patterns() -> dict[str, bool]:
    """All patterns that are tried by their needles, and whether they are tried on whole texts."""
    whole = [
        *(rule.pattern for rule in talk.rules()),
        *(pattern for _, pattern in kinds._rules()),
        *(one.pattern for one in happenings._known()),
        *(pattern for _, pattern in features._subjects()),
        *danger._alarms()[1],
        *(cry.pattern for cry in cries.known()),
    ]
    return {**{rule.rough_text: False for rule in plain._rules()}, **{one.pattern: True for one in whole}}


class Finder:
    """Finds what patterns need. ``often``: in which share of messages a run is said. ``whole``: whether "^" and "$" of
    a pattern are those of the text."""

    def __init__(self, often: Counter[str], messages: int, *, whole: bool = True) -> None:
        self._often = {run: count / messages for run, count in often.items()}
        self._whole = whole

    def needs(self, pattern: str) -> tuple[Strings, Strings] | None:
        """Two lists of runs, of each of which one is there where the pattern fits."""
        tree = list(_parse(pattern))
        only = len(tree) == 1 and str(tree[0][0]) == "BRANCH"
        twos = [self._two(self._sequence(one)) for one in (tree[0][1][1] if only else [tree])]
        first, second = self._either(two[0] for two in twos), self._either(two[1] for two in twos)
        return (first, second) if first and second else None

    def _two(self, seen: Seen) -> tuple[Strings | None, Strings | None]:
        lists = self._all(seen)
        first = self._rarest(lists)
        if first is None:
            return None, None
        rest = [one for one in lists if not any(a in b or b in a for a in one for b in first)]
        second = self._rarest(rest)
        return first, second if second is not None and self._weight(second) < _OFTEN else first

    def _all(self, seen: Seen) -> list[Strings]:
        exact, lists = seen
        return [*lists, *self._needed(exact)] if exact is not None else lists

    def _weight(self, needles: Strings) -> float:
        return sum(self._often.get(run, 0.0) for run in needles) + 0.02 * len(needles)

    def _rarest(self, lists: Iterable[Strings]) -> Strings | None:
        return min(lists, key=lambda one: (self._weight(one), sorted(one)), default=None)

    def _either(self, lists: Iterable[Strings | None]) -> Strings | None:
        needles = set[str]()
        for one in lists:
            if one is None:
                return None
            needles |= one
        return _shortest(needles)

    def _needed(self, strings: Iterable[str]) -> list[Strings]:
        """The rarest run of each string; none at all where one of them has none."""
        needles = set[str]()
        for one in (variant for string in strings for variant in _variants(string)):
            found = [run for run in _parts(one) if _is_sure(run)]
            if not found:
                return []
            needles.add(min(found, key=lambda run: (self._often.get(run, 0.0), -len(run), run)))
        return [_shortest(needles)]

    def _sequence(self, nodes: Iterable[tuple[object, Any]]) -> Seen:
        now, lists, whole = _NOTHING, list[Strings](), True
        for kind, value in nodes:
            exact, more = self._node(str(kind), value)
            lists += more
            if exact is None or (exact == _UNKNOWN and now != _UNKNOWN):
                lists, now, whole = [*lists, *self._needed(now)], _UNKNOWN, False
                continue
            longer = _together(now, exact)
            if longer is None:
                lists, whole = [*lists, *self._needed(now)], False
                longer = _together(frozenset(_ANY + one[1 - LONGEST_RUN :] for one in now), exact)
            now = longer or _together(_UNKNOWN, exact) or _UNKNOWN
        return (now, lists) if whole else (None, [*lists, *self._needed(now)])

    def _node(self, kind: str, value: Any) -> Seen:
        if kind in ("LITERAL", "IN"):
            return (frozenset([_letter(chr(value))]) if kind == "LITERAL" else _letters(value)), []
        if kind == "AT":
            mark = {"AT_BEGINNING": "^", "AT_END": "$"}.get(str(value), "")
            return frozenset([mark if self._whole else ""]), []
        if kind == "SUBPATTERN" and not value[1] and not value[2]:
            return self._sequence(value[3])
        if kind == "BRANCH":
            return self._branches([self._sequence(one) for one in value[1]])
        if kind in ("MAX_REPEAT", "MIN_REPEAT"):
            return self._repeated(int(value[0]), int(value[1]), self._sequence(value[2]))
        return (_NOTHING if kind in ("ASSERT", "ASSERT_NOT") else _UNKNOWN if kind == "ANY" else None), []

    def _branches(self, ways: Sequence[Seen]) -> Seen:
        exact = frozenset[str]().union(*(one or () for one, _ in ways))
        if all(one is not None for one, _ in ways) and len(exact) <= _MOST:
            return exact, []
        needed = self._either(self._rarest(self._all(way)) for way in ways)
        return None, [needed] if needed else []

    def _repeated(self, least: int, most: int, seen: Seen) -> Seen:
        exact, lists = seen
        if exact is None:
            return None, lists if least else []
        once = most == 1 or (len(exact) == 1 and exact <= {"0", " ", _ANY})
        if not least:
            return _NOTHING | (exact if once else _UNKNOWN), []
        return exact if once else frozenset(one + more for one in exact for more in ("", _ANY)), []


def _letter(char: str) -> str:
    """A character as the skeleton of a text has it."""
    return "0" if char.isdecimal() else " " if char in _PUNCTUATION or char.isspace() else char


def _letters(members: Iterable[tuple[object, Any]]) -> Strings:
    found = set[str]()
    for kind, value in members:
        if str(kind) == "LITERAL":
            found.add(_letter(chr(value)))
        elif str(kind) == "RANGE" and value[1] - value[0] < _CLASS:
            found.update(_letter(chr(code)) for code in range(value[0], value[1] + 1))
        else:
            found.add({"CATEGORY_DIGIT": "0", "CATEGORY_SPACE": " "}.get(str(value), _ANY))
    return _UNKNOWN if _ANY in found or len(found) > _CLASS else frozenset(found)


def _together(one: Strings, other: Strings) -> Strings | None:
    if len(one) * len(other) > 20_000:
        return None
    both = frozenset(_tidy(a + b) for a, b in product(one, other))
    return both if len(both) <= _MOST else None


def _tidy(text: str) -> str:
    """Numbers, punctuation and what is unknown are one sign, however long."""
    for sign in ("0", " ", _ANY):
        while sign * 2 in text:
            text = text.replace(sign * 2, sign)
    return text


def _variants(text: str) -> list[str]:
    """Punctuation at the ends of a text is not in its skeleton."""
    found = [text, "^" + text[1:]] if text.startswith(" ") else [text]
    return found + [one[:-1] + "$" for one in found] if text.endswith(" ") else found


def _parts(text: str) -> list[str]:
    ends = ((a, b) for a in range(len(text)) for b in range(a + 1, min(a + LONGEST_RUN, len(text)) + 1))
    return [text[a:b] for a, b in ends if _ANY not in text[a:b]]


def _is_sure(run: str) -> bool:
    """Whether a run is in the skeleton wherever the text has it: numerals may have been read as a number."""
    if run in _MARKS or ("0" in run and any(char in NUMERALS for char in run)):
        return False
    doubtful = NUMERALS + COUNTED + _MARKS
    return not any(char in NUMERALS and after in doubtful for char, after in zip(run, run[1:] + "$", strict=True))


def _shortest(needles: Iterable[str]) -> Strings:
    """Without those that hold a shorter one."""
    every = frozenset(needles)
    return frozenset(run for run in every if not any(part != run and part in every for part in _parts(run)))


def finders() -> dict[bool, Finder]:
    """For patterns that are tried on whole texts, and for others."""
    often, messages = Counter[str](), 0
    for file in sorted(CORPUS.glob("*/messages.jsonl")):
        if file.parent.name not in MEASURING:
            for line in file.read_text("utf-8").splitlines()[::_EVERY]:
                often.update(runs(skeleton(tight(fold(json.loads(line)["text"]))[0])))
                messages += 1
    return {whole: Finder(often, messages, whole=whole) for whole in (True, False)}


def written(first: Strings, second: Strings) -> str:
    """Two lists as the file has them."""
    lists = ("|".join(sorted(first)), "|".join(sorted(second)) if second != first else "")
    return "\t".join(lists).replace(" ", BLANK)


def main() -> None:
    """Writes the file."""
    by, lines = finders(), list[str]()
    for pattern, whole in patterns().items():
        if needs := by[whole].needs(pattern):
            lines.append(f"{key(pattern)}\t{written(*needs)}\n")
    (DATA / "needles.tsv").write_text(_HEAD + "".join(sorted(lines)), encoding="utf-8")


if __name__ == "__main__":
    main()
