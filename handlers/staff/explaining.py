"""为什么 1043: why a ticket is due when it is, and to staff by what it was known.

Asked by whoever may see it; told from what was written down then."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.context import Context
from handlers.message import Incoming, Replies, Reply
from handlers.orders import Order
from handlers.registry import on
from handlers.rules import promises
from handlers.rules.deadlines import WITHOUT_LIGHTS
from handlers.staff.shelved import reason_of
from handlers.ticket import case, choosing, promising
from handlers.wording import deadlines as wording
from handlers.wording import status as status_wording
from handlers.wording import suspending
from handlers.wording.times import when
from storage import facts, tickets
from storage.tickets import Member, Ticket
from storage.workflow import OPEN, Status

# What is awaited in a state, in the order of the days.
AWAITED = {
    Status.REPORTED: (promises.ACCEPT, promises.RESOLVE),
    Status.ACCEPTED: (promises.PROGRESS, promises.DATE, promises.RESOLVE),
    Status.IN_PROGRESS: (promises.DATE, promises.RESOLVE),
}


@on("why")
def why(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """为什么 1043, or 为什么 quoting a card; alone, in private, it means what was reported last."""
    if order.number is not None:
        ticket = tickets.by_number(ctx.db, order.number)
        if ticket is None or not _may_see(ctx, ticket):
            # the same words whether it exists or not: numbers can be guessed
            return [Reply(status_wording.NOT_SHOWN.format(number=order.number), to=case.sender(ctx))]
        return _explain(ctx, ticket)
    ticket = choosing.quoted_ticket(incoming, ctx)
    if ticket is not None and _may_see(ctx, ticket):
        return _explain(ctx, ticket)
    if ctx.group is not None:
        return []  # a word of talk, as long as it is said of no ticket
    mine = _newest(ctx)
    return _explain(ctx, mine) if mine is not None else [Reply(status_wording.NONE, to=case.sender(ctx))]


def _newest(ctx: Context) -> Ticket | None:
    """What this person reported or joined last, of what is still open."""
    mine = select(Member.ticket_id).where(Member.account_id.in_(ctx.mine))
    still = select(Ticket).where(Ticket.id.in_(mine), Ticket.status.in_(OPEN))
    return ctx.db.scalars(still.order_by(Ticket.id.desc())).first()


def _explain(ctx: Context, ticket: Ticket) -> Replies:
    lead = tickets.lead(ctx.db, ticket)
    lines = reasons(ctx.db, lead, ctx.now)
    head = wording.HEAD.format(number=lead.number)
    text = head + "\n".join(lines) if lines else wording.OVER.format(number=lead.number)
    if ctx.who.is_staff:
        first = next(iter(_standing(ctx.db, lead)), None)
        text = "\n".join([text, *known_by(ctx.db, ticket), *([wording.rules(first)] if first is not None else [])])
    return [Reply(text, to=case.sender(ctx), ticket_id=lead.id)]


def reasons(db: Session, ticket: Ticket, now: datetime) -> list[str]:
    """What a ticket waits for now: until when, and why until then."""
    made = promising.known(db, ticket)
    dues = {
        promises.ACCEPT: ticket.accept_due,
        promises.PROGRESS: ticket.progress_due,
        promises.RESOLVE: ticket.resolve_due,
    }
    found: list[str] = []
    for what in _awaited(ticket):
        due = dues.get(what)
        if what in made:
            found.append(wording.because(what, made[what], now))
        elif due is not None:
            found.append(wording.without_reason(what, due, now))
        elif what == promises.RESOLVE:
            found.append(wording.OPEN_DATE)
    return [*found, *_moved(db, ticket, made, now), *_suspended(ticket, now)]


def known_by(db: Session, ticket: Ticket) -> list[str]:
    """The words and rules that decided what was heard, with their weights: for staff, of what is no secret."""
    opened = facts.by_ticket(db, [ticket.id], facts.FactKind.OPENED).get(ticket.id, [])
    why = list(opened[-1].data.get("because") or []) if opened and not ticket.confidential else []
    if not why:
        return []
    told = case.shown(wording.BETWEEN.join(why), hidden=case.hides(db, ticket))
    sure = min(99, round(100 * float(opened[-1].data.get("confidence") or 0)))  # nobody is sure
    return [wording.KNOWN_BY.format(why=told, sure=sure)]


def _moved(db: Session, ticket: Ticket, made: promising.Promised, now: datetime) -> list[str]:
    """What was promised before somebody moved it: 延期, 定期, 恢复."""
    stands = made.get(promises.RESOLVE)
    if stands is None or stands.cause not in promises.MOVED or promises.RESOLVE not in _awaited(ticket):
        return []
    said = dict.fromkeys(promise.due for promise in promising.history(db, ticket, promises.RESOLVE))
    before = [due for due in said if due != stands.due]
    return [wording.earlier(before, now)] if before else []


def _suspended(ticket: Ticket, now: datetime) -> list[str]:
    """挂账: nothing is due but the next look."""
    if ticket.status != Status.SUSPENDED or ticket.look_at is None:
        return []
    return [suspending.EXPLAINED.format(reason=reason_of(ticket), look=when(ticket.look_at, now))]


def _awaited(ticket: Ticket) -> tuple[str, ...]:
    """Advice and praise wait for their answer alone."""
    awaited = AWAITED.get(Status(ticket.status), ())
    return awaited if ticket.kind not in WITHOUT_LIGHTS else awaited[-1:]


def _standing(db: Session, ticket: Ticket) -> list[promises.Promise]:
    made = promising.known(db, ticket)
    return [made[what] for what in _awaited(ticket) if what in made]


def _may_see(ctx: Context, ticket: Ticket) -> bool:
    if any(member.account_id in ctx.mine for member in tickets.members(ctx.db, ticket)):
        return True
    return ctx.who.is_staff and choosing.reaches(ctx, ticket, "look")
