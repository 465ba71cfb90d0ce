"""路灯还是没修啊, the next day: what lasts was told here before, and whoever says so speaks of that."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from handlers.context import Context
from handlers.matter import belonging, burst, own_open
from handlers.matter.belonging import Match
from handlers.message import Incoming
from handlers.rules import sameness, whereabouts
from handlers.rules.deadlines import EMERGENCY
from handlers.rules.sameness import Verdict, Why
from handlers.rules.subjects import subjects_of
from handlers.wording import joining as wording
from handlers.wording import waiting
from nlp.normalise import fold
from nlp.reading import Part
from storage.tickets import Ticket

FEW = 12  # tickets that are looked at


def match(incoming: Incoming, ctx: Context, part: Part | None) -> Match | None:
    """The one open ticket of this group about the same thing and nowhere else, of whatever day."""
    text = fold(part.text if part is not None and len(ctx.reading.parts) > 1 else ctx.words)
    if ctx.group is None or ctx.who.is_staff or not belonging.says(waiting.LASTS, text):
        return None
    grave = part is not None and part.urgency == EMERGENCY
    if grave or ctx.reading.kind in belonging.CONFIDENTIAL or belonging.is_private_trouble(ctx):
        return None
    if belonging.said_of(incoming, ctx, part).besides or belonging.says(wording.NOT_HERE, text):
        return None
    found = list(_same(ctx, text, part.place if part is not None else belonging.places(ctx)))
    if len(found) != 1:
        return None
    return Match(found[0], Verdict(Why.SAME_TROUBLE, 5), found[0].reporter_id in ctx.mine)


def _same(ctx: Context, text: str, places: tuple[str, ...]) -> Iterator[Ticket]:
    about = subjects_of(text)
    for ticket in _open_here(ctx) if about else ():
        there = whereabouts.agree(ticket.place, places) if ticket.place and places else True
        if there and about & own_open.subjects(ctx, ticket):
            yield ticket


def _open_here(ctx: Context) -> list[Ticket]:
    since = ctx.inbox.said_at - sameness.DAYS, ctx.inbox.said_at
    here = select(Ticket).where(Ticket.group_id == ctx.inbox.group_id, Ticket.opened_at.between(*since))
    calm = here.where(Ticket.status.in_(burst.ALIVE), Ticket.confidential.is_(False), Ticket.urgency != EMERGENCY)
    return list(burst.still_open(ctx, ctx.db.scalars(calm.order_by(Ticket.id.desc()).limit(FEW))))
