"""我们5号楼的也坏了, behind somebody's lamp at 3号楼: the same trouble at another house is a ticket of its own.

Its words say what is wrong only by what was told before, so it is read as that, with the houses exchanged. Where
nothing of the kind was told (+1，我们12栋的下水也反味, as the first word of it) its own words are read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from handlers.context import Context, words_of
from handlers.groups import chiming
from handlers.hearing.report import report
from handlers.matter import belonging, open_here
from handlers.message import Incoming, Replies
from handlers.rules import sameness, whereabouts
from handlers.rules.deadlines import EMERGENCY
from handlers.rules.likeness import RELATED
from handlers.rules.subjects import apart, subjects_of
from handlers.wording import next_house as wording
from nlp.agreeing import told_first
from nlp.normalise import fold
from nlp.places import find
from nlp.reading import ReadingContext, read
from storage.inbox import Body
from storage.tickets import Ticket

AGREES = "agreement"  # a cue
NOTHING: frozenset[str] = frozenset()


def too(incoming: Incoming, ctx: Context) -> Replies | None:
    """Opens it, read as the same of this house; what it belongs to already it goes with, as ever."""
    if ctx.group is None or ctx.who.is_staff or not belonging.has_words(incoming) or not _is_so_too(ctx):
        return None
    houses = _houses(ctx.words)
    known = belonging.match(incoming, ctx, next(iter(ctx.reading.parts), None))
    if not houses or (known is not None and whereabouts.conflict(houses, known.ticket.place) is None):
        return None
    if known is not None and known.ticket.category == "utilities":
        return None  # one outage, with its buildings
    told = _told_next_door(incoming, ctx, houses)
    words = _exchanged(told, houses) if told else ""
    reading = read(words, ReadingContext(group_place=ctx.group.place or "")) if words else ctx.reading
    if not words or reading.band != "high" or reading.urgency == EMERGENCY:
        return None
    said = replace(incoming, text=wording.MEANT.format(said=incoming.text, meant=words))
    return report(said, replace(ctx, reading=reading, words=words))


def first_word(incoming: Incoming, ctx: Context) -> Replies | None:
    """What agrees with nothing that was told here, and tells of a trouble: its speaker is the first to tell it."""
    if ctx.reading.parts or AGREES not in ctx.reading.cues or not belonging.has_words(incoming):
        return None
    place = (ctx.group.place if ctx.group is not None else None) or ""
    told = None if ctx.who.is_staff else told_first(ctx.words, ReadingContext(place, addressed=incoming.addressed))
    if told is None or _is_known(incoming, ctx, told.parts[0].category) or chiming.heard(incoming, ctx, None):
        return None
    return report(incoming, replace(ctx, reading=told))


def _is_known(incoming: Incoming, ctx: Context, category: str) -> bool:
    """Whether it says the same of a ticket, or of what may be one with it: a drain is no lift."""
    found = belonging.match(incoming, ctx)
    if found is None:
        return False
    text = fold(ctx.words)
    about = next(
        (known.subjects for ticket, known in open_here.threads(incoming, ctx, text) if ticket is found.ticket), NOTHING
    )
    alike = frozenset((found.ticket.category, category)) in RELATED and not apart(subjects_of(text), about)
    return found.ticket.category == category or alike


def _is_so_too(ctx: Context) -> bool:
    text = fold(ctx.words)
    if len(text) > wording.LONGEST or ctx.reading.cues & belonging.NEVER_PART:
        return False
    return belonging.says(wording.TOO, text) and not belonging.says(wording.NOT_NOW, text)


def _houses(words: str) -> list[str]:
    return [span.text for span in find(fold(words)) if "building" in whereabouts.levels([span.text])]


def _told_next_door(incoming: Incoming, ctx: Context, houses: Sequence[str]) -> str:
    """The words of the trouble that was told last of another house, of the same thing where this names one."""
    text = fold(ctx.words)
    named = subjects_of(text)
    found = [
        (known.quiet, _words(ctx, ticket))
        for ticket, known in open_here.threads(incoming, ctx, text)
        if known.quiet <= sameness.WAKE
        and not (ticket.confidential or known.urgency == EMERGENCY)
        and whereabouts.conflict(houses, known.places) == "building"
        and (not named or named & known.subjects)
    ]
    return min(found)[1] if found else ""


def _words(ctx: Context, ticket: Ticket) -> str:
    return words_of(ctx.vault, ctx.db.get(Body, ticket.words_id) if ticket.words_id is not None else None)


def _exchanged(told: str, houses: Sequence[str]) -> str:
    """What was told, of this house; nothing where more was told than that."""
    bare = fold(told)
    for span in find(bare):
        if whereabouts.levels([span.text]):
            bare = bare.replace(span.text, "")
    return f"{houses[0]}{bare}" if 0 < len(bare) <= wording.LONGEST else ""
