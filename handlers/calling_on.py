"""@物业小刘 1043 看一下: in a staff group a ticket goes to the colleague who is called by name.

A name that is nobody's is asked back. What is said to a colleague is otherwise no command of the speaker's: @小赵 办结
1043 了吗 asks, and changes nothing.
"""

from __future__ import annotations

import re

from handlers import commanding
from handlers.context import Context
from handlers.message import Incoming, Kind, Replies
from handlers.orders import MENTION, Order, parse
from handlers.permissions import ChatKind, may
from handlers.ticket import choosing, targets
from handlers.wording import meaning as wording
from handlers.wording.commands import NUMBER_BEFORE
from storage import directory, tickets
from storage.tickets import Ticket

_NUMBER = re.compile(NUMBER_BEFORE)
_PLEASE = re.compile(wording.PLEASE)
_NAME = re.compile(r"@(\S+)")


def called_on(incoming: Incoming, ctx: Context) -> Replies | None:
    """None where nobody of the staff is called, or what is said is no business of a ticket."""
    if incoming.kind is not Kind.TEXT or ctx.chat_kind is not ChatKind.STAFF_GROUP or not ctx.who.is_staff:
        return None
    found = MENTION.match(ctx.words.strip() + " ")
    if found is None:
        return None
    names = [name for name in _names(incoming, found[0]) if name.lower() not in wording.EVERYBODY]
    text = ctx.words.strip()[found.end() :].strip()
    colleague = _colleague(ctx, names)
    ticket = _asked_for(incoming, ctx, text)
    if ticket is None:
        return [] if colleague is not None and parse(text) is not None else None
    wanted = colleague or (names[0] if names and not incoming.addressed else None)
    if wanted is None or not may(ctx.who, "reassign", ctx.chat_kind):
        return None
    return commanding.run(incoming, ctx, Order("reassign", (ticket.number,), wanted))


def _names(incoming: Incoming, said: str) -> list[str]:
    """Who is called; a name as the platform tells it, where it has blanks in it."""
    told = [name for name in incoming.mentions if f"@{name}" in incoming.text]
    return told or _NAME.findall(said)


def _colleague(ctx: Context, names: list[str]) -> str | None:
    """The full name of the one colleague who is meant."""
    unit = directory.unit_of(ctx.db, ctx.group.unit_id) if ctx.group is not None else None
    levels = directory.ancestors(ctx.db, unit)
    path = levels[-1].path if levels else "/"
    for name in names:
        found = targets.mentioned(ctx, path, name)
        if len(found) == 1:
            return targets.name_of(ctx, found[0])
    return None


def _asked_for(incoming: Incoming, ctx: Context, text: str) -> Ticket | None:
    """1043 看一下, or 看一下 beside a quoted card. 15 分钟后开会 asks for none; who is asked to 接单 is given it."""
    number = _NUMBER.match(text)
    if number is not None and number.end() <= len(text):
        rest = text[number.end() :]
        order = parse(rest)
        accepts = order is not None and order.command == "accept" and not order.numbers
        if accepts or _PLEASE.match(rest) is not None:
            return tickets.by_number(ctx.db, int(number[1]))
        return None
    order = parse(text)
    if order is not None and order.command == "accept" and order.number is not None and not order.rest:
        return tickets.by_number(ctx.db, order.number)
    if incoming.quoted is not None and text and _PLEASE.match(text) is not None:
        return choosing.quoted_ticket(incoming, ctx)
    return None
