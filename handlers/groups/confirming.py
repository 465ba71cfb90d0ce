"""Opens what waited for a person: for whoever said it, with the words, the place, the photos and the voices of then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.context import Context
from handlers.groups import apart, holding, learning
from handlers.matter import belonging
from handlers.matter.belonging import Match
from handlers.matter.taking import open_parts
from handlers.message import Here, Incoming, InGroup, Kind, Replies, Reply
from handlers.orders import MENTION
from handlers.permissions import Who
from handlers.rules.deadlines import EMERGENCY
from handlers.wording import joining
from nlp.normalise import fold, normalise
from nlp.reading import Part, Reading, ReadingContext, read
from storage import candidates, listening, tickets
from storage.candidates import REVIEW
from storage.inbox import Inbox
from storage.listening import OF_MESSAGE, Candidate
from storage.people import Account, Group
from storage.tickets import Ticket


def is_there(ctx: Context, candidate: Candidate) -> bool:
    """Whether the words of then are still known."""
    original = ctx.db.get_one(Inbox, candidate.inbox_id)
    free = original.ticket_id is None or (apart.is_apart(candidate) and candidate.ticket_id is None)
    return original.text is not None and original.recalled_at is None and free


def opened_elsewhere(db: Session, candidate: Candidate, now: datetime) -> bool:
    """Whether what was said became a ticket by another way meanwhile (是报事, a question who is in charge)."""
    original = db.get_one(Inbox, candidate.inbox_id)
    if candidate.state != "waiting" or original.ticket_id is None or apart.is_apart(candidate):
        return False
    candidates.settle(db, candidate, "opened", now, None)
    candidate.ticket_id = original.ticket_id
    return True


def open_candidate(ctx: Context, candidate: Candidate, category: str | None = None) -> Replies:
    """Opens a candidate that the caller has settled. ``category``: what a person says it is.

    What was said of it since is heard again, in its own order and in the name of whoever said it.
    """
    original = ctx.db.get_one(Inbox, candidate.inbox_id)
    said, then = _meant(ctx, original, candidate)
    parts = _parts(then.reading, candidate, category)
    replies = [*open_parts(said, then, parts)]
    candidate.ticket_id = original.ticket_id
    for row in _later(ctx, candidate):
        again = _then(ctx, row, candidate)
        if ctx.hear is not None:
            replies += ctx.hear(_said(ctx, row, again.words), again)
    return list(_where_it_was_said(ctx, replies, candidate.group_id))


def opened(ctx: Context, candidate: Candidate) -> Sequence[Ticket]:
    """The tickets it became; what is confidential beside them is none of them."""
    newest = ctx.db.get(Ticket, candidate.ticket_id) if candidate.ticket_id is not None else None
    told = (tickets.told_together(ctx.db, newest.id) or [newest]) if newest is not None else []
    return [ticket for ticket in told if not (ticket.confidential and apart.is_apart(candidate))]


def hastened(incoming: Incoming, ctx: Context, part: Part | None, found: Match | None) -> Replies:
    """Somebody asks the bot about what waits for a person, or who is in charge of it, or it has become dangerous: then
    it waits no longer."""
    asks = incoming.quoted is not None and belonging.says(joining.WHO_CARES, MENTION.sub("", fold(ctx.words)))
    pressing = incoming.addressed or asks or (part is not None and part.urgency == EMERGENCY)
    if not pressing or ctx.group is None or ctx.group.mode != REVIEW:
        return []
    held = holding.match(incoming, ctx, part, found)
    if held is None or not is_there(ctx, held.candidate):
        return []
    if not candidates.settle(ctx.db, held.candidate, "opened", ctx.now, None):
        return []
    return open_candidate(ctx, held.candidate)


def teach(ctx: Context, candidate: Candidate, before: str) -> None:
    """What a person decided becomes an example; a later word about the same replaces it."""
    listening.unlearn_example(ctx.db, f"{OF_MESSAGE}{candidate.inbox_id}")
    for ticket in opened(ctx, candidate):
        learning.of_ticket(ctx, ticket, ticket.category, "reviewed", before)


def _meant(ctx: Context, original: Inbox, candidate: Candidate) -> tuple[Incoming, Context]:
    """The message that waits, or what of it does; by the masked words where that cannot be told apart any more."""
    then = _then(ctx, original, candidate)
    said = _said(ctx, original, then.words)
    if not apart.is_apart(candidate):
        return said, then
    parts = apart.again(candidate, then.reading)
    if parts:
        return apart.by_itself(said, then, parts)
    words = holding.words_of(ctx.vault, candidate)
    return replace(said, text=words), replace(then, reading=read(words, ReadingContext(addressed=True)), words=words)


def _then(ctx: Context, row: Inbox, candidate: Candidate) -> Context:
    """The moment at which a message was said, by whoever said it."""
    group = ctx.db.get_one(Group, candidate.group_id)
    words = ctx.vault.open(row.text, "inbox.text", row.ref) if row.text else ""
    reading = read(words, ReadingContext(group_place=group.place or "", addressed=True))
    account = ctx.db.get_one(Account, row.sender_id)
    who = ctx.who if account.id == ctx.who.account.id else Who(account)
    heard_at = candidate.heard_at if row.id == candidate.inbox_id else None
    return replace(ctx, inbox=row, group=group, reading=reading, words=normalise(words), who=who, heard_at=heard_at)


def _said(ctx: Context, row: Inbox, words: str) -> Incoming:
    account = ctx.db.get_one(Account, row.sender_id)
    name = ctx.vault.open(account.shown_name, "accounts.shown_name", account.ref) if account.shown_name else ""
    text = ctx.vault.open(row.text, "inbox.text", row.ref) if row.text else ""
    group = ctx.db.get_one(Group, row.group_id)
    return Incoming(
        key=row.key,
        door=row.door,
        sender="",
        chat=group.chat,
        kind=Kind(row.kind),
        said_at=row.said_at,
        received_at=row.received_at,
        text=text,
        media=row.media,
        quoted=row.quoted_key,
        shown_name=name,
    )


def _parts(reading: Reading, candidate: Candidate, category: str | None) -> list[Part]:
    """What the words tell today, or, where that is nothing, what they told when they were heard."""
    heard = Part(str(candidate.reading["category"]), str(candidate.reading["urgency"]), reading.place, "")
    parts = list(reading.parts) or [heard]
    return [replace(parts[0], category=category), *parts[1:]] if category is not None else parts


def _later(ctx: Context, candidate: Candidate) -> Sequence[Inbox]:
    here = select(Inbox).where(Inbox.id.in_(holding.attached(candidate)), Inbox.ticket_id.is_(None))
    there = Inbox.recalled_at.is_(None) & (Inbox.text.is_not(None) | Inbox.media.is_not(None))
    return ctx.db.scalars(here.where(there).order_by(Inbox.said_at, Inbox.id)).all()


def _where_it_was_said(ctx: Context, replies: Replies, group_id: int) -> Iterator[Reply]:
    """The line about the ticket stands where the words stood."""
    for reply in replies:
        away = isinstance(reply.to, Here) and (ctx.group is None or ctx.group.id != group_id)
        yield replace(reply, to=InGroup(group_id)) if away else reply
