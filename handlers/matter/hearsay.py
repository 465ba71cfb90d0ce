"""Whether something is told of here and now, or of a dream, the news, the past, a place far away."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from handlers.rules import whereabouts
from handlers.wording import joining as wording

_ALWAYS = (wording.NOT_SEEN_HERE, wording.NOT_TODAY, wording.NOT_MEANT)


@cache
def _pattern(*texts: str) -> re.Pattern[str]:
    return re.compile("|".join(texts))


def is_story(text: str, places: Sequence[str], *, grave: bool) -> bool:
    """Of a folded text. Whoever names a building, or says that it is so now, tells of here; ``grave``: of danger, which
    distance does not make a story."""
    told_of = _pattern(*_ALWAYS) if grave else _pattern(*_ALWAYS, wording.NOT_NEAR)
    if told_of.search(text) is None or _pattern(wording.HERE_AND_NOW).search(text) is not None:
        return False
    return not whereabouts.levels(places)
