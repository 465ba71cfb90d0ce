"""A photo with half a sentence, in private: with a place it is a report, without one the other half is asked for."""

from __future__ import annotations

from dataclasses import replace

from handlers.context import Context
from handlers.matter import belonging, burst
from handlers.matter.taking import open_parts
from handlers.message import Incoming, Replies, Reply
from handlers.rules import whereabouts
from handlers.ticket import case
from handlers.wording import joining
from handlers.wording import report as wording
from nlp.normalise import fold
from nlp.reading import Part

LONGEST = 16  # characters of where somebody is
NO_PART = frozenset({"thanks", "greeting"})  # cues


def shown(incoming: Incoming, ctx: Context) -> Replies | None:
    """这个, 在5号楼后面: what the photo that waits shows is not said, but whoever goes there sees it."""
    if ctx.group is not None or ctx.who.is_staff or not belonging.has_words(incoming) or ctx.reading.parts:
        return None
    if ctx.reading.cues & NO_PART:
        return None
    named = belonging.places(ctx)
    if not burst.photo_waits(ctx):
        return _where_alone(ctx, named)
    if named:
        first, *rest = open_parts(incoming, ctx, [Part("other", "ordinary", named, "")], flagged="unsure")
        return [replace(first, text=f"{first.text}\n{wording.WHAT_IS_SEEN}"), *rest]
    question = case.asked(ctx, "words")
    if question is None or question.data.get("again"):
        return []
    question.data = {**question.data, "again": True}
    return [Reply(wording.PHOTO_STILL)]


def _asks(text: str) -> bool:
    return belonging.says(joining.ASKS, text) or belonging.says(joining.WHERE_ASKED, text)


def _where_alone(ctx: Context, named: tuple[str, ...]) -> Replies | None:
    """我家住5号楼: half of it is told, the other half is asked for; once, and what follows is put there."""
    text = fold(ctx.words)
    if named and len(text) <= LONGEST and case.asked(ctx, "words") is not None:
        return []  # 四单元, behind 3号楼
    if "building" not in whereabouts.levels(named) or len(text) > LONGEST or _asks(text):
        return None
    case.ask(ctx, ctx.who.account.id, ctx.address, "words", ticket=None, until=ctx.now + ctx.policy.burst)
    return [Reply(wording.WHERE_AND_WHAT.format(place=whereabouts.in_one(named)))]
