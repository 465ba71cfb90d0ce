"""自查自结: whoever found something on patrol may mend it there and then. With a photo it closes at once, counted
apart, since nobody but the finder ever saw it.
"""

from __future__ import annotations

from sqlalchemy import select

from handlers.context import Context
from handlers.message import Kind, Replies, Reply
from handlers.ticket import case
from handlers.ticket.working import me
from handlers.wording import on_behalf as wording
from storage.facts import Fact, FactKind
from storage.inbox import Inbox
from storage.origins import PATROL
from storage.people import Account
from storage.tickets import Ticket
from storage.workflow import Closing


def is_mended_by_finder(ctx: Context, ticket: Ticket, photo: Inbox | None) -> bool:
    """Whether somebody ends what they found themselves and nobody else worked on, with a photo of it."""
    return photo is not None and _is_found_by(ctx, ticket) and ticket.holder_id == me(ctx).id


def photo_since(ctx: Context, ticket: Ticket) -> Inbox | None:
    """The last photo that the finder sent after telling of it: it went to the ticket as it came."""
    if not _is_found_by(ctx, ticket):
        return None
    told = select(Fact.inbox_id).where(Fact.ticket_id == ticket.id, Fact.kind == FactKind.OPENED).limit(1)
    pictures = Inbox.kind.in_([Kind.IMAGE.value, Kind.VIDEO.value])
    mine = select(Inbox).where(Inbox.ticket_id == ticket.id, pictures, Inbox.sender_id.in_(ctx.mine))
    since = mine.where(Inbox.id > told.scalar_subquery(), Inbox.recalled_at.is_(None))
    return ctx.db.scalars(since.order_by(Inbox.id.desc()).limit(1)).first()


def _is_found_by(ctx: Context, ticket: Ticket) -> bool:
    """Whether it is the speaker's own find, and was never reopened."""
    if ticket.source != PATROL or ctx.who.staff is None or ticket.reopenings:
        return False
    return ctx.db.get_one(Account, ticket.reporter_id).staff_id == ctx.who.staff.id


def close(ctx: Context, ticket: Ticket) -> Replies:
    """Nobody is asked whether it is well: only the finder knows of it."""
    ticket.self_handled = True
    case.close(ctx, ticket, Closing.SOLVED)
    return [Reply(wording.SELF_HANDLED.format(number=ticket.number), ticket_id=ticket.id)]
