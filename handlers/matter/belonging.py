"""Which open ticket of this chat a message belongs to. Looks up what is known and asks ``rules.sameness``."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from sqlalchemy import select

from handlers.context import Context
from handlers.matter import open_here
from handlers.matter.hearsay import is_story
from handlers.message import Incoming, Kind
from handlers.rules import finds, one_matter, sameness, weighing, whereabouts
from handlers.rules.deadlines import EMERGENCY
from handlers.rules.likeness import Known, Said
from handlers.rules.sameness import Verdict
from handlers.rules.subjects import corners_of, felt_by, subjects_of
from handlers.wording import joining as wording
from handlers.wording import pieces as pieces_wording
from handlers.wording import waiting
from nlp.delicate import hear
from nlp.normalise import fold, tight
from nlp.places import find
from nlp.reading import Part
from storage.inbox import Inbox
from storage.tickets import Ticket

NEVER_PART = frozenset({"thanks", "solved", "trade", "tradesman", "notice", "greeting", "status_question", "quarrel"})
NO_AGREEMENT = frozenset({"trade", "tradesman", "notice", "greeting", "solved"})
CONFIDENTIAL = frozenset({"tipoff"})  # kinds
Judge = Callable[[Said, Known], Verdict | None]


@dataclass(frozen=True, slots=True)
class Match:
    """The ticket a message, or one problem of it, belongs to."""

    ticket: Ticket
    verdict: Verdict
    mine: bool
    quiet: timedelta = timedelta()  # since anybody said something that belongs to it


@cache
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text)


def says(pattern: str, text: str) -> bool:
    """Whether a folded text fits one of the patterns of ``wording.joining``."""
    return _pattern(pattern).search(text) is not None


def each(pattern: str, text: str) -> list[str]:
    """Everything in a folded text that fits a pattern."""
    return [found[0] for found in _pattern(pattern).finditer(text)]


def cut(pattern: str, text: str) -> str:
    """A folded text without what fits a pattern."""
    return _pattern(pattern).sub("", text)


def has_words(incoming: Incoming) -> bool:
    """Typed, or spoken and recognised."""
    return incoming.kind is Kind.TEXT or (incoming.kind is Kind.VOICE and bool(incoming.text))


def places(ctx: Context) -> tuple[str, ...]:
    """The places named in a message, also in one that is no report by itself."""
    return spoken_of(ctx, ctx.reading.place or tuple(span.text for span in find(fold(ctx.words))))


def spoken_of(ctx: Context, named: tuple[str, ...]) -> tuple[str, ...]:
    """Without the speaker's own door: 我住502 is not where the trouble is, and nobody else's business."""
    text = fold(ctx.words)
    doors = {word for word in named if "room" in whereabouts.levels([word])}
    return tuple(word for word in named if word not in doors or not says(wording.OWN_DOOR + re.escape(word), text))


def match(incoming: Incoming, ctx: Context, part: Part | None = None, judge: Judge | None = None) -> Match | None:
    """The ticket that the message, or the part, belongs to best. ``judge``: other rules than those of the chat."""
    said = said_of(incoming, ctx, part)
    text = fold(part.text if part is not None and len(ctx.reading.parts) > 1 else ctx.words)
    found = []
    tells_on = ctx.reading.kind in CONFIDENTIAL
    alone = tells_on or is_private_trouble(ctx)
    judge = judge or (finds.judge_of(text, tells=part is not None) if ctx.who.is_staff else weighing.judge)
    for ticket, known in open_here.threads(incoming, ctx, text):
        verdict = judge(said, known)
        theirs = known.mine and (ticket.confidential or not tells_on)  # a tip-off makes no open ticket confidential
        if not known.quoted and not _can_be_one(ctx, part, ticket, text):
            continue
        if verdict is not None and (theirs or not (ticket.confidential or alone)):
            found.append((verdict.rank, -known.quiet.total_seconds(), Match(ticket, verdict, known.mine, known.quiet)))
    return max(found, key=lambda one: one[:2])[2] if found else None


def _can_be_one(ctx: Context, part: Part | None, ticket: Ticket, text: str) -> bool:
    """Whether what this part tells may belong to a ticket of that kind."""
    if part is None:
        return True
    plainly = ctx.reading.band == "high" or says(wording.COMPLAINS, text)
    told = ctx.reading.kind or "fault"
    alone = ctx.group is None and part.named
    return one_matter.can_be_one(told, part.category, ticket.kind, ticket.category, plainly=plainly, alone=alone)


def is_private_trouble(ctx: Context) -> bool:
    """Violence at home, a life somebody wants to end: never spoken of in a group, nor joined to what others said."""
    return private_trouble(ctx) is not None


def private_trouble(ctx: Context) -> str | None:
    """Which of them it is: self_harm, home, child."""
    found = hear(tight(fold(ctx.words))[0])
    return found.topic if found is not None and found.is_alarm else None


def _rings_aloud(ticket: Ticket) -> bool:
    return ticket.urgency == EMERGENCY and not ticket.confidential


def emergency_here(ctx: Context) -> Ticket | None:
    """The emergency that this group is in the middle of."""
    since = ctx.inbox.said_at - sameness.WAKE
    here = (ticket for ticket in open_here.lately(ctx) if _rings_aloud(ticket) and ticket.opened_at >= since)
    return next(here, None) if ctx.group is not None else None


def told_lately(incoming: Incoming, ctx: Context) -> list[Known]:
    """What this chat was told of, as the rules want to know it of the message."""
    return [known for _, known in open_here.threads(incoming, ctx, fold(ctx.words))]


def said_of(incoming: Incoming, ctx: Context, part: Part | None) -> Said:
    """The message as the rules want it."""
    text = fold(ctx.words)
    reading = ctx.reading
    own = fold(part.text) if part is not None and len(reading.parts) > 1 else text
    return Said(
        category=part.category if part is not None else None,
        confidence=reading.confidence,
        sure=reading.band == "high",
        urgency=part.urgency if part is not None else None,
        places=part.place if part is not None else places(ctx),
        agrees=_agrees(incoming, ctx, text),
        besides=says(wording.BESIDES, text),
        smells=says(pieces_wording.MERE_SMELL, text),
        first_hand=says(wording.FIRST_HAND, text),
        aside=_is_aside(ctx, text, part),
        relays=says(wording.FOR_SOMEBODY, text),
        guesses=says(wording.GUESSES, text) and "correction" not in reading.cues,
        persists=says(wording.PERSISTS, text),
        named=part is None or part.named,
        advises=says(wording.ADVISES, text) and not says(wording.FIRST_HAND, text),
        rescue=says(wording.RESCUE, text),
        grows=says(wording.GROWS, text),
        alone=len(reading.parts) <= 1,
        private=ctx.group is None,
        subjects=subjects_of(own),
        felt=felt_by(own),
        corners=corners_of(own),
        cues=reading.cues,
        asks=says(wording.ASKS, text),
        length=len(text),
        doubtful=reading.doubtful,
        near=says(wording.NEAR_HERE, text),
        story=part is not None and is_story(text, reading.place, grave=part.urgency == EMERGENCY),
    )


def _agrees(incoming: Incoming, ctx: Context, text: str) -> bool:
    if incoming.quoted is not None and not ctx.reading.parts and _quoted_talk(incoming, ctx):
        return False
    if says(wording.RESUMED, text) or says(wording.NOT_HERE, text) or ctx.reading.cues & NO_AGREEMENT:
        return False
    return "agreement" in ctx.reading.cues or says(wording.ME_TOO, text) or says(wording.AGREES, text)


def _quoted_talk(incoming: Incoming, ctx: Context) -> bool:
    """Whether the message answers something that belongs to no ticket."""
    row = ctx.db.scalars(select(Inbox).where(Inbox.key == incoming.quoted)).one_or_none()
    return row is not None and row.ticket_id is None


def _is_aside(ctx: Context, text: str, part: Part | None) -> bool:
    on = says(waiting.STILL, text)  # 好了，不过旁边那盏还黑着
    if ctx.reading.cues & NEVER_PART - ({"solved"} if on else set()) or ctx.reading.kind in ("consult", "praise"):
        return True
    if says(wording.JEST, text) or says(wording.TIME_ASKED, text) or says(wording.WHERE_ASKED, text):
        return True
    if part is not None and part.urgency != EMERGENCY and says(wording.ANSWERS, text):
        return True
    if says(wording.NOT_NAMED, text):
        return False
    if says(wording.SOOTHING, text):
        return part is None or (part.urgency != EMERGENCY and emergency_here(ctx) is not None)
    return part is None and not on and says(wording.ENDED, text)


def without(pattern: str, text: str) -> str:
    """A text without what fits the pattern and without blanks and marks."""
    return "".join(char for char in _pattern(pattern).sub("", text) if char.isalnum())
