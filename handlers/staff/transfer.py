"""转派, 退单, 求助: a ticket changes hands or asks for more of them. The deadline stays what was promised."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from handlers.context import Context
from handlers.matter import owning
from handlers.message import Incoming, Kind, Replies, Reply
from handlers.orders import Order
from handlers.permissions import HANDLERS, OWN_TICKETS_ONLY
from handlers.registry import on
from handlers.ticket import acting, cards, case, confiding, targets
from handlers.ticket.changing_hands import back_to_desk
from handlers.ticket.choosing import ELIGIBLE, choose_eligible, not_now, reaches
from handlers.ticket.targets import Target
from handlers.whistles import mediating
from handlers.wording import desk as wording
from handlers.wording import stamps
from handlers.wording.commands import BLANKS
from handlers.wording.times import when
from storage import directory, persons, tickets
from storage.facts import FactKind
from storage.people import Role, Staff, Unit
from storage.tickets import Ticket
from storage.workflow import Status

NAMED_WITHIN = timedelta(minutes=10)
LONGEST_NAME = 20


@on("reassign")
def reassign(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """转派: to a person or a unit; the new desk accepts in its turn, the resident's clock runs on."""
    ticket = choose_eligible(incoming, ctx, order)
    if isinstance(ticket, Reply):
        return [ticket]
    wanted = order.rest.lstrip(wording.BEFORE_A_NAME).strip()
    if not wanted:
        return [_to_whom(ctx, ticket)]
    return _hand_to(ctx, ticket, wanted)


def _to_whom(ctx: Context, ticket: Ticket) -> Reply:
    """A tap names nobody: the next words in private do, without the command and the number."""
    if ctx.group is not None:
        return Reply(wording.REASSIGN_TO_WHOM.format(number=ticket.number), ticket_id=ticket.id)
    until = ctx.now + NAMED_WITHIN
    case.ask(ctx, ctx.who.account.id, ctx.address, "reassign", ticket=ticket, until=until)
    persons.attend(ctx.db, ctx.who.account, until)
    return Reply(wording.REASSIGN_NAME.format(number=ticket.number), ticket_id=ticket.id)


def named(incoming: Incoming, ctx: Context) -> Replies | None:
    """物业, right after 转派 was pressed: to whom. What is no name leaves the question open."""
    word = ctx.words.strip(BLANKS)
    if incoming.kind is not Kind.TEXT or ctx.group is not None or not 0 < len(word) <= LONGEST_NAME:
        return None
    if not ctx.who.is_staff or not ctx.who.is_attentive(ctx.now):
        return None
    question = case.asked(ctx, "reassign")
    ticket = ctx.db.get(Ticket, question.ticket_id) if question is not None else None
    if question is None or ticket is None or (ctx.reading.parts and not targets.targets(ctx, ticket, word)):
        return None  # 消防 is a unit and no fire where it was asked for
    if word in wording.NO:
        ctx.db.delete(question)
        return [Reply(wording.REASSIGN_KEPT.format(number=ticket.number), ticket_id=ticket.id)]
    acting.note(ctx, ticket)
    if ticket.status not in ELIGIBLE["reassign"] or not reaches(ctx, ticket, "reassign"):
        ctx.db.delete(question)
        return [not_now(ticket, "reassign")]
    if len(targets.targets(ctx, ticket, word)) == 1:
        ctx.db.delete(question)
    return _hand_to(ctx, ticket, word)


def _hand_to(ctx: Context, ticket: Ticket, wanted: str) -> Replies:
    found = targets.targets(ctx, ticket, wanted)
    if len(found) != 1:
        return [_unclear(ctx, ticket, wanted, found)]
    unit, person = found[0]
    if not confiding.may_have(ticket, unit.kind):
        return [Reply(wording.REASSIGN_TIPOFF.format(number=ticket.number), ticket_id=ticket.id)]
    if not owning.may_own(ctx, ticket, unit.kind):
        return [Reply(wording.REASSIGN_ENFORCEMENT.format(number=ticket.number), ticket_id=ticket.id)]
    if not _may_give_to(ctx, ticket, unit):
        return [Reply(wording.REASSIGN_NOT_YOURS.format(number=ticket.number), ticket_id=ticket.id)]
    return _hand_over(ctx, ticket, unit, person)


