"""Cries: the whole message says that somebody needs help this minute, and nothing else (厨房着火了, 我妈不喘气了).

So short, a message gives the models little to go by, and it is what people send who have no time to write more. Some
count in a group, too; others are a joke among neighbours (救命，太好吃了) and count only where the bot is told.
"""

import re
from dataclasses import dataclass
from functools import cache

from nlp.needles import Needles
from nlp.talk import pieced

# Nobody cries for help in more characters than these.
_LONGEST = 30


@dataclass(frozen=True, slots=True)
class Cry:
    """A cry for help: what it is about, and the words for the clerk. ``to_bot``: counts only when said to the bot."""

    to_bot: bool
    category: str
    pattern: re.Pattern[str]
    why: str


@cache
def known() -> tuple[Cry, ...]:
    """All cries that Menkou knows."""
    return tuple(
        Cry(where == "bot", category, re.compile(pattern), why)
        for where, category, pattern, why in pieced("cries.tsv", 4)
    )


@cache
def _needles() -> Needles:
    return Needles(cry.pattern.pattern for cry in known())


def heard(folded: str, *, meant: bool) -> Cry | None:
    """The cry that a folded text is. ``meant``: said to the bot."""
    if len(folded) > _LONGEST:
        return None
    cries = (known()[place] for place in _needles().worth(folded))
    return next((cry for cry in cries if (meant or not cry.to_bot) and cry.pattern.fullmatch(folded)), None)
