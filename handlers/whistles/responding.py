"""报到 and 说明不到: a department answers a whistle, by presence or contact, or says why it cannot come.

Who says so is answered by the street, and if the street does not agree by the district, once and for good (一事一议).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from handlers.context import Context
from handlers.message import Incoming, Member, Replies, Reply
from handlers.orders import Order
from handlers.registry import on
from handlers.rosters import on_duty
from handlers.ticket import beside, case
from handlers.ticket.choosing import choose, quoted_ticket
from handlers.ticket.working import me
from handlers.whistles import hands, whistle_calls
from handlers.wording import whistles as wording
from handlers.wording.times import when
from storage import decisions, whistles
from storage.facts import FactKind
from storage.people import Unit, UnitKind
from storage.tickets import Ticket
from storage.whistles import Answer, Decided, Whistle, WhistleCall, WhistleKind
from storage.workflow import WAITING_FOR_STAFF

ASKED_WITHIN = timedelta(minutes=10)
QUESTION = "decline"


@on("respond")
def respond(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """报到: somebody of the unit is there, or has called."""
    by_contact = any(word in order.rest for word in wording.BY_CONTACT)
    return _answered(incoming, ctx, order, Answer.CONTACT if by_contact else Answer.PRESENT)


@on("respond_contact")
def respond_contact(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """已联系: the same, by telephone."""
    return _answered(incoming, ctx, order, Answer.CONTACT)


@on("decline")
def decline(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """说明不到: with a reason; the street answers."""
    found = _call(incoming, ctx, order)
    if isinstance(found, Reply):
        return [found]
    call, ticket = found
    if call.decided == Decided.MUST_COME:
        return [Reply(wording.FINAL_ALREADY.format(number=ticket.number), ticket_id=ticket.id)]
    if order.rest:
        return _declined(ctx, ticket, call, order.rest)
    until = ctx.now + ASKED_WITHIN
    case.ask_in_private(ctx, ctx.who.account, QUESTION, ticket=ticket, until=until, data={"call": call.id})
    return [Reply(wording.DECLINE_WHY, to=case.sender(ctx), ticket_id=ticket.id)]


def named(incoming: Incoming, ctx: Context) -> Replies | None:
    """Why they cannot come, right after the tap."""
    question = beside.answered(incoming, ctx, QUESTION)
    if question is None:
        return None
    call = ctx.db.get_one(WhistleCall, int(question.data["call"]))
    ticket = ctx.db.get_one(Ticket, question.ticket_id)
    if call.answer != Answer.WAITING:
        return [_already(ctx, ticket, call)]
    return _declined(ctx, ticket, call, incoming.text)


# --- which call


def _call(incoming: Incoming, ctx: Context, order: Order) -> tuple[WhistleCall, Ticket] | Reply:
    """The call to one of this person's units that still waits for an answer."""
    mine = beside.my_units(ctx)
    if order.number is None and quoted_ticket(incoming, ctx) is None:
        return _only(ctx, mine)
    ticket = choose(incoming, ctx, order)
    if isinstance(ticket, Reply):
        return ticket
    calls = [call for call in whistles.calls_about(ctx.db, ticket.id) if call.unit_id in mine]
    if not calls:
        return Reply(wording.NO_CALL.format(number=ticket.number), ticket_id=ticket.id)
    waiting = [call for call in calls if whistles.waits(call)]
    if not waiting or ticket.status not in WAITING_FOR_STAFF:
        return _already(ctx, ticket, calls[-1])
    return waiting[-1], ticket


def _only(ctx: Context, mine: list[int]) -> tuple[WhistleCall, Ticket] | Reply:
    found = whistles.waiting_calls(ctx.db, mine)
    if len(found) == 1:
        return found[0]
    if not found:
        return Reply(wording.NO_CALL_AT_ALL)
    numbers = wording.AND.join(dict.fromkeys(str(ticket.number) for _, ticket in found))
    return Reply(wording.WHICH_CALL.format(first=found[0][1].number, numbers=numbers))


def _already(ctx: Context, ticket: Ticket, call: WhistleCall) -> Reply:
    shown = {"number": ticket.number, "unit": beside.names(ctx.db, [call.unit_id])}
    if call.answer != Answer.DECLINED:
        return Reply(wording.ANSWERED_ALREADY.format(**shown), ticket_id=ticket.id)
    decision = wording.DECISIONS.get(call.decided or "", wording.UNDECIDED)
    return Reply(wording.DECLINED_ALREADY.format(**shown, decision=decision), ticket_id=ticket.id)


# --- there


