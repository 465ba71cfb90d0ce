"""How a ticket was said to be done, by whom, and what was said to that; read from its facts."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.base import JsonObject
from storage.facts import Fact, FactKind
from storage.tickets import Ticket
from storage.whistles import Hand
from storage.workflow import Closing

JUDGED = (FactKind.REOPENED, FactKind.REASSIGNED, FactKind.ROUTED, FactKind.ACCEPTED, FactKind.RETURNED)


def newest(db: Session, ticket: Ticket, *kinds: FactKind) -> Fact | None:
    """The last fact of these kinds."""
    of_kinds = select(Fact).where(Fact.ticket_id == ticket.id, Fact.kind.in_(kinds))
    return db.scalars(of_kinds.order_by(Fact.id.desc()).limit(1)).first()


def of_this_round(db: Session, ticket: Ticket, kind: FactKind) -> Fact | None:
    """The last fact of a kind since the ticket was reopened last."""
    found, reopened = newest(db, ticket, kind), newest(db, ticket, FactKind.REOPENED)
    return found if found is not None and (reopened is None or found.id > reopened.id) else None


def kind_of(db: Session, ticket: Ticket) -> Closing:
    """As what it was said to be done: solved, explained, or that nothing could be found out."""
    done = newest(db, ticket, FactKind.RESOLVED)
    return Closing(done.data.get("closing", Closing.SOLVED)) if done is not None else Closing.SOLVED


def workers(db: Session, ticket: Ticket) -> frozenset[int]:
    """Who did the work, by their ids: the holder, whoever said since the last reopening that it is done, and those
    who worked on it beside them."""
    reopened = newest(db, ticket, FactKind.REOPENED)
    said = select(Fact.staff_id).where(Fact.ticket_id == ticket.id, Fact.kind == FactKind.RESOLVED)
    said = said.where(Fact.id > (reopened.id if reopened is not None else 0))
    beside = select(Hand.staff_id).where(Hand.ticket_id == ticket.id, Hand.state.in_(("working", "done")))
    found = {ticket.holder_id, *db.scalars(said), *db.scalars(beside)}
    return frozenset(number for number in found if number is not None)


def awaits_judgement(db: Session, ticket: Ticket) -> Fact | None:
    """The reopening about which nobody has decided yet."""
    last = newest(db, ticket, *JUDGED)
    return last if last is not None and last.kind == FactKind.REOPENED else None


def dissenters(db: Session, ticket: Ticket) -> int:
    """How many of the neighbours said since 办结 that it is not well with them."""
    done = newest(db, ticket, FactKind.RESOLVED)
    if done is None:
        return 0
    said = select(Fact.account_id, Fact.data).where(Fact.ticket_id == ticket.id, Fact.kind == FactKind.RATED)
    rows = db.execute(said.where(Fact.id > done.id).order_by(Fact.id))
    by_account: dict[int | None, JsonObject] = {row[0]: row[1] for row in rows}  # the last word of each
    return sum(data.get("by") == "supporter" and data.get("rating") == "dissatisfied" for data in by_account.values())
