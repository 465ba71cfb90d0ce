"""What staff say of a message becomes an example: masked like what stands in a group, then sealed; never a stranger's
name, a door or a telephone. One message has one label, the last one that was given."""

from __future__ import annotations

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.context import Context
from handlers.rules.privacy import MASK, nameless
from handlers.ticket import case
from nlp.reading import ReadingContext, read
from storage import listening
from storage.inbox import Inbox
from storage.listening import OF_MESSAGE, OF_TICKET, Label
from storage.people import Account, Resident
from storage.tickets import Ticket
from storage.vault import Vault

_MENTION = re.compile(r"@\S+")
SHORTEST_NAME = 2  # characters: one alone is half of all sentences


def of_ticket(ctx: Context, ticket: Ticket, category: str | None, source: str, before: str) -> None:
    """Labels the words that opened a ticket; ``category`` None: it was no report. ``before``: what it was taken for."""
    text = masked(ctx, _words(ctx, ticket, before), ticket.reporter_id)
    label = Label(
        about=f"{OF_TICKET}{ticket.id}",
        text=text,
        category=category,
        source=source,
        ticket_id=ticket.id,
        unit_id=ticket.unit_id,
        staff_id=_staff(ctx),
    )
    listening.learn_example(ctx.db, ctx.vault, label, ctx.now)


def of_message(ctx: Context, row: Inbox, words: str, category: str | None, source: str) -> None:
    """Labels a message that opened nothing."""
    label = Label(
        about=f"{OF_MESSAGE}{row.id}",
        text=masked(ctx, words, row.sender_id),
        category=category,
        source=source,
        staff_id=_staff(ctx),
    )
    listening.learn_example(ctx.db, ctx.vault, label, ctx.now)


def _staff(ctx: Context) -> int | None:
    return ctx.who.staff.id if ctx.who.staff is not None else None


def masked(ctx: Context, words: str, account_id: int | None) -> str:
    """Somebody's words as they may be kept: see ``faceless``."""
    return faceless(ctx.db, ctx.vault, words, account_id)


def faceless(db: Session, vault: Vault, words: str, account_id: int | None) -> str:
    """Words without what leads to a person: numbers, plates, rooms, and the names that are known of the speaker."""
    text = nameless(_MENTION.sub(MASK, words))
    account = db.get(Account, account_id) if account_id is not None else None
    for name in _names(db, vault, account) if account is not None else ():
        text = text.replace(name, MASK)
    return "" if not text.replace(MASK, "").strip() else text


def _names(db: Session, vault: Vault, account: Account) -> list[str]:
    shown = vault.open(account.shown_name, "accounts.shown_name", account.ref) if account.shown_name else ""
    resident = db.get(Resident, account.resident_id) if account.resident_id is not None else None
    known = vault.open(resident.name, "residents.name", resident.ref) if resident is not None and resident.name else ""
    return [name for name in (shown, known) if len(name) >= SHORTEST_NAME]


def _words(ctx: Context, ticket: Ticket, before: str) -> str:
    """The reporter's words; of a message that told two problems only the part that this ticket came from, and nothing
    where that cannot be told."""
    words = case.said(ctx, ticket)
    shared = select(Ticket.id).where(Ticket.words_id == ticket.words_id, Ticket.id != ticket.id).limit(1)
    if ticket.words_id is None or ctx.db.scalar(shared) is None:
        return words
    fitting = [part.text for part in read(words, ReadingContext()).parts if part.category == before]
    return fitting[0] if len(fitting) == 1 else ""
