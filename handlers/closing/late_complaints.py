"""又坏了, of a case whose window is over, or by a neighbour of whoever closed it: a new ticket, linked to the old."""

from __future__ import annotations

from dataclasses import replace

from handlers.context import Context
from handlers.matter.taking import open_parts
from handlers.message import Here, Incoming, Kind, Replies, Reply
from handlers.rules.deadlines import EMERGENCY
from handlers.ticket import case
from handlers.wording import feedback as wording
from nlp.reading import Part
from storage import links
from storage.facts import FactKind
from storage.origins import Link
from storage.tickets import Ticket


def open_linked(incoming: Incoming, ctx: Context, old: Ticket, *, meant: bool = False) -> Replies | None:
    """Opens what is said now, with the place and category of then where the words tell none.

    In a group a word that tells no problem of its own is talk: answers None, unless it is ``meant``.
    """
    if old.confidential:
        return None
    meant = meant or ctx.group is None or incoming.addressed or incoming.kind is Kind.PRESS
    if not ctx.reading.parts and not meant:
        return None
    parts = list(ctx.reading.parts) or [_as_then(old)]
    said = incoming if incoming.text else replace(incoming, text=wording.AGAIN)
    replies = list(open_parts(replace(said, kind=Kind.TEXT), _reading_of(ctx, old), parts))
    new = ctx.db.get(Ticket, ctx.inbox.ticket_id) if ctx.inbox.ticket_id is not None else None
    if new is None or not links.link(ctx.db, new, old, Link.LATE_COMPLAINT, ctx.now):
        return replies
    case.record(ctx, new, FactKind.LINKED, data={"kind": Link.LATE_COMPLAINT, "other": old.number})
    case.record(ctx, old, FactKind.LINKED, data={"kind": Link.LATE_COMPLAINT, "other": new.number})
    return [*replies, _told(ctx, new, old)]


def _as_then(old: Ticket) -> Part:
    urgency = "ordinary" if old.urgency == EMERGENCY else old.urgency  # what is an emergency now says so
    return Part(old.category, urgency, tuple(old.place), "")


def _reading_of(ctx: Context, old: Ticket) -> Context:
    """Whoever says no more than 又坏了 speaks of the kind of thing that it was."""
    if ctx.reading.parts:
        return ctx
    kind = old.kind if old.kind in ("fault", "complaint") else "fault"
    reading = replace(ctx.reading, kind=kind, place=tuple(old.place), parts=(_as_then(old),))
    return replace(ctx, reading=reading)


def _told(ctx: Context, new: Ticket, old: Ticket) -> Reply:
    """In private: a group need not know what was reported before."""
    text = wording.LINKED.format(number=new.number, old=old.number)
    return Reply(text, to=Here() if ctx.group is None else case.sender(ctx), ticket_id=new.id)
