"""What is never repeated in a group: telephone and identity numbers, plates, rooms. Pure; masks, keeps the rest."""

from __future__ import annotations

import re

from handlers.wording.privacy import BARE_ROOM, PLATE, ROOM

MASK = "…"
_PATTERNS = (
    re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)"),  # identity card, GB 11643: 17 digits and a check digit
    re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)"),  # mobile telephone
    re.compile(r"(?<!\d)0\d{2,3}[- ]?\d{7,8}(?!\d)"),  # landline with its area code
    re.compile(PLATE),
)
_ROOM_PATH = re.compile(r"(?<![\d-])(\d{1,3})-(\d{1,2})-(\d{3,4})(?![\d-])")
_ROOM = re.compile(ROOM)
_BARE_ROOM = re.compile(BARE_ROOM)


def discreet(text: str) -> str:
    """The text as it may stand in a group."""
    for pattern in _PATTERNS:
        text = pattern.sub(MASK, text)
    text = _ROOM_PATH.sub(lambda found: f"{found[1]}-{found[2]}-{MASK}", text)
    return _ROOM.sub(MASK, text)


def discreet_place(place: str) -> str:
    """A place as it may stand in a group: the building, never the room, also where it is a bare number."""
    return _BARE_ROOM.sub(MASK, discreet(place))
