"""After the answers: 必须到 or 可以不到 for who says that they cannot come, and what the street thinks of the help.

The street may excuse; that somebody must come after all is the district's to say (一事一议), and is final.
Departments are rated from 1 to 5, people never.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from handlers.context import Context
from handlers.message import Incoming, Member, Replies, Reply
from handlers.orders import Order
from handlers.registry import on
from handlers.rosters import on_duty
from handlers.ticket import beside, case
from handlers.ticket.choosing import choose
from handlers.ticket.working import me
from handlers.whistles import whistle_calls, whistle_cards
from handlers.wording import commands
from handlers.wording import whistles as wording
from handlers.wording.times import when
from storage import directory, whistles
from storage.facts import FactKind
from storage.people import Role, Unit
from storage.tickets import Ticket
from storage.whistles import Answer, Decided, Whistle, WhistleCall
from storage.workflow import WAITING_FOR_STAFF

DECIDES = frozenset({Role.STREET_LEADER, Role.DISPATCHER, Role.ADMIN})


@on("whistle_excuse")
def excuse(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """可以不到: by the street, or once it was asked by the district."""
    return _decide(incoming, ctx, order, Decided.EXCUSED)


@on("whistle_must")
def must_come(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """必须到: the street's word goes to the district; the district's is final."""
    return _decide(incoming, ctx, order, Decided.MUST_COME)


def _decide(incoming: Incoming, ctx: Context, order: Order, decision: Decided) -> Replies:
    ticket = choose(incoming, ctx, order)
    if isinstance(ticket, Reply):
        return [ticket]
    call = _undecided(ctx, ticket, order)
    if isinstance(call, Reply):
        return [call]
    whistle = ctx.db.get_one(Whistle, call.whistle_id)
    street = ctx.db.get_one(Unit, whistle.signer_unit_id)
    above = whistle_calls.district(ctx.db, street)
    asked = above if call.rung == whistle_calls.DISTRICT and above is not None else street
    if not _sits_in(ctx, asked, above):
        return [Reply(wording.NOT_FOR_YOU.format(number=ticket.number, unit=asked.name), ticket_id=ticket.id)]
    if decision == Decided.MUST_COME and above is not None and not _sits_in(ctx, above, None):
        return pass_up(ctx, ticket, whistle, call, above)
    return _decided(ctx, ticket, whistle, call, decision)


def _undecided(ctx: Context, ticket: Ticket, order: Order) -> WhistleCall | Reply:
    found = [
        call
        for call in whistles.calls_about(ctx.db, ticket.id)
        if call.decided is None and (call.answer == Answer.DECLINED or _unanswered(call))
    ]
    named = [call for call in found if order.rest and order.rest in beside.names(ctx.db, [call.unit_id])]
    if ticket.status not in WAITING_FOR_STAFF or not found:
        return Reply(wording.NOTHING_TO_DECIDE.format(number=ticket.number), ticket_id=ticket.id)
    if len(named or found) == 1:
        return (named or found)[0]
    units = beside.names(ctx.db, (call.unit_id for call in found))
    first = beside.names(ctx.db, [found[0].unit_id])
    word = commands.COMMANDS[order.command].words[0]
    text = wording.WHOSE.format(number=ticket.number, units=units, word=word, first=first)
    return Reply(text, ticket_id=ticket.id)


def _unanswered(call: WhistleCall) -> bool:
    """Nobody answered at all, and the district was asked."""
    return call.answer == Answer.WAITING and call.rung == whistle_calls.DISTRICT


def _sits_in(ctx: Context, unit: Unit, above: Unit | None) -> bool:
    """Whether the person decides for a unit; what the street is asked, the district may say as well."""
    units = {unit.id, above.id if above is not None else unit.id}
    listed = [staff.id for staff in on_duty.leader_on_duty(ctx.db, unit, ctx.now)]
    return me(ctx).id in listed or any(post.unit_id in units and Role(post.role) in DECIDES for post in ctx.who.posts)


def pass_up(ctx: Context, ticket: Ticket, whistle: Whistle, call: WhistleCall, above: Unit) -> Replies:
    """The street wants them to come: the district says it."""
    unit = beside.names(ctx.db, [call.unit_id])
    text = wording.PASSED_UP.format(number=ticket.number, unit=unit, district=above.name)
    if call.rung == whistle_calls.DISTRICT:
        return [Reply(text, ticket_id=ticket.id)]
    call.rung = whistle_calls.DISTRICT
    data = {"call": call.id, "unit": call.unit_id, "to": above.id}
    fact = case.record(ctx, ticket, FactKind.DECIDED, said_here=True, data=data)
    reason = beside.words(ctx, call.body_id)
    card = whistle_cards.ask_district(ctx.db.get_one(Unit, whistle.signer_unit_id), ticket, unit, reason, whistle)
    name = f"{whistle_calls.mark(call)}district:{fact.id}"
    asked = (replace(card, to=to, name=name) for to in case.at_desk(ctx.db, ticket, above.id))
    return [Reply(text, ticket_id=ticket.id), *asked]


def _decided(ctx: Context, ticket: Ticket, whistle: Whistle, call: WhistleCall, decision: Decided) -> Replies:
    policy = beside.policy_of(ctx, ticket)
    until = beside.until(ctx.now, whistle_calls.span(whistle, policy), policy)
    values: dict[str, object] = {"decided": decision, "decided_by_id": me(ctx).id}
    if decision == Decided.MUST_COME:
        values |= {"due_at": until.due, "rung": 0}
    if not whistles.take(ctx.db, call, "decided", values):
        return [Reply(wording.NOTHING_TO_DECIDE.format(number=ticket.number), ticket_id=ticket.id)]
    whistles.stop(ctx.db, whistle_calls.mark(call))
    data = {"call": call.id, "unit": call.unit_id, "decision": decision}
    fact = case.record(ctx, ticket, FactKind.DECIDED, said_here=True, data=data)
    shown = {
        "number": ticket.number,
        "unit": beside.names(ctx.db, [call.unit_id]),
        "decision": wording.DECISIONS[decision],
    }
    told = wording.TOLD_DECIDED.format(**shown)
    answer = Reply(wording.DECIDED.format(**shown), ticket_id=ticket.id)
    others = beside.to_holder(ctx, ticket, told, fact, whistle.by_id)
    return [answer, *_to_called(ctx, ticket, whistle, call, told, fact.id, until), *others]


def _to_called(
    ctx: Context, ticket: Ticket, whistle: Whistle, call: WhistleCall, told: str, fact_id: int, until: beside.Until
) -> Iterator[Reply]:
    """The unit hears it: excused in a line, called again with the whole card."""
    if call.decided != Decided.MUST_COME:
        name = f"{whistle_calls.mark(call)}excused:{fact_id}"
        yield from beside.to_unit(ctx, ticket, call.unit_id, Reply(told, name=name, ticket_id=ticket.id))
        return
    whistle_calls.arm_call(ctx.db, call, until, again="must:")
    unit = beside.names(ctx.db, [call.unit_id])
    head = wording.CALL_AGAIN.format(number=ticket.number, unit=unit, due=when(until.due, ctx.now))
    yield from whistle_cards.call_card(ctx, whistle, call, ticket, fact_id, head)


@on("whistle_rate")
def rate(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """评价: the street rates the help of a department, 1 to 5; the department sees it."""
    ticket = choose(incoming, ctx, order)
    if isinstance(ticket, Reply):
        return [ticket]
    found = wording.POINTS.fullmatch(order.rest.strip())
    call = _rated(ctx, ticket, found["unit"] if found else order.rest)
    if isinstance(call, Reply):
        return [call]
    unit = beside.names(ctx.db, [call.unit_id])
    if found is None:
        return [Reply(wording.RATE_HOW.format(number=ticket.number, unit=unit), ticket_id=ticket.id)]
    points = int(found["points"])
    shown = {"number": ticket.number, "unit": unit, "rating": points}
    if call.rating == points:
        return [Reply(wording.RATED_SAME.format(**shown), ticket_id=ticket.id)]
    call.rating, call.rated_by_id, call.rated_at = points, me(ctx).id, ctx.now
    data = {"call": call.id, "unit": call.unit_id, "rating": points}
    fact = case.record(ctx, ticket, FactKind.WHISTLE_RATED, said_here=True, data=data)
    street = ctx.db.get_one(Unit, ctx.db.get_one(Whistle, call.whistle_id).signer_unit_id)
    told = Reply(
        wording.TOLD_RATED.format(**shown, street=street.name),
        name=f"{whistle_calls.mark(call)}rated:{fact.id}",
        ticket_id=ticket.id,
    )
    people = (Member(staff.id) for staff in directory.staff_of(ctx.db, call.unit_id))
    return [Reply(wording.RATED.format(**shown), ticket_id=ticket.id), *(replace(told, to=to) for to in people)]


def _rated(ctx: Context, ticket: Ticket, wanted: str) -> WhistleCall | Reply:
    calls = whistles.calls_about(ctx.db, ticket.id)
    wanted = wanted.strip(commands.BLANKS)
    if not calls:
        return Reply(wording.OVER_NOTHING.format(number=ticket.number), ticket_id=ticket.id)
    fitting = [call for call in calls if wanted and wanted in _called(ctx, call)]
    if not wanted and len(calls) == 1:
        fitting = list(calls)
    if not fitting:
        units = beside.names(ctx.db, (call.unit_id for call in calls if call.answer != Answer.WAITING))
        return Reply(wording.RATE_WHOM.format(number=ticket.number, units=units), ticket_id=ticket.id)
    call = fitting[-1]
    if call.answer == Answer.WAITING and call.rung == 0:
        unit = beside.names(ctx.db, [call.unit_id])
        return Reply(wording.RATE_NOT_YET.format(number=ticket.number, unit=unit), ticket_id=ticket.id)
    return call


def _called(ctx: Context, call: WhistleCall) -> str:
    unit = ctx.db.get_one(Unit, call.unit_id)
    return f"{unit.name} {unit.nicknames or ''}"
