"""移交: somebody outside has to do it. The resident hears who, under which number and where to ask; silence ends it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from handlers.context import Context
from handlers.message import Incoming, Replies, Reply
from handlers.orders import Order
from handlers.registry import on
from handlers.staff import left_outside, objecting
from handlers.ticket import cards, case, promising
from handlers.ticket.choosing import ELIGIBLE, choose, not_now
from handlers.whistles import hands
from handlers.wording import outside as wording
from storage import tickets
from storage.facts import FactKind
from storage.tickets import Ticket
from storage.workflow import Status

_NONE = re.compile(wording.NO_NUMBER)
_NUMBER = re.compile(wording.OUTSIDE)
_PHONE = re.compile(wording.PHONE)
LONGEST_BODY = 40


@dataclass(frozen=True, slots=True)
class Outside:
    """Who has it now, what they call it, and where to ask. ``number`` is None where they gave none."""

    body: str
    number: str | None
    phone: str


def outside_in(said: str) -> Outside | None:
    """供电公司 编号 2026-0315 电话 95598, in any order behind the name; None where something is missing."""
    without = _NONE.search(said)
    number = _NUMBER.search(said) if without is None else None
    rest = said if without is None else _cut(said, without)
    rest = rest if number is None else _cut(rest, number)
    phone = _PHONE.search(rest)
    if phone is None or (number is None and without is None):
        return None
    body = rest[: phone.start()].strip(wording.PARTS_APART) or rest[phone.end() :].strip(wording.PARTS_APART)
    body = " ".join(body.split())
    if not 0 < len(body) <= LONGEST_BODY:
        return None
    dial = "".join((phone["phone"] or phone["bare"]).split())
    return Outside(body, number["number"] if number is not None else None, dial)


def _cut(text: str, found: re.Match[str]) -> str:
    return f"{text[: found.start()]} {text[found.end() :]}"


@on("hand_off")
def hand_off(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """移交 1043 供电公司 编号 2026-0315 电话 95598."""
    ticket = choose(incoming, ctx, order)
    if isinstance(ticket, Reply):
        return [ticket]
    if ticket.status == Status.TRANSFERRED:
        text = wording.HANDED_OFF_ALREADY.format(number=ticket.number, body=ticket.outside or "")
        return [Reply(text, ticket_id=ticket.id)]
    if ticket.status not in ELIGIBLE["hand_off"]:
        return [not_now(ticket, "hand_off")]
    found = outside_in(order.rest)
    if found is None:
        return [Reply(wording.HAND_OFF_HOW.format(number=ticket.number), ticket_id=ticket.id)]
    return _handed_off(ctx, ticket, found)


def _handed_off(ctx: Context, ticket: Ticket, to: Outside) -> Replies:
    holder_id = ticket.holder_id
    tickets.move(ticket, Status.TRANSFERRED)
    ticket.outside, ticket.outside_number, ticket.outside_phone = to.body, to.number, to.phone
    case.stop_timers(ctx.db, ticket)
    hands.ended(ctx, ticket)
    case.drop_closing_questions(ctx, ticket)
    data = {"outside": to.body, "number": to.number, "phone": to.phone}
    fact = case.record(ctx, ticket, FactKind.TRANSFERRED, said_here=True, data=data)
    case.belongs(ctx, ticket)
    case.arm(ctx.db, ticket, left_outside.CLOSE, ctx.now + promising.policy_of(ctx, ticket).answer_within, step=fact.id)
    under = wording.OUTSIDE_NUMBER.format(number=to.number) if to.number is not None else ""
    told = wording.TOLD_HANDED_OFF.format(number=ticket.number, body=to.body, outside=under, phone=to.phone)
    answer = Reply(wording.HANDED_OFF.format(number=ticket.number, body=to.body), ticket_id=ticket.id)
    news = wording.HOLDER_HANDED_OFF.format(number=ticket.number, body=to.body)
    return [
        answer,
        cards.stamped(ctx, ticket, wording.STAMP_HANDED_OFF),
        *objecting.tell_holder(ctx, ticket, holder_id, news),
        *objecting.tell_resident(ctx, ticket, fact, told),
    ]
