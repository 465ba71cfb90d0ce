"""这个谁管, said of a quoted message: the quoted content is the report, with its photo."""

from __future__ import annotations

from sqlalchemy import select

from handlers import belonging, burst, holding, offering
from handlers.context import Context
from handlers.message import Incoming, Replies
from handlers.orders import MENTION
from handlers.taking import open_parts
from handlers.wording import joining as wording
from nlp.normalise import fold
from nlp.reading import Part, ReadingContext, read
from storage.inbox import Inbox

ENOUGH = 4  # characters besides the question that may say what it is about


def in_charge(incoming: Incoming, ctx: Context) -> Replies | None:
    """Opens what was quoted, unless it belongs to a ticket already (then it joins) or was talk."""
    if incoming.quoted is None or not belonging.has_words(incoming) or ctx.who.is_staff:
        return None
    text = MENTION.sub("", fold(ctx.words))
    if not belonging.says(wording.WHO_CARES, text) or belonging.says(wording.JEST, text):
        return None
    row = ctx.db.scalars(select(Inbox).where(Inbox.key == incoming.quoted)).one_or_none()
    if row is None or row.ticket_id is not None or not burst.heard_here(ctx, row) or row.recalled_at is not None:
        return None
    if offering.is_pending(ctx, row) or holding.is_held(ctx, row):
        return None  # then the second voice opens it for whoever said it
    parts = _parts(incoming, ctx, row, text)
    if not parts:
        return None
    return open_parts(incoming, ctx, parts, "unsure" if parts[0].category == "other" else None)


def _parts(incoming: Incoming, ctx: Context, row: Inbox, text: str) -> list[Part]:
    """From the asker's own words where they say what it is about, else from the words that were quoted."""
    rest = belonging.without(wording.WHO_CARES, text)
    if len(rest) > ENOUGH and ctx.reading.parts:
        return list(ctx.reading.parts)
    quoted = ctx.vault.open(row.text, "inbox.text", row.ref) if row.text else ""
    place = (ctx.group.place if ctx.group is not None else None) or ""
    reading = read(quoted, ReadingContext(group_place=place, addressed=incoming.addressed))
    if reading.is_report or (incoming.addressed and reading.parts):
        return list(reading.parts)
    unseen = not quoted and (incoming.addressed or len(rest) > ENOUGH)
    return [Part("other", "ordinary", (), "")] if unseen else []
