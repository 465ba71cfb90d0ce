"""在吗, 我想反映个事: somebody waits to be asked in. Pure."""

from __future__ import annotations

import re

from handlers.wording import help as wording
from nlp import asides
from nlp.normalise import fold

SHORTEST, LONGEST = 3, 60  # characters; patterns of nothing but courtesies take minutes where there are thousands
_KNOCKS_AT = re.compile(wording.KNOCKS_AT)
_WOULD_TELL_ON = re.compile(wording.WOULD_TELL_ON)


def is_knock(words: str) -> bool:
    """Whether somebody says no more than that they have something to say."""
    text = fold(words).strip(wording.AROUND)
    return text in wording.KNOCKS or (SHORTEST <= len(text) <= LONGEST and _KNOCKS_AT.match(text) is not None)


def would_tell_on(words: str) -> bool:
    """我想举报, and nothing more: whoever is about to tell on somebody wants to know first who will hear of it."""
    text = fold(asides.without(words)).strip(wording.AROUND)
    return len(text) <= LONGEST and _WOULD_TELL_ON.fullmatch(text) is not None
