"""A complex case has no moment to be done by until whoever accepted it says one: unsaid it turns yellow, then red."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.message import Replies
from handlers.rosters import on_duty
from handlers.rules import promises
from handlers.rules.deadlines import WITHOUT_LIGHTS
from handlers.ticket import promising
from handlers.ticket.lights import IN_HAND, row
from handlers.ticket.ringing import Ringing, note_lateness, remind
from storage import directory
from storage.inserts import insert_one
from storage.people import Staff
from storage.tickets import Ticket
from storage.timers import Timer

YELLOW, RED = "date:yellow", "date:red"
KINDS = (YELLOW, RED)


def arm(db: Session, ticket: Ticket) -> None:
    """Arms both lights where a date is awaited; done twice for one promise, it is done once."""
    if ticket.resolve_due is not None or ticket.kind in WITHOUT_LIGHTS:
        return
    promise = promising.known(db, ticket).get(promises.DATE)
    if promise is None:
        return
    for kind, due in ((YELLOW, promise.yellow), (RED, promise.due)):
        name = f"ticket:{ticket.number}:r{ticket.reopenings}:h{ticket.handovers}:{kind}:{int(due.timestamp())}"
        if db.scalar(select(Timer.id).where(Timer.name == name)) is None:
            insert_one(db, Timer, row(name, kind, ticket, due, {}))


def ring(timer: Timer, ticket: Ticket, at: Ringing) -> Replies:
    """No date yet: whoever has it is told; once it is late, the level above too."""
    if ticket.status not in IN_HAND or ticket.resolve_due is not None or ticket.holder_id is None:
        return []
    holders = on_duty.instead_of(at.db, ticket.holder_id, ticket.desk_id, at.now)
    people = [at.db.get_one(Staff, one) for one in holders]
    if timer.kind == RED:
        above = on_duty.level_up(at.db, directory.unit_of(at.db, ticket.desk_id), 1, at.now)
        people += on_duty.staff_there(at.db, above, at.now)
    note_lateness(timer, ticket, at, {"light": timer.kind})
    remind(timer, ticket, people, at)
    return []
