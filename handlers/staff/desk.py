"""The desk: 接单, 进展. Each changes the ticket, leaves a fact, and tells those concerned."""

from __future__ import annotations

from datetime import datetime

from handlers.context import Context
from handlers.message import Incoming, Replies, Reply
from handlers.orders import Order
from handlers.registry import on
from handlers.rules import deadlines, promises
from handlers.rules.privacy import discreet_place
from handlers.ticket import cards, case, promising
from handlers.ticket.choosing import choose, not_now
from handlers.ticket.working import me, work_on
from handlers.wording import advising, stamps, taxonomy
from handlers.wording import desk as wording
from handlers.wording.times import when
from storage import directory, tickets
from storage.facts import FactKind
from storage.people import Staff
from storage.tickets import Ticket
from storage.workflow import Status


@on("accept")
def accept(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """接单: takes the ticket; the eight-hour clock and its reminders stop in this transaction."""
    ticket = choose(incoming, ctx, order)
    if isinstance(ticket, Reply):
        return [ticket]
    staff = me(ctx)
    if ticket.holder_id is not None and ticket.status in (Status.ACCEPTED, Status.IN_PROGRESS):
        before = ctx.db.get_one(Staff, ticket.holder_id)
        return _taken_over(ctx, ticket, staff) if not before.active else [_already(ctx, ticket, staff)]
    if ticket.status != Status.REPORTED:
        return [not_now(ticket, "accept")]
    made = promising.at_acceptance(ctx, ticket)  # first: it asks the database, and the ticket is to be written once
    tickets.move(ticket, Status.ACCEPTED)
    ticket.holder_id, ticket.accepted_at = staff.id, ctx.now
    due = made[promises.PROGRESS].due
    data = {"late": ctx.now > ticket.accept_due, **promising.kept(made)}
    fact = case.record(ctx, ticket, FactKind.ACCEPTED, data=data)
    case.taken(ctx, ticket)
    case.arm(ctx.db, ticket, "progress:due", due)
    case.remember_card(ctx, incoming, ticket)
    answer = _you_have_it(ctx, ticket, due)
    return [
        Reply(answer, ticket_id=ticket.id, stamp=stamps.TAKEN),
        cards.stamped(ctx, ticket, _taken_by(ctx, staff)),
        *case.tell_members(ctx, ticket, fact, _told_accepted(ctx, ticket, staff)),
    ]


def _taken_over(ctx: Context, ticket: Ticket, staff: Staff) -> Replies:
    """Whoever had it does not work here any more: a colleague takes it as it is, all its moments stay."""
    data = {"from": ticket.holder_id, "to": staff.id}
    ticket.holder_id = staff.id
    fact = case.record(ctx, ticket, FactKind.HANDED_OVER, said_here=True, data=data)
    due = (ticket.progress_due if ticket.status == Status.ACCEPTED else ticket.resolve_due) or ctx.now
    told = () if ticket.confidential else case.tell_members(ctx, ticket, fact, _told_accepted(ctx, ticket, staff))
    return [Reply(_you_have_it(ctx, ticket, due), ticket_id=ticket.id, stamp=stamps.TAKEN), *told]


def _taken_by(ctx: Context, staff: Staff) -> str:
    return stamps.stamp(stamps.TAKEN_BY, name=directory.name_of(ctx.vault, staff))


def _you_have_it(ctx: Context, ticket: Ticket, due: datetime) -> str:
    if ticket.urgency == deadlines.EMERGENCY:
        place = case.where(ctx.db, ticket)
        place = place if ctx.group is None else discreet_place(place)
        return wording.ACCEPTED_EMERGENCY.format(number=ticket.number, place=place)
    form = advising.YOURS if ticket.kind in deadlines.WITHOUT_LIGHTS else wording.ACCEPTED
    return form.format(number=ticket.number, what=case.what(ticket), due=when(due, ctx.now))


def _told_accepted(ctx: Context, ticket: Ticket, staff: Staff) -> str:
    name = directory.name_of(ctx.vault, staff)
    return wording.TOLD_ACCEPTED.format(number=ticket.number, unit=unit_name(ctx, ticket.desk_id), name=name)


def unit_name(ctx: Context, unit_id: int | None) -> str:
    """A unit's name, or the plain word for the community."""
    unit = directory.unit_of(ctx.db, unit_id)
    return unit.name if unit is not None else taxonomy.ROLE["community"]


def _already(ctx: Context, ticket: Ticket, staff: Staff) -> Reply:
    if ticket.holder_id == staff.id:
        return Reply(wording.ACCEPTED_ALREADY.format(number=ticket.number), ticket_id=ticket.id, stamp=stamps.TAKEN)
    name = directory.name_of(ctx.vault, ctx.db.get(Staff, ticket.holder_id))
    words = stamps.stamp(stamps.TAKEN_BY, name=name)
    return Reply(wording.ACCEPTED_BY.format(number=ticket.number, name=name), ticket_id=ticket.id, stamp=words)


@on("progress")
def progress(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """进展: the first one is due within the same eight hours."""
    ticket = choose(incoming, ctx, order)
    if isinstance(ticket, Reply):
        return [ticket]
    if not order.rest and not incoming.media:
        return [Reply(wording.PROGRESS_EMPTY.format(number=ticket.number))]
    refusal = work_on(ctx, ticket, "progress")
    if refusal is not None:
        return [refusal]
    note_progress(ctx, ticket)
    fact = case.record(ctx, ticket, FactKind.PROGRESS, body=ctx.keep(order.rest), said_here=True)
    case.belongs(ctx, ticket)
    told = wording.TOLD_PROGRESS.format(number=ticket.number, note=order.rest)
    answer = Reply(wording.PROGRESS.format(number=ticket.number), ticket_id=ticket.id)
    return [answer, *case.tell_members(ctx, ticket, fact, told)]


def note_progress(ctx: Context, ticket: Ticket) -> None:
    """The holder's first note makes it 处置中 and stops the reminder for it."""
    if ticket.status == Status.ACCEPTED:
        tickets.move(ticket, Status.IN_PROGRESS)
    ticket.progress_at = ticket.progress_at or ctx.now
    case.stop_timers(ctx.db, ticket, "progress:due")
