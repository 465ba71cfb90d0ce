"""退回重办, 已面谈: what the community or the street does about a ticket that was reopened."""

from __future__ import annotations

from handlers.context import Context
from handlers.message import Incoming, Replies, Reply
from handlers.orders import Order
from handlers.registry import on
from handlers.ticket import cards, case, judges, second_looks
from handlers.ticket.changing_hands import back_to_desk
from handlers.ticket.choosing import choose_eligible
from handlers.ticket.working import me, work_on
from handlers.wording import reopening as wording
from handlers.wording import stamps
from handlers.wording.times import when
from storage import directory, endings
from storage.facts import FactKind


@on("redo")
def redo(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """退回重办: back to the desk that said it was done; the promise of the reopening stays."""
    ticket = choose_eligible(incoming, ctx, order)
    if isinstance(ticket, Reply):
        return [ticket]
    reopened = endings.awaits_judgement(ctx.db, ticket)
    if reopened is None:
        return [Reply(wording.REDO_NOT.format(number=ticket.number), ticket_id=ticket.id)]
    desk = directory.unit_of(ctx.db, reopened.data.get("desk"))
    if desk is None:
        return [Reply(wording.REDO_NOBODY.format(number=ticket.number), ticket_id=ticket.id)]
    judge = directory.unit_of(ctx.db, ticket.desk_id)
    if judge is not None and judges.is_the_streets(ctx.db, ctx.policy, ticket) and judge.id not in ctx.who.desks:
        return [Reply(wording.REDO_OTHERS.format(number=ticket.number, unit=judge.name), ticket_id=ticket.id)]
    back_to_desk(ctx, ticket, desk.id)
    data = {"unit": desk.id, "staff": reopened.data.get("holder"), "redo": True}
    fact = case.record(ctx, ticket, FactKind.REASSIGNED, said_here=True, data=data)
    case.arm_acceptance(ctx.db, ticket, ctx.policy, ctx.now)
    due = when(ticket.accept_due, ctx.now)
    answer = wording.REDO.format(number=ticket.number, desk=desk.name, due=due)
    by = judge.name if judge is not None else desk.name
    told = wording.TOLD_REDO.format(number=ticket.number, unit=by, desk=desk.name)
    return [
        Reply(answer, ticket_id=ticket.id, stamp=stamps.stamp(stamps.MOVED, unit=desk.name)),
        cards.stamped(ctx, ticket, stamps.stamp(stamps.MOVED, unit=desk.name)),
        *cards.taken_back(ctx, ticket),
        *cards.card_to_desk(ctx, ticket),
        *case.tell_members(ctx, ticket, fact, told),
    ]


@on("talked")
def talked(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """已面谈: the street has talked to the resident; what was said is kept, and only then may it close as explained."""
    ticket = choose_eligible(incoming, ctx, order)
    if isinstance(ticket, Reply):
        return [ticket]
    if not ticket.reopenings:
        return [Reply(wording.TALK_NOT.format(number=ticket.number), ticket_id=ticket.id)]
    if not order.rest:
        return [Reply(wording.TALK_WHAT.format(number=ticket.number), ticket_id=ticket.id)]
    refusal = work_on(ctx, ticket, "talked")
    if refusal is not None:
        return [refusal]
    data = {"by": [post.unit_id for post in me(ctx).posts]}
    case.record(ctx, ticket, FactKind.TALKED, body=ctx.keep(order.rest), said_here=True, data=data)
    case.belongs(ctx, ticket)
    case.stop_timers(ctx.db, ticket, second_looks.TALK, "progress:due")
    ticket.contacted_at = ctx.now
    return [Reply(wording.TALKED.format(number=ticket.number), ticket_id=ticket.id)]
