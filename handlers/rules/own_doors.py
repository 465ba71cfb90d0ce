"""Whose door somebody names who tells on somebody: their own, that of whom they tell on, or nobody can say. Pure."""

from __future__ import annotations

import re
from enum import Enum, auto

from handlers.rules import whereabouts
from handlers.wording import privacy as wording
from nlp.normalise import fold

_CLAUSE = re.compile(r"[,.;!?\s\u3002]")
_CUE = re.compile(rf"(?P<own>{wording.OWN_CUE})|(?P<theirs>{wording.THEIR_CUE})")
_BESIDE, _TELLS_ON = re.compile(wording.BESIDE_A_DOOR), re.compile(wording.TELLS_ON)


class Whose(Enum):
    """What the words around a door say."""

    OWN = auto()
    THEIRS = auto()
    UNCLEAR = auto()


def whose(words: str, door: str) -> Whose:
    """The reporter's own wherever any of the words may say so."""
    text, sought = fold(words), fold(door)
    found = {_around(text, match.start(), match.end()) for match in re.finditer(re.escape(sought), text)}
    if Whose.OWN in found or not found:
        return Whose.OWN if found else Whose.UNCLEAR
    return Whose.THEIRS if found == {Whose.THEIRS} else Whose.UNCLEAR


def without_own(words: str, place: tuple[str, ...]) -> tuple[str, ...]:
    """The words of place without a door that the speaker calls their own."""
    return tuple(one for one in place if not (rooms(one) and whose(words, one) is Whose.OWN))


def theirs(words: str, place: tuple[str, ...]) -> list[str]:
    """The one door of whom is told on, where nothing else can be meant."""
    doors = [one for one in place if rooms(one)]
    return sorted(rooms(*doors)) if len(doors) == 1 and whose(words, doors[0]) is Whose.THEIRS else []


def rooms(*place: str) -> frozenset[str]:
    """The doors in words of place."""
    return whereabouts.levels(place).get("room", frozenset())


def _around(text: str, start: int, end: int) -> Whose:
    before = _CLAUSE.split(text[:start])[-1]
    behind = _CLAUSE.split(text[end:])[0]
    if _BESIDE.match(behind) is not None:
        return Whose.OWN
    cue = next((found for found in reversed(list(_CUE.finditer(before)))), None)
    if cue is not None:
        return Whose.OWN if cue["own"] else Whose.THEIRS
    if _TELLS_ON.search(behind) is not None:
        return Whose.OWN
    return Whose.THEIRS if behind else Whose.UNCLEAR
