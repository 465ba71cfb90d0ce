"""路灯还是没修啊, 又冒了, the next day: what lasts or is back was told here before, and whoever says so means that."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import select

from handlers.context import Context
from handlers.matter import belonging, burst, open_here, own_open
from handlers.matter.belonging import Match
from handlers.message import Incoming
from handlers.rules import sameness, whereabouts
from handlers.rules.deadlines import EMERGENCY
from handlers.rules.likeness import SPREADS
from handlers.rules.sameness import Verdict, Why
from handlers.rules.subjects import apart, subjects_of
from handlers.wording import joining as wording
from handlers.wording import waiting
from nlp.normalise import fold
from nlp.reading import Part
from storage.tickets import Ticket

FEW = 12  # tickets that are looked at
RECENT = timedelta(hours=48)  # what comes back within it is what was told


def match(incoming: Incoming, ctx: Context, part: Part | None) -> Match | None:
    """The one open ticket of this group about the same thing and nowhere else, of whatever day."""
    text = fold(part.text if part is not None and len(ctx.reading.parts) > 1 else ctx.words)
    if ctx.group is None or ctx.who.is_staff or not belonging.says(f"{waiting.LASTS}|{waiting.AGAIN}", text):
        return None
    grave = part is not None and part.urgency == EMERGENCY
    if grave or ctx.reading.kind in belonging.CONFIDENTIAL or belonging.is_private_trouble(ctx):
        return None
    if belonging.said_of(incoming, ctx, part).besides or belonging.says(wording.NOT_HERE, text):
        return None
    found = list(_same(ctx, text, part)) or list(_back(ctx, text, part))
    if len(found) != 1:
        return None
    return Match(found[0], Verdict(Why.SAME_TROUBLE, 5), found[0].reporter_id in ctx.mine)


def _same(ctx: Context, text: str, part: Part | None) -> Iterator[Ticket]:
    places = part.place if part is not None else belonging.places(ctx)
    about = subjects_of(text)
    for ticket in _open_here(ctx, calm=True) if about and belonging.says(waiting.LASTS, text) else ():
        there = whereabouts.agree(ticket.place, places) if ticket.place and places else True
        if there and about & own_open.subjects(ctx, ticket):
            yield ticket


def _back(ctx: Context, text: str, part: Part | None) -> Iterator[Ticket]:
    """What tells by itself what was told a day or two ago, and nowhere else."""
    if part is None or not belonging.says(waiting.AGAIN, text):
        return
    for ticket in _open_here(ctx, calm=False):
        lately = ticket.category == part.category and ctx.inbox.said_at - ticket.opened_at <= RECENT
        if lately and not _elsewhere(ticket, part) and not apart(subjects_of(text), own_open.subjects(ctx, ticket)):
            yield ticket


def _elsewhere(ticket: Ticket, part: Part) -> bool:
    level = whereabouts.conflict(ticket.place, part.place)
    if level == "building" or whereabouts.another_gate(ticket.place, part.place):
        return True
    if level is not None or not (ticket.place and part.place):
        return level is not None and ticket.category not in SPREADS
    alike = open_here.in_common("".join(ticket.place), "".join(part.place)) > 0
    return not (alike or whereabouts.agree(ticket.place, part.place))


def _open_here(ctx: Context, *, calm: bool) -> list[Ticket]:
    since = ctx.inbox.said_at - sameness.DAYS, ctx.inbox.said_at
    here = select(Ticket).where(Ticket.group_id == ctx.inbox.group_id, Ticket.opened_at.between(*since))
    here = here.where(Ticket.status.in_(burst.ALIVE), Ticket.confidential.is_(False))
    here = here.where(Ticket.urgency != EMERGENCY) if calm else here
    return list(burst.still_open(ctx, ctx.db.scalars(here.order_by(Ticket.id.desc()).limit(FEW))))
