"""A quarrel climbs: 楼栋, 网格, 社区, 街道, one step at a time, with what was tried so far.

Whoever has it stays in charge until the next level accepts; each level has a clock of its own.
"""

from __future__ import annotations

from handlers.context import Context
from handlers.message import Member, Replies, Reply
from handlers.rules.privacy import discreet_place
from handlers.ticket import beside, case
from handlers.ticket.working import me
from handlers.whistles import hands
from handlers.wording import hands as wording
from handlers.wording.times import when
from storage import decisions, directory, tickets
from storage.facts import FactKind
from storage.people import Unit, UnitKind
from storage.tickets import Ticket
from storage.whistles import Hand, HandState, Part
from storage.workflow import Status

DISPUTE = "dispute"
LEVELS = frozenset({UnitKind.GRID, UnitKind.COMMUNITY, UnitKind.STREET})  # the street is the last


def is_quarrel(ticket: Ticket) -> bool:
    """Whether 求助 about a ticket takes it one level up."""
    return ticket.category == DISPUTE


def climb(ctx: Context, ticket: Ticket, note: str) -> Replies:
    """求助 in a quarrel: the level above is asked to go on; the ticket stays where it is until it does."""
    above = directory.level_above(ctx.db, directory.unit_of(ctx.db, ticket.desk_id or ticket.unit_id))
    if above is None or above.kind not in LEVELS:
        return [Reply(wording.MEDIATE_TOP.format(number=ticket.number), ticket_id=ticket.id)]
    decisions.lock(ctx.db, ticket)
    before = [one for one in beside.still_open(ctx.db, ticket, Part.MEDIATE) if one.state == HandState.ASKED]
    if before:
        shown = {"unit": beside.names(ctx.db, [before[0].unit_id]), "due": when(before[0].due_at, ctx.now)}
        return [Reply(wording.MEDIATE_AGAIN.format(number=ticket.number, **shown), ticket_id=ticket.id)]
    return _asked(ctx, ticket, above, note)


def _asked(ctx: Context, ticket: Ticket, above: Unit, note: str) -> Replies:
    body = ctx.keep(note)
    ask = hands.Ask(Part.MEDIATE, beside.policy_of(ctx, ticket).mediation_accept, body)
    hand = hands.begin(ctx, ticket, above, ask)
    data = {"part": Part.MEDIATE, "unit": above.id, "hand": hand.id}
    fact = case.record(ctx, ticket, FactKind.HELP_ASKED, body=body, said_here=True, data=data)
    desk = directory.unit_of(ctx.db, ticket.desk_id)
    place = case.where(ctx.db, ticket)
    shown = {
        "number": ticket.number,
        "what": case.what(ticket),
        "unit": above.name,
        "due": when(hand.due_at, ctx.now),
    }
    asker = desk.name if desk is not None else ctx.who.posts[0].unit.name
    text = wording.MEDIATE_CARD.format(**shown, place=place, asker=asker, note=note)
    in_group = wording.MEDIATE_IN_GROUP.format(**shown, place=discreet_place(place))
    answer = Reply(wording.MEDIATE_ASKED.format(**shown), ticket_id=ticket.id)
    return [answer, *hands.card(ctx, ticket, hand, text, in_group, fact)]


def take_over(ctx: Context, ticket: Ticket, hand: Hand) -> Replies:
    """接单 by the next level: it holds the ticket from now on, and whoever had it is thanked."""
    decisions.lock(ctx.db, ticket)
    if hand.state != HandState.ASKED or not hands.accept(ctx, hand):
        text = wording.BEGUN_ALREADY.format(number=ticket.number, due=when(hand.due_at, ctx.now))
        return [Reply(text, ticket_id=ticket.id)]
    before = ticket.holder_id
    for other in beside.still_open(ctx.db, ticket, Part.MEDIATE):
        if other.id != hand.id:
            hands.release(ctx, other)  # the level below has had its turn
    case.stop_timers(ctx.db, ticket, *case.ACCEPTANCE, "progress:due")  # what is promised of it runs on
    if ticket.status == Status.REPORTED:
        tickets.move(ticket, Status.ACCEPTED)
    ticket.holder_id, ticket.desk_id = me(ctx).id, hand.unit_id
    ticket.accepted_at = ticket.accepted_at or ctx.now
    ticket.handovers += 1
    due = hands.redate(ctx, ticket, hand, beside.policy_of(ctx, ticket).mediation_level)
    data = {"unit": hand.unit_id, "staff": me(ctx).id, "mediation": hand.id}
    fact = case.record(ctx, ticket, FactKind.REASSIGNED, data=data)
    unit = hands.unit_of(ctx, hand).name
    answer = Reply(wording.MEDIATE_TAKEN.format(number=ticket.number, due=when(due, ctx.now)), ticket_id=ticket.id)
    told = wording.TOLD_MEDIATE_TAKEN.format(number=ticket.number, unit=unit)
    thanked = [Reply(told, to=Member(before), ticket_id=ticket.id)] if before not in (None, me(ctx).id) else []
    resident = wording.TOLD_RESIDENT_MEDIATE.format(number=ticket.number, unit=unit)
    return [answer, *thanked, *case.tell_members(ctx, ticket, fact, resident)]
