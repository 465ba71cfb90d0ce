"""自查自结: whoever found something on patrol may mend it there and then. With a photo it closes at once, counted
apart, since nobody but the finder ever saw it.
"""

from __future__ import annotations

from sqlalchemy import select

from handlers.context import Context
from handlers.message import Kind, Replies, Reply
from handlers.ticket import case
from handlers.wording import on_behalf as wording
from storage.inbox import Inbox
from storage.origins import PATROL
from storage.people import Account
from storage.tickets import Ticket
from storage.workflow import Closing


def is_mended_by_finder(ctx: Context, ticket: Ticket, photo: Inbox | None) -> bool:
    """Whether somebody ends what they found themselves and nobody else worked on, with a photo of it."""
    if ticket.source != PATROL or ctx.who.staff is None or not (photo is not None or _sent_since(ctx, ticket)):
        return False
    reporter = ctx.db.get_one(Account, ticket.reporter_id)
    return reporter.staff_id == ctx.who.staff.id == ticket.holder_id and ticket.reopenings == 0


def _sent_since(ctx: Context, ticket: Ticket) -> bool:
    """A photo that the finder sent after telling of it: it went to the ticket as it came."""
    pictures = (Inbox.kind == Kind.IMAGE.value) | (Inbox.kind == Kind.VIDEO.value)
    mine = select(Inbox.id).where(Inbox.ticket_id == ticket.id, pictures, Inbox.sender_id.in_(ctx.mine))
    return ctx.db.scalar(mine.where(Inbox.said_at > ticket.opened_at, Inbox.recalled_at.is_(None)).limit(1)) is not None


def close(ctx: Context, ticket: Ticket) -> Replies:
    """Nobody is asked whether it is well: only the finder knows of it."""
    ticket.self_handled = True
    case.close(ctx, ticket, Closing.SOLVED)
    return [Reply(wording.SELF_HANDLED.format(number=ticket.number), ticket_id=ticket.id)]
