"""What happens when a timer is due: reminders climb the ladder, silence closes. Several for one person are one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers import (
    acting,
    cards,
    case,
    doorstep,
    holding,
    manners,
    month_results,
    nightly,
    promising,
    proposing,
    reminding,
    shadowing,
    shifting,
    unanswered,
    visiting,
)
from handlers.message import Member, Replies, Reply
from handlers.rules import deadlines
from handlers.rules.deadlines import Policy
from handlers.wording import reminders as wording
from handlers.wording.times import when
from storage import directory, door_changes
from storage.facts import Fact, FactKind
from storage.people import Role, Staff, Unit
from storage.tickets import Ticket
from storage.timers import Reminder, Timer
from storage.vault import Vault
from storage.workflow import Status


@dataclass(frozen=True, slots=True)
class Ringing:
    """What a timer's handler is given: nobody speaks, the clock does."""

    db: Session
    now: datetime
    policy: Policy
    vault: Vault


def ring(timer: Timer, at: Ringing) -> Replies:
    """Fires one timer; the caller has marked it fired in the same transaction."""
    if timer.kind in WITHOUT_TICKET:
        return WITHOUT_TICKET[timer.kind](timer, at)
    ticket = at.db.get(Ticket, timer.ticket_id) if timer.ticket_id is not None else None
    if ticket is None:
        return []
    return KINDS[timer.kind](timer, ticket, at)


def _undecided(timer: Timer, at: Ringing) -> Replies:
    """What waits for a person to confirm; a clock that was down reminds by day."""
    by_day = deadlines.say_after(at.now, at.policy)
    if timer.kind == holding.REMIND and by_day > at.now:
        at.db.add(Timer(name=f"{timer.name}:late", kind=timer.kind, due_at=by_day, data=dict(timer.data)))
        return []
    return proposing.ring(at.db, timer, at.policy)


def _night_list(timer: Timer, at: Ringing) -> Replies:
    """What was heard in shadow, to whoever reads it; a clock that was down says it by day."""
    night = str(timer.data["night"])
    sending = nightly.Sending(at.db, at.vault, at.now, at.policy)
    said = nightly.send(sending, int(timer.data["unit"]), night, timer.due_at)
    if isinstance(said, datetime):
        at.db.add(Timer(name=f"{timer.name}:late", kind=timer.kind, due_at=said, data=dict(timer.data)))
        return []
    return said


def _acceptance(timer: Timer, ticket: Ticket, at: Ringing) -> Replies:
    """Yellow, red, one level up: recorded as it falls due, said to people by day."""
    if ticket.status != Status.REPORTED:
        return []
    level, rung = int(timer.data["level"]), int(timer.data["rung"])
    desk = directory.unit_of(at.db, ticket.desk_id or ticket.unit_id)
    _note_lateness(timer, ticket, at, {"light": timer.kind, "rung": rung, "level": level})
    unit = _staffed(at.db, desk, level)
    for staff in directory.staff_of(at.db, unit.id) if unit is not None else ():
        _remind(timer, ticket, staff, at, _by_day(timer, ticket, at))
    return []


def _by_day(timer: Timer, ticket: Ticket, at: Ringing) -> datetime:
    """When an ordinary reminder about a ticket may be said, by the policy of its place."""
    return deadlines.say_after(timer.due_at, promising.policy_at(at.db, at.policy, ticket.unit_id))


def _staffed(db: Session, desk: Unit | None, level: int) -> Unit | None:
    """The desk itself, or the nearest staffed unit that many levels up; None beyond the top."""
    if desk is not None and not directory.staff_of(db, desk.id):
        desk = directory.level_above(db, desk)
    return directory.nth_level(db, desk, level)


def _emergency(timer: Timer, ticket: Ticket, at: Ringing) -> Replies:
    """Every ten minutes until accepted, at any hour; each round also one level further up."""
    if ticket.status != Status.REPORTED:
        return []
    rung = int(timer.data["rung"])
    _note_lateness(timer, ticket, at, {"light": "emergency", "rung": rung})
    desk = directory.unit_of(at.db, ticket.desk_id or ticket.unit_id)
    for staff in _everybody_up_to(at.db, desk, rung):
        _remind(timer, ticket, staff, at, timer.due_at)
    mark = timer.name.rpartition(":")[0]
    at.db.add(
        Timer(
            name=f"{mark}:{rung + 1}",
            kind="emergency",
            ticket_id=ticket.id,
            due_at=timer.due_at + promising.policy_at(at.db, at.policy, ticket.unit_id).emergency_every,
            data={"rung": rung + 1, "level": 0},
        )
    )
    return []


def _everybody_up_to(db: Session, desk: Unit | None, levels: int) -> list[Staff]:
    found: dict[int, Staff] = {}
    for staff in directory.with_role_above(db, desk, Role.DUTY):
        found[staff.id] = staff
    for level in range(levels + 1):
        unit = _staffed(db, desk, level)
        for staff in directory.staff_of(db, unit.id) if unit is not None else ():
            found[staff.id] = staff
    return list(found.values())


