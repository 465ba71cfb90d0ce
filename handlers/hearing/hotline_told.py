"""代报 热线 A-1043 截止 3月5日 17:00 …: an order of the hotline that somebody of the office types in, in private.

It is taken as if the hotline had sent it: its deadline holds, an order that comes twice is one ticket, and its reporter
is an account of its own that no door reaches.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import update

from handlers.context import Context
from handlers.hearing import hotline
from handlers.hearing.hotline import OrderSaid
from handlers.households import homes
from handlers.message import Incoming, Replies, Reply
from handlers.orders import as_typed
from handlers.permissions import may, may_in, who_may
from handlers.rules import dates_said
from handlers.ticket import case
from handlers.ticket.choosing import roles_in_words
from handlers.wording import desk as desk_wording
from handlers.wording import on_behalf as wording
from handlers.wording.times import when
from nlp.normalise import normalise
from nlp.reading import ReadingContext, read
from storage import directory
from storage import hotline as orders
from storage.origins import HotlineOrder
from storage.tickets import Member, Ticket

RULE = "hotline_order"  # of the table of permissions
_SAID = re.compile(wording.HOTLINE_SAID, re.DOTALL)


def ordered(incoming: Incoming, ctx: Context, said: str) -> Replies | None:
    """The ticket of an order, or what is missing; None where something else is told."""
    if not said.startswith(wording.HOTLINE):
        return None
    if ctx.group is not None or not may(ctx.who, RULE, ctx.chat_kind):
        return [_refusal(ctx)]
    found = _SAID.match(said)
    told = dates_said.until(found["rest"], ctx.now, ctx.policy, ctx.now) if found is not None else None
    if found is None or told is None or not told.reason:
        return [Reply(wording.HOTLINE_HOW)]
    return take(ctx, found["number"], told.at, as_typed(found["rest"], told.reason))


def take(ctx: Context, number: str, due: datetime, words: str) -> Replies:
    """The ticket of an order with its deadline, or why there is none."""
    wrong = refused(ctx, number, due)
    return [wrong] if wrong is not None else _taken(ctx, OrderSaid(number, ctx.now, due.astimezone(UTC)), words)


def refused(ctx: Context, number: str, due: datetime) -> Reply | None:
    """That the deadline is over, or that it was taken before."""
    if due <= ctx.now:
        return Reply(wording.HOTLINE_PAST.format(due=when(due, ctx.now)))
    known = orders.by_number(ctx.db, number)
    return _known(ctx, known) if known is not None else None


def _refusal(ctx: Context) -> Reply:
    if ctx.group is not None:
        return Reply(desk_wording.PRIVATE_PLEASE.format(word=wording.HOTLINE_WORD), to=case.sender(ctx))
    who = roles_in_words(who_may(RULE))
    return Reply(desk_wording.MAY_NOT.format(word=wording.HOTLINE_WORD, who=who))


def _known(ctx: Context, order: HotlineOrder) -> Reply:
    """An order that was taken before; which ticket it is, to those who may see that."""
    ticket = ctx.db.get_one(Ticket, order.ticket_id)
    mine = not ticket.confidential and may_in(ctx.who, "look", directory.place_path(ctx.db, ticket), ticket.desk_id)
    form = wording.HOTLINE_KNOWN if mine else wording.HOTLINE_KNOWN_ELSEWHERE
    return Reply(form.format(order=order.number, number=ticket.number))


def _taken(ctx: Context, order: OrderSaid, words: str) -> Replies:
    theirs = replace(ctx, reading=read(words, ReadingContext(addressed=True)), words=normalise(words))
    cards = list(hotline.take(theirs, order, words))
    row = orders.by_number(ctx.db, order.number)
    assert row is not None
    ticket = ctx.db.get_one(Ticket, row.ticket_id)
    _give_to_the_hotline(ctx, ticket)
    given = {"order": order.number, "number": ticket.number, "what": case.what(ticket)}
    answer = Reply(wording.HOTLINE_TAKEN.format(**given, due=when(order.due_at, ctx.now)), ticket_id=ticket.id)
    return [answer, *cards]


def _give_to_the_hotline(ctx: Context, ticket: Ticket) -> None:
    """Whoever typed it is no reporter: it stands in the first fact that they did."""
    whose = homes.without_door(ctx.db, ctx.vault, None)
    ticket.reporter_id = whose.id
    mine = (Member.ticket_id == ticket.id, Member.account_id == ctx.who.account.id)
    ctx.db.execute(update(Member).where(*mine).values(account_id=whose.id))
