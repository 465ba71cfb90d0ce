"""核查: the community confirms what was said to be done, or sends it back; nobody does so with his own work."""

from __future__ import annotations

from sqlalchemy import select

from handlers import case
from handlers.choosing import choose, not_now
from handlers.context import Context
from handlers.message import Incoming, Member, Replies, Reply
from handlers.orders import Order
from handlers.registry import on
from handlers.wording import desk as wording
from handlers.working import me
from storage import tickets
from storage.facts import Fact, FactKind
from storage.tickets import Ticket
from storage.workflow import Closing, Status


@on("verify")
def verify(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """核查: the community confirms or sends back; never the handler's own work."""
    ticket = choose(incoming, ctx, order)
    if isinstance(ticket, Reply):
        return [ticket]
    if ticket.status != Status.RESOLVED:
        return [not_now(ticket, "verify")]
    if me(ctx).id in (ticket.holder_id, _resolved_by(ctx, ticket)):
        return [Reply(wording.VERIFY_OWN.format(number=ticket.number))]
    verdict = _said_of(order.rest)
    if verdict is None:
        return [Reply(wording.VERIFY_WHICH.format(number=ticket.number), ticket_id=ticket.id)]
    passed, reason = verdict
    if passed:
        return _verified(ctx, ticket)
    if not reason:
        return [Reply(wording.VERIFY_REASON.format(number=ticket.number))]
    return _sent_back(ctx, ticket, reason)


def _resolved_by(ctx: Context, ticket: Ticket) -> int | None:
    """Whoever said last that it is done: not always the holder."""
    done = select(Fact.staff_id).where(Fact.ticket_id == ticket.id, Fact.kind == FactKind.RESOLVED)
    return ctx.db.scalars(done.order_by(Fact.id.desc())).first()


def _said_of(rest: str) -> tuple[bool, str] | None:
    """Passed or not, and the reason. Anything that says neither is asked again, never taken for a pass."""
    for passed, words in ((False, wording.VERIFY_FAIL), (True, wording.VERIFY_PASS)):
        for word in words:
            if rest.lower().startswith(word):
                return passed, rest[len(word) :].strip(wording.PAUSES)
    return None


def _verified(ctx: Context, ticket: Ticket) -> Replies:
    fact = case.record(ctx, ticket, FactKind.VERIFIED, said_here=True, data={"passed": True})
    case.close(ctx, ticket, Closing.SOLVED)
    told = wording.TOLD_CLOSED.format(number=ticket.number)
    answer = Reply(wording.VERIFIED.format(number=ticket.number), ticket_id=ticket.id)
    return [answer, *case.tell_members(ctx, ticket, fact, told)]


def _sent_back(ctx: Context, ticket: Ticket, reason: str) -> Replies:
    tickets.move(ticket, Status.IN_PROGRESS)
    case.stop_timers(ctx.db, ticket)
    case.drop_closing_questions(ctx, ticket)
    fact = case.record(ctx, ticket, FactKind.VERIFIED, body=ctx.keep(reason), said_here=True, data={"passed": False})
    text = wording.VERIFY_FAILED_STAFF.format(number=ticket.number, reason=reason)
    holder = [Reply(text, to=Member(ticket.holder_id), ticket_id=ticket.id)] if ticket.holder_id is not None else []
    told = wording.TOLD_VERIFY_FAILED.format(number=ticket.number)
    answer = Reply(wording.VERIFY_FAILED.format(number=ticket.number), ticket_id=ticket.id)
    return [answer, *holder, *case.tell_members(ctx, ticket, fact, told)]