def _answered(incoming: Incoming, ctx: Context, order: Order, answer: Answer) -> Replies:
    found = _call(incoming, ctx, order)
    if isinstance(found, Reply):
        return [found]
    call, ticket = found
    case.asks_no_more(ctx, ticket, QUESTION)
    decisions.lock(ctx.db, ticket)
    late = call.due_at is not None and ctx.now > call.due_at
    body = ctx.keep(order.rest) if order.rest else None
    values = {"answer": answer, "answered_by_id": me(ctx).id, "answered_at": ctx.now, "late": late}
    if not whistles.take(ctx.db, call, "answer", values | {"body_id": body.id if body is not None else None}):
        return [_already(ctx, ticket, call)]
    whistles.stop(ctx.db, whistle_calls.mark(call))
    data = {"call": call.id, "unit": call.unit_id, "how": answer, "late": late}
    fact = case.record(ctx, ticket, FactKind.RESPONDED, body=body, said_here=True, data=data)
    case.belongs(ctx, ticket)
    whistle = ctx.db.get_one(Whistle, call.whistle_id)
    unit = ctx.db.get_one(Unit, call.unit_id)
    due = _their_part(ctx, ticket, whistle, unit)
    shown = {"number": ticket.number, "unit": unit.name, "how": wording.HOW[answer]}
    told = wording.TOLD_RESPONDED.format(**shown, late=wording.LATE if late else "", note=order.rest)
    form = wording.RESPONDED if due else wording.RESPONDED_BARE
    answer_text = form.format(**shown, due=due)
    return [
        Reply(answer_text, ticket_id=ticket.id),
        *beside.to_holder(ctx, ticket, told, fact, whistle.by_id, whistle.signed_by_id),
    ]


def _their_part(ctx: Context, ticket: Ticket, whistle: Whistle, unit: Unit) -> str:
    """Whoever comes has a part with a date; a community that a grid called answers, and dispatches as always."""
    if unit.kind == UnitKind.COMMUNITY or unit.id == ticket.desk_id:
        return ""
    hand = hands.came(ctx, ticket, unit.id, whistle.id)
    return when(hand.due_at, ctx.now)


# --- not there


def _declined(ctx: Context, ticket: Ticket, call: WhistleCall, reason: str) -> Replies:
    case.asks_no_more(ctx, ticket, QUESTION)
    body = ctx.keep(reason)
    values = {"answer": Answer.DECLINED, "answered_by_id": me(ctx).id, "answered_at": ctx.now, "body_id": body.id}
    if not whistles.take(ctx.db, call, "answer", values | {"rung": 0}):
        return [_already(ctx, ticket, call)]
    whistles.stop(ctx.db, whistle_calls.mark(call))
    data = {"call": call.id, "unit": call.unit_id}
    fact = case.record(ctx, ticket, FactKind.DECLINED, body=body, said_here=True, data=data)
    whistle = ctx.db.get_one(Whistle, call.whistle_id)
    street = ctx.db.get_one(Unit, whistle.signer_unit_id)
    policy = beside.policy_of(ctx, ticket)
    due = beside.until(ctx.now, policy.whistle_decide, policy).due
    name = f"{whistle_calls.mark(call)}decide:1"
    whistle_calls.arm(ctx.db, name, whistle_calls.DECIDE, due, call=call.id, rung=1)
    unit = beside.names(ctx.db, [call.unit_id])
    told = wording.TOLD_DECLINED.format(number=ticket.number, unit=unit, street=street.name)
    return [
        Reply(wording.DECLINED.format(number=ticket.number, unit=street.name), ticket_id=ticket.id),
        *_to_street(ctx, ticket, whistle, call, reason, fact.id),
        *beside.to_holder(ctx, ticket, told, fact, whistle.by_id),
    ]


def _to_street(
    ctx: Context, ticket: Ticket, whistle: Whistle, call: WhistleCall, reason: str, fact_id: int
) -> Iterator[Reply]:
    """The leader on duty, or where nobody is one everybody of the street, decides with one tap."""
    unit = beside.names(ctx.db, [call.unit_id])
    text = wording.DECIDE.format(number=ticket.number, unit=unit, reason=reason)
    card = beside.card(ticket, (), (wording.EXCUSE_BUTTON, "whistle_excuse"), (wording.MUST_BUTTON, "whistle_must"))
    name = f"{whistle_calls.mark(call)}decide:card:{fact_id}"
    urgent = whistle.kind == WhistleKind.EMERGENCY
    in_group = wording.DECIDE_IN_GROUP.format(number=ticket.number, unit=unit)
    reply = Reply(text, card=card, name=name, ticket_id=ticket.id, urgent=urgent, in_group=in_group)
    leaders = on_duty.leader_on_duty(ctx.db, ctx.db.get_one(Unit, whistle.signer_unit_id), ctx.now)
    yield from (replace(reply, to=Member(staff.id)) for staff in leaders)
    if not leaders:
        yield from beside.to_unit(ctx, ticket, whistle.signer_unit_id, reply)
