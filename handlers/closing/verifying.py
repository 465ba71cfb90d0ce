"""核查: the community confirms what was said to be done, or sends it back; nobody does so with their own work."""

from __future__ import annotations

from handlers.closing import own_work
from handlers.context import Context
from handlers.message import Incoming, Member, Replies, Reply
from handlers.orders import Order
from handlers.registry import on
from handlers.ticket import case, lights, promising
from handlers.ticket.choosing import choose, not_now
from handlers.ticket.working import me
from handlers.wording import closing, taxonomy
from handlers.wording import desk as wording
from handlers.wording.times import when
from storage import endings, tickets
from storage.facts import FactKind
from storage.tickets import Ticket
from storage.workflow import Closing, Status


@on("verify")
def verify(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """核查 1043 通过, 核查 1043 不通过 and why."""
    ticket = _to_verify(incoming, ctx, order)
    if isinstance(ticket, Reply):
        return [ticket]
    verdict = _said_of(order.rest)
    if verdict is None:
        return [Reply(wording.VERIFY_WHICH.format(number=ticket.number), ticket_id=ticket.id)]
    passed, reason = verdict
    if passed:
        return _verified(ctx, ticket)
    if not reason:
        return [Reply(wording.VERIFY_REASON.format(number=ticket.number))]
    return _sent_back(ctx, ticket, reason)


@on("verify_pass")
def let_pass(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """The button of the card that asks for it."""
    ticket = _to_verify(incoming, ctx, order)
    return [ticket] if isinstance(ticket, Reply) else _verified(ctx, ticket)


def _to_verify(incoming: Incoming, ctx: Context, order: Order) -> Ticket | Reply:
    ticket = choose(incoming, ctx, order)
    if isinstance(ticket, Reply):
        return ticket
    if ticket.status != Status.RESOLVED:
        return not_now(ticket, "verify")
    if own_work.is_own(ctx, ticket):
        theirs = me(ctx).id in endings.workers(ctx.db, ticket)
        form = closing.VERIFY_OWN if theirs else closing.VERIFY_OWN_UNIT
        return Reply(form.format(number=ticket.number))
    return ticket


def _said_of(rest: str) -> tuple[bool, str] | None:
    """Passed or not, and the reason. Anything that says neither is asked again, never taken for a pass."""
    for passed, words in ((False, wording.VERIFY_FAIL), (True, wording.VERIFY_PASS)):
        for word in words:
            if rest.lower().startswith(word):
                return passed, rest[len(word) :].strip(wording.PAUSES)
    return None


def _verified(ctx: Context, ticket: Ticket) -> Replies:
    """Closed as what it was said to be: 已解决, or what never counts as solved."""
    kind = endings.kind_of(ctx.db, ticket)
    fact = case.record(ctx, ticket, FactKind.VERIFIED, said_here=True, data={"passed": True, "closing": kind})
    case.close(ctx, ticket, kind)
    if kind is Closing.SOLVED:
        told, answer = wording.TOLD_CLOSED.format(number=ticket.number), wording.VERIFIED.format(number=ticket.number)
    else:
        until = when(ctx.now + promising.policy_of(ctx, ticket).reopen_within, ctx.now)
        unit = next((post.unit.name for post in me(ctx).posts), taxonomy.ROLE["community"])
        told = closing.TOLD_CLOSED_EXPLAINED.format(number=ticket.number, unit=unit, until=until)
        answer = closing.VERIFIED_AS.format(number=ticket.number, kind=taxonomy.CLOSING[kind])
    return [Reply(answer, ticket_id=ticket.id), *case.tell_members(ctx, ticket, fact, told)]


def _sent_back(ctx: Context, ticket: Ticket, reason: str) -> Replies:
    tickets.move(ticket, Status.IN_PROGRESS)
    case.stop_timers(ctx.db, ticket)
    case.drop_closing_questions(ctx, ticket)
    fact = case.record(ctx, ticket, FactKind.VERIFIED, body=ctx.keep(reason), said_here=True, data={"passed": False})
    lights.arm(ctx.db, ticket, ctx.policy, ctx.now)
    text = wording.VERIFY_FAILED_STAFF.format(number=ticket.number, reason=reason)
    holder = [Reply(text, to=Member(ticket.holder_id), ticket_id=ticket.id)] if ticket.holder_id is not None else []
    told = wording.TOLD_VERIFY_FAILED.format(number=ticket.number)
    answer = Reply(wording.VERIFY_FAILED.format(number=ticket.number), ticket_id=ticket.id)
    return [answer, *holder, *case.tell_members(ctx, ticket, fact, told)]
