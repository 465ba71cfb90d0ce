"""并案 and 拆分: tickets become one incident, and two again. Each is a fact on both; undone, everything is as it was.

The lead speaks for all: its desk works, everybody hears what becomes of it, its promise counts from the earliest word
and its urgency is the highest. Rows are locked in the order of their ids, so that of two merges against each other one
comes first and the other finds it done.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from handlers.context import Context
from handlers.message import Member, Replies, Reply
from handlers.rules import promises
from handlers.rules.deadlines import EMERGENCY, Promise
from handlers.ticket import acting, cards, case, lights, promising
from handlers.wording import desk as desk_wording
from handlers.wording import merging as wording
from handlers.wording import taxonomy
from handlers.wording.stamps import stamp
from handlers.wording.times import when
from storage import directory, incidents, tickets
from storage.base import JsonObject
from storage.deployment import Question
from storage.facts import Fact, FactKind, of_ticket
from storage.people import Staff
from storage.tickets import Ticket
from storage.workflow import WAITING_FOR_STAFF, Status

RANK = {"complex": 0, "ordinary": 1, "urgent": 2, "emergency": 3}


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge made: the two facts, and what is to be said to those who work on it."""

    part: Ticket
    lead: Ticket
    fact: Fact
    replies: Replies


def first_of(found: Sequence[Ticket]) -> Ticket:
    """Who leads: the earliest, but never something calmer than an emergency."""
    return min(found, key=lambda one: (one.urgency != EMERGENCY, one.opened_at, one.id))


def merge(ctx: Context, part: Ticket, lead: Ticket, because: Sequence[str], *, by_hand: bool = False) -> Merged | None:
    """Makes ``part`` a part of ``lead``, or of what that was merged into. None: it is done already, or cannot be."""
    both = {row.id: row for row in incidents.locked(ctx.db, {part.id, lead.id})}
    part, lead = both[part.id], _top(ctx, both[lead.id])
    if part.status not in WAITING_FOR_STAFF or lead.status not in WAITING_FOR_STAFF or lead.id == part.id:
        return None
    if part.confidential or lead.confidential:
        return None
    before = _state(lead)
    taken = _taken_over(ctx, part, lead)
    rang = lead.urgency == EMERGENCY
    lead.urgency = max(lead.urgency, part.urgency, key=RANK.__getitem__)
    made = promising.earliest(ctx, lead, part)
    tickets.move(part, Status.MERGED)
    part.merged_into_id = lead.id
    case.stop_timers(ctx.db, part)
    hand = {"because": list(because), "by_hand": by_hand}
    fact = case.record(ctx, part, FactKind.MERGED, said_here=True, data={"into": lead.number, **hand})
    after = _state(lead)
    change = {"before": before, "after": after} if after != before else {}
    data = {"from": part.number, **hand, **change, **promising.kept(made)}
    merged = case.record(ctx, lead, FactKind.MERGED, data=data)
    if promises.ACCEPT in made and not rang:  # what rings goes on ringing at its own times
        _rearm(ctx, lead, f":m{merged.id}", made[promises.ACCEPT])
    elif promises.RESOLVE in made:
        lights.arm(ctx.db, lead, ctx.policy, ctx.now)
    told = [*_told_taken(ctx, lead, taken), *_told_holder(ctx, part, lead)]
    return Merged(part, lead, fact, told)


def _top(ctx: Context, ticket: Ticket) -> Ticket:
    """What speaks for a ticket, kept from anybody else."""
    while ticket.status == Status.MERGED and ticket.merged_into_id is not None:
        [ticket] = incidents.locked(ctx.db, {ticket.merged_into_id})
    return ticket


def _state(ticket: Ticket) -> JsonObject:
    """What a merge may change of the promise."""
    resolve = ticket.resolve_due.isoformat() if ticket.resolve_due is not None else None
    return {"urgency": ticket.urgency, "accept_due": ticket.accept_due.isoformat(), "resolve_due": resolve}


