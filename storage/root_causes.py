"""The same trouble at the same place again and again: what happened there, and the ticket that looks for the root."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from storage.base import new_ref
from storage.inserts import insert_one
from storage.origins import ROOT_CAUSE
from storage.people import Account
from storage.tickets import Ticket
from storage.vault import Vault
from storage.workflow import Status

ITSELF = "menkou:itself"  # the door of nobody: whose ticket it is that nobody reported
NO_TIME = (Status.MERGED, Status.WITHDRAWN, Status.REJECTED)  # of these each was another's, or none
REPORTED = ("fault", "complaint")


def keeper(db: Session, vault: Vault) -> int:
    """The account that stands where a reporter stands; nobody speaks by it and nothing is sent to it."""
    found = db.scalar(select(Account.id).where(Account.door == ITSELF))
    if found is not None:
        return found
    ref = new_ref()
    row = {
        "ref": ref,
        "door": ITSELF,
        "address": vault.seal(ROOT_CAUSE, "accounts.address", ref),
        "address_hash": vault.lookup(f"{ITSELF}:{ROOT_CAUSE}"),
        "follows": False,
    }
    return insert_one(db, Account, row)


def times(db: Session, ticket: Ticket, since: datetime) -> Sequence[Ticket]:
    """What was reported of this category since then, this one too, in the order of the days: in the same building, or
    anywhere in the unit outside those that are known."""
    rows = select(Ticket).where(_there(ticket), Ticket.source != ROOT_CAUSE, Ticket.opened_at >= since)
    rows = rows.where(Ticket.kind.in_(REPORTED), Ticket.status.notin_(NO_TIME), Ticket.confidential.is_(False))
    return db.scalars(rows.where(Ticket.opened_at <= ticket.opened_at).order_by(Ticket.opened_at, Ticket.id)).all()


def searches(db: Session, ticket: Ticket) -> Sequence[Ticket]:
    """The tickets that looked, or look, for the root there, the last one first."""
    rows = select(Ticket).where(_there(ticket), Ticket.source == ROOT_CAUSE)
    return db.scalars(rows.order_by(Ticket.id.desc())).all()


def _there(ticket: Ticket) -> ColumnElement[bool]:
    same = (Ticket.category == ticket.category) & (Ticket.unit_id == ticket.unit_id)
    building = Ticket.building_id
    return same & (building == ticket.building_id if ticket.building_id is not None else building.is_(None))
