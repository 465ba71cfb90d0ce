"""A photo with half a sentence, in private: with a place it is a report, without one the other half is asked for."""

from __future__ import annotations

from dataclasses import replace

from handlers import belonging, burst, case
from handlers.context import Context
from handlers.message import Incoming, Replies, Reply
from handlers.taking import open_parts
from handlers.wording import report as wording
from nlp.reading import Part

NO_PART = frozenset({"thanks", "greeting"})  # cues


def shown(incoming: Incoming, ctx: Context) -> Replies | None:
    """这个, 在5号楼后面: what the photo that waits shows is not said, but whoever goes there sees it."""
    if ctx.group is not None or ctx.who.is_staff or not belonging.has_words(incoming) or ctx.reading.parts:
        return None
    if ctx.reading.cues & NO_PART or not burst.photo_waits(ctx):
        return None
    if named := belonging.places(ctx):
        first, *rest = open_parts(incoming, ctx, [Part("other", "ordinary", named, "")], flagged="unsure")
        return [replace(first, text=f"{first.text}\n{wording.WHAT_IS_SEEN}"), *rest]
    question = case.asked(ctx, "words")
    if question is None or question.data.get("again"):
        return []
    question.data = {**question.data, "again": True}
    return [Reply(wording.PHOTO_STILL)]
