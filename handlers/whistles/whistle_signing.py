"""签发吹哨 and 收哨: the leader on duty signs with one tap or says why not; whoever whistled calls it off."""

from __future__ import annotations

from datetime import timedelta

from handlers.context import Context
from handlers.message import Incoming, Member, Replies, Reply
from handlers.orders import Order
from handlers.registry import on
from handlers.ticket import acting, beside, case
from handlers.ticket.choosing import choose
from handlers.ticket.working import me
from handlers.whistles import whistle_calls
from handlers.wording import whistles as wording
from handlers.wording.times import when
from storage import directory, whistles
from storage.facts import FactKind
from storage.people import Staff
from storage.tickets import Ticket
from storage.whistles import Whistle, WhistleState
from storage.workflow import WAITING_FOR_STAFF

ASKED_WITHIN = timedelta(minutes=10)
QUESTION = "whistle_refuse"


@on("whistle_sign")
def sign(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """签哨: one tap, and everybody is called."""
    found = _waiting(incoming, ctx, order)
    if isinstance(found, Reply):
        return [found]
    ticket, whistle = found
    case.asks_no_more(ctx, ticket, QUESTION)
    values = {"state": WhistleState.BLOWN, "signed_by_id": me(ctx).id, "signed_at": ctx.now}
    if not whistles.take(ctx.db, whistle, "state", values):
        return [_taken(ctx, ticket, whistle)]
    whistles.stop(ctx.db, f"{whistle_calls.mark(whistle)}sign:")
    due, replies = whistle_calls.blow(ctx, whistle, ticket)
    units = beside.names(ctx.db, (call.unit_id for call in whistles.calls(ctx.db, whistle.id)))
    shown = {"number": ticket.number, "units": units, "due": when(due, ctx.now)}
    told = wording.SIGNED_BY.format(**shown, name=_name(ctx, me(ctx)))
    return [Reply(wording.SIGNED.format(**shown), ticket_id=ticket.id), *_to_whistler(ctx, whistle, told), *replies]


@on("whistle_refuse")
def refuse(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """不签: with a reason, which whoever whistled reads."""
    found = _waiting(incoming, ctx, order)
    if isinstance(found, Reply):
        return [found]
    ticket, whistle = found
    if not order.rest:
        until = ctx.now + ASKED_WITHIN
        case.ask_in_private(ctx, ctx.who.account, QUESTION, ticket=ticket, until=until)
        return [Reply(wording.REFUSE_WHY, to=case.sender(ctx), ticket_id=ticket.id)]
    return _refused(ctx, ticket, whistle, order.rest)


def named(incoming: Incoming, ctx: Context) -> Replies | None:
    """Why not, right after the tap."""
    question = beside.answered(incoming, ctx, QUESTION)
    if question is None:
        return None
    ticket = ctx.db.get_one(Ticket, question.ticket_id)
    whistle = whistles.latest(ctx.db, ticket.id)
    if whistle is None or whistle.state != WhistleState.DRAFTED:
        return [Reply(wording.SIGN_NOTHING.format(number=ticket.number), ticket_id=ticket.id)]
    return _refused(ctx, ticket, whistle, incoming.text)


def _refused(ctx: Context, ticket: Ticket, whistle: Whistle, reason: str) -> Replies:
    case.asks_no_more(ctx, ticket, QUESTION)
    values = {"state": WhistleState.REFUSED, "signed_by_id": me(ctx).id, "signed_at": ctx.now}
    if not whistles.take(ctx.db, whistle, "state", values):
        return [_taken(ctx, ticket, whistle)]
    whistles.stop(ctx.db, whistle_calls.mark(whistle))
    data = {"whistle": whistle.id, "refused": True}
    case.record(ctx, ticket, FactKind.WHISTLE_SIGNED, body=ctx.keep(reason), said_here=True, data=data)
    told = wording.REFUSED_BY.format(number=ticket.number, name=_name(ctx, me(ctx)), reason=reason)
    by = ctx.db.get_one(Staff, whistle.by_id)
    answer = wording.REFUSED.format(number=ticket.number, name=_name(ctx, by))
    return [Reply(answer, ticket_id=ticket.id), *_to_whistler(ctx, whistle, told)]


def _waiting(incoming: Incoming, ctx: Context, order: Order) -> tuple[Ticket, Whistle] | Reply:
    """The whistle that waits for this person's signature."""
    ticket = _only(ctx) if order.number is None and incoming.quoted is None else choose(incoming, ctx, order)
    if not isinstance(ticket, Ticket):
        return ticket
    acting.note(ctx, ticket)
    whistle = whistles.latest(ctx.db, ticket.id)
    if whistle is None or whistle.needs_id is None or ticket.status not in WAITING_FOR_STAFF:
        return Reply(wording.SIGN_NOTHING.format(number=ticket.number), ticket_id=ticket.id)
    if whistle.state != WhistleState.DRAFTED:
        return _taken(ctx, ticket, whistle)
    leaders = whistle_calls.signers(ctx.db, whistle, ctx.now)
    if me(ctx).id not in [staff.id for staff in leaders]:
        names = wording.AND.join(_name(ctx, staff) for staff in leaders)
        return Reply(wording.SIGN_NOT_YOURS.format(number=ticket.number, names=names), ticket_id=ticket.id)
    return ticket, whistle


def _only(ctx: Context) -> Ticket | Reply:
    found = whistles.to_sign(ctx.db, beside.my_units(ctx))
    if len(found) == 1:
        return found[0][1]
    numbers = wording.AND.join(str(ticket.number) for _, ticket in found)
    return Reply(wording.SIGN_WHICH.format(numbers=numbers) if found else wording.SIGN_NONE)


def _taken(ctx: Context, ticket: Ticket, whistle: Whistle) -> Reply:
    by = ctx.db.get(Staff, whistle.signed_by_id) if whistle.signed_by_id is not None else None
    if by is None:
        return Reply(wording.SIGN_NOTHING.format(number=ticket.number), ticket_id=ticket.id)
    return Reply(wording.SIGN_TAKEN.format(number=ticket.number, name=_name(ctx, by)), ticket_id=ticket.id)


def _to_whistler(ctx: Context, whistle: Whistle, text: str) -> Replies:
    if whistle.by_id == me(ctx).id:
        return []
    name = f"{whistle_calls.mark(whistle)}told:{ctx.inbox.id}"
    return [Reply(text, to=Member(whistle.by_id), name=name, ticket_id=whistle.ticket_id)]


def _name(ctx: Context, staff: Staff) -> str:
    return directory.name_of(ctx.vault, staff)


@on("whistle_over")
def call_off(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """收哨: whoever has not come need not come; who came still does their part."""
    ticket = choose(incoming, ctx, order)
    if isinstance(ticket, Reply):
        return [ticket]
    whistle = whistles.latest(ctx.db, ticket.id)
    if whistle is None or whistle.state != WhistleState.BLOWN:
        return [Reply(wording.OVER_NOTHING.format(number=ticket.number), ticket_id=ticket.id)]
    units = beside.names(ctx.db, (call.unit_id for call in whistle_calls.not_there(ctx.db, whistle)))
    told = whistle_calls.close(ctx, whistle, ticket)
    form = wording.OVER if units else wording.OVER_ALL_HERE
    return [Reply(form.format(number=ticket.number, units=units), ticket_id=ticket.id), *told]
