"""What is 挂账: suspended with a reason and a day on which it is looked at again; brought back, its acceptance kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from handlers.context import Context
from handlers.message import Button, Card, Member, Replies, Reply
from handlers.rules import deadlines, promises
from handlers.rules.deadlines import Policy
from handlers.ticket import case, promising
from handlers.ticket.ringing import Ringing
from handlers.wording import reasons
from handlers.wording import suspending as wording
from handlers.wording.times import days, when
from storage import decisions, directory, endings, tickets
from storage.base import JsonObject
from storage.decisions import Wanted
from storage.facts import FactKind
from storage.people import Staff
from storage.tickets import Ticket
from storage.timers import Timer
from storage.workflow import Status

LOOK = "suspended:look"  # a timer


def reason_of(ticket: Ticket) -> str:
    """Why, as a resident reads it."""
    return reasons.told(ticket.reason_code)


def next_look(now: datetime, policy: Policy) -> datetime:
    """When it is looked at again: by day."""
    clock = policy.counted(policy.look_every)
    return deadlines.say_after(clock.after(now, policy.look_every.on(clock)), policy).astimezone(UTC)


def shelve(ctx: Context, ticket: Ticket, code: str | None, data: JsonObject) -> Replies:
    """Suspends it; the caller has had it signed. Answers the news for whoever it concerns."""
    policy = promising.policy_of(ctx, ticket)
    tickets.move(ticket, Status.SUSPENDED)
    ticket.reason_code, ticket.look_at = code, next_look(ctx.now, policy)
    case.stop_timers(ctx.db, ticket)
    kept = {**data, "code": code, "look_at": ticket.look_at.isoformat()}
    fact = case.record(ctx, ticket, FactKind.SUSPENDED, said_here=True, data=kept)
    _arm(ctx.db, ticket, ticket.look_at, fact.id, 0)
    look, waited = when(ticket.look_at, ctx.now), days(ticket.opened_at, ctx.now)
    text = wording.TOLD.format(
        number=ticket.number,
        reason=reason_of(ticket),
        look=look,
        waited=wording.WAITED.format(days=waited) if waited else "",
    )
    return list(case.tell_members(ctx, ticket, fact, text))


def _arm(db: Session, ticket: Ticket, due: datetime, fact_id: int, times: int) -> None:
    data = {"fact": fact_id, "times": times}
    name = f"ticket:{ticket.number}:look:{fact_id}:{times}"
    db.add(Timer(name=name, kind=LOOK, ticket_id=ticket.id, due_at=due, data=data))
    db.flush()


def looked_at(ctx: Context, ticket: Ticket) -> Replies:
    """仍不能办: another thirty days, and the resident hears that somebody looked."""
    ticket.look_at = next_look(ctx.now, promising.policy_of(ctx, ticket))
    case.stop_timers(ctx.db, ticket, LOOK)
    fact = case.record(
        ctx, ticket, FactKind.LOOKED_AT, said_here=True, data={"still": True, "look_at": ticket.look_at.isoformat()}
    )
    _arm(ctx.db, ticket, ticket.look_at, fact.id, 0)
    look = when(ticket.look_at, ctx.now)
    values = {"number": ticket.number, "reason": reason_of(ticket), "look": look}
    text = wording.TOLD_LOOKED.format(**values, days=days(ticket.opened_at, ctx.now))
    answer = Reply(wording.LOOKED.format(**values), ticket_id=ticket.id)
    return [answer, *case.tell_members(ctx, ticket, fact, text)]


def resume(ctx: Context, ticket: Ticket) -> tuple[JsonObject, datetime | None, datetime | None]:
    """恢复: whoever accepted it has it again. Answers the promises made, by when it is done, by when its date is set.

    What the hotline gave stays; all else is promised anew from now, but of what was suspended for less time than that
    gives only what was left: 挂账 is no pause, and what was late stays late.
    """
    policy, before = promising.policy_of(ctx, ticket), promising.known(ctx.db, ticket)
    tickets.move(ticket, _state(ticket))
    ticket.look_at = None
    case.stop_timers(ctx.db, ticket)
    made: promising.Promised = {}
    stands = before.get(promises.RESOLVE)
    if ticket.progress_at is None and ticket.holder_id is not None:
        first = deadlines.progress_by(ctx.now, ticket.urgency, policy, promises.RESUMED)
        ticket.progress_due, made = first.due, {promises.PROGRESS: first}
    if stands is None or stands.cause != promises.GIVEN:
        made |= _rest(ctx, ticket, _anew(ticket, ctx.now, policy), policy)
        resolve = made.get(promises.RESOLVE)
        if promises.RESOLVE not in before or resolve is not None:
            ticket.resolve_due = resolve.due if resolve is not None else None
    date = made.get(promises.DATE)
    return promising.kept(made), ticket.resolve_due, date.due if date is not None else None


def _state(ticket: Ticket) -> Status:
    if ticket.holder_id is None:
        return Status.REPORTED
    return Status.IN_PROGRESS if ticket.progress_at is not None else Status.ACCEPTED


def _anew(ticket: Ticket, now: datetime, policy: Policy) -> promising.Promised:
    resolve = deadlines.resolve_by(now, ticket.urgency, policy, promises.RESUMED)
    if resolve is not None:
        return {promises.RESOLVE: resolve}
    date = deadlines.date_by(now, ticket.urgency, policy, promises.RESUMED)
    return {promises.DATE: date} if date is not None else {}


def _rest(ctx: Context, ticket: Ticket, anew: promising.Promised, policy: Policy) -> promising.Promised:
    """What is promised where it was suspended for a short while; nothing new of what was late before."""
    since = endings.newest(ctx.db, ticket, FactKind.SUSPENDED)
    full, due = anew.get(promises.RESOLVE), ticket.resolve_due
    if full is None or since is None or due is None or ctx.now - since.at >= full.due - ctx.now:
        return anew
    until = due + (ctx.now - since.at)
    left = {} if until <= ctx.now else {promises.RESOLVE: promises.set_by_hand(ctx.now, until, policy, promises.REST)}
    return {**{what: made for what, made in anew.items() if what != promises.RESOLVE}, **left}


# --- when the day has come


def look_due(timer: Timer, ticket: Ticket, at: Ringing) -> Replies:
    """Whoever has it is asked whether it can be done now; unanswered, each period again, with whoever signed it."""
    if ticket.status != Status.SUSPENDED:
        return []
    policy = at.policy_of(ticket)
    times, fact_id = int(timer.data["times"]), int(timer.data["fact"])
    by_day = deadlines.say_after(at.now, policy)
    if by_day > at.now:  # the clock was down until night
        _arm(at.db, ticket, by_day, fact_id, times + 1)
        return []
    clock = policy.counted(policy.look_answer)
    again = deadlines.say_after(clock.after(at.now, policy.look_answer.on(clock)), policy)
    _arm(at.db, ticket, again.astimezone(UTC), fact_id, times + 1)
    return list(_asked(at.db, ticket, at.now, timer))


def _asked(db: Session, ticket: Ticket, now: datetime, timer: Timer) -> Iterator[Reply]:
    form = wording.LOOK if not timer.data["times"] else wording.LOOK_AGAIN
    text = form.format(
        number=ticket.number,
        place=case.where(db, ticket),
        what=case.what(ticket),
        reason=reasons.NAMES.get(ticket.reason_code or "", reasons.UNKNOWN),
        days=days(ticket.opened_at, now),
    )
    card = Card(
        title=wording.LOOK_TITLE.format(number=ticket.number),
        buttons=(Button(wording.BUTTON_STILL, "look_back"), Button(wording.BUTTON_CAN, "resume")),
        ticket=ticket.number,
    )
    for staff_id in _who_looks(db, ticket, times=int(timer.data["times"])):
        yield Reply(text, to=Member(staff_id), card=card, name=f"{timer.name}:{staff_id}", ticket_id=ticket.id)


def _who_looks(db: Session, ticket: Ticket, *, times: int) -> list[int]:
    """Whoever has it, else the desk; whoever signed it too, once it was not looked at."""
    holder = db.get(Staff, ticket.holder_id) if ticket.holder_id is not None else None
    desk = directory.staff_of(db, ticket.desk_id) if ticket.desk_id is not None else []
    people = [holder.id] if holder is not None and holder.active else [staff.id for staff in desk]
    signed = decisions.latest(db, ticket.id, Wanted.SUSPENSION)
    leader = [signed.decided_by_id] if times and signed is not None and signed.decided_by_id is not None else []
    return list(dict.fromkeys([*people, *leader]))
