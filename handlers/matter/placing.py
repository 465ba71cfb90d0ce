"""The answer to where it is: 1, a name, a building. The desk there gets it; what stays open stays flagged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import select

from handlers.context import Context
from handlers.matter import belonging, doubts, opening
from handlers.matter.estate_map import estate_map
from handlers.matter.locating import Option, building_named
from handlers.message import Here, Incoming, Kind, Replies, Reply, To
from handlers.rules import location, whereabouts
from handlers.rules.location import Said, Why
from handlers.ticket import cards, case
from handlers.wording import locating as wording
from handlers.wording import stamps
from nlp.normalise import fold
from nlp.places import find
from storage import directory
from storage.base import JsonObject
from storage.deployment import Question
from storage.facts import FactKind
from storage.tickets import Ticket
from storage.workflow import OPEN, Status

LONGEST = 24  # characters of an answer; whoever says more tells something else


def answered(incoming: Incoming, ctx: Context) -> Replies | None:
    """1, 梧桐里的, 8号楼: the answer to where it is, in the chat where it was asked."""
    text = fold(incoming.text).rpartition("]")[2].strip() if incoming.kind is Kind.LOCATION else fold(ctx.words)
    if _for_somebody_else(ctx, text):
        return []
    if not _may_answer(incoming, ctx, text):
        return None
    question = case.asked(ctx, doubts.KIND)
    ticket = ctx.db.get(Ticket, question.ticket_id) if question is not None and question.ticket_id is not None else None
    if question is None or ticket is None or ticket.status not in OPEN or _asked_later(ctx, question):
        return None
    if location.declines(text):
        return _open_still(ctx, ticket, question)
    option = _option(ctx, ticket, question, text)
    if option is None:
        return _insists(ctx, ticket, question, text)
    others = [ctx.db.get_one(Ticket, number) for number in question.data.get("also", ())]
    ctx.db.delete(question)
    if option.unit_id is None:
        replies = _elsewhere(ctx, ticket, option)
    else:
        denied = question.data["said"] if question.data["kind"] == "elsewhere" else ""
        replies = _place_all(ctx, [ticket, *others], option, text, denied)
    return None if incoming.kind is Kind.LOCATION else replies  # a pin goes on to be kept and shown


def _for_somebody_else(ctx: Context, text: str) -> bool:
    """A neighbour's bare 1 while somebody else is asked where: it answers for them, it joins nothing."""
    if ctx.group is None or location.bare_number(text) is None or case.asked(ctx, doubts.KIND) is not None:
        return False
    asked = select(Question.id).where(Question.address == ctx.address, Question.kind == doubts.KIND)
    return ctx.db.scalar(asked.where(Question.expires_at > ctx.now).limit(1)) is not None


def _may_answer(incoming: Incoming, ctx: Context, text: str) -> bool:
    """Cheap things first: most of what is said answers nothing."""
    if not 0 < len(text) <= LONGEST or not ctx.who.is_attentive(ctx.now):
        return False
    if incoming.kind is Kind.LOCATION:
        return True
    return belonging.has_words(incoming) and not (ctx.reading.parts and ctx.reading.band == "high")


def _asked_later(ctx: Context, question: Question) -> bool:
    """Whether it was asked since whether a ticket is done: then 1 answers that."""
    closing = case.asked(ctx, "closing", anywhere=ctx.group is None)
    return closing is not None and closing.asked_at >= question.asked_at


def _option(ctx: Context, ticket: Ticket, question: Question, text: str) -> Option | None:
    options = doubts.options_of(question)
    chosen = location.pick(text, [one.label for one in options])
    if chosen is not None:
        option = options[chosen]
        return Option("") if option.label == wording.NEITHER_OPTION else option
    if question.data["kind"] == "building":
        return _building(ctx, ticket, text)
    named = location.resolve(Said(text, _places(text)), location.Known(None, estate_map(ctx.db).estates)).candidates
    if named and named[0].why is Why.NAMED:
        return next(Option(one.name, one.id) for one in estate_map(ctx.db).estates.all if one.id == named[0].unit_id)
    return None


def _building(ctx: Context, ticket: Ticket, text: str) -> Option | None:
    """是5号楼: another building than those that were offered."""
    bare = location.bare_number(text)
    told = (wording.BUILDING.format(number=bare),) if bare is not None else _places(text)
    number = building_named(ctx, ticket.unit_id, told) if ticket.unit_id is not None and told else None
    return Option("".join(told), ticket.unit_id, number) if number is not None else None


def _insists(ctx: Context, ticket: Ticket, question: Question, text: str) -> Replies | None:
    """就是 28 号楼: what they call it is written down, and whoever goes there finds it."""
    said = question.data["said"]
    told = [location.bare_number(text), *location.building_numbers(_places(text))]
    if question.data["kind"] != "building" or said not in told:
        return None
    ctx.db.delete(question)
    case.belongs(ctx, ticket)
    case.record(ctx, ticket, FactKind.ADDED, said_here=True, data={"because": "asked where"})
    place = whereabouts.in_one(ticket.place)
    return [Reply(wording.AS_YOU_SAY.format(number=ticket.number, place=place), to=_to(ctx), ticket_id=ticket.id)]


