"""别说是我报的, 别告诉别人: whoever asks that nobody hears of it is told who does, and those are told to keep it."""

from __future__ import annotations

from sqlalchemy import select

from handlers.context import Context
from handlers.matter import belonging, burst
from handlers.message import Incoming, Replies, Reply
from handlers.ticket import case
from handlers.wording import discretion as wording
from nlp.normalise import fold
from storage.facts import FactKind
from storage.tickets import Ticket
from storage.workflow import OPEN

LONGEST = 24  # characters: what is longer tells something besides


def asked(incoming: Incoming, ctx: Context) -> Replies | None:
    """The wish goes on the ticket it was said of, to those who work on it; the answer is always private."""
    tells = bool(ctx.reading.parts) or ctx.reading.kind in belonging.CONFIDENTIAL
    wish = belonging.has_words(incoming) and len(ctx.words) <= LONGEST and not tells
    if not wish or ctx.who.is_staff or not belonging.says(wording.ASKED, fold(ctx.words)):
        return None
    ticket = _mine(ctx)
    if ticket is None:
        return [Reply(wording.ALWAYS, to=case.sender(ctx))] if incoming.addressed else None
    case.belongs(ctx, ticket)
    data = {"kind": incoming.kind, "because": "discretion"}
    fact = case.record(ctx, ticket, FactKind.ADDED, body=ctx.keep(incoming.text), said_here=True, data=data)
    told = case.tell_workers(ctx, ticket, fact, wording.STAFF, incoming.text)
    kept = wording.KEPT_SECRET if ticket.confidential else wording.KEPT
    return [Reply(kept.format(number=ticket.number), to=case.sender(ctx), ticket_id=ticket.id), *told]


def _mine(ctx: Context) -> Ticket | None:
    """In a group only what was just told: 别说出去 is said of many things there."""
    if ctx.group is not None:
        return burst.recent_ticket(ctx, ctx.policy.burst)
    newest = select(Ticket).where(Ticket.reporter_id.in_(ctx.mine), Ticket.status.in_(OPEN)).order_by(Ticket.id.desc())
    return ctx.db.scalars(newest.limit(1)).first()