def _rearm(ctx: Context, ticket: Ticket, again: str, promise: Promise | None = None) -> None:
    """The ladder leads to the promise as it now stands; one that is long over begins at its red rung."""
    case.stop_timers(ctx.db, ticket, *case.ACCEPTANCE)
    promise = promise or promising.acceptance(ctx.db, ticket, promising.policy_of(ctx, ticket))
    promise = replace(promise, due=max(promise.due, ctx.now + timedelta(seconds=1)))
    case.arm_acceptance(ctx.db, ticket, ctx.policy, ctx.now, again, promise)


def _taken_over(ctx: Context, part: Ticket, lead: Ticket) -> Fact | None:
    """Somebody works on the later one already: then they have the incident, unless it is graver than what they took."""
    graver = lead.urgency == EMERGENCY != part.urgency
    if lead.status != Status.REPORTED or part.holder_id is None or part.status == Status.REPORTED or graver:
        return None
    tickets.move(lead, Status.ACCEPTED)
    if part.status == Status.IN_PROGRESS:
        tickets.move(lead, Status.IN_PROGRESS)
    lead.holder_id, lead.desk_id = part.holder_id, part.desk_id
    lead.accepted_at, lead.progress_at, lead.progress_due = part.accepted_at, part.progress_at, part.progress_due
    case.taken(ctx, lead)
    if lead.progress_at is None and lead.progress_due is not None:
        case.arm(ctx.db, lead, "progress:due", lead.progress_due)
    late = lead.accepted_at is not None and lead.accepted_at > lead.accept_due
    return case.record(ctx, lead, FactKind.ACCEPTED, data={"by": "merge", "late": late})


def _told_taken(ctx: Context, lead: Ticket, fact: Fact | None) -> Iterator[Reply]:
    if fact is None:
        return
    unit = directory.unit_of(ctx.db, lead.desk_id)
    holder = directory.name_of(ctx.vault, ctx.db.get(Staff, lead.holder_id))
    name = unit.name if unit is not None else taxonomy.ROLE["community"]
    text = desk_wording.TOLD_ACCEPTED.format(number=lead.number, unit=name, name=holder)
    yield from case.tell_members(ctx, lead, fact, text)


def _told_holder(ctx: Context, part: Ticket, lead: Ticket) -> Iterator[Reply]:
    """Whoever worked on the part hears who has it now."""
    me = ctx.who.staff.id if ctx.who.staff is not None else None
    if part.holder_id is None or part.holder_id in (lead.holder_id, me):
        return
    unit = directory.unit_of(ctx.db, lead.desk_id)
    holder = directory.name_of(ctx.vault, ctx.db.get(Staff, lead.holder_id)) if lead.holder_id is not None else ""
    who = holder or (unit.name if unit is not None else taxonomy.ROLE["community"])
    text = wording.MERGED_HOLDER.format(number=part.number, lead=lead.number, who=who)
    yield Reply(text, to=Member(part.holder_id), ticket_id=lead.id)


def stamped(ctx: Context, part: Ticket, lead: Ticket) -> Reply:
    """The cards of what was merged have nothing to press any more."""
    return cards.stamped(ctx, part, stamp(wording.STAMP, lead=str(lead.number)))