def _may_give_to(ctx: Context, ticket: Ticket, unit: Unit) -> bool:
    """A department or company passes on among its own people alone: whose it is instead is decided above (退单)."""
    held = {Role(post.role) for post in ctx.who.posts} | {Role(one.role) for one in ctx.who.acting}
    return unit.id == ticket.desk_id or bool(held & (HANDLERS - OWN_TICKETS_ONLY))


def _unclear(ctx: Context, ticket: Ticket, wanted: str, found: list[Target]) -> Reply:
    if found:
        names = "、".join(targets.name_of(ctx, target) for target in found[:6])
        return Reply(wording.REASSIGN_SEVERAL.format(name=wanted, names=names), ticket_id=ticket.id)
    near = directory.units_below(ctx.db, targets.street_path(ctx, ticket))
    names = "、".join(unit.name for unit in near if directory.staff_of(ctx.db, unit.id))
    return Reply(wording.REASSIGN_UNKNOWN.format(name=wanted, names=names), ticket_id=ticket.id)


def _hand_over(ctx: Context, ticket: Ticket, unit: Unit, person: Staff | None) -> Replies:
    back_to_desk(ctx, ticket, unit.id)
    data = {"unit": unit.id, "staff": person.id if person is not None else None}
    fact = case.record(ctx, ticket, FactKind.REASSIGNED, said_here=True, data=data)
    case.arm_acceptance(ctx.db, ticket, ctx.policy, ctx.now)
    name = targets.name_of(ctx, (unit, person))
    due = when(ticket.accept_due, ctx.now)
    form = wording.REASSIGNED_LATE if cards.is_late(ticket, ctx.now) else wording.REASSIGNED
    answer = Reply(form.format(number=ticket.number, name=name, due=due), ticket_id=ticket.id)
    told = wording.TOLD_REASSIGNED.format(number=ticket.number, unit=unit.name)
    old_cards = cards.stamped(ctx, ticket, stamps.stamp(stamps.MOVED, unit=unit.name))
    taken_back = cards.taken_back(ctx, ticket)
    card = cards.card_to_desk(ctx, ticket, person=person)
    return [answer, old_cards, *taken_back, *card, *case.tell_members(ctx, ticket, fact, told)]


def _with_reason(incoming: Incoming, ctx: Context, order: Order, missing: str) -> tuple[Ticket, Unit] | Reply:
    """The ticket and the level above its desk, where a reason was given; else what to say."""
    ticket = choose_eligible(incoming, ctx, order)
    if isinstance(ticket, Reply):
        return ticket
    if not order.rest:
        return Reply(missing.format(number=ticket.number), ticket_id=ticket.id)
    above = directory.level_above(ctx.db, directory.unit_of(ctx.db, ticket.desk_id))
    return (ticket, above) if above is not None else Reply(wording.ASSIST_NOBODY)


@on("assist")
def ask_for_help(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """求助: the level above is asked; the holder stays in charge."""
    found = _with_reason(incoming, ctx, order, wording.ASSIST_REASON)
    if isinstance(found, Reply):
        return [found]
    ticket, above = found
    if mediating.is_quarrel(ticket):
        return mediating.climb(ctx, ticket, order.rest)
    fact = case.record(
        ctx, ticket, FactKind.HELP_ASKED, body=ctx.keep(order.rest), said_here=True, data={"unit": above.id}
    )
    if ticket.status == Status.ACCEPTED:
        tickets.move(ticket, Status.IN_PROGRESS)
        ticket.progress_at = ticket.progress_at or ctx.now
        case.stop_timers(ctx.db, ticket, "progress:due")
    card = Reply(
        wording.ASSIST_CARD.format(number=ticket.number, note=order.rest),
        in_group=wording.ASSIST_IN_GROUP.format(number=ticket.number, unit=above.name),
        card=cards.card_of(ctx.db, ticket, ctx.now, buttons=("progress",)),
        name=f"ticket:{ticket.number}:assist:{fact.id}",
        ticket_id=ticket.id,
    )
    told = wording.TOLD_ASSISTED.format(number=ticket.number, unit=above.name)
    answer = Reply(wording.ASSISTED.format(number=ticket.number, unit=above.name), ticket_id=ticket.id)
    asked = [replace(card, to=to) for to in case.at_desk(ctx.db, ticket, above.id)]
    return [answer, *asked, *case.tell_members(ctx, ticket, fact, told)]
