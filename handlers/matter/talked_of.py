"""Which ticket whoever is speaking and the bot talked of last in this chat: told, shown, urged or acted on."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import and_, or_, select

from handlers.context import Context
from handlers.matter import burst
from storage.inbox import Inbox
from storage.outbox import Outbox
from storage.tickets import Ticket
from storage.workflow import OPEN

ROWS = 24  # answers that are looked at: one message may have several


def last(ctx: Context, within: timedelta) -> Ticket | None:
    """The open ticket of the newest message that was of any, and of one alone; None where nothing was, within the
    time."""
    answers = and_(Outbox.inbox_id == Inbox.id, Outbox.address == ctx.address, Outbox.ticket_id.is_not(None))
    of_one = or_(Inbox.ticket_id.is_not(None), Outbox.ticket_id.is_not(None))
    since = Inbox.said_at >= ctx.inbox.said_at - within
    said = (
        select(Inbox.id, Inbox.ticket_id, Outbox.ticket_id.label("answered"))
        .outerjoin(Outbox, answers)
        .where(burst.same_chat(ctx), since, Inbox.id != ctx.inbox.id, Inbox.recalled_at.is_(None), of_one)
        .order_by(Inbox.id.desc())
    )
    rows = ctx.db.execute(said.limit(ROWS)).all()
    newest = [row for row in rows if row.id == rows[0].id]
    of = {number for row in newest for number in (row.answered or row.ticket_id,)}
    ticket = ctx.db.get(Ticket, of.pop()) if len(of) == 1 else None
    return ticket if ticket is not None and ticket.status in OPEN else None
