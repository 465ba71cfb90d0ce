"""The last hand before news of a ticket goes to somebody who is never told who reported it.

Whatever a feature writes to companies, departments, inspectors and neighbours leaves without the numbers, the names and
the doors that lead to the reporter, also where a colleague wrote them. In an emergency the door comes first; the
department that a tip-off lies with reads the door that it is about; and nobody is kept from what they said themselves.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from bot import ladder
from handlers.message import Card, Reply
from handlers.permissions import KEPT_FROM_REPORTERS
from handlers.rules.deadlines import EMERGENCY
from handlers.rules.privacy import discreet, discreet_place
from handlers.ticket import confiding, traces
from handlers.wording.desk import CARD_PLACE
from storage.people import Account, Staff
from storage.streets import streets_of
from storage.tickets import Ticket
from storage.vault import Vault


def for_reader(db: Session, vault: Vault, reply: Reply, text: str, account: Account | None) -> tuple[str, Card | None]:
    """The text and the card as this person may read them."""
    if account is None or account.staff_id is None or reply.ticket_id is None or not _is_kept(db, account.staff_id):
        return text, reply.card
    ticket = db.get_one(Ticket, reply.ticket_id)
    if ticket.urgency == EMERGENCY or ladder.is_own_ticket(db, account, ticket.id):
        return text, reply.card
    there = confiding.goes_there(db, ticket, db.get_one(Staff, account.staff_id))
    veiled = traces.without(db, vault, ticket, text, there=there)
    card = reply.card if reply.card is None or there else without_rooms(reply.card)
    return veiled, card


def _is_kept(db: Session, staff_id: int) -> bool:
    held = streets_of(db).roles(staff_id)
    return bool(held) and held <= KEPT_FROM_REPORTERS


def without_rooms(card: Card) -> Card:
    """The building, never the room."""
    fields = ((name, discreet_place(value) if name == CARD_PLACE else discreet(value)) for name, value in card.fields)
    return replace(card, fields=tuple(fields))
