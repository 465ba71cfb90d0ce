"""Words that take a report back, 算了不用登记, 弄错了; and those that say that it is well again, 灯又亮了."""

from __future__ import annotations

from handlers.context import Context
from handlers.matter import belonging
from handlers.wording import joining
from handlers.wording import waiting as wording
from nlp.normalise import fold

LONGEST, LONGEST_OVER = 20, 30  # characters; whoever says more tells a story
NOT_OVER = frozenset(
    {"still_broken", "status_question", "correction", "trade", "tradesman", "notice", "quarrel"}
)  # cues


def is_called_off(ctx: Context) -> bool:
    """Whether whoever speaks wants nothing done any more."""
    text = fold(ctx.words)
    if "withdraw" in ctx.reading.cues:
        return not _goes_on(ctx, text)
    short = len(text) <= LONGEST and not ctx.reading.parts and not belonging.says(wording.ASKS_BACK, text)
    return short and belonging.says(wording.CALLS_OFF, text)


def _goes_on(ctx: Context, text: str) -> bool:
    """弄错了，是5号楼; 没事了，不过旁边还有一个坏的; 你看错了吧: something is to be done all the same."""
    if belonging.says(wording.NOT_OWN, text) or belonging.says(wording.STILL, text):
        return True
    if ctx.reading.parts and not (belonging.says(wording.DENIES, text) and ctx.reading.band != "high"):
        return True
    mistaken = belonging.says(wording.MISTAKEN, text) and not belonging.says(wording.OVER, text)
    return mistaken and (bool(belonging.places(ctx)) or belonging.says(wording.THE_OTHER, text))


def says_why(ctx: Context) -> bool:
    """Whether they say nothing besides, or that nothing is wrong: behind 搞错了，有人用砖头挡着 the hole is there."""
    text = fold(ctx.words)
    left = wording.AROUND_IT.sub("", belonging.cut(wording.TAKES_BACK, text))
    return sum(map(str.isalnum, left)) <= 2 or belonging.says(wording.DENIES, text)


def is_over(ctx: Context) -> bool:
    """Whether the words say that something is well again, and neither ask nor hope nor take it back."""
    text = fold(ctx.words)
    if ctx.reading.parts or len(text) > LONGEST_OVER or ctx.reading.cues & NOT_OVER:
        return False
    if belonging.says(joining.JEST, text) or belonging.says(wording.NOT_OVER, text):
        return False
    return "solved" in ctx.reading.cues or belonging.says(wording.OVER, text)
