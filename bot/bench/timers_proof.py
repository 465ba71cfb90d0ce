"""What ``menkou bench timers`` finds in the tables: each timer against its fact and its reminders.

Nothing here goes by a name that may exist once: what happened twice under two names would be found as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import Engine, func, select

from bot.transactions import read_session
from storage.facts import Fact, FactKind
from storage.outbox import Outbox
from storage.timers import Reminder, Timer


@dataclass(frozen=True, slots=True)
class Proof:
    """Counts of timers that were due by some moment. All but the first two should be 0."""

    fired: int
    longest_s: float  # how late the last one was
    not_fired: int
    early: int  # rang before they were due, by the clock that rang them
    without_fact: int
    twice: int  # facts beyond the first of a timer
    wrong_lateness: int  # the fact says another lateness than the timer
    reminded_twice: int  # reminders beyond the first of one person for one timer
    unsaid: int  # reminders that were due and belong to no message
    messages_too_many: int  # messages that carry no reminder

    def faults(self) -> Iterator[str]:
        """One sentence for each count that should be 0."""
        for one in fields(self)[2:]:
            if count := getattr(self, one.name):
                yield f"{one.name.replace('_', ' ')}: {count}"

    def __str__(self) -> str:
        counts = ", ".join(f"{one.name.replace('_', ' ')} {getattr(self, one.name)}" for one in fields(self)[2:])
        return f"fired {self.fired}, the latest {self.longest_s / 3600:.1f} h late; {counts}"


def prove(engine: Engine, due: datetime) -> Proof:
    """Compares everything that was due by then."""
    with read_session(engine) as db:
        rows = db.execute(
            select(Timer.ticket_id, Timer.kind, Timer.due_at, Timer.fired_at, Timer.state).where(Timer.due_at <= due)
        ).all()
        facts = db.execute(select(Fact.ticket_id, Fact.at, Fact.data).where(Fact.kind == FactKind.LATE)).all()
        reminders = select(Reminder.ticket_id, Reminder.kind, Reminder.due_at, Reminder.staff_id)
        told = Counter(tuple(row) for row in db.execute(reminders))
        due_by = (Reminder.say_after <= due, Reminder.outbox_id.is_(None))
        unsaid = db.scalar(select(func.count()).select_from(Reminder).where(*due_by)) or 0
        said = Outbox.name.startswith("reminders:")
        carrying = select(Reminder.outbox_id).where(Reminder.outbox_id.is_not(None))
        idle = db.scalar(select(func.count()).select_from(Outbox).where(said, Outbox.id.not_in(carrying))) or 0
    fired = {(row.ticket_id, row.kind, row.due_at): row.fired_at for row in rows if row.state == "fired"}
    noted = Counter((ticket, data["light"], at) for ticket, at, data in facts)
    return Proof(
        fired=len(fired),
        longest_s=max(((at - key[2]).total_seconds() for key, at in fired.items()), default=0.0),
        not_fired=len(rows) - len(fired),
        early=sum(at < key[2] for key, at in fired.items()),
        without_fact=len(fired.keys() - noted.keys()),
        twice=sum(noted.values()) - len(noted),
        wrong_lateness=sum(
            abs(data["clock_late_s"] - (fired[key] - at).total_seconds()) > 1
            for ticket, at, data in facts
            if (key := (ticket, data["light"], at)) in fired
        ),
        reminded_twice=sum(told.values()) - len(told),
        unsaid=unsaid,
        messages_too_many=idle,
    )