def split(ctx: Context, part: Ticket, *, asked: bool = False) -> tuple[Ticket, Replies] | None:
    """Takes a ticket out of the incident again: its own desk, its own promise, its own people. None: it is in none.

    Answers what it was in, and what those who work on either are told. ``asked``: by its reporter.
    """
    rows = incidents.locked(ctx.db, {part.id, *(row.id for row in _upwards(ctx, part))})
    part = next(row for row in rows if row.id == part.id)
    if part.status != Status.MERGED or part.merged_into_id is None:
        return None
    parent, lead = ctx.db.get_one(Ticket, part.merged_into_id), tickets.lead(ctx.db, part)
    for ticket in (part, parent, *_upwards(ctx, parent)):
        acting.note(ctx, ticket)
    tickets.move(part, Status.REPORTED)
    part.merged_into_id = None
    part.holder_id = part.accepted_at = part.progress_at = part.progress_due = None
    fact = case.record(ctx, part, FactKind.SPLIT, said_here=True, data={"from": parent.number, "asked": asked})
    ctx.db.flush()
    for ticket in (parent, *_upwards(ctx, parent)):
        _settle(ctx, ticket, parent, {"out": part.number, "asked": asked})
    _rearm(ctx, part, f":s{fact.id}")
    _forget_closing(ctx, part, lead)
    form = wording.SPLIT_STAFF.format(part=part.number, number="{number}")
    news = case.tell_workers(ctx, lead, fact, form) if lead.status in WAITING_FOR_STAFF else ()
    told = wording.TOLD_SPLIT.format(number=part.number, due=when(part.accept_due, ctx.now))
    return lead, [
        *case.tell_members(ctx, part, fact, told),
        *cards.card_to_desk(ctx, part),
        *news,
    ]


def _upwards(ctx: Context, ticket: Ticket) -> list[Ticket]:
    """What a ticket was merged into, and what that was merged into, nearest first."""
    found: list[Ticket] = []
    while ticket.status == Status.MERGED and ticket.merged_into_id is not None:
        ticket = ctx.db.get_one(Ticket, ticket.merged_into_id)
        found.append(ticket)
    return found


def _settle(ctx: Context, ticket: Ticket, parent: Ticket, data: JsonObject) -> None:
    """Something left: the promise is what it was before any merge, and what the parts that stay make of it."""
    before = _state(ticket)
    made: promising.Promised = {}
    base = _before_merges(ctx, ticket)
    if base is not None:
        _put_back(ticket, base)
        staying = select(Ticket).where(Ticket.merged_into_id == ticket.id, Ticket.status == Status.MERGED)
        for part in ctx.db.scalars(staying.order_by(Ticket.id)).all():
            ticket.urgency = max(ticket.urgency, part.urgency, key=RANK.__getitem__)
            made |= promising.earliest(ctx, ticket, part)
    after = _state(ticket)
    if after == before and ticket.id != parent.id:
        return
    change = {"before": before, "after": after, **promising.kept(made)} if after != before else {}
    fact = case.record(ctx, ticket, FactKind.SPLIT, data={**data, **change})
    if after["accept_due"] != before["accept_due"] and ticket.status == Status.REPORTED:
        _rearm(ctx, ticket, f":u{fact.id}")


def _before_merges(ctx: Context, ticket: Ticket) -> JsonObject | None:
    """What the promise was before merges changed it; None where they did not, or something else did since."""
    chain: list[JsonObject] = []
    for fact in of_ticket(ctx.db, ticket.id):
        if fact.kind in (FactKind.MERGED, FactKind.SPLIT) and "after" in fact.data:
            chain = [*chain, fact.data] if chain and chain[-1]["after"] == fact.data["before"] else [fact.data]
    return chain[0]["before"] if chain and chain[-1]["after"] == _state(ticket) else None


def _put_back(ticket: Ticket, state: JsonObject) -> None:
    ticket.urgency, resolve = state["urgency"], state["resolve_due"]
    ticket.resolve_due = datetime.fromisoformat(resolve) if resolve is not None else None
    if ticket.status in (Status.REPORTED, Status.MERGED):
        ticket.accept_due = datetime.fromisoformat(state["accept_due"])


def _forget_closing(ctx: Context, part: Ticket, lead: Ticket) -> None:
    """Whoever leaves is not asked any longer whether the other trouble is over."""
    leaving = {member.account_id for member in tickets.members(ctx.db, part)}
    staying = {member.account_id for member in tickets.members(ctx.db, lead)}
    mine = Question.account_id.in_(leaving - staying)
    ctx.db.execute(delete(Question).where(Question.ticket_id == lead.id, Question.kind == "closing", mine))
