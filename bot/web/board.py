"""Tickets at a glance, as rows for a page: what it is, where it stands, who has it, and until when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from handlers.context import words_of
from handlers.rules import promises
from handlers.rules.deadlines import EMERGENCY, Policy
from handlers.rules.privacy import discreet_place
from handlers.ticket import case, promising
from handlers.ticket.extent import extent_of
from handlers.wording import taxonomy
from storage import directory, facts, incidents
from storage.facts import FactKind
from storage.inbox import Body
from storage.people import Staff, Unit
from storage.tickets import Ticket
from storage.vault import Vault
from storage.workflow import OPEN, Status

S = Status
# The board's lanes, in order; what stands in none of them (suspended, handed over …) is the last.
LANES: dict[str, frozenset[Status]] = {
    "waiting": frozenset({S.REPORTED}),
    "working": frozenset({S.ACCEPTED, S.IN_PROGRESS, S.SUSPENDED}),
    "checking": frozenset({S.RESOLVED}),
    "finished": frozenset({S.CLOSED, S.TRANSFERRED, S.REJECTED, S.MERGED, S.WITHDRAWN}),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One ticket. Times are ISO 8601; the page's clock turns ``yellow_at`` and ``due_at`` into lights."""

    number: int
    version: int
    lane: str
    status: str
    status_name: str
    category: str
    urgent: bool
    confidential: bool
    place: str
    said: str
    desk: str
    holder: str
    opened_at: str
    yellow_at: str | None
    due_at: str | None
    due_what: str  # accept, progress, resolve
    rating: str | None
    closing: str | None
    opinions: int = 0  # 督办意见: how many; their words stand on its own page
    extent: str = ""  # buildings and households, where there is more than the one that reported it

    def light(self, now: datetime) -> str:
        """``red`` when late, ``yellow`` when nearly late, else nothing."""
        if self.due_at is None or self.yellow_at is None:
            return ""
        if now >= datetime.fromisoformat(self.due_at):
            return "red"
        return "yellow" if now >= datetime.fromisoformat(self.yellow_at) else ""

    def without_room(self) -> Row:
        """As somebody reads it who is never told who reported it; in an emergency the door is there."""
        return self if self.urgent else replace(self, place=discreet_place(self.place))

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def newest(db: Session, limit: int, within: str | None = None) -> Sequence[Ticket]:
    """Open tickets and the most recent others, newest first; ``within`` is a path in the tree of units."""
    query = select(Ticket).order_by(Ticket.status.in_(OPEN).desc(), Ticket.id.desc()).limit(limit)
    if within is not None:
        query = query.join(Unit, Unit.id == Ticket.unit_id).where(Unit.path.startswith(within))
    return sorted(db.scalars(query), key=lambda ticket: -ticket.id)


def of_desks(db: Session, limit: int, desks: Sequence[int], staff_id: int) -> Sequence[Ticket]:
    """The same for somebody who sees the tickets of their own desk or hands alone."""
    theirs = or_(Ticket.desk_id.in_(desks), Ticket.holder_id == staff_id)
    query = select(Ticket).where(theirs).order_by(Ticket.status.in_(OPEN).desc(), Ticket.id.desc()).limit(limit)
    return sorted(db.scalars(query), key=lambda ticket: -ticket.id)


def row(db: Session, vault: Vault, policy: Policy, ticket: Ticket, *, with_words: bool) -> Row:
    """A ticket's row. The reporter's words are left out of confidential ones, whoever looks."""
    what, due = _due(ticket)
    shown = with_words and not ticket.confidential and ticket.words_id is not None
    desk = directory.unit_of(db, ticket.desk_id)
    yellow = _yellow(db, policy, ticket, what) if due is not None else None
    return Row(
        number=ticket.number,
        version=ticket.version,
        lane=lane_of(ticket.status),
        status=ticket.status,
        status_name=taxonomy.status_staff(ticket.status, ticket.desk_id is not None),
        category=taxonomy.CATEGORY[ticket.category],
        urgent=ticket.urgency == EMERGENCY,
        confidential=ticket.confidential,
        place=case.where(db, ticket),
        said=words_of(vault, db.get(Body, ticket.words_id)) if shown else "",
        desk=desk.name if desk is not None else "",
        holder=directory.name_of(vault, db.get(Staff, ticket.holder_id) if ticket.holder_id is not None else None),
        opened_at=ticket.opened_at.isoformat(),
        yellow_at=yellow.isoformat() if yellow is not None else None,
        due_at=due.isoformat() if due is not None else None,
        due_what=what,
        rating=ticket.rating,
        closing=ticket.closing,
    )


def with_opinions(db: Session, tickets: Sequence[Ticket], rows: Sequence[Row]) -> list[Row]:
    """The rows with how many opinions inspectors wrote of each."""
    found = facts.by_ticket(db, [ticket.id for ticket in tickets], FactKind.SUPERVISED)
    pairs = zip(tickets, rows, strict=True)
    return [replace(row, opinions=len(found[ticket.id])) if ticket.id in found else row for ticket, row in pairs]


def with_extents(db: Session, tickets: Sequence[Ticket], rows: Sequence[Row]) -> list[Row]:
    """The rows with what is known of how far each reaches."""
    several = incidents.told_by_several(db, [ticket.id for ticket in tickets])
    return [
        replace(row, extent=extent_of(db, ticket).short()) if ticket.id in several else row
        for ticket, row in zip(tickets, rows, strict=True)
    ]


def lane_of(status: str) -> str:
    """Which lane a state belongs to."""
    return next(name for name, states in LANES.items() if status in states)


def _due(ticket: Ticket) -> tuple[str, datetime | None]:
    """What is awaited next, and until when it was promised."""
    if ticket.status == S.REPORTED:
        return "accept", ticket.accept_due
    if ticket.status == S.ACCEPTED:
        return "progress", ticket.progress_due
    return "resolve", ticket.resolve_due if ticket.status == S.IN_PROGRESS else None


def _yellow(db: Session, policy: Policy, ticket: Ticket, what: str) -> datetime | None:
    """When what is awaited next turns yellow, as it was promised."""
    if what == promises.ACCEPT and ticket.urgency != EMERGENCY:
        return promising.acceptance(db, ticket, promising.policy_at(db, policy, ticket.unit_id)).yellow
    return promising.yellow_at(ticket, what, promising.known(db, ticket))
