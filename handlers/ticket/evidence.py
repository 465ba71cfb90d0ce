"""The photo that shows that something is done: sent with the word, or in the minutes before it, and used once."""

from __future__ import annotations

from sqlalchemy import select

from handlers.context import Context
from handlers.message import Incoming, Kind
from handlers.ticket import case
from handlers.ticket.working import me
from storage import directory
from storage.facts import FactKind
from storage.inbox import Inbox
from storage.tickets import Ticket


def photo(incoming: Incoming, ctx: Context) -> Inbox | None:
    """A photo by the same person in the ten minutes before, in any of the chats with us, not used yet."""
    if incoming.media and incoming.kind in (Kind.IMAGE, Kind.VIDEO):
        return ctx.inbox
    mine = [row.id for row in directory.accounts_of_staff(ctx.db, me(ctx).id)]
    return ctx.db.scalars(
        select(Inbox)
        .where(
            Inbox.sender_id.in_(mine),
            Inbox.kind.in_([Kind.IMAGE, Kind.VIDEO]),
            Inbox.ticket_id.is_(None),
            Inbox.recalled_at.is_(None),
            Inbox.said_at >= ctx.inbox.said_at - ctx.policy.evidence,
        )
        .order_by(Inbox.id.desc())
    ).first()


def use(ctx: Context, ticket: Ticket, found: Inbox | None) -> int | None:
    """It belongs to the ticket from now on. Answers its file's id."""
    if found is None:
        return None
    media_id = case.photo_id(ctx, found.media)
    if found.ticket_id != ticket.id:  # what went to it before stands in its history already
        found.ticket_id, found.forget_at = ticket.id, None
        case.record(ctx, ticket, FactKind.EVIDENCE, media_id=media_id, inbox_id=found.id)
    return media_id
