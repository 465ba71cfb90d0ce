"""The lights of handling: yellow, red, one level up each further period; and a nudge for what lies idle.

One timer of each is armed at a time and arms the next when it rings, so that a ticket that waits for days costs two
rows. Their names carry the moment they lead to: armed a second time for the same moment they are the same timer. A
promise that moves is armed anew by whoever moves it (``arm``); one that was not is found stale when it rings.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from handlers.rules import deadlines
from handlers.rules.deadlines import Policy, Promise, Rung
from handlers.ticket import promising
from storage.base import JsonObject
from storage.facts import Fact, FactKind
from storage.inserts import Row, insert_one
from storage.tickets import Ticket
from storage.timers import Reminder, Timer
from storage.workflow import WAITING_FOR_STAFF, Status

YELLOW, RED, IDLE = "resolve:yellow", "resolve:red", "idle"
HANDLING = (YELLOW, RED)
IN_HAND = frozenset({Status.ACCEPTED, Status.IN_PROGRESS})
# What shows that somebody is at it.
F = FactKind
STIRRED = frozenset({
    F.ACCEPTED, F.PROGRESS, F.CONTACTED, F.EVIDENCE, F.HELP_ASKED, F.VERIFIED, F.REOPENED, F.ASKED, F.DECIDED,
    F.EXTENDED, F.RESUMED, F.DATED, F.WHISTLED, F.RESPONDED, F.HAND_ASKED, F.HAND_DONE, F.HANDED_OVER, F.SPLIT,
})  # fmt: skip


def arm(db: Session, ticket: Ticket, policy: Policy, now: datetime, promise: Promise | None = None) -> None:
    """Arms whatever a ticket wants by its state, and stops what leads elsewhere. Done twice, it is done once.

    To be called where a ticket comes back into somebody's hands, and where the moment by when it is done has moved;
    ``promise`` is the new one, where its fact is not written yet.
    """
    if ticket.kind in deadlines.WITHOUT_LIGHTS:
        return
    policy = promising.policy_at(db, policy, ticket.unit_id)
    rung = next_rung(db, ticket, policy, now, promise) if ticket.status in WAITING_FOR_STAFF else None
    _only(db, ticket, HANDLING, rung_row(ticket, rung) if rung is not None else None)
    _only(db, ticket, (IDLE,), idle_row(ticket, now + _idle(ticket, policy)) if ticket.status in IN_HAND else None)


def next_rung(
    db: Session, ticket: Ticket, policy: Policy, after: datetime, promise: Promise | None = None
) -> Rung | None:
    """The first rung of handling that comes after a moment; None beyond the last, and where no date is promised."""
    if ticket.resolve_due is None:
        return None
    if promise is None or promise.due != ticket.resolve_due:
        promise = promising.handling(db, ticket, policy)
    return next((rung for rung in deadlines.handling_ladder(promise, policy) if rung.at > after), None)


def rung_row(ticket: Ticket, rung: Rung) -> Row:
    """The timer of one rung."""
    assert ticket.resolve_due is not None
    mark = f"ticket:{ticket.number}:r{ticket.reopenings}:h{ticket.handovers}"
    name = f"{mark}:{rung.kind}:{rung.number}:{_stamp(ticket.resolve_due)}"
    data = {"rung": rung.number, "level": rung.level, "until": _stamp(ticket.resolve_due)}
    return row(name, rung.kind, ticket, rung.at, data)


def idle_row(ticket: Ticket, due: datetime) -> Row:
    """The timer of a nudge."""
    mark = f"ticket:{ticket.number}:r{ticket.reopenings}:h{ticket.handovers}"
    return row(f"{mark}:{IDLE}:{_stamp(due)}", IDLE, ticket, due, {})


def row(name: str, kind: str, ticket: Ticket, due: datetime, data: JsonObject) -> Row:
    """A timer of a ticket, to be inserted."""
    return {"name": name, "kind": kind, "ticket_id": ticket.id, "due_at": due, "data": data}


def is_stale(ticket: Ticket, timer: Timer) -> bool:
    """Whether a timer of handling leads to a moment that is promised no longer."""
    return ticket.resolve_due is None or timer.data.get("until") != _stamp(ticket.resolve_due)


def go_on(db: Session, ticket: Ticket, policy: Policy, after: datetime) -> None:
    """The next rung after one that has rung; it may lie in the past, where the clock was down."""
    rung = next_rung(db, ticket, promising.policy_at(db, policy, ticket.unit_id), after)
    if rung is not None:
        _put(db, rung_row(ticket, rung))


def nudge_later(db: Session, ticket: Ticket, policy: Policy, now: datetime) -> bool:
    """Whether somebody has been at it meanwhile: then the nudge is due that much later."""
    last = select(func.max(Fact.at)).where(Fact.ticket_id == ticket.id, Fact.kind.in_(STIRRED))
    stirred = db.scalar(last) or ticket.accepted_at or ticket.opened_at
    due = stirred + _idle(ticket, promising.policy_at(db, policy, ticket.unit_id))
    if due <= now:
        return False
    _put(db, idle_row(ticket, due))
    return True


def nudge_again(db: Session, ticket: Ticket, policy: Policy, since: datetime) -> None:
    """The nudge that is due when nothing has been heard since a moment."""
    _put(db, idle_row(ticket, since + _idle(ticket, promising.policy_at(db, policy, ticket.unit_id))))


def _idle(ticket: Ticket, policy: Policy) -> timedelta:
    return policy.complex_idle if ticket.urgency == deadlines.COMPLEX else policy.idle


def _stamp(moment: datetime) -> str:
    """A moment in a name: the same in every zone."""
    return f"{int(moment.timestamp())}"


def _only(db: Session, ticket: Ticket, kinds: tuple[str, ...], wanted: Row | None) -> None:
    """Of these kinds one timer waits, or none; what was to be said of another is not said."""
    of_ticket = (Timer.ticket_id == ticket.id, Timer.kind.in_(kinds), Timer.state == "waiting")
    other = (Timer.name != wanted["name"],) if wanted is not None else ()
    db.execute(update(Timer).where(*of_ticket, *other).values(state="stopped"))
    reminders = update(Reminder).where(Reminder.ticket_id == ticket.id, Reminder.kind.in_(kinds))
    db.execute(reminders.where(Reminder.state == "waiting").values(state="stopped"))
    if wanted is not None:
        _put(db, wanted)


def _put(db: Session, wanted: Row) -> None:
    """Arms a timer; one that was stopped before it rang waits again."""
    known = db.execute(select(Timer.id, Timer.state).where(Timer.name == wanted["name"])).one_or_none()
    if known is None:
        insert_one(db, Timer, wanted)
    elif known.state == "stopped":
        db.execute(update(Timer).where(Timer.id == known.id).values(state="waiting"))


# --- as they are shown


def light(db: Session, ticket: Ticket, policy: Policy, now: datetime) -> str:
    """``red`` where a promise is late, ``yellow`` where one is nearly so, else nothing."""
    if ticket.kind in deadlines.WITHOUT_LIGHTS or ticket.status not in WAITING_FOR_STAFF:
        return ""
    policy = promising.policy_at(db, policy, ticket.unit_id)
    if ticket.status == Status.REPORTED:
        return _of_acceptance(db, ticket, policy, now)
    if ticket.resolve_due is not None and now >= ticket.resolve_due:
        return "red"
    silent = ticket.progress_at is None and ticket.contacted_at is None
    if silent and ticket.progress_due is not None and now >= ticket.progress_due:
        return "yellow"
    nearly = ticket.resolve_due is not None and now >= promising.handling(db, ticket, policy).yellow
    return "yellow" if nearly else ""


def _of_acceptance(db: Session, ticket: Ticket, policy: Policy, now: datetime) -> str:
    if now >= ticket.accept_due or ticket.urgency == deadlines.EMERGENCY:
        return "red"
    return "yellow" if now >= promising.acceptance(db, ticket, policy).yellow else ""
