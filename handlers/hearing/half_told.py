"""What is told by half: a photo with half a sentence, in private, where the other half is asked for; and in a group a
question that sounds like danger (有人闻到煤气味吗), of which whoever asks is asked, and whoever is on duty hears."""

from __future__ import annotations

from dataclasses import replace

from handlers.context import Context
from handlers.groups import holding, proposing
from handlers.hearing import offering
from handlers.matter import belonging, burst, pieces
from handlers.matter.taking import open_parts
from handlers.message import Incoming, Replies, Reply
from handlers.rules import whereabouts
from handlers.rules.deadlines import EMERGENCY
from handlers.ticket import case
from handlers.wording import joining
from handlers.wording import pieces as pieces_wording
from handlers.wording import report as wording
from nlp.hunch import guess
from nlp.normalise import fold
from nlp.reading import Part

LONGEST = 16  # characters of where somebody is
NO_PART = frozenset({"thanks", "greeting"})  # cues


def shown(incoming: Incoming, ctx: Context) -> Replies | None:
    """这个, 在5号楼后面: what the photo that waits shows is not said, but whoever goes there sees it."""
    if ctx.who.is_staff or not belonging.has_words(incoming) or ctx.reading.parts or ctx.reading.cues & NO_PART:
        return None
    named = belonging.places(ctx)
    if ctx.group is not None:
        return _shown_in_group(incoming, ctx, named)
    if not burst.photo_waits(ctx):
        return _where_alone(ctx, named)
    if named:
        first, *rest = _opened(incoming, ctx, named)
        return [replace(first, text=f"{first.text}\n{wording.WHAT_IS_SEEN}"), *rest]
    question = case.asked(ctx, "words")
    if question is None or question.data.get("again"):
        return []
    question.data = {**question.data, "again": True}
    return [Reply(wording.PHOTO_STILL)]


def _opened(incoming: Incoming, ctx: Context, named: tuple[str, ...]) -> Replies:
    words = pieces.joined(ctx, pieces.said_before(ctx), ctx.words)  # 就这个，好几天了, before where it is
    told, then = replace(incoming, text=words), replace(ctx, words=words)
    parts = [Part("other", "ordinary", named, "")]
    if holding.holds(told, then, parts):
        return proposing.propose(told, then, parts)
    return open_parts(told, then, parts, flagged="unsure")


def _shown_in_group(incoming: Incoming, ctx: Context, named: tuple[str, ...]) -> Replies | None:
    """就这个坏了, or 就这个 to the bot, behind a photo: opened once it is said where; who meant the bot is asked."""
    text = fold(ctx.words)
    if len(text) > LONGEST or not burst.photo_waits(ctx):
        return None
    shows = pieces_wording.SHOWS if incoming.addressed else pieces_wording.SHOWS_WRONG
    points = belonging.says(shows, text)
    if named and (points or case.asked(ctx, "words") is not None):
        return _opened(incoming, ctx, named)
    if not points:
        return None
    case.ask(ctx, ctx.who.account.id, ctx.address, "words", ticket=None, until=ctx.now + ctx.policy.burst)
    burst.expect_words(ctx)
    return [Reply(wording.PHOTO_STILL, to=case.sender(ctx))] if incoming.addressed else []


def grave(incoming: Incoming, ctx: Context) -> Replies | None:
    """有人闻到煤气味吗: whoever asks that smells something; nothing opens before they say so, or a neighbour does."""
    if ctx.group is None or ctx.who.is_staff or ctx.reading.parts or not belonging.has_words(incoming):
        return None
    text = fold(ctx.words)
    found = guess(ctx.words) if _asks(text) or belonging.says(joining.GUESSES, text) else None
    if found is None or found.hopes or found.part.urgency != EMERGENCY or belonging.emergency_here(ctx) is not None:
        return None
    return offering.offer(incoming, replace(ctx, reading=replace(found.reading, doubtful=True)))


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
