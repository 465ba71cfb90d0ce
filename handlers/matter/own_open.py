"""Which of the open tickets of whoever is speaking their words mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import func, select

from handlers.context import Context
from handlers.matter import belonging, open_here
from handlers.rules import whereabouts
from handlers.rules.subjects import apart, subjects_of
from handlers.ticket import case
from handlers.wording import waiting as wording
from handlers.wording.taxonomy import CATEGORY
from nlp.normalise import fold
from nlp.reading import read
from storage import tickets
from storage.inbox import Inbox
from storage.tickets import Member, Ticket
from storage.workflow import OPEN, Status

LOOKED_AT = 12  # of somebody's tickets


def reported(ctx: Context) -> list[Ticket]:
    """What they told themselves and is open, or part of what is, of which they spoke last first."""
    return list(_open(ctx, _spoken_of_first(ctx, joined=False)))


def concerned(ctx: Context) -> list[Ticket]:
    """The same with what they joined."""
    return list(_open(ctx, _spoken_of_first(ctx, joined=True)))


def _spoken_of_first(ctx: Context, *, joined: bool) -> Sequence[Ticket]:
    last = func.max(Inbox.said_at)
    said = (Inbox.ticket_id == Ticket.id) & Inbox.sender_id.in_(ctx.mine)
    theirs = Ticket.id.in_(select(Member.ticket_id).where(Member.account_id.in_(ctx.mine)))
    which = theirs if joined else Ticket.reporter_id.in_(ctx.mine)
    query = select(Ticket).outerjoin(Inbox, said).where(which, Ticket.status.in_((*OPEN, Status.MERGED)))
    query = query.group_by(Ticket.id).order_by(last.desc().nulls_last(), Ticket.id.desc())
    return ctx.db.scalars(query.limit(LOOKED_AT)).all()


def _open(ctx: Context, found: Sequence[Ticket]) -> Iterator[Ticket]:
    return (ticket for ticket in found if tickets.lead(ctx.db, ticket).status in OPEN)


def named(ctx: Context, found: Sequence[Ticket], text: str) -> list[Ticket]:
    """Those that the words name: by what it is about, by its category, by words of then, by where it is."""
    about, places = subjects_of(text), belonging.places(ctx)
    fitting = [ticket for ticket in found if whereabouts.conflict(ticket.place, places) is None]
    alike = [ticket for ticket in fitting if about & subjects(ctx, ticket)]
    if alike:
        return alike
    fitting = [ticket for ticket in fitting if not apart(about, subjects(ctx, ticket))]
    shared = [ticket for ticket in fitting if open_here.shared(ctx, ticket, text) or CATEGORY[ticket.category] in text]
    heads = frozenset(text) & wording.HEADS
    return (
        shared
        or [ticket for ticket in fitting if heads & frozenset(_told(ctx, ticket))]
        or [ticket for ticket in fitting if whereabouts.agree(ticket.place, places)]
    )


def subjects(ctx: Context, ticket: Ticket) -> frozenset[str]:
    """What the words that opened it are about."""
    return subjects_of(_told(ctx, ticket))


def _told(ctx: Context, ticket: Ticket) -> str:
    """The words that opened it, folded; of a message that told of two troubles only those of this one."""
    said = fold(case.said(ctx, ticket))
    parts = read(said).parts
    of_this = [part.text for part in parts if part.category == ticket.category] if len(parts) > 1 else []
    return of_this[0] if len(of_this) == 1 else said
