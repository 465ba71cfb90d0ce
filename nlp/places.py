"""Where: building, unit, floor, room, gate, road, shop and landmark, by pattern and by the deployment's gazetteer."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nlp import named
from nlp.lexicon import Lexicon
from nlp.normalise import fold, tight
from nlp.numbered import BUILDING, NUMBERED, N

_BARE = re.compile(rf"{N}[号楼]?")
_SHORT = 2  # characters: so short a nickname is often the end of a name that nobody registered


@dataclass(frozen=True, slots=True)
class Span:
    """A place in a text: from, to, its words, and the unit of the deployment that it names, if any."""

    start: int
    end: int
    text: str
    unit_key: str | None = None


class Gazetteer:
    """Names and nicknames of a deployment's units, buildings and landmarks, each with its unit's key.

    Names that are only numbers (3号楼, 3#, 3号) are left to the patterns, which know 13号楼 from 3号楼.
    """

    def __init__(self, names: Iterable[tuple[str, str]]) -> None:
        self._units = {fold(name): key for name, key in names if len(name) > 1 and not _only_number(fold(name))}
        self._lexicon = Lexicon([("place", self._units)])

    def find(self, text: str) -> tuple[Span, ...]:
        """The named places in a folded text, longest first where they overlap."""
        return tuple(Span(at, at + len(name), name, self._units[name]) for at, name in self._lexicon.find(text))


def _only_number(name: str) -> bool:
    return NUMBERED.fullmatch(name) is not None or _BARE.fullmatch(name) is not None


def find(folded: str, gazetteer: Gazetteer | None = None) -> tuple[Span, ...]:
    """The places in a folded text, in order, without overlaps: the gazetteer goes first, then the longer one."""
    flat, kept = tight(folded)
    if kept is None:
        return _find(flat, gazetteer)
    return tuple(
        Span(kept[span.start], kept[span.end - 1] + 1, folded[kept[span.start] : kept[span.end - 1] + 1], span.unit_key)
        for span in _find(flat, gazetteer)
    )


def _find(flat: str, gazetteer: Gazetteer | None) -> tuple[Span, ...]:
    known = gazetteer.find(flat) if gazetteer else ()
    loose = [found.span() for found in NUMBERED.finditer(flat)]
    loose += named.find(flat)
    taken = [span for span in known if not _ends_longer(span, loose)]
    for start, end in sorted(loose, key=lambda s: (s[0] - s[1], s[0])):
        if all(end <= other.start or start >= other.end for other in taken):
            taken.append(Span(start, end, flat[start:end]))
    return tuple(sorted(taken, key=lambda span: span.start))


def _ends_longer(span: Span, loose: Iterable[tuple[int, int]]) -> bool:
    """新村 in 红星新村 is not the estate that people here call 新村."""
    return len(span.text) <= _SHORT and any(start < span.start and end == span.end for start, end in loose)


def complete(place: Sequence[str], group_place: str) -> str:
    """The whole place: what was said, with what it leaves out taken from the place the group is bound to."""
    said = "".join(place)
    if not said or not group_place:
        return said or group_place
    estate = NUMBERED.split(fold(group_place), maxsplit=1)[0] or group_place
    if estate in fold(said) or any(named.estate_name(fold(part)) for part in place):
        return said
    return (estate if BUILDING.search(fold(said)) else group_place) + said
