"""What a timer's handler is given, and the two things most of them do: note that something is late, and remind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from handlers.rules import deadlines
from handlers.rules.deadlines import Policy
from handlers.ticket import promising
from storage.conflict import insert_new
from storage.facts import Fact, FactKind
from storage.people import Staff
from storage.tickets import Ticket
from storage.timers import Reminder, Timer
from storage.vault import Vault


@dataclass(frozen=True, slots=True)
class Ringing:
    """What a timer's handler is given: nobody speaks, the clock does."""

    db: Session
    now: datetime
    policy: Policy
    vault: Vault

    def policy_of(self, ticket: Ticket) -> Policy:
        """The policy for the place of a ticket."""
        return promising.policy_at(self.db, self.policy, ticket.unit_id)


def note_lateness(timer: Timer, ticket: Ticket, at: Ringing, data: dict[str, object]) -> None:
    """Lateness is recorded when it fell due, however late the clock was."""
    late = max((at.now - timer.due_at).total_seconds(), 0)
    fact = Fact(
        ticket_id=ticket.id,
        kind=FactKind.LATE,
        name=f"{timer.name}:late",
        at=timer.due_at,
        data={**data, "clock_late_s": round(late)},
    )
    at.db.add(fact)


def remind(timer: Timer, ticket: Ticket, people: Iterable[Staff], at: Ringing, *, at_once: bool = False) -> None:
    """These people are to be told, by day; ``at_once``: at any hour."""
    say_after = timer.due_at if at_once else deadlines.say_after(timer.due_at, at.policy_of(ticket))
    told = dict.fromkeys(staff.id for staff in people)
    rows = [
        {
            "name": f"{timer.name}:{staff_id}",
            "kind": timer.kind,
            "ticket_id": ticket.id,
            "staff_id": staff_id,
            "due_at": timer.due_at,
            "say_after": say_after,
            "state": "waiting",
        }
        for staff_id in told
    ]
    if rows:
        insert_new(at.db, Reminder, rows, "name")
