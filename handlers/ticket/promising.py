"""What was promised about a ticket: made once, kept with the fact that made it, read again wherever it is asked for.

The columns of a ticket say the moments; the facts say why. A promise is never computed a second time: another policy, a
newer calendar, other hands or a restart change nothing of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.context import Context
from handlers.rules import deadlines, promises
from handlers.rules.deadlines import Policy, Promise
from storage.base import JsonObject
from storage.facts import Fact
from storage.streets import streets_of
from storage.tickets import Ticket
from storage.workflow import Status

KEPT = "promise"  # of a fact's data
Promised = dict[str, Promise]


def policy_at(db: Session, policy: Policy, unit_id: int | None) -> Policy:
    """The policy for a place: what its unit, or the nearest one above it, has for itself."""
    if not (policy.whole or policy).units:
        return policy
    return policy.at([level.name for level in streets_of(db).upwards(unit_id)])


def policy_of(ctx: Context, ticket: Ticket) -> Policy:
    """The policy for the place of a ticket: other hands do not change it."""
    return policy_at(ctx.db, ctx.policy, ticket.unit_id)


def kept(made: Mapping[str, Promise]) -> JsonObject:
    """Promises as part of a fact's data."""
    return {KEPT: {what: promise.as_json() for what, promise in made.items()}} if made else {}


def new_round(start: datetime, urgency: str, kind: str, policy: Policy, cause: str = promises.SAID) -> Promised:
    """What is promised of a report, counted from a moment. Advice and praise are answered, and that is all."""
    if kind in deadlines.WITHOUT_LIGHTS:
        answer = replace(promises.office_days(start, policy), cause=cause)
        return {promises.ACCEPT: answer, promises.PROGRESS: answer, promises.RESOLVE: answer}
    made = {
        promises.ACCEPT: deadlines.accept_by(start, urgency, policy, cause),
        promises.PROGRESS: deadlines.progress_by(start, urgency, policy, cause),
    }
    resolve = deadlines.resolve_by(start, urgency, policy, cause)
    return made | {promises.RESOLVE: resolve} if resolve is not None else made


def known(db: Session, ticket: Ticket) -> Promised:
    """What stands of a ticket's promises, each with its newest reason; a moment that has none is not among them."""
    stands = {
        promises.ACCEPT: ticket.accept_due,
        promises.PROGRESS: ticket.progress_due,
        promises.RESOLVE: ticket.resolve_due,
    }
    found: Promised = {}
    for data in db.scalars(select(Fact.data).where(Fact.ticket_id == ticket.id).order_by(Fact.id)):
        for what, one in data.get(KEPT, {}).items():
            promise = promises.of_json(one)
            if promise.due == stands.get(what) or _is_to_come(what, ticket):
                found[what] = promise
    return found


def history(db: Session, ticket: Ticket, what: str) -> list[Promise]:
    """Every promise of one kind that was ever made about a ticket, oldest first."""
    kept_data = db.scalars(select(Fact.data).where(Fact.ticket_id == ticket.id).order_by(Fact.id))
    return [promises.of_json(data[KEPT][what]) for data in kept_data if what in data.get(KEPT, {})]


def _is_to_come(what: str, ticket: Ticket) -> bool:
    """The first word of progress has its date from the beginning, and its column from acceptance on."""
    return what == promises.DATE or (what == promises.PROGRESS and ticket.progress_due is None)


def acceptance(db: Session, ticket: Ticket, policy: Policy) -> Promise:
    """Until when somebody must have accepted; its beginning is reckoned back where none was written down."""
    found = known(db, ticket).get(promises.ACCEPT)
    if found is not None:
        return found
    fresh = deadlines.accept_by(ticket.opened_at, ticket.urgency, policy)
    start = ticket.opened_at if ticket.reopenings == 0 else ticket.accept_due - (fresh.due - fresh.start)
    yellow = start + max(ticket.accept_due - start, timedelta()) * policy.yellow_percent / 100
    return Promise(start, yellow, ticket.accept_due, promises.SAID, policy=ticket.policy)


def handling(db: Session, ticket: Ticket, policy: Policy) -> Promise:
    """Until when it is to be done, where that is promised; reckoned back where no reason was written down."""
    assert ticket.resolve_due is not None
    found = known(db, ticket).get(promises.RESOLVE)
    if found is not None:
        return found
    length = max(ticket.resolve_due - ticket.opened_at, timedelta())
    yellow = ticket.opened_at + length * policy.yellow_percent / 100
    return Promise(ticket.opened_at, yellow, ticket.resolve_due, promises.SAID, policy=ticket.policy)


