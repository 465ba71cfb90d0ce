"""It is more urgent than was first understood: the promise comes nearer, and its reminders with it."""

from __future__ import annotations

from handlers.context import Context
from handlers.rules import promises
from handlers.rules.deadlines import EMERGENCY
from handlers.ticket import case, lights, promising
from storage.base import JsonObject
from storage.tickets import Ticket
from storage.workflow import Status


def follow(ctx: Context, ticket: Ticket, before: str) -> JsonObject:
    """The promise follows the urgency that the ticket has now; ``before`` is the one it had.

    Answers what the fact of the change keeps. An emergency rings from now on, until somebody accepts.
    """
    if ticket.urgency == before:
        return {}
    made = promising.as_urgent_as_it_is(ctx, ticket)
    if ticket.status == Status.REPORTED and ticket.urgency == EMERGENCY:
        case.stop_timers(ctx.db, ticket, *case.ACCEPTANCE)
        case.arm_acceptance(ctx.db, ticket, ctx.policy, ctx.now)
    elif promises.ACCEPT in made:
        case.stop_timers(ctx.db, ticket, *case.ACCEPTANCE)
        again = f":g{ctx.inbox.id}"
        case.arm_acceptance(ctx.db, ticket, ctx.policy, ctx.now, again, made[promises.ACCEPT])
    lights.arm(ctx.db, ticket, ctx.policy, ctx.now, made.get(promises.RESOLVE))
    return promising.kept(made)
