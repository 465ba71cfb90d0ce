"""What becomes of a message that belongs to a ticket: its reporter adds, others join, place and urgency grow.

Every join is a fact with who and why, and is told once, in private.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from sqlalchemy import select

from handlers.context import Context
from handlers.matter import belonging, burst, doubts, open_here, opening
from handlers.matter.belonging import Match, places, spoken_of
from handlers.message import Here, Incoming, Kind, Replies, Reply
from handlers.rules import own_doors, whereabouts
from handlers.rules.deadlines import EMERGENCY, USUAL
from handlers.rules.sameness import Why
from handlers.rules.subjects import subjects_of
from handlers.ticket import cards, case, graver
from handlers.ticket.extent import buildings_said
from handlers.wording import delicate, joining
from handlers.wording import report as wording
from handlers.wording.first_aid import first_aid
from handlers.wording.forwarding import HEARSAY
from nlp.normalise import fold
from nlp.reading import Part
from storage import tickets
from storage.base import JsonObject
from storage.facts import Fact, FactKind
from storage.tickets import Member, Ticket
from storage.workflow import Status

SOON = "urgent"
HURT = "welfare"  # what an emergency does to somebody: whoever tells it hears first what to do
FRAGMENT = 8  # characters: so short and without a place, it is said by somebody who waits


def gather(incoming: Incoming, ctx: Context, match: Match, part: Part | None) -> Replies:
    """The message becomes part of the ticket."""
    grown = [*_grow(ctx, match, part)]
    if match.mine:
        here = match.ticket.status != Status.MERGED
        if here and (estate := opening.moves_to_estate(ctx, match.ticket)) is not None:
            return _in_estate(incoming, ctx, match, part, estate)
        added = add(incoming, ctx, match.ticket, why=match.verdict.why)
        rings = any(reply.urgent for reply in grown)  # then that it was noted down besides is nothing to say
        return [*(reply for reply in added if not (rings and reply.to == Here())), *grown]
    if match.verdict.affected and not belonging.says(HEARSAY, fold(ctx.words)):
        each = (*_told_with(ctx, match, part), match.ticket)
        return [*join(incoming, ctx, each, why=match.verdict.why), *grown]
    case.belongs(ctx, match.ticket)
    if part is not None and part.urgency == EMERGENCY:  # advice, it seems; whoever works on it judges for themselves
        return [*_pass_on(incoming, ctx, match.ticket, match.verdict.why), *grown]
    case.record(
        ctx, match.ticket, FactKind.ADDED, said_here=True, data={"by": "neighbour", "because": match.verdict.why}
    )
    return grown


def _in_estate(incoming: Incoming, ctx: Context, match: Match, part: Part | None, estate: str) -> Replies:
    """Whose ground it is was asked, and has been said: the desk there reads of it for the first time."""
    ticket = match.ticket
    case.belongs(ctx, ticket)
    told = [word for word in (part.place if part is not None else places(ctx)) if word not in estate]
    ticket.place = whereabouts.completed(ticket.place, told)
    grown = [*_regrade(ctx, match, part)]
    case.record(ctx, ticket, FactKind.ADDED, body=ctx.keep(incoming.text), said_here=True)
    said = whereabouts.in_one(ticket.place)
    place = said if estate in said else estate + said
    answer = Reply(wording.IN_ESTATE.format(number=ticket.number, place=place), ticket_id=ticket.id)
    card = [] if grown or ticket.status != Status.REPORTED else cards.card_to_desk(ctx, ticket)
    return [answer, *grown, *card]


def add(incoming: Incoming, ctx: Context, ticket: Ticket, *, why: str) -> Replies:
    """Further words of the reporter; whoever works on it hears them."""
    case.belongs(ctx, ticket)
    body = ctx.keep(incoming.text) if incoming.text else None
    data: JsonObject = {"kind": incoming.kind, "because": why}
    if ticket.source == "proxy" and "agreement" in ctx.reading.cues:
        data["households"] = 1  # passed on: another household says so too
    fact = case.record(ctx, ticket, FactKind.ADDED, body=body, said_here=True, data=data)
    told = case.tell_workers(ctx, ticket, fact, wording.ADDED_STAFF, incoming.text)
    return [*_heard(incoming, ctx, ticket), *told]


def _heard(incoming: Incoming, ctx: Context, ticket: Ticket) -> Iterator[Reply]:
    """In private it is said that the words arrived, once a burst; with what is missing, or with where it stands.
    Whoever says that it is not well yet asks for that."""
    if ctx.group is not None:
        return
    text = fold(incoming.text)
    if belonging.says(joining.URGES, text):
        yield Reply(f"{wording.URGED}{cards.status_line(ctx, ticket)}", ticket_id=ticket.id)
        return
    if case.is_private_trouble(ticket):
        if not _said_lately(ctx, ticket, burst.BREATH):
            yield Reply(delicate.STILL_HERE, ticket_id=ticket.id)
        return
    more = doubts.once_more(ctx, ticket)
    if not (more or places(ctx) or (ctx.reading.parts and ctx.reading.band == "high")):
        waits = "still_broken" in ctx.reading.cues or belonging.says(joining.ASKS, text)
        if _said_lately(ctx, ticket, ctx.policy.burst) and not waits and not ctx.who.is_staff:
            return  # staff mean something by each word: none becomes part of a report unnoticed
        more = cards.status_line(ctx, ticket) if len(text) <= FRAGMENT else ""
    heard = wording.ADDED.format(number=tickets.lead(ctx.db, ticket).number)
    yield Reply("\n".join(filter(None, (heard, more))), ticket_id=ticket.id)


def _said_lately(ctx: Context, ticket: Ticket, within: timedelta) -> bool:
    """Whether this person added something a moment ago, and was answered."""
    lately = Fact.at >= ctx.now - within, Fact.account_id.in_(ctx.mine), Fact.inbox_id != ctx.inbox.id
    added = select(Fact.id).where(Fact.ticket_id == ticket.id, Fact.kind == FactKind.ADDED, *lately)
    return ctx.db.scalar(added.limit(1)) is not None


def _told_with(ctx: Context, match: Match, part: Part | None) -> list[Ticket]:
    """What else was told in the very message that somebody agrees with, where they do not say which they mean: +1 under
    a lamp and a bin goes for both."""
    ticket, text = match.ticket, fold(ctx.words)
    if match.verdict.why != Why.AGREED or part is not None:
        return []
    if len(text) > FRAGMENT or places(ctx) or subjects_of(text):
        return []
    beside = {other.id for other in tickets.told_together(ctx.db, ticket.id)} - {ticket.id}
    others = [other for other in open_here.lately(ctx) if other.id in beside and not other.confidential]
    return sorted(others, key=lambda other: other.number)


def join(incoming: Incoming, ctx: Context, each: Sequence[Ticket], *, why: str) -> Replies:
    """Another affected household: hears the result too. Who joined already only goes on speaking."""
    numbers: list[int] = []
    told: list[Reply] = []
    for ticket in each:
        case.belongs(ctx, ticket)
        told += _pass_on(incoming, ctx, ticket, why)
        lead = tickets.lead(ctx.db, ticket)
        if not any(member.account_id in ctx.mine for member in tickets.members(ctx.db, lead)):
            _support(ctx, ticket, why)
            numbers.append(lead.number)
    if not numbers:
        return told
    burst.stay_attentive(ctx)
    text = wording.SUPPORTED.format(number=joining.AND.join(str(number) for number in sorted(set(numbers))))
    return [Reply(text, to=case.sender(ctx), ticket_id=each[-1].id), *told]


def _support(ctx: Context, ticket: Ticket, why: str) -> None:
    ctx.db.add(Member(ticket_id=ticket.id, account_id=ctx.who.account.id, role="supporter", joined_at=ctx.now))
    data: JsonObject = {"because": why}
    if buildings := buildings_said(places(ctx)):
        data["buildings"] = buildings
    case.record(ctx, ticket, FactKind.SUPPORTED, said_here=True, data=data)


def _pass_on(incoming: Incoming, ctx: Context, ticket: Ticket, why: str) -> Iterator[Reply]:
    """In an emergency what the neighbours see is passed on at once; else what is worse than was known: 老人摔了一跤."""
    lead = tickets.lead(ctx.db, ticket)
    worse = lead.urgency == USUAL and any(part.urgency == SOON for part in ctx.reading.parts)
    if not (worse or lead.urgency == EMERGENCY) or not incoming.text or incoming.kind is not Kind.TEXT:
        return
    body = ctx.keep(incoming.text)
    data = {"by": "neighbour", "because": why}
    fact = case.record(ctx, ticket, FactKind.ADDED, body=body, said_here=True, data=data)
    yield from case.tell_workers(ctx, ticket, fact, wording.NEIGHBOUR_STAFF, incoming.text)


def _grow(ctx: Context, match: Match, part: Part | None) -> Iterator[Reply]:
    """What the ticket learns: where, what about when only a photo had been there, and that it is an emergency."""
    _place(ctx, match, part)
    yield from _regrade(ctx, match, part)
    if part is not None and part.urgency == EMERGENCY and part.category == HURT != match.ticket.category:
        yield Reply(first_aid(HURT, ctx.words), ticket_id=match.ticket.id, urgent=True)


def _regrade(ctx: Context, match: Match, part: Part | None) -> Iterator[Reply]:
    ticket = tickets.lead(ctx.db, match.ticket)
    if part is None:
        return
    if (ticket.category == "other" and ticket.flagged is not None and match.mine) or (
        part.urgency == EMERGENCY and ticket.urgency != EMERGENCY
    ):
        yield from recast(ctx, ticket, part)


def _place(ctx: Context, match: Match, part: Part | None) -> None:
    ticket = match.ticket
    told = spoken_of(ctx, part.place) if part is not None else places(ctx)
    if ticket.kind in belonging.CONFIDENTIAL:
        told = own_doors.without_own(ctx.words, tuple(told))
    if not match.mine:
        if ticket.place and ticket.urgency != EMERGENCY:
            return
        told = tuple(word for word in told if _of_the_trouble(match, ticket, word))
    place = whereabouts.completed(ticket.place, told, everything=ticket.urgency == EMERGENCY)
    if place != list(ticket.place):
        data = {"before": list(ticket.place), "after": place}
        ticket.place = place
        ticket.flagged = None if ticket.flagged == "no_place" else ticket.flagged
        case.record(ctx, ticket, FactKind.PLACED, said_here=True, data=data)


def pinned(incoming: Incoming, ctx: Context, ticket: Ticket) -> Replies:
    """A pin of the reporter says where, whatever was said before."""
    where = incoming.text.rpartition("]")[2].strip()
    if incoming.kind is not Kind.LOCATION or not where or ticket.reporter_id not in ctx.mine:
        return []
    if where not in ticket.place:
        said = whereabouts.levels([where]).items()
        kept = [word for word in ticket.place if not (mine := whereabouts.levels([word])) or mine.items() - said]
        data = {"before": list(ticket.place), "after": [*kept, where]}
        ticket.place = [*kept, where]
        case.record(ctx, ticket, FactKind.PLACED, said_here=True, data=data)
    more = doubts.once_more(ctx, ticket)
    return [Reply(f"{wording.PIN_ADDED.format(number=ticket.number)}\n{more}", ticket_id=ticket.id)] if more else []


def _of_the_trouble(match: Match, ticket: Ticket, word: str) -> bool:
    """A neighbour who agrees names their own floor and door; where the trouble is follows only from the building."""
    named = set(whereabouts.levels([word]))
    if ticket.urgency == EMERGENCY:
        return True
    return "building" in named if match.verdict.why == Why.AGREED else "room" not in named


def recast(ctx: Context, ticket: Ticket, part: Part) -> Iterator[Reply]:
    """Another category or urgency than was first understood: the desk and the promise follow; both stay in history."""
    before = {"category": ticket.category, "urgency": ticket.urgency}
    rings = part.urgency == EMERGENCY and ticket.urgency != EMERGENCY
    ticket.category, ticket.urgency, ticket.flagged = part.category, part.urgency, None
    if ticket.holder_id is None:
        ticket.desk_id = opening.desk_for(ctx, ticket)
    made = graver.follow(ctx, ticket, before["urgency"])
    after = {"category": ticket.category, "urgency": ticket.urgency}
    case.record(ctx, ticket, FactKind.CORRECTED, said_here=True, data={"before": before, "after": after, **made})
    if rings:
        text = wording.emergency(ticket.number, ticket.category, part.text or ctx.words)
        yield Reply(text, to=case.sender(ctx) if ticket.confidential else Here(), ticket_id=ticket.id, urgent=True)
    if ticket.status == Status.REPORTED:
        yield from cards.card_to_desk(ctx, ticket)