def _progress(timer: Timer, ticket: Ticket, at: Ringing) -> Replies:
    """Accepted, but no note and no contact within the same eight hours."""
    if ticket.status not in (Status.ACCEPTED, Status.IN_PROGRESS) or ticket.holder_id is None:
        return []
    if ticket.progress_at is not None and ticket.reopenings == 0:
        return []
    holder = at.db.get_one(Staff, ticket.holder_id)
    _note_lateness(timer, ticket, at, {"light": "progress:due"})
    _remind(timer, ticket, holder, at, _by_day(timer, ticket, at))
    return []


KINDS: dict[str, Callable[[Timer, Ticket, Ringing], Replies]] = {
    "accept:yellow": _acceptance,
    "accept:red": _acceptance,
    "emergency": _emergency,
    "progress:due": _progress,
    unanswered.CLOSE: lambda timer, ticket, at: unanswered.ring(timer, ticket, at.db, at.now, at.policy),
}


WITHOUT_TICKET: dict[str, Callable[[Timer, Ringing], Replies]] = {
    manners.SUMMARY: lambda timer, at: manners.sum_up(timer, at.db, at.now, at.policy),
    doorstep.LAPSE: lambda timer, at: doorstep.lapse(at.db, int(timer.data["claim"]), at.now),
    holding.REMIND: _undecided,
    holding.LAPSE: _undecided,
    shadowing.NIGHT: _night_list,
    reminding.KIND: lambda timer, at: reminding.ring(at.db, at.vault, at.now, at.policy, timer),
    door_changes.BLANK: lambda timer, at: visiting.ring(at.db, timer, at.now),
    month_results.MONTHLY: lambda timer, at: month_results.draw_up(at.db, timer, at.now),
    month_results.AGAIN: lambda timer, at: month_results.remind(at.db, timer),
    shifting.REMIND: lambda timer, at: shifting.remind(at.db, timer, at.now),
    acting.RELEASE: lambda timer, at: acting.release(timer, at.db),
}


def _note_lateness(timer: Timer, ticket: Ticket, at: Ringing, data: dict[str, object]) -> None:
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


def _remind(timer: Timer, ticket: Ticket, staff: Staff, at: Ringing, say_after: datetime) -> None:
    at.db.add(
        Reminder(
            name=f"{timer.name}:{staff.id}",
            kind=timer.kind,
            ticket_id=ticket.id,
            staff_id=staff.id,
            due_at=timer.due_at,
            say_after=say_after,
        )
    )


def say_due(at: Ringing) -> Sequence[tuple[Reply, list[Reminder]]]:
    """One message a person for all that may be said by now, with the reminders it carries.

    An ordinary one that its day is over for (the clock was down) waits for the next morning.
    """
    waiting = at.db.scalars(
        select(Reminder).where(Reminder.state == "waiting", Reminder.say_after <= at.now).order_by(Reminder.id)
    ).all()
    by_person: dict[int, list[Reminder]] = defaultdict(list)
    morning = deadlines.say_after(at.now, at.policy)
    for reminder in waiting:
        if reminder.kind != deadlines.EMERGENCY and morning > at.now:
            reminder.say_after = morning
        else:
            by_person[reminder.staff_id].append(reminder)
    return [(_message(staff_id, rows, at), rows) for staff_id, rows in by_person.items()]


def _message(staff_id: int, rows: list[Reminder], at: Ringing) -> Reply:
    newest = {row.ticket_id: row for row in rows}  # the latest rung of each ticket
    lines = [_line(row, at) for row in newest.values()]
    urgent = any(row.kind == "emergency" for row in rows)
    head = [wording.HEAD.format(count=len(lines))] if len(lines) > 1 else []
    only = next(iter(newest.values())) if len(newest) == 1 else None
    ticket = at.db.get_one(Ticket, only.ticket_id) if only is not None else None
    buttons = ("accept", "reassign") if ticket is not None and ticket.status == Status.REPORTED else ("progress",)
    return Reply(
        "\n".join([*head, *lines, wording.FOOT]),
        to=Member(staff_id),
        card=cards.card_of(at.db, ticket, at.now, buttons) if ticket is not None else None,
        name=f"reminders:{staff_id}:{rows[0].id}-{rows[-1].id}",
        ticket_id=ticket.id if ticket is not None else None,
        urgent=urgent,
    )


def _line(row: Reminder, at: Ringing) -> str:
    ticket = at.db.get_one(Ticket, row.ticket_id)
    return wording.LINES[row.kind].format(
        number=ticket.number,
        what=case.what(ticket),
        place=case.where(at.db, ticket),
        due=when(ticket.accept_due, at.now),
    )
