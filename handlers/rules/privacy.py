"""What is never repeated in a group: telephone and identity numbers, plates, rooms. Pure; masks, keeps the rest."""

from __future__ import annotations

import re

from handlers.wording.privacy import BARE_ROOM, FULL_WIDTH, NEIGHBOUR, OWN_DOOR, PLATE, ROOM, ROOM_BEHIND, SELF_NAMED

MASK = "…"
_GAP = r"[-\s.·—－]?"
_PATTERNS = (
    # identity card, GB 11643: region, birthday, order, check digit; before 1999 15 digits
    re.compile(rf"(?<!\d)\d{{6}}{_GAP}(?:18|19|20)\d{{2}}{_GAP}\d{{4}}{_GAP}\d{{3}}[\dXx](?!\d)"),
    re.compile(r"(?<!\d)(?:\d{17}[\dXx]|\d{15})(?!\d)"),
    # mobile telephone, also with every digit by itself
    re.compile(rf"(?<!\d)(?:(?:\+|00)?86{_GAP})?1[3-9]\d{_GAP}\d{{4}}{_GAP}\d{{4}}(?!\d)"),
    re.compile(r"(?<!\d)1(?:[-\s.·—－]\d){10}(?!\d)"),
    re.compile(rf"(?<!\d)[(（]?0\d{{2,3}}[)）]?{_GAP}\d{{3,4}}{_GAP}\d{{4}}(?!\d)"),  # landline with its area code
    re.compile(PLATE),
)
_ROOM_PATH = re.compile(r"(?<![\d-])((?:\d{1,3}-){1,2})\d{3,4}(?![\d-])")
_LEFT_OF_A_PATH = re.compile(rf"{MASK}(?:-\d{{1,4}})+(?!\d)")  # of 3号楼5013-2-501, two places in one
_ROOM = re.compile(ROOM)
_ROOM_BEHIND = re.compile(ROOM_BEHIND)
_BARE_ROOM = re.compile(BARE_ROOM)
_SELF_NAMED = re.compile(SELF_NAMED)
_OWN_DOOR = re.compile(OWN_DOOR)
_NEIGHBOUR = re.compile(NEIGHBOUR)
_HALF_WIDTH = str.maketrans({char: chr(ord(char) - 0xFEE0) for char in FULL_WIDTH})


def discreet(text: str) -> str:
    """The text as it may stand in a group."""
    text = text.translate(_HALF_WIDTH)
    for pattern in _PATTERNS:
        text = pattern.sub(MASK, text)
    text = _ROOM_PATH.sub(lambda found: f"{found[1]}{MASK}", text)
    text = _ROOM_BEHIND.sub(lambda found: f"{found[1]}{MASK}", text)
    return _ROOM.sub(MASK, _LEFT_OF_A_PATH.sub(MASK, text))


def nameless(text: str) -> str:
    """What was said as those may read it who are not told who complained: no number that leads to a person, no name
    and no door that the speaker calls their own."""
    for pattern in (_SELF_NAMED, _OWN_DOOR):
        text = pattern.sub(lambda found: f"{found[1]}{MASK}", discreet(text))
    return text


def names_said(text: str) -> set[str]:
    """What somebody calls themselves in their own words."""
    return {found[0][len(found[1]) :].strip() for found in _SELF_NAMED.finditer(text)}


def faceless(text: str) -> str:
    """What was said as a list may hold it: without whoever said it, and without the neighbours that it names."""
    return _NEIGHBOUR.sub(MASK, nameless(text))


def discreet_place(place: str) -> str:
    """A place as it may stand in a group: the building, never the room, also where it is a bare number."""
    return _BARE_ROOM.sub(MASK, discreet(place))
