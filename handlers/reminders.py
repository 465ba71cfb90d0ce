"""What happens when a timer is due: reminders climb the ladder, silence closes. Several for one person are one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import islice

from sqlalchemy import ColumnElement, func, select
from sqlalchemy import case as sql_case

from handlers.closing import unanswered
from handlers.counting import month_results
from handlers.grid_tasks import task_rows
from handlers.groups import holding, manners, nightly, proposing, shadowing
from handlers.households import doorstep
from handlers.matter import root_causes
from handlers.message import Member, Replies, Reply
from handlers.notice import reminding, shifting, visiting
from handlers.permissions import TABLE
from handlers.rosters import gaps
from handlers.rules import deadlines
from handlers.staff import asking_up, climbing, left_outside, mornings, shelved
from handlers.ticket import acting, cards, case, date_lights, lights, second_looks
from handlers.ticket.ringing import Ringing as Ringing
from handlers.whistles import beside_lights
from handlers.wording import reminders as wording
from handlers.wording.times import when
from storage import directory, door_changes
from storage.people import Role, Staff
from storage.presence import presence_of
from storage.tickets import Ticket
from storage.timers import Reminder, Timer
from storage.workflow import Status


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


KINDS: dict[str, Callable[[Timer, Ticket, Ringing], Replies]] = {
    **climbing.KINDS,
    **dict.fromkeys(date_lights.KINDS, date_lights.ring),
    asking_up.DUE: asking_up.unanswered,
    shelved.LOOK: shelved.look_due,
    **dict.fromkeys(
        second_looks.KINDS,
        lambda timer, ticket, at: second_looks.ring(timer, ticket, at.db, at.now, at.policy),
    ),
    left_outside.CLOSE: lambda timer, ticket, at: left_outside.ring(ticket, at.db, at.now),
    unanswered.CLOSE: lambda timer, ticket, at: unanswered.ring(timer, ticket, at.db, at.now, at.policy),
}


WITHOUT_TICKET: dict[str, Callable[[Timer, Ringing], Replies]] = {
    root_causes.LOOK: lambda timer, at: root_causes.ring(timer, at.db, at.vault, at.now, at.policy),
    **beside_lights.RINGS,
    manners.SUMMARY: lambda timer, at: manners.sum_up(timer, at.db, at.now, at.policy),
    doorstep.LAPSE: lambda timer, at: doorstep.lapse(at.db, int(timer.data["claim"]), at.now),
    holding.REMIND: _undecided,
    holding.LAPSE: _undecided,
    shadowing.NIGHT: _night_list,
    reminding.KIND: lambda timer, at: reminding.ring(at.db, at.vault, at.now, at.policy, timer),
    door_changes.BLANK: lambda timer, at: visiting.ring(at.db, at.vault, timer, at.now),
    month_results.MONTHLY: lambda timer, at: month_results.draw_up(at.db, timer, at.now),
    month_results.AGAIN: lambda timer, at: month_results.remind(at.db, timer),
    gaps.BEGIN: lambda timer, at: gaps.duty_begins(timer, at.db, at.now),
    gaps.END: lambda timer, at: gaps.duty_ends(timer, at.db, at.now),
    gaps.AWAY: lambda timer, at: gaps.begins(timer, at.db, at.now),
    **dict.fromkeys((task_rows.REMIND, task_rows.DUE), task_rows.ring),
    mornings.DAY: mornings.begin,
    mornings.UNIT: mornings.ring,
    shifting.REMIND: lambda timer, at: shifting.remind(at.db, timer, at.now),
    acting.RELEASE: lambda timer, at: acting.release(timer, at.db),
}


def say_due(at: Ringing, most: int) -> Sequence[tuple[Reply, list[Reminder]]]:
    """One message a person for all that may be said by now, with the reminders it carries, for so many people at once.

    Whoever waits for word of an emergency is first; the others are told when it is asked again. An ordinary one that
    its day is over for (the clock was down) waits for the next morning; and for the end of the interval, where the
    person was told of something within it. What is an emergency waits for nothing.
    """
    readers = _readers(at)
    theirs = {staff_id: person for person in islice(readers, most) for staff_id in readers[person]}
    waiting = select(Reminder).where(*_due(at), Reminder.staff_id.in_(theirs)).order_by(Reminder.id)
    by_person: dict[int, list[Reminder]] = defaultdict(list)
    for reminder in at.db.scalars(waiting):
        by_person[theirs[reminder.staff_id]].append(reminder)
    lately = _told_lately(at, list(by_person))
    said = ((person, _to_say(rows, lately.get(person), at)) for person, rows in by_person.items())
    return [(_message(person, rows, at), rows) for person, rows in said if rows]


def _due(at: Ringing) -> tuple[ColumnElement[bool], ...]:
    return Reminder.state == "waiting", Reminder.say_after <= at.now


def _readers(at: Ringing) -> dict[int, list[int]]:
    """Who is to be told of something by now, and whose reminders they read: their own, or whom they stand in for."""
    grave = func.min(sql_case((Reminder.kind == deadlines.EMERGENCY, 0), else_=1))
    order = select(Reminder.staff_id).where(*_due(at)).group_by(Reminder.staff_id)
    present = presence_of(at.db, at.now)
    readers: dict[int, list[int]] = defaultdict(list)
    for staff_id in at.db.scalars(order.order_by(grave, func.min(Reminder.id))):
        readers[present.who_gets(staff_id, at.now) or staff_id].append(staff_id)
    return readers


def _told_lately(at: Ringing, people: Sequence[int]) -> dict[int, datetime]:
    """When each of these people was last told of something ordinary, within the interval."""
    told = select(Reminder.staff_id, func.max(Reminder.say_after)).where(
        Reminder.state == "said",
        Reminder.say_after > at.now - at.policy.apart,
        Reminder.staff_id.in_(people),
        Reminder.kind != deadlines.EMERGENCY,
    )
    return {row[0]: row[1] for row in at.db.execute(told.group_by(Reminder.staff_id))}


def _to_say(rows: list[Reminder], told: datetime | None, at: Ringing) -> list[Reminder]:
    """All of them or, where it is not the time for ordinary ones, what is an emergency; the others wait."""
    wait = deadlines.say_after(at.now, at.policy)
    if told is not None:
        wait = max(wait, deadlines.say_after(told + at.policy.apart, at.policy))
    if wait <= at.now:
        return rows
    for row in rows:
        if row.kind != deadlines.EMERGENCY:
            row.say_after = wait
    return [row for row in rows if row.kind == deadlines.EMERGENCY]


def _message(staff_id: int, rows: list[Reminder], at: Ringing) -> Reply:
    newest = {row.ticket_id: row for row in sorted(rows, key=_gravity)}  # of each ticket the gravest, and the latest
    of_rows = select(Ticket).where(Ticket.id.in_(newest))  # in one go: a leader may have hundreds
    tickets = {ticket.id: ticket for ticket in at.db.scalars(of_rows)}
    lines = _lines(list(newest.values()), at)
    urgent = any(row.kind == deadlines.EMERGENCY for row in rows)
    head = [wording.HEAD.format(count=len(newest))] if len(newest) > 1 else []
    only = next(iter(newest.values())) if len(newest) == 1 else None
    ticket = tickets[only.ticket_id] if only is not None else None
    waits = any(one.status == Status.REPORTED for one in tickets.values())
    may = _roles(staff_id, at) if waits else frozenset()
    above = waits and not may & TABLE["accept"].roles and bool(may & TABLE["nudge"].roles)
    foot = (wording.FOOT_ABOVE if above else wording.FOOT) if waits else wording.FOOT_TAKEN
    buttons: tuple[str, ...] = ("accept", "reassign") if waits else ("progress",)
    buttons = () if above else buttons
    return Reply(
        "\n".join([*head, *lines, foot]),
        to=Member(staff_id),
        card=cards.card_of(at.db, ticket, at.now, (*buttons, "why")) if ticket is not None else None,
        name=f"reminders:{staff_id}:{rows[0].id}-{rows[-1].id}",
        ticket_id=ticket.id if ticket is not None else None,
        urgent=urgent,
    )


def _roles(staff_id: int, at: Ringing) -> frozenset[Role]:
    """What somebody is: a leader is not told to say 接单, which is not theirs to say."""
    return frozenset(Role(post.role) for post in at.db.get_one(Staff, staff_id).posts)


def _gravity(row: Reminder) -> tuple[bool, bool, int]:
    """Red goes before yellow, and a light before a nudge."""
    return wording.LINES[row.kind].startswith(wording.RED), row.kind != lights.IDLE, row.id


def _lines(rows: list[Reminder], at: Ringing) -> list[str]:
    """A line a ticket; of more than a phone holds (after a storm, or an outage) the gravest, and how many more.

    An emergency is never left out.
    """
    limit = at.policy.reminder_lines
    if len(rows) <= limit:
        return [_line(row, at) for row in rows]
    gravest = sorted(rows, key=lambda row: (row.kind == deadlines.EMERGENCY, *_gravity(row)), reverse=True)
    pressing = sum(row.kind == deadlines.EMERGENCY for row in rows)
    shown = gravest[: max(limit, pressing)]
    more = [wording.MORE.format(count=len(rows) - len(shown))] if len(shown) < len(rows) else []
    return [*(_line(row, at) for row in shown), *more]


def _line(row: Reminder, at: Ringing) -> str:
    ticket = at.db.get_one(Ticket, row.ticket_id)
    due = ticket.resolve_due if row.kind in lights.HANDLING else ticket.accept_due
    return wording.LINES[row.kind].format(
        number=ticket.number,
        what=case.what(ticket),
        place=case.where_for(at.db, ticket, at.db.get(Staff, row.staff_id)),
        due=when(due or ticket.accept_due, at.now),
        holder=directory.name_of(at.vault, at.db.get(Staff, ticket.holder_id) if ticket.holder_id else None),
    )
