"""Which open ticket of this chat a message belongs to. Looks up what is known and asks ``rules.sameness``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import Select, case, func, select

from handlers.context import Context, words_of
from handlers.matter.burst import ALIVE, spoken_of_in, still_open
from handlers.matter.hearsay import is_story
from handlers.message import Incoming, Kind
from handlers.rules import finds, one_matter, sameness, weighing, whereabouts
from handlers.rules.deadlines import EMERGENCY
from handlers.rules.likeness import Known, Said
from handlers.rules.sameness import Verdict
from handlers.rules.subjects import subjects_of
from handlers.wording import joining as wording
from handlers.wording import waiting
from nlp.delicate import hear
from nlp.normalise import fold, tight
from nlp.places import find
from nlp.reading import Part
from storage import tickets
from storage.inbox import Body, Inbox
from storage.tickets import Member, Ticket

NEVER_PART = frozenset({"thanks", "solved", "trade", "tradesman", "notice", "greeting", "status_question", "quarrel"})
_IDEOGRAPHS = re.compile(r"[\u4e00-\u9fff]{2}")
NO_AGREEMENT = frozenset({"trade", "tradesman", "notice", "greeting", "solved"})
CONFIDENTIAL = frozenset({"tipoff"})  # kinds
LATELY = 8  # tickets of one chat that are looked at
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


def lately(ctx: Context) -> list[Ticket]:
    """The newest open tickets of this chat that a message may belong to, newest first; also those that were merged into
    what was told elsewhere and is still open.

    In private what was told stays in mind for days, and nobody is looked up who told nothing.
    """
    if ctx.group is None and not ctx.who.is_attentive(ctx.now):
        return []
    since = ctx.inbox.said_at - (sameness.HOURS * 6 if ctx.group is not None else sameness.DAYS)
    here = select(Ticket).where(
        Ticket.status.in_(ALIVE), Ticket.opened_at >= since, Ticket.opened_at <= ctx.inbox.said_at
    )
    return list(still_open(ctx, ctx.db.scalars(_of_chat(here, ctx).order_by(Ticket.id.desc()).limit(LATELY))))


def _of_chat(query: Select[Ticket], ctx: Context) -> Select[Ticket]:
    if ctx.inbox.group_id is not None:
        return query.where(Ticket.group_id == ctx.inbox.group_id)
    return query.where(Ticket.group_id.is_(None), Ticket.reporter_id.in_(ctx.mine))


def match(incoming: Incoming, ctx: Context, part: Part | None = None, judge: Judge | None = None) -> Match | None:
    """The ticket that the message, or the part, belongs to best. ``judge``: other rules than those of the chat."""
    said = said_of(incoming, ctx, part)
    text = fold(part.text if part is not None and len(ctx.reading.parts) > 1 else ctx.words)
    found = []
    tells_on = ctx.reading.kind in CONFIDENTIAL
    alone = tells_on or is_private_trouble(ctx)
    judge = judge or (finds.judge_of(text, tells=part is not None) if ctx.who.is_staff else weighing.judge)
    for ticket, known in threads(incoming, ctx, text):
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
    here = (ticket for ticket in lately(ctx) if _rings_aloud(ticket) and ticket.opened_at >= since)
    return next(here, None) if ctx.group is not None else None


def told_lately(incoming: Incoming, ctx: Context) -> list[Known]:
    """What this chat was told of, as the rules want to know it of the message."""
    return [known for _, known in threads(incoming, ctx, fold(ctx.words))]


def said_of(incoming: Incoming, ctx: Context, part: Part | None) -> Said:
    """The message as the rules want it."""
    text = fold(ctx.words)
    reading = ctx.reading
    return Said(
        category=part.category if part is not None else None,
        confidence=reading.confidence,
        sure=reading.band == "high",
        urgency=part.urgency if part is not None else None,
        places=part.place if part is not None else places(ctx),
        agrees=_agrees(incoming, ctx, text),
        besides=says(wording.BESIDES, text),
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
        subjects=subjects_of(fold(part.text) if part is not None and len(reading.parts) > 1 else text),
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


def threads(incoming: Incoming, ctx: Context, text: str) -> Iterator[tuple[Ticket, Known]]:
    """The tickets of this chat with what the rules want to know of each; three look-ups for all of them."""
    near = lately(ctx)
    ids = [ticket.id for ticket in near]
    if not ids:
        return
    heard = _heard(ctx, ids)
    me = Member.account_id.in_(ctx.mine)
    joined = set(ctx.db.scalars(select(Member.ticket_id).where(Member.ticket_id.in_(ids), me)))
    quoted = spoken_of_in(ctx, incoming.quoted) if incoming.quoted is not None else None
    for ticket in near:
        anybody, own = heard.get(ticket.id, (ticket.opened_at, None))
        told = fold(_told(ctx, ticket))
        yield (
            ticket,
            Known(
                category=ticket.category,
                urgency=tickets.lead(ctx.db, ticket).urgency,
                places=tuple(ticket.place),
                quiet=_since(ctx, max(anybody, ticket.opened_at)),
                since=_since(ctx, ticket.opened_at),
                mine=ticket.reporter_id in ctx.mine,
                joined=ticket.id in joined,
                own_quiet=_since(ctx, own) if own is not None else None,
                shared=_common(ctx, text, told),
                wordless=ticket.category == "other" and ticket.flagged is not None,
                quoted=quoted == ticket.id,
                subjects=subjects_of(told),
            ),
        )


def _heard(ctx: Context, ids: list[int]) -> dict[int, tuple[datetime, datetime | None]]:
    """When anybody, and when the speaker, last said something that belongs to each ticket."""
    own = case((Inbox.sender_id.in_(ctx.mine), Inbox.said_at))
    query = select(Inbox.ticket_id, func.max(Inbox.said_at), func.max(own))
    rows = ctx.db.execute(query.where(Inbox.ticket_id.in_(ids), Inbox.id != ctx.inbox.id).group_by(Inbox.ticket_id))
    return {ticket_id: (anybody, mine) for ticket_id, anybody, mine in rows}


def _since(ctx: Context, moment: datetime) -> timedelta:
    return max(ctx.inbox.said_at - moment, timedelta())


def shared(ctx: Context, ticket: Ticket, text: str) -> int:
    """How many pairs of characters a text shares with the words that opened the ticket."""
    return in_common(text, fold(_told(ctx, ticket)))


def _common(ctx: Context, one: str, other: str) -> int:
    """The same of two texts; staff name buildings all day, and say of everything that it was found on patrol."""
    return in_common(finds.unplaced(one), finds.unplaced(other)) if ctx.who.is_staff else in_common(one, other)


def in_common(one: str, other: str) -> int:
    """How many pairs of characters two folded texts share that say what they are about."""
    return len(_pairs(one) & _pairs(other))


def _told(ctx: Context, ticket: Ticket) -> str:
    """The words that opened the ticket."""
    return words_of(ctx.vault, ctx.db.get(Body, ticket.words_id) if ticket.words_id is not None else None)


def _pairs(text: str) -> frozenset[str]:
    """Pairs of neighbouring characters that say what a text is about."""
    pairs = (text[at : at + 2] for at in range(len(text) - 1))
    return frozenset(pair for pair in pairs if _IDEOGRAPHS.fullmatch(pair)) - wording.EMPTY_PAIRS


def without(pattern: str, text: str) -> str:
    """A text without what fits the pattern and without blanks and marks."""
    return "".join(char for char in _pattern(pattern).sub("", text) if char.isalnum())
