"""要的，麻烦了; 登记吧; 不用了，我就随口说说: yes or no to "shall I register it", in people's own words. Pure."""

from __future__ import annotations

import re
from typing import Literal

from handlers.wording import offered as wording

Answer = Literal["yes", "no"] | None

_NO, _YES, _ASKS, _AROUND = (re.compile(text) for text in (wording.NO, wording.YES, wording.ASKS_BACK, wording.AROUND))


def answer(text: str, places: tuple[str, ...], *, tells: bool) -> Answer:
    """What a folded text says. Where it is says yes, too, when nothing else is said beside it; ``tells``: of a trouble
    of its own."""
    if not 0 < len(text) <= wording.LONGEST or _ASKS.search(text):
        return None
    if not places and _NO.match(text):
        return "no"
    if _YES.match(text):
        return "yes"
    return "yes" if places and not tells and len(beside(text, places)) <= wording.SHORT else None


def beside(text: str, places: tuple[str, ...]) -> str:
    """What is told beside the answer and the place."""
    for place in places:
        text = text.replace(place, "")
    return "".join(char for char in _AROUND.sub("", _YES.sub("", text, count=1)) if char.isalnum())
