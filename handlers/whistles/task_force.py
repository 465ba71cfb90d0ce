"""专班, 协调 and what its members say: 接单, 进展 and 办结 of somebody beside the holder mean their own part.

A task force is a ticket with several handlers, each with a clock; the holder ends it. What a single-duty unit cannot
finish becomes a coordination at the station, and stays with it meanwhile.
"""

from __future__ import annotations

from handlers.context import Context
from handlers.message import Incoming, Replies, Reply
from handlers.orders import Order
from handlers.registry import CommandHandler, on
from handlers.rules.privacy import discreet_place
from handlers.ticket import acting, beside, called_names, case, confiding, evidence
from handlers.ticket.called_names import Named
from handlers.ticket.choosing import candidates, choose_eligible, quoted_ticket
from handlers.ticket.working import me
from handlers.whistles import hands, mediating
from handlers.wording import hands as wording
from handlers.wording.times import when
from storage import decisions, directory, tickets, whistles
from storage.base import JsonObject
from storage.facts import FactKind
from storage.people import Staff, Unit, UnitKind
from storage.tickets import Ticket
from storage.whistles import OPEN_HANDS, Hand, HandState, Part

STATIONS = (UnitKind.COMMUNITY, UnitKind.STATION, UnitKind.STREET)


@on("task_force")
def task_force(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """专班: several units work on one ticket, each on its part; the holder stays in charge."""
    ticket = choose_eligible(incoming, ctx, order)
    if isinstance(ticket, Reply):
        return [ticket]
    head, mark, note = order.rest.partition("：" if "：" in order.rest else ":")
    said = called_names.read(ctx, ticket, head)
    if isinstance(said, Reply):
        return [said]
    decisions.lock(ctx.db, ticket)
    refusal = _who(ctx, ticket, said)
    if refusal is not None:
        return [refusal]
    return _asked(ctx, ticket, said.units, note.strip() if mark else "")


def _who(ctx: Context, ticket: Ticket, said: Named) -> Reply | None:
    """Units that are not working on it already; one name that means nobody stops it all."""
    if said.rest:
        return called_names.unknown(ctx, ticket, said.rest[0])
    if not said.units:
        return Reply(wording.TEAM_WHO.format(number=ticket.number), ticket_id=ticket.id)
    busy = {hand.unit_id for hand in beside.still_open(ctx.db, ticket)} | {ticket.desk_id}
    names = beside.names(ctx.db, (unit.id for unit in said.units))
    said.units[:] = [unit for unit in said.units if unit.id not in busy]
    if not said.units:
        return Reply(wording.TEAM_NONE_NEW.format(number=ticket.number, units=names), ticket_id=ticket.id)
    return None


def _asked(ctx: Context, ticket: Ticket, units: list[Unit], note: str) -> Replies:
    body = ctx.keep(note) if note else None
    span = beside.policy_of(ctx, ticket).hand_member
    asked = [hands.begin(ctx, ticket, unit, hands.Ask(Part.MEMBER, span, body)) for unit in units]
    data: JsonObject = {"part": Part.MEMBER, "units": [unit.id for unit in units]}
    fact = case.record(ctx, ticket, FactKind.HAND_ASKED, body=body, said_here=True, data=data)
    names, due = beside.names(ctx.db, (unit.id for unit in units)), when(asked[0].due_at, ctx.now)
    shown = {"number": ticket.number, "what": case.what(ticket), "due": due}
    place = case.where(ctx.db, ticket)
    in_group = wording.TEAM_IN_GROUP.format(**shown, place=discreet_place(place), units=names)
    cards = [
        reply
        for hand, unit in zip(asked, units, strict=True)
        for reply in hands.card(ctx, ticket, hand, _card(ctx, ticket, unit, shown, place, note), in_group, fact)
    ]
    holder = directory.name_of(ctx.vault, ctx.db.get(Staff, ticket.holder_id)) if ticket.holder_id else ""
    text = wording.TEAM.format(number=ticket.number, units=names, due=due, holder=holder or wording.NO_HOLDER)
    told = beside.to_resident_once(ctx, ticket, fact, wording.TOLD_RESIDENT.format(number=ticket.number), "together")
    return [Reply(text, ticket_id=ticket.id), *cards, *beside.to_holder(ctx, ticket, text, fact), *told]


def _card(ctx: Context, ticket: Ticket, unit: Unit, shown: dict[str, object], place: str, note: str) -> str:
    said = wording.NOTE.format(note=beside.read_by(ctx, ticket, unit, note)) if note else ""
    return wording.TEAM_CARD.format(**shown, place=beside.read_by(ctx, ticket, unit, place), unit=unit.name, note=said)


@on("coordinate")
def coordinate(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """协调: what one unit cannot finish goes to the station; it is no return, and the holder stays."""
    ticket = choose_eligible(incoming, ctx, order)
    if isinstance(ticket, Reply):
        return [ticket]
    if not order.rest:
        return [Reply(wording.COORDINATE_WHAT.format(number=ticket.number), ticket_id=ticket.id)]
    decisions.lock(ctx.db, ticket)
    before = beside.still_open(ctx.db, ticket, Part.COORDINATE)
    if before:
        shown = {"unit": beside.names(ctx.db, [before[0].unit_id]), "due": when(before[0].due_at, ctx.now)}
        return [Reply(wording.COORDINATE_AGAIN.format(number=ticket.number, **shown), ticket_id=ticket.id)]
    station = _station(ctx, ticket)
    if station is None:
        return [Reply(wording.COORDINATE_NOBODY.format(number=ticket.number), ticket_id=ticket.id)]
    return _coordinated(ctx, ticket, station, order.rest)


def _station(ctx: Context, ticket: Ticket) -> Unit | None:
    """The community of the place; the street, where the community itself asks or nobody is there."""
    own = {ticket.desk_id, *beside.my_units(ctx)}
    levels = directory.ancestors(ctx.db, directory.unit_of(ctx.db, ticket.unit_id or ticket.desk_id))
    fitting = (unit for unit in levels if unit.kind in STATIONS and unit.id not in own)
    return next((unit for unit in fitting if directory.staff_of(ctx.db, unit.id)), None)


def _coordinated(ctx: Context, ticket: Ticket, station: Unit, note: str) -> Replies:
    body = ctx.keep(note)
    hand = hands.begin(
        ctx, ticket, station, hands.Ask(Part.COORDINATE, beside.policy_of(ctx, ticket).hand_station, body)
    )
    data = {"part": Part.COORDINATE, "units": [station.id]}
    fact = case.record(ctx, ticket, FactKind.HAND_ASKED, body=body, said_here=True, data=data)
    place, asker = case.where(ctx.db, ticket), ctx.who.posts[0].unit.name
    shown = {
        "number": ticket.number,
        "what": case.what(ticket),
        "unit": station.name,
        "due": when(hand.due_at, ctx.now),
    }
    text = wording.COORDINATE_CARD.format(**shown, place=place, asker=asker, note=note)
    in_group = wording.COORDINATE_IN_GROUP.format(**shown, place=discreet_place(place))
    told = beside.to_resident_once(ctx, ticket, fact, wording.TOLD_RESIDENT.format(number=ticket.number), "together")
    answer = Reply(wording.COORDINATED.format(**shown), ticket_id=ticket.id)
    return [answer, *hands.card(ctx, ticket, hand, text, in_group, fact), *told]


@on("hand_release")
def let_go(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """不用协办: a unit is not needed any more."""
    ticket = choose_eligible(incoming, ctx, order)
    if isinstance(ticket, Reply):
        return [ticket]
    found = beside.still_open(ctx.db, ticket)
    units = beside.names(ctx.db, (hand.unit_id for hand in found))
    if not found:
        return [Reply(wording.RELEASE_NONE.format(number=ticket.number), ticket_id=ticket.id)]
    meant = [hand for hand in found if order.rest and order.rest in hands.unit_of(ctx, hand).name]
    if len(meant) != 1:
        return [Reply(wording.RELEASE_WHO.format(number=ticket.number, units=units), ticket_id=ticket.id)]
    hands.release(ctx, meant[0])
    data = {"hand": meant[0].id, "unit": meant[0].unit_id, "released": True}
    fact = case.record(ctx, ticket, FactKind.HAND_DONE, said_here=True, data=data)
    name = f"{hands.mark(meant[0])}released:{fact.id}"
    told = Reply(wording.TOLD_RELEASED.format(number=ticket.number), name=name, ticket_id=ticket.id)
    answer = wording.RELEASED.format(number=ticket.number, unit=hands.unit_of(ctx, meant[0]).name)
    return [Reply(answer, ticket_id=ticket.id), *beside.to_unit(ctx, ticket, meant[0].unit_id, told)]


# --- what members say


def instead(incoming: Incoming, ctx: Context, order: Order) -> CommandHandler | None:
    """接单, 进展, 办结 by somebody who has a part beside the holder: what they mean. None: they mean the ticket."""
    meant = {"accept": _accept, "progress": _progress, "resolve": _resolve}.get(order.command)
    if meant is None or not ctx.who.is_staff or _hand(incoming, ctx, order) is None:
        return None
    return meant


def _hand(incoming: Incoming, ctx: Context, order: Order) -> tuple[Hand, Ticket] | None:
    """The part that is meant: of the ticket that was named, or the only one where this person holds nothing."""
    mine = beside.my_units(ctx)
    ticket = tickets.by_number(ctx.db, order.number) if order.number is not None else quoted_ticket(incoming, ctx)
    if ticket is None:
        found = whistles.open_hands(ctx.db, mine) if order.number is None else []
        only = found[0] if len(found) == 1 else None
        free = only is not None and _is_theirs(ctx, only[1]) and not candidates(ctx, order.command)
        return only if free else None
    ticket = tickets.lead(ctx.db, ticket)
    if not _is_theirs(ctx, ticket) or not confiding.may_see(ctx.who, ticket):
        return None
    hand = whistles.open_hand(ctx.db, ticket.id, mine)
    return (hand, ticket) if hand is not None else None


def _is_theirs(ctx: Context, ticket: Ticket) -> bool:
    """Whether a ticket is in other hands, at another desk."""
    return ticket.holder_id != me(ctx).id and ticket.desk_id not in beside.my_units(ctx)


def _meant(incoming: Incoming, ctx: Context, order: Order) -> tuple[Hand, Ticket]:
    found = _hand(incoming, ctx, order)
    if found is None:
        raise LookupError("only somebody with a part reaches this")
    if found[0].part != Part.MEDIATE:  # whoever takes over a quarrel has it, and the resident hears so at once
        acting.note(ctx, found[1])
    return found


def _accept(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    hand, ticket = _meant(incoming, ctx, order)
    if hand.part == Part.MEDIATE:
        return mediating.take_over(ctx, ticket, hand)
    due = when(hand.due_at, ctx.now)
    if hand.state != HandState.ASKED or not hands.accept(ctx, hand):
        return [Reply(wording.BEGUN_ALREADY.format(number=ticket.number, due=due), ticket_id=ticket.id)]
    data = {"hand": hand.id, "unit": hand.unit_id, "begun": True}
    fact = case.record(ctx, ticket, FactKind.PROGRESS, data=data)
    told = wording.TOLD_BEGUN.format(number=ticket.number, unit=hands.unit_of(ctx, hand).name)
    answer = Reply(wording.BEGUN.format(number=ticket.number, due=due), ticket_id=ticket.id)
    return [answer, *beside.to_holder(ctx, ticket, told, fact, hand.asked_by_id)]


def _progress(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    hand, ticket = _meant(incoming, ctx, order)
    if not order.rest:
        return [Reply(wording.PROGRESS_EMPTY.format(number=ticket.number), ticket_id=ticket.id)]
    if hand.state == HandState.ASKED and hand.part != Part.MEDIATE:
        hands.accept(ctx, hand)
    data = {"hand": hand.id, "unit": hand.unit_id}
    fact = case.record(ctx, ticket, FactKind.PROGRESS, body=ctx.keep(order.rest), said_here=True, data=data)
    case.belongs(ctx, ticket)
    unit = hands.unit_of(ctx, hand).name
    told = wording.TOLD_PROGRESS.format(number=ticket.number, unit=unit, note=order.rest)
    answer = Reply(wording.PROGRESS.format(number=ticket.number), ticket_id=ticket.id)
    return [answer, *beside.to_holder(ctx, ticket, told, fact, hand.asked_by_id)]


def _resolve(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """Their part is done: a sentence or a photo, as for the whole."""
    hand, ticket = _meant(incoming, ctx, order)
    photo = evidence.photo(incoming, ctx)
    if hand.part == Part.MEDIATE:
        return [Reply(wording.MEDIATE_FIRST.format(number=ticket.number), ticket_id=ticket.id)]
    if not order.rest and photo is None:
        return [Reply(wording.DONE_EVIDENCE.format(number=ticket.number), ticket_id=ticket.id)]
    said = ctx.keep(order.rest) if order.rest else None
    media_id = case.photo_id(ctx, photo.media) if photo is not None else None
    fact = hands.finish(ctx, ticket, hand, said, media_id)
    if fact is None:
        return [Reply(wording.DONE_ALREADY.format(number=ticket.number), ticket_id=ticket.id)]
    evidence.use(ctx, ticket, photo)
    case.belongs(ctx, ticket)
    told = _told_done(ctx, ticket, hand, order.rest)
    answer = Reply(wording.DONE.format(number=ticket.number), ticket_id=ticket.id)
    return [answer, *beside.to_holder(ctx, ticket, told, fact, hand.asked_by_id)]


def _told_done(ctx: Context, ticket: Ticket, hand: Hand, note: str) -> str:
    if hand.part == Part.COORDINATE:
        return wording.TOLD_COORDINATED.format(number=ticket.number, note=note)
    said = wording.SAID.format(note=note) if note else wording.BY_PHOTO
    text = wording.TOLD_DONE.format(number=ticket.number, unit=hands.unit_of(ctx, hand).name, note=said)
    if any(one.state in OPEN_HANDS for one in whistles.hands_of(ctx.db, ticket.id) if one.part == Part.MEMBER):
        return text
    return text + wording.TOLD_ALL_DONE.format(number=ticket.number)
