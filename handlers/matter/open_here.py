"""The open tickets of this chat, with what is known of each: looked up once a message."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, case, func, or_, select

from handlers.context import THREADS, TICKETS, Context, words_of
from handlers.matter.burst import ALIVE, spoken_of_in, still_open
from handlers.message import Incoming
from handlers.rules import finds, sameness
from handlers.rules.likeness import Known
from handlers.rules.subjects import corners_of, felt_by, subjects_of
from handlers.wording import joining as wording
from nlp.normalise import fold
from storage import tickets
from storage.inbox import Body, Inbox
from storage.tickets import Member, Ticket

LATELY = 8  # tickets of one chat that are looked at
_IDEOGRAPHS = re.compile(r"[\u4e00-\u9fff]{2}")


def lately(ctx: Context) -> list[Ticket]:
    """The newest open tickets of this chat that a message may belong to, newest first; also those that were merged into
    what was told elsewhere and is still open.

    In private what was told stays in mind for days, and nobody is looked up who told nothing.
    """
    return ctx.once(TICKETS, lambda: _lately(ctx))


def _lately(ctx: Context) -> list[Ticket]:
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
    here = or_(Ticket.group_id.is_(None), Ticket.confidential)  # of what is confidential nothing is said but in private
    return query.where(here, Ticket.reporter_id.in_(ctx.mine))


@dataclass(frozen=True, slots=True)
class _Thread:
    """A ticket of this chat with what is looked up of it. ``quiet``: since anybody, and the speaker, spoke of it."""

    ticket: Ticket
    quiet: timedelta
    own_quiet: timedelta | None
    joined: bool
    told: str
    subjects: frozenset[str]
    felt: frozenset[str]
    corners: frozenset[str]


def threads(incoming: Incoming, ctx: Context, text: str) -> Iterator[tuple[Ticket, Known]]:
    """The tickets of this chat with what the rules want to know of each, beside a folded text."""
    near = ctx.once(THREADS, lambda: _threads(ctx))
    quoted = spoken_of_in(ctx, incoming.quoted) if near and incoming.quoted is not None else None
    for one in near:
        ticket = one.ticket
        yield (
            ticket,
            Known(
                category=ticket.category,
                urgency=tickets.lead(ctx.db, ticket).urgency,
                places=tuple(ticket.place),
                quiet=one.quiet,
                since=_since(ctx, ticket.opened_at),
                mine=ticket.reporter_id in ctx.mine,
                joined=one.joined,
                own_quiet=one.own_quiet,
                shared=_common(ctx, text, one.told),
                wordless=ticket.category == "other" and ticket.flagged is not None,
                quoted=quoted == ticket.id,
                subjects=one.subjects,
                felt=one.felt,
                corners=one.corners,
            ),
        )


def _threads(ctx: Context) -> list[_Thread]:
    """Two look-ups for all tickets, and their words."""
    near = lately(ctx)
    ids = [ticket.id for ticket in near]
    if not ids:
        return []
    heard = _heard(ctx, ids)
    me = Member.account_id.in_(ctx.mine)
    joined = set(ctx.db.scalars(select(Member.ticket_id).where(Member.ticket_id.in_(ids), me)))
    found = []
    for ticket in near:
        anybody, own = heard.get(ticket.id, (ticket.opened_at, None))
        told = fold(_told(ctx, ticket))
        quiet = _since(ctx, max(anybody, ticket.opened_at))
        own_quiet = _since(ctx, own) if own is not None else None
        words = (told, subjects_of(told), felt_by(told), corners_of(told))
        found.append(_Thread(ticket, quiet, own_quiet, ticket.id in joined, *words))
    return found


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
