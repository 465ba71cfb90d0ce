"""12都接: the tickets 1 and 2, whose numbers stand together; 12 itself where that is theirs to do it with."""

from __future__ import annotations

import re
from dataclasses import replace

from handlers.context import Context
from handlers.orders import Order
from handlers.ticket import choosing
from handlers.wording import everyday_several as wording
from handlers.wording.commands import COMMANDS
from storage import tickets

_TOGETHER = re.compile(wording.RUN_TOGETHER)


def apart(ctx: Context, order: Order) -> Order:
    """The order with each of the tickets that are meant; without any where it must be asked which. As it was where one
    number is all that was said."""
    number = _said_of_several(ctx, order)
    if number is None or _is_theirs(ctx, order.command, number):
        return order
    each = tuple(int(digit) for digit in str(number))
    if len(set(each)) == len(each) and all(_is_known(ctx, order.command, one) for one in each):
        return replace(order, numbers=each) if any(_is_theirs(ctx, order.command, one) for one in each) else order
    asks = not _is_known(ctx, "look", number) and ctx.group is None and len(choosing.candidates(ctx, order.command)) > 1
    return replace(order, numbers=()) if asks else order


def _said_of_several(ctx: Context, order: Order) -> int | None:
    """The one number of which the words say 都."""
    if len(order.numbers) != 1 or order.command not in choosing.ELIGIBLE or not COMMANDS[order.command].several:
        return None
    found = _TOGETHER.search(ctx.words)
    return order.number if found is not None and int(found["n"]) == order.number else None


def _is_known(ctx: Context, command: str, number: int) -> bool:
    """Whether it is a ticket of theirs, however it stands: that is the answer then."""
    ticket = tickets.by_number(ctx.db, number)
    return ticket is not None and choosing.reaches(ctx, ticket, command)


def _is_theirs(ctx: Context, command: str, number: int) -> bool:
    """Whether it is a ticket with which whoever speaks may do this now."""
    ticket = tickets.by_number(ctx.db, number)
    if ticket is None or ticket.status not in choosing.ELIGIBLE[command]:
        return False
    mine = command not in choosing.HELD or ticket.holder_id in ctx.who.hands
    return mine and choosing.reaches(ctx, ticket, command)
