"""分流 1043 大家事: staff put right whose matter something is; its desk follows, the promise stays."""

from __future__ import annotations

from handlers.context import Context
from handlers.matter import lanes
from handlers.matter.opening import desk_for
from handlers.message import Incoming, Member, Replies, Reply
from handlers.orders import Order
from handlers.registry import on
from handlers.rules.lanes import PUBLIC
from handlers.ticket import cards, case
from handlers.ticket.changing_hands import back_to_desk
from handlers.ticket.choosing import choose_eligible
from handlers.wording import lanes as wording
from handlers.wording import stamps, taxonomy
from handlers.wording.commands import BLANKS
from handlers.wording.times import when
from storage import directory
from storage.tickets import Ticket


@on("lane")
def change(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """Another lane, another desk if it has one of its own. Whom somebody dispatched it to by hand keeps it."""
    ticket = choose_eligible(incoming, ctx, order)
    if isinstance(ticket, Reply):
        return [ticket]
    lane = wording.SAID.get(order.rest.strip(BLANKS))
    if lane is None:
        return [Reply(wording.WHICH.format(number=ticket.number), ticket_id=ticket.id)]
    shown = {"number": ticket.number, "lane": wording.NAMES[lane]}
    if lane == (ticket.lane or PUBLIC):
        return [Reply(wording.SAME.format(**shown), ticket_id=ticket.id)]
    if lane != PUBLIC and not lanes.may_be_any(ticket):
        return [Reply(wording.NOT_PRIVATE.format(**shown), ticket_id=ticket.id)]
    return _changed(ctx, ticket, lane)


def _changed(ctx: Context, ticket: Ticket, lane: str) -> Replies:
    by_table, before, holder_id = desk_for(ctx, ticket), ticket.lane, ticket.holder_id
    ticket.lane = lane
    fact = lanes.note(ctx, ticket, before, by_hand=True)
    wanted = desk_for(ctx, ticket)
    moves = wanted != by_table and ticket.desk_id == by_table
    if moves:
        back_to_desk(ctx, ticket, wanted)
        case.arm_acceptance(ctx.db, ticket, ctx.policy, ctx.now)
    desk = directory.unit_of(ctx.db, ticket.desk_id)
    unit = desk.name if desk is not None else taxonomy.UNDISPATCHED
    form = wording.MOVED if moves else wording.CHANGED
    due = when(ticket.accept_due, ctx.now)
    answer = Reply(form.format(number=ticket.number, lane=wording.NAMES[lane], unit=unit, due=due), ticket_id=ticket.id)
    told = lanes.what_can_be_done(ctx, ticket)
    heard = list(case.tell_members(ctx, ticket, fact, told)) if told is not None else []
    if not moves:
        return [answer, *heard]
    if holder_id is not None and holder_id not in ctx.who.hands:
        text = wording.HOLDER_MOVED.format(number=ticket.number, unit=unit)
        heard.append(Reply(text, to=Member(holder_id), name=f"ticket:{ticket.number}:lane:{fact.id}"))
    stamp = cards.stamped(ctx, ticket, stamps.stamp(stamps.MOVED, unit=unit))
    return [answer, stamp, *cards.taken_back(ctx, ticket), *cards.card_to_desk(ctx, ticket), *heard]