def _places(text: str) -> tuple[str, ...]:
    return tuple(span.text for span in find(text))


def _open_still(ctx: Context, ticket: Ticket, question: Question) -> Replies:
    ctx.db.delete(question)
    case.belongs(ctx, ticket)
    case.record(ctx, ticket, FactKind.ADDED, said_here=True, data={"because": "asked where"})
    return [Reply(wording.STILL_OPEN.format(number=ticket.number), to=_to(ctx), ticket_id=ticket.id)]


def _elsewhere(ctx: Context, ticket: Ticket, option: Option) -> Replies:
    """Not on any ground we know: it stays where it is, flagged, and whoever has it finds out whose it is."""
    case.belongs(ctx, ticket)
    before = _state(ticket)
    ticket.flagged = "elsewhere"
    if option.label and option.label not in "".join(ticket.place):
        ticket.place = [option.label, *ticket.place]
    fact = case.record(ctx, ticket, FactKind.PLACED, said_here=True, data={"before": before, "after": _state(ticket)})
    if not option.label:
        return [Reply(wording.STILL_OPEN.format(number=ticket.number), to=_to(ctx), ticket_id=ticket.id)]
    place = option.label
    answer = Reply(wording.NOT_OURS.format(number=ticket.number, place=place), to=_to(ctx), ticket_id=ticket.id)
    return [answer, *case.tell_workers(ctx, ticket, fact, wording.NOT_OURS_STAFF, place)]


def _place_all(ctx: Context, asked: list[Ticket], option: Option, text: str, denied: str) -> Replies:
    """Two problems of one message were asked about once, and are answered in one line."""
    meant = [ticket for ticket in asked if ticket.status in OPEN]
    (answer, *news), *more = [list(_place(ctx, ticket, option, text, denied)) for ticket in meant]
    if more:
        numbers = "、".join(str(ticket.number) for ticket in meant)
        answer = replace(answer, text=wording.PLACED.format(number=numbers, place=option.label))
    return [answer, *news, *(reply for replies in more for reply in replies[1:])]


def _place(ctx: Context, ticket: Ticket, option: Option, text: str, denied: str) -> Replies:
    """It is there: the desk of that place gets it, unless somebody accepted or dispatched it already.

    ``denied``: the name that was asked about and is not the place.
    """
    case.belongs(ctx, ticket)
    before = _state(ticket)
    ticket.place = [word for word in ticket.place if fold(word) != denied]
    if option.building_id is not None:
        ticket.place = whereabouts.corrected(ticket.place, [option.label])
    elif ticket.unit_id != option.unit_id and ctx.group is None and not ctx.who.is_staff:
        ctx.who.account.unit_id = option.unit_id  # they are taken to live there, until they say otherwise
    told = [word for word in _places(text) if word not in option.label] if option.building_id is None else []
    ticket.place = whereabouts.completed(ticket.place, told)
    ticket.unit_id = option.unit_id
    ticket.building_id = option.building_id or building_named(ctx, option.unit_id or 0, tuple(ticket.place))
    ticket.flagged = None if ticket.flagged in doubts.FLAG.values() and _is_found(ctx, ticket) else ticket.flagged
    if ticket.status == Status.REPORTED and (ticket.desk_id is None or ticket.handovers == 0):
        ticket.desk_id = opening.desk_for(ctx, ticket)
    after = _state(ticket)
    fact = case.record(ctx, ticket, FactKind.PLACED, said_here=True, data={"before": before, "after": after})
    place = case.where(ctx.db, ticket)
    answer = Reply(wording.PLACED.format(number=ticket.number, place=place), to=_to(ctx), ticket_id=ticket.id)
    if before["desk"] != after["desk"] or ticket.desk_id is None:
        return [answer, *_to_new_desk(ctx, ticket)]
    return [answer, *case.tell_workers(ctx, ticket, fact, wording.PLACED_STAFF, place)]


def _is_found(ctx: Context, ticket: Ticket) -> bool:
    """Whether somebody would find it now: a group's place says enough, in private a word of place is wanted too."""
    return bool(ticket.place) or ctx.group is not None


def _to_new_desk(ctx: Context, ticket: Ticket) -> Iterator[Reply]:
    unit = directory.unit_of(ctx.db, ticket.desk_id)
    yield cards.stamped(ctx, ticket, stamps.stamp(stamps.MOVED, unit=unit.name if unit is not None else ""))
    yield from cards.taken_back(ctx, ticket)
    yield from cards.card_to_desk(ctx, ticket)


def _state(ticket: Ticket) -> JsonObject:
    return {"unit": ticket.unit_id, "desk": ticket.desk_id, "building": ticket.building_id, "place": list(ticket.place)}


def _to(ctx: Context) -> To:
    """In private where it was asked; in a group nobody else needs to read the answer."""
    return case.sender(ctx) if ctx.group is not None else Here()
