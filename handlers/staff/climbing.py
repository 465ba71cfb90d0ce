"""The ladder: who is told when a ticket waits too long to be accepted, to be heard of, to be done.

Yellow to whoever has it, red to them and, each further period, one level further up. Emergencies ring at any hour until
somebody accepts, each round one level further up, whoever is on duty first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from handlers.message import Replies
from handlers.rosters import on_duty
from handlers.ticket import lights
from handlers.ticket.ringing import Ringing, note_lateness, remind
from storage import directory
from storage.people import Staff, Unit
from storage.tickets import Ticket
from storage.timers import Timer
from storage.workflow import WAITING_FOR_STAFF, Status

LEADERS_FROM = 2  # the round of an emergency in which 带班领导 hear of it too


def _desk(ticket: Ticket, at: Ringing) -> Unit | None:
    return directory.unit_of(at.db, ticket.desk_id or ticket.unit_id)


def acceptance(timer: Timer, ticket: Ticket, at: Ringing) -> Replies:
    """Nobody has accepted: recorded as it falls due, said to people by day."""
    if ticket.status != Status.REPORTED:
        return []
    level, rung = int(timer.data["level"]), int(timer.data["rung"])
    people = _of_level(at, _desk(ticket, at), level)
    if not people and level == 0:
        people = on_duty.last_resort(at.db, at.now)
    note_lateness(timer, ticket, at, {"light": timer.kind, "rung": rung, "level": level, **_nobody(people)})
    remind(timer, ticket, people, at)
    return []


def _nobody(people: Sequence[Staff]) -> dict[str, object]:
    """Somebody should have heard of it, and nobody is there: the operator finds it by this."""
    return {} if people else {"nobody": True}


def _of_level(at: Ringing, desk: Unit | None, level: int) -> list[Staff]:
    """Whoever is there, so many levels up; nobody beyond the top."""
    return on_duty.staff_there(at.db, on_duty.level_up(at.db, desk, level, at.now), at.now)


def emergency(timer: Timer, ticket: Ticket, at: Ringing) -> Replies:
    """Every ten minutes until accepted, at any hour; each round also one level further up."""
    if ticket.status != Status.REPORTED:
        return []
    rung = int(timer.data["rung"])
    people = _everybody_up_to(at, _desk(ticket, at), rung) or on_duty.last_resort(at.db, at.now)
    note_lateness(timer, ticket, at, {"light": "emergency", "rung": rung, **_nobody(people)})
    remind(timer, ticket, people, at, at_once=True)
    mark = timer.name.rpartition(":")[0]
    at.db.add(
        Timer(
            name=f"{mark}:{rung + 1}",
            kind="emergency",
            ticket_id=ticket.id,
            due_at=timer.due_at + at.policy_of(ticket).emergency_every,
            data={"rung": rung + 1, "level": 0},
        )
    )
    return []


def _everybody_up_to(at: Ringing, desk: Unit | None, levels: int) -> list[Staff]:
    found = {staff.id: staff for staff in on_duty.people_on_duty(at.db, desk, at.now)}
    if levels >= LEADERS_FROM:
        found |= {staff.id: staff for staff in on_duty.listed_leaders(at.db, desk, at.now)}
    for level in range(levels + 1):
        found |= {staff.id: staff for staff in _of_level(at, desk, level)}
    return list(found.values())


def progress(timer: Timer, ticket: Ticket, at: Ringing) -> Replies:
    """Accepted, but no note and no contact within the same eight hours."""
    if ticket.status not in lights.IN_HAND or ticket.holder_id is None:
        return []
    if (ticket.progress_at or ticket.contacted_at) is not None and ticket.reopenings == 0:
        return []
    note_lateness(timer, ticket, at, {"light": "progress:due"})
    remind(timer, ticket, _whoever_has_it(ticket, at), at)
    return []


def _whoever_has_it(ticket: Ticket, at: Ringing) -> list[Staff]:
    """The holder or their substitute; before acceptance, and where nobody stands in, the desk."""
    holder = at.db.get(Staff, ticket.holder_id) if ticket.holder_id is not None else None
    if holder is not None and holder.active:
        ids = on_duty.instead_of(at.db, holder.id, ticket.desk_id, at.now)
        return [at.db.get_one(Staff, one) for one in ids]
    return _of_level(at, _desk(ticket, at), 0)


def handling(timer: Timer, ticket: Ticket, at: Ringing) -> Replies:
    """It is to be done soon, or should be done: whoever has it, then one level further up each period."""
    if ticket.status not in WAITING_FOR_STAFF:
        return []
    if lights.is_stale(ticket, timer):
        lights.arm(at.db, ticket, at.policy, timer.due_at)
        return []
    level, rung = int(timer.data["level"]), int(timer.data["rung"])
    people = _whoever_has_it(ticket, at)
    if level:
        people = [*people, *_of_level(at, _desk(ticket, at), level)]
    note_lateness(timer, ticket, at, {"light": timer.kind, "rung": rung, "level": level, **_nobody(people)})
    remind(timer, ticket, people, at)
    lights.go_on(at.db, ticket, at.policy, timer.due_at)
    return []


def idle(timer: Timer, ticket: Ticket, at: Ringing) -> Replies:
    """It lies: nothing was heard of it since it was accepted, or since the last word."""
    if ticket.status not in lights.IN_HAND or ticket.holder_id is None:
        return []
    if lights.nudge_later(at.db, ticket, at.policy, timer.due_at):
        return []
    note_lateness(timer, ticket, at, {"light": timer.kind})
    remind(timer, ticket, _whoever_has_it(ticket, at), at)
    lights.nudge_again(at.db, ticket, at.policy, timer.due_at)
    return []


KINDS: dict[str, Callable[[Timer, Ticket, Ringing], Replies]] = {
    "accept:yellow": acceptance,
    "accept:red": acceptance,
    "emergency": emergency,
    "progress:due": progress,
    lights.YELLOW: handling,
    lights.RED: handling,
    lights.IDLE: idle,
}
