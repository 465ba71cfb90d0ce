"""The names of a town's estates, looked for all at once: what a report costs must not grow with the town.

Made once for a state of the map and asked for every report. Pure; names are folded.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from handlers.wording import locating as wording
from nlp.named import estate_name

TRUSTED = 2  # characters: a shorter nickname may be the end of another name
_PAIR = 2  # characters that names are found by; no name is shorter
_BETWEEN = "\n"  # in no name


@dataclass(frozen=True, slots=True)
class Estate:
    """An estate by its names, folded."""

    id: int
    name: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a name of an estate stands in a text."""

    start: int
    end: int
    estate: Estate


class Estates:
    """Some estates, in order, with everything that is asked of their names."""

    def __init__(self, estates: Iterable[Estate]) -> None:
        self.all: Sequence[Estate] = tuple(estates)
        self._places = {estate: place for place, estate in enumerate(self.all)}
        self._called: dict[str, list[Estate]] = defaultdict(list)
        for estate in self.all:
            for name in dict.fromkeys(estate.names):
                self._called[name].append(estate)
        self._begin: dict[str, list[str]] = defaultdict(list)
        for name in self._called:
            self._begin[name[:_PAIR]].append(name)
        self._short = {estate: tuple(bare(name) for name in estate.names) for estate in self.all}
        self._bare = frozenset(name for names in self._short.values() for name in names)
        self._written = _BETWEEN.join(self._bare)

    def named_in(self, text: str, places: Sequence[str]) -> list[Estate]:
        """Those whose names stand in a text, in its order; a name inside a longer one does not count.

        ``places``: the words of place in the text. 新村 in 红星新村, where no estate is called that, does not count.
        """
        hits = [hit for hit in self._hits(text) if not self._ends_another(text[hit.start : hit.end], places)]
        whole = [hit for hit in hits if not any(_inside(hit, other) for other in hits)]
        first = sorted(whole, key=lambda hit: (hit.start, self._places[hit.estate]))
        return list(dict.fromkeys(hit.estate for hit in first))

    def sounds_known(self, place: str) -> bool:
        """Whether a name as it was said may be one of them: one stands in the other."""
        short = bare(place)
        if len(short) < _PAIR:
            return False
        if short in self._written or short in self._bare:
            return True
        parts = (short[at:end] for at in range(len(short)) for end in range(at + TRUSTED + 1, len(short) + 1))
        return not self._bare.isdisjoint(parts)

    def alike(self, place: str) -> list[Estate]:
        """Those whose names share characters with what was said, the most alike first: a slip of the thumb or ear."""
        want = set(bare(place))
        shared = {one: [len(want.intersection(name)) for name in self._short[one]] for one in self.all}
        scored = ((max(counts, default=0), one) for one, counts in shared.items())
        likely = [pair for pair in scored if 2 * pair[0] >= max(2, len(want))]
        return [estate for _, estate in sorted(likely, key=lambda pair: -pair[0])]

    def _hits(self, text: str) -> Iterator[Hit]:
        """Every place of every name; of one name those that do not overlap."""
        ends: dict[str, int] = {}
        for at in range(len(text) - 1):
            for name in self._begin.get(text[at : at + _PAIR], ()):
                if at >= ends.get(name, 0) and text.startswith(name, at):
                    ends[name] = at + len(name)
                    for estate in self._called[name]:
                        yield Hit(at, at + len(name), estate)

    def _ends_another(self, name: str, places: Sequence[str]) -> bool:
        if len(name) > TRUSTED:
            return False
        longer = (place for place in places if place != name and place.endswith(name) and estate_name(place))
        return any(place not in self._called for place in longer)


def bare(name: str) -> str:
    """A name without 小区 and the like at its end."""
    return _tail().sub("", name)


def _inside(one: Hit, other: Hit) -> bool:
    return other.start <= one.start and one.end <= other.end and other.end - other.start > one.end - one.start


@cache
def _tail() -> re.Pattern[str]:
    return re.compile(wording.TAIL)
