"""恢复受理: what was refused or handed outside is ours again, with a reason and a new promise."""

from __future__ import annotations

from handlers.context import Context
from handlers.message import Incoming, Replies, Reply
from handlers.orders import Order
from handlers.registry import on
from handlers.rules import promises
from handlers.rules.privacy import discreet_place
from handlers.staff import objecting
from handlers.ticket import cards, case, promising
from handlers.ticket.changing_hands import back_to_desk
from handlers.ticket.choosing import choose, not_now
from handlers.wording import outside as wording
from handlers.wording.times import when
from storage.facts import FactKind
from storage.tickets import Ticket


@on("take_up")
def take_up(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """恢复受理 1043 核实后确属我们办: the counter-command of 不予受理 and 移交."""
    ticket = choose(incoming, ctx, order)
    if isinstance(ticket, Reply):
        return [ticket]
    if not objecting.may_be_taken_up(ticket):
        return [not_now(ticket, "take_up")]
    if not order.rest:
        return [Reply(wording.TAKE_UP_REASON.format(number=ticket.number), ticket_id=ticket.id)]
    return _taken_up(ctx, ticket, order.rest)


def _taken_up(ctx: Context, ticket: Ticket, reason: str) -> Replies:
    before = {"status": ticket.status, "code": ticket.reason_code, "outside": ticket.outside}
    back_to_desk(ctx, ticket, ticket.desk_id)
    ticket.closing, ticket.closed_at, ticket.reason_code = None, None, None
    ticket.outside, ticket.outside_number, ticket.outside_phone = None, None, None
    made = promising.at_reopening(ctx, ticket)
    data = {"before": before, **promising.kept(made)}
    fact = case.record(ctx, ticket, FactKind.RESUMED, body=ctx.keep(reason), said_here=True, data=data)
    case.belongs(ctx, ticket)
    case.arm_acceptance(ctx.db, ticket, ctx.policy, ctx.now, promise=made[promises.ACCEPT])
    due = when(ticket.accept_due, ctx.now)
    place = case.where(ctx.db, ticket)
    shown = {"number": ticket.number, "what": case.what(ticket), "due": due}
    text = wording.TAKEN_UP_CARD.format(**shown, place=place, reason=reason)
    in_group = wording.TAKEN_UP_IN_GROUP.format(**shown, place=discreet_place(place))
    return [
        Reply(wording.TAKEN_UP.format(number=ticket.number, due=due), ticket_id=ticket.id),
        *cards.card_to_desk(ctx, ticket, text, in_group),
        *case.tell_members(ctx, ticket, fact, wording.TOLD_TAKEN_UP.format(number=ticket.number, due=due)),
    ]
