"""Where it is was said a minute ago: 对了楼道灯也坏了, in private right behind 5号楼301; in a group 12号楼北边 and
then what is wrong there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select

from handlers.context import Context
from handlers.matter import belonging, burst
from handlers.rules import whereabouts
from handlers.rules.deadlines import EMERGENCY
from handlers.wording import locating as locating_wording
from handlers.wording import waiting as wording
from nlp.normalise import fold
from nlp.places import find
from nlp.reading import Part
from storage.inbox import Inbox
from storage.tickets import Ticket

# What is wrong with a house and the flats in it; a lamp of the street or a car may stand anywhere.
FEW = 4  # messages of theirs
INSIDE = frozenset({"unit", "floor", "room"})
BESIDE = 4  # characters beside a place: 5号楼这边
INDOORS = frozenset({"building", "utilities", "drainage", "noise", "fumes", "fire_safety"})


def completed(ctx: Context, part: Part) -> Part:
    """With the house that the same person named last in this chat, where this names nothing; the door only for what is
    wrong in their own flat, or where it cannot wait."""
    if ctx.who.is_staff:
        return part
    text = fold(ctx.words)
    if ctx.group is not None:
        return _below_line_before(ctx, part)
    grave = part.urgency == EMERGENCY
    if not (grave or part.category in INDOORS) or part.place or ctx.reading.place:
        return part
    if belonging.says(wording.ELSEWHERE, text):
        return part
    told = [tuple(ticket.place) for ticket in _lately(ctx)] if ctx.who.is_attentive(ctx.now) else []
    place = _house([*_said_before(ctx), *told], whole=grave or belonging.says(wording.IN_THE_FLAT, text))
    return replace(part, place=place) if place else part


def _below_line_before(ctx: Context, part: Part) -> Part:
    said = part.place or ctx.reading.place
    if not all(set(whereabouts.levels([word])) & INSIDE for word in said):
        return part
    before = _line_before(ctx)
    return replace(part, place=tuple(whereabouts.corrected(before, said)) if said and before else before or part.place)


def _line_before(ctx: Context) -> tuple[str, ...]:
    """12号楼北边, and nothing else, in the same burst."""
    for text in _texts_before(ctx):
        spans = find(text)
        if spans and len(text) - sum(span.end - span.start for span in spans) <= BESIDE:
            named = tuple(span.text for span in spans)
            house = tuple(word for word in named if whereabouts.levels([word]))
            return house if "building" in whereabouts.levels(house) else named
    return ()


def _said_before(ctx: Context) -> list[tuple[str, ...]]:
    """我是5号楼的, said before the trouble itself in words of their own."""
    texts = _texts_before(ctx)
    named = [tuple(span.text for span in find(text)) for text in texts if not belonging.says(wording.ELSEWHERE, text)]
    return [place for place in named if "building" in whereabouts.levels(place)]


def _texts_before(ctx: Context) -> list[str]:
    """What they said in this chat within the burst that belongs to nothing, the last first."""
    since = Inbox.said_at >= ctx.inbox.said_at - ctx.policy.burst, Inbox.id != ctx.inbox.id, Inbox.recalled_at.is_(None)
    mine = select(Inbox).where(burst.same_chat(ctx), Inbox.ticket_id.is_(None), Inbox.text.is_not(None), *since)
    rows = ctx.db.scalars(mine.order_by(Inbox.said_at.desc(), Inbox.id.desc()).limit(FEW)).all()
    return [fold(ctx.vault.open(row.text, "inbox.text", row.ref)) for row in rows if row.text]


def _lately(ctx: Context) -> list[Ticket]:
    """What they spoke of within the time of additions, the last first."""
    since = Inbox.said_at >= ctx.inbox.said_at - ctx.policy.additions, Inbox.sender_id.in_(ctx.mine)
    told = select(Ticket).join(Inbox, Inbox.ticket_id == Ticket.id).where(Inbox.group_id.is_(None), *since)
    mine = told.where(Ticket.reporter_id.in_(ctx.mine), Ticket.confidential.is_(False))
    found = ctx.db.scalars(mine.order_by(Inbox.said_at.desc(), Inbox.id.desc())).unique().all()
    return [ticket for ticket in found if ticket.flagged != "elsewhere"]


def _house(told: Sequence[tuple[str, ...]], *, whole: bool) -> tuple[str, ...]:
    """The building and entrance they named last; ``whole``: with the floor and the door, where those were said."""
    named = [(place, whereabouts.levels(place)) for place in told]
    if not named or len(named[0][1].get("building", ())) != 1:
        return ()
    (building,), units = named[0][1]["building"], named[0][1].get("unit", frozenset())
    doors = [place for place, said in named if said.get("building") == frozenset((building,)) and "room" in said]
    if whole and doors:
        return tuple(word for word in doors[0] if whereabouts.levels([word]))
    words = tuple(word for word in named[0][0] if set(whereabouts.levels([word])) in ({"building"}, {"unit"}))
    if "building" in whereabouts.levels(words):
        return words  # as they say it themselves
    house = locating_wording.BUILDING.format(number=building)
    return (house, wording.UNIT.format(number=next(iter(units)))) if len(units) == 1 else (house,)
