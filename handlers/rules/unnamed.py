"""这个谁管: words that ask who sees to something, or how it stands, and leave unsaid what it is. Pure."""

from __future__ import annotations

import re

from handlers.wording import joining
from handlers.wording import pointing as wording
from handlers.wording.help import AROUND, KNOCKS

_ASKS, _JEST = re.compile(wording.ASKS), re.compile(joining.JEST)
_POINTS = re.compile(f"{wording.THIS}|{wording.SEES_TO}")
_NAMES_NOTHING = re.compile(f"{wording.THIS}|{wording.AROUND}")


def points(text: str) -> bool:
    """Whether a folded text, without the names called in it, only points at what stands above."""
    if not 0 < len(text) <= wording.LONGEST or _ASKS.search(text) is None or _JEST.search(text) is not None:
        return False
    if _POINTS.search(text) is None or text.strip(AROUND) in KNOCKS:
        return False
    return not any(map(str.isalnum, _NAMES_NOTHING.sub("", text)))
