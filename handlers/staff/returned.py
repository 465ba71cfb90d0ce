"""What becomes of a ticket whose return was granted: it goes to its new owner, or joins the one it repeats."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from handlers.context import Context
from handlers.matter import incident
from handlers.message import Member, Replies, Reply
from handlers.staff import asking_up, owners, return_reasons
from handlers.ticket import acting, cards, case
from handlers.ticket.changing_hands import back_to_desk
from handlers.ticket.working import me
from handlers.wording import deciding as deciding_words
from handlers.wording import returning as wording
from handlers.wording import stamps
from storage import tickets
from storage.decisions import Decision
from storage.facts import FactKind
from storage.people import Unit
from storage.tickets import Ticket


def check(ctx: Context, ticket: Ticket, decision: Decision, rest: str) -> Reply | None:
    """Why it cannot be granted like this: no owner, or one that cannot have it."""
    number = asking_up.same_as(ctx.db, decision)
    if number is not None and not rest:
        cannot = wording.CANNOT_MERGE.format(number=ticket.number, other=number)
        return (
            Reply(cannot, ticket_id=ticket.id) if return_reasons.wrong_same(ctx, ticket, number) is not None else None
        )
    found = _owner(ctx, ticket, decision, rest)
    return found if isinstance(found, Reply) else None


def _owner(ctx: Context, ticket: Ticket, decision: Decision, rest: str) -> Unit | Reply:
    asker = ctx.db.get_one(Unit, decision.unit_id)
    if rest:
        return owners.named(ctx, ticket, rest.strip(wording.FILLERS), asker)
    if decision.proposed_id is None:
        return Reply(wording.OWNER_PLEASE.format(number=ticket.number), ticket_id=ticket.id)
    unit = ctx.db.get_one(Unit, decision.proposed_id)
    wrong = owners.problem(ctx, ticket, unit, asker)
    return Reply(wrong, ticket_id=ticket.id) if wrong else unit


def grant(ctx: Context, ticket: Ticket, decision: Decision, rest: str) -> Replies:
    number = asking_up.same_as(ctx.db, decision)
    if number is not None and not rest:
        return list(_made_one(ctx, ticket, decision, number))
    owner = _owner(ctx, ticket, decision, rest)
    assert isinstance(owner, Unit)  # it was checked in this transaction
    told = {decision.asked_by_id, ticket.holder_id} - {None, me(ctx).id}
    decision.proposed_id = owner.id  # to whom it was given
    back_to_desk(ctx, ticket, owner.id)
    data = {"unit": owner.id, "from": decision.unit_id, "decision": decision.id}
    fact = case.record(ctx, ticket, FactKind.RETURNED, said_here=True, data=data)
    case.arm_acceptance(ctx.db, ticket, ctx.policy, ctx.now)
    values = {"number": ticket.number, "unit": owner.name}
    return [
        Reply(wording.GRANTED.format(**values), ticket_id=ticket.id, stamp=deciding_words.STAMP[True]),
        cards.stamped(ctx, ticket, stamps.stamp(stamps.MOVED, unit=owner.name)),
        *cards.taken_back(ctx, ticket),
        *(_to_staff(decision, number, wording.TOLD_ASKER.format(**values)) for number in told if number is not None),
        *cards.card_to_desk(ctx, ticket),
        *case.tell_members(ctx, ticket, fact, wording.TOLD.format(number=ticket.number)),
    ]


def _to_staff(decision: Decision, staff_id: int, text: str) -> Reply:
    name = f"decision:{decision.id}:granted:{staff_id}"
    return Reply(text, to=Member(staff_id), name=name, ticket_id=decision.ticket_id)


def _made_one(ctx: Context, ticket: Ticket, decision: Decision, number: int) -> Iterator[Reply]:
    """重复: it becomes a part of the other one, whoever reported first; the earliest promise of both holds."""
    other = ctx.db.scalars(select(Ticket).where(Ticket.number == number)).one()
    told = {decision.asked_by_id, ticket.holder_id} - {None, me(ctx).id}
    acting.note(ctx, tickets.lead(ctx.db, other))
    merged = incident.merge(ctx, ticket, tickets.lead(ctx.db, other), ["returned"], by_hand=True)
    assert merged is not None  # it was checked in this transaction
    values = {"number": ticket.number, "other": merged.lead.number}
    yield Reply(wording.GRANTED_MERGED.format(**values), ticket_id=ticket.id, stamp=deciding_words.STAMP[True])
    yield incident.stamped(ctx, merged.part, merged.lead)
    for staff_id in told:
        if staff_id is not None:
            yield _to_staff(decision, staff_id, wording.TOLD_ASKER_MERGED.format(**values))
    yield from case.tell_members(ctx, merged.part, merged.fact, wording.TOLD_MERGED.format(**values))
    yield from merged.replies
