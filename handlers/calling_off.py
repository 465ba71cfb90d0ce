"""Words that take a report back: 算了不用登记, 弄错了."""

from __future__ import annotations

from handlers import belonging
from handlers.context import Context
from handlers.wording import waiting as wording
from nlp.normalise import fold

LONGEST = 20  # characters beside the ways of speaking that reading knows


def is_called_off(ctx: Context) -> bool:
    """Whether whoever speaks wants nothing done any more."""
    if "withdraw" in ctx.reading.cues:
        return True
    text = fold(ctx.words)
    short = len(text) <= LONGEST and not ctx.reading.parts and not belonging.says(wording.ASKS_BACK, text)
    return short and belonging.says(wording.CALLS_OFF, text)