def at_acceptance(ctx: Context, ticket: Ticket) -> Promised:
    """Somebody takes it: until when the first word of progress is due, and for a complex matter its date."""
    policy = policy_of(ctx, ticket)
    before = known(ctx.db, ticket)
    first = before.get(promises.PROGRESS)
    if first is None:
        first = deadlines.progress_by(ticket.opened_at, ticket.urgency, policy)
    if ticket.kind not in deadlines.WITHOUT_LIGHTS:
        first = deadlines.with_grace(first, ctx.now, policy)
    ticket.progress_due = first.due
    made = {promises.PROGRESS: first}
    date = deadlines.date_by(ctx.now, ticket.urgency, policy) if ticket.resolve_due is None else None
    return made | {promises.DATE: date} if date is not None else made


def at_reopening(ctx: Context, ticket: Ticket) -> Promised:
    """A new round counts from now; until when it was to be done stays as it was promised."""
    policy = policy_of(ctx, ticket)
    made = new_round(ctx.now, ticket.urgency, ticket.kind, policy, promises.REOPENED)
    made.pop(promises.RESOLVE, None)
    if ticket.status == Status.REPORTED:
        ticket.accept_due = made[promises.ACCEPT].due
        return made
    del made[promises.ACCEPT]
    ticket.progress_due = made[promises.PROGRESS].due
    return made


def as_urgent_as_it_is(ctx: Context, ticket: Ticket) -> Promised:
    """It is more, or less, urgent than was understood: accepted sooner, never later; done as its urgency says.

    A date that came from outside stays.
    """
    policy = policy_of(ctx, ticket)
    made: Promised = {}
    before = known(ctx.db, ticket).get(promises.RESOLVE)
    if before is None or before.cause != promises.GIVEN:
        resolve = deadlines.resolve_by(ticket.opened_at, ticket.urgency, policy)
        ticket.resolve_due = resolve.due if resolve is not None else None
        made |= {promises.RESOLVE: resolve} if resolve is not None else {}
    sooner = deadlines.accept_by(ctx.now, ticket.urgency, policy, promises.GRAVER)
    if ticket.status == Status.REPORTED and sooner.due < ticket.accept_due:
        ticket.accept_due = sooner.due
        made[promises.ACCEPT] = sooner
    return made


def earliest(ctx: Context, lead: Ticket, part: Ticket) -> Promised:
    """Two become one: the earliest promise of either holds, and what the earliest word would have been promised.

    The caller has set the higher urgency.
    """
    first = min(lead.opened_at, part.opened_at)
    fresh = new_round(first, lead.urgency, lead.kind, policy_of(ctx, lead))
    theirs, ours = known(ctx.db, part), known(ctx.db, lead)
    made: Promised = {}
    resolve = _sooner(lead.resolve_due, part.resolve_due, theirs.get(promises.RESOLVE), fresh.get(promises.RESOLVE))
    if resolve is not None and resolve.due != lead.resolve_due:
        lead.resolve_due = resolve.due
        made[promises.RESOLVE] = replace(resolve, by=resolve.by or str(part.number))
    if lead.status not in (Status.REPORTED, Status.MERGED):
        return made
    again = fresh[promises.ACCEPT] if lead.reopenings == 0 else ours.get(promises.ACCEPT)
    accept = _sooner(lead.accept_due, part.accept_due, theirs.get(promises.ACCEPT), again)
    if accept is not None and accept.due < lead.accept_due:
        lead.accept_due = accept.due
        made[promises.ACCEPT] = replace(accept, by=accept.by or str(part.number))
    return made


def _sooner(
    ours: datetime | None, theirs: datetime | None, reason: Promise | None, fresh: Promise | None
) -> Promise | None:
    """What comes first of the other's moment, with its reason, and a fresh promise; None where ours does."""
    found = [fresh] if fresh is not None else []
    if theirs is not None:
        found.append(reason or Promise(theirs, theirs, theirs, promises.SAID))
    first = min(found, key=lambda one: one.due, default=None)
    return first if first is not None and (ours is None or first.due < ours) else None


def yellow_at(ticket: Ticket, what: str, made: Promised) -> datetime | None:
    """When a promise turns yellow; an emergency is red at once."""
    found = made.get(what)
    due = {promises.ACCEPT: ticket.accept_due, promises.PROGRESS: ticket.progress_due}.get(what, ticket.resolve_due)
    return found.yellow if found is not None and ticket.urgency != deadlines.EMERGENCY else due
