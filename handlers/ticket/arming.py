"""The timers of a ticket: until somebody accepts, and one of a kind for the present holder."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from handlers.context import Context
from handlers.rules import deadlines
from handlers.rules.deadlines import Policy, Promise
from handlers.ticket import date_lights, lights, promising
from storage import decisions
from storage.inserts import Row, insert_all, insert_one
from storage.tickets import Ticket
from storage.timers import Reminder, Timer

ACCEPTANCE = ("accept:yellow", "accept:red", "emergency", "emergency:up")


def arm_acceptance(
    db: Session,
    ticket: Ticket,
    policy: Policy,
    now: datetime,
    again: str = "",
    promise: Promise | None = None,
    resolve: Promise | None = None,
) -> None:
    """Timers until somebody accepts, and those of handling. Rungs that are already over are not fired again after a
    change of hands.

    ``again`` tells apart the timers of a ticket that is armed a second time in the same hands; ``promise`` is what they
    lead to, where it was made just now. Of what was late when it arrived they count from its arrival. ``resolve``: the
    promise of a ticket that was opened just now.
    """
    if ticket.kind in deadlines.WITHOUT_LIGHTS:
        return
    policy = promising.policy_at(db, policy, ticket.unit_id)
    timers = list(_until_accepted(db, ticket, policy, now, again, promise))
    rung = lights.next_rung(db, ticket, policy, now, resolve) if resolve is not None else None
    insert_all(db, Timer, [*timers, lights.rung_row(ticket, rung)] if rung is not None else timers)
    if resolve is None:
        lights.arm(db, ticket, policy, now)


def _until_accepted(
    db: Session, ticket: Ticket, policy: Policy, now: datetime, again: str, promise: Promise | None
) -> Iterator[Row]:
    mark = f"ticket:{ticket.number}:r{ticket.reopenings}:h{ticket.handovers}{again}"
    if ticket.urgency == deadlines.EMERGENCY:
        first = {"rung": 1, "level": 0}
        yield lights.row(f"{mark}:emergency:1", "emergency", ticket, now + policy.emergency_every, first)
        return
    promise = promise or promising.acceptance(db, ticket, policy)
    if promise.due <= ticket.received_at and ticket.reopenings == 0:
        promise = deadlines.accept_by(ticket.received_at, ticket.urgency, policy)
    for rung in deadlines.ladder(promise, ticket.urgency, policy):
        if rung.at > now:
            data = {"rung": rung.number, "level": rung.level}
            yield lights.row(f"{mark}:{rung.kind}:{rung.number}", rung.kind, ticket, rung.at, data)


def taken(ctx: Context, ticket: Ticket) -> None:
    """Somebody has it: the reminders to accept end in this transaction, and nudges begin."""
    stop_timers(ctx.db, ticket, *ACCEPTANCE)
    lights.arm(ctx.db, ticket, ctx.policy, ctx.now)
    date_lights.arm(ctx.db, ticket)


def arm(db: Session, ticket: Ticket, kind: str, due: datetime, step: int = 0) -> None:
    """One timer of a kind for the present holder."""
    if ticket.kind in deadlines.WITHOUT_LIGHTS:
        return
    name = f"ticket:{ticket.number}:r{ticket.reopenings}:h{ticket.handovers}:{kind}:{step}"
    if db.scalar(select(Timer.id).where(Timer.name == name)) is None:
        insert_one(db, Timer, lights.row(name, kind, ticket, due, {}))


def stop_timers(db: Session, ticket: Ticket, *kinds: str, but: str = "") -> None:
    """Stops what is waiting, in the same transaction as the reason; without kinds, everything of the ticket (``but``
    one kind): what was asked of the level above about it is then asked no longer.
    """
    timers = update(Timer).where(Timer.ticket_id == ticket.id, Timer.state == "waiting")
    reminders = update(Reminder).where(Reminder.ticket_id == ticket.id, Reminder.state == "waiting")
    if kinds:
        timers, reminders = timers.where(Timer.kind.in_(kinds)), reminders.where(Reminder.kind.in_(kinds))
    elif but:
        timers, reminders = timers.where(Timer.kind != but), reminders.where(Reminder.kind != but)
    db.execute(timers.values(state="stopped"))
    db.execute(reminders.values(state="stopped"))
    if not kinds:
        decisions.take_back(db, ticket.id)
