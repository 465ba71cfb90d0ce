"""这个谁管, said of a quoted message: the quoted content is the report, with its photo."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from handlers.context import Context
from handlers.groups import holding
from handlers.hearing import offering
from handlers.matter import belonging, burst
from handlers.matter.gathering import join
from handlers.matter.taking import open_parts
from handlers.message import Incoming, Kind, Replies
from handlers.orders import MENTION
from handlers.rules.sameness import Why
from handlers.wording import joining as wording
from nlp.normalise import fold, normalise
from nlp.reading import Part, Reading, ReadingContext, read
from storage.inbox import Inbox
from storage.people import Account
from storage.tickets import Ticket

ENOUGH = 4  # characters besides the question that may say what it is about


def in_charge(incoming: Incoming, ctx: Context) -> Replies | None:
    """Opens what was quoted, unless it belongs to a ticket already (then it joins) or was talk."""
    if incoming.quoted is None or not belonging.has_words(incoming) or ctx.who.is_staff:
        return None
    text = MENTION.sub("", fold(ctx.words))
    if not belonging.says(wording.WHO_CARES, text) or belonging.says(wording.JEST, text):
        return None
    row = ctx.db.scalars(select(Inbox).where(Inbox.key == incoming.quoted)).one_or_none()
    if row is None or not is_free(ctx, row):
        return None
    if offering.is_pending(ctx, row) or holding.is_held(ctx, row):
        return None  # then the second voice opens it for whoever said it
    rest = belonging.without(wording.WHO_CARES, text)
    if len(rest) > ENOUGH and ctx.reading.parts:
        return _open(incoming, ctx, list(ctx.reading.parts))
    return open_quoted(incoming, ctx, row, unseen=incoming.addressed or len(rest) > ENOUGH)


def is_free(ctx: Context, row: Inbox) -> bool:
    """Whether a message was said here and belongs to nothing yet."""
    return row.ticket_id is None and burst.heard_here(ctx, row) and row.recalled_at is None


def open_quoted(incoming: Incoming, ctx: Context, row: Inbox, *, unseen: bool = True) -> Replies | None:
    """Words are reported with their author, and whoever asks goes with them; a photo by whoever asks. Asking means them
    for the bot. ``unseen``: also what nobody can read, a photo or a voice."""
    quoted = ctx.vault.open(row.text, "inbox.text", row.ref) if row.text else ""
    if not quoted:
        if not unseen or row.kind == Kind.TEXT.value:
            return None
        then = replace(ctx, reading=replace(ctx.reading, kind=None, because=()))
        return _open(incoming, then, [Part("other", "ordinary", (), "")])
    reading = _read(ctx, quoted)
    if not reading.parts:
        return None
    if row.sender_id in ctx.mine or ctx.db.get_one(Account, row.sender_id).staff_id is not None:
        then = replace(ctx, reading=reading, words=normalise(quoted))
        return _open(replace(incoming, text=quoted), then, list(reading.parts))
    opened = offering.open_then(incoming, ctx, row)
    ticket = ctx.db.get(Ticket, row.ticket_id) if row.ticket_id is not None else None
    joined = join(incoming, ctx, [ticket], why=Why.QUOTED) if ticket is not None and not ticket.confidential else []
    return [*opened, *joined]


def _read(ctx: Context, quoted: str) -> Reading:
    place = (ctx.group.place if ctx.group is not None else None) or ""
    return read(quoted, ReadingContext(group_place=place, addressed=True))


def _open(incoming: Incoming, ctx: Context, parts: list[Part]) -> Replies:
    return open_parts(incoming, ctx, parts, "unsure" if parts[0].category == "other" else None)
