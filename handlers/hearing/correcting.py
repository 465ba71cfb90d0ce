"""说错了，是 5 号楼; a message taken back: what was told changes, its desk hears it once, both stay in the history."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import ColumnElement, func, select

from handlers.context import Context
from handlers.hearing.followup import withdraw
from handlers.matter import belonging, burst, gathering, locating, open_here, opening
from handlers.message import Incoming, Kind, Replies, Reply
from handlers.rules import location, whereabouts
from handlers.rules.deadlines import EMERGENCY
from handlers.ticket import cards, case, graver
from handlers.wording import joining, stamps
from handlers.wording import locating as locating_wording
from handlers.wording import report as wording
from nlp.normalise import fold
from nlp.places import find
from nlp.reading import Part
from storage import directory, tickets
from storage.base import JsonObject
from storage.facts import Fact, FactKind
from storage.inbox import Body, Inbox
from storage.people import UnitKind
from storage.streets import streets_of
from storage.tickets import Ticket
from storage.workflow import Status

OVER = frozenset({Status.CLOSED, Status.WITHDRAWN, Status.REJECTED})
NAMES = 5  # of what this person told lately that a correction may mean


def corrected(incoming: Incoming, ctx: Context) -> Replies | None:
    """说错了，是 5 号楼: goes before reading it as a report of its own."""
    if not belonging.has_words(incoming) or ctx.who.is_staff:
        return None
    text = fold(ctx.words)
    plain = "correction" in ctx.reading.cues or belonging.says(joining.CORRECTS, text)
    plain = plain or (belonging.says(joining.I_MEAN, text) and bool(_told(ctx)))
    if not plain and not _only_a_place(ctx, text):
        return None
    ticket = _quoted(incoming, ctx) or _meant(ctx, text)
    if ticket is None or ticket.reporter_id not in ctx.mine or ticket.status in OVER:
        return None
    if ctx.alarms and ticket.urgency != EMERGENCY:
        return _graver(incoming, ctx, ticket)
    if not plain and not _denied(text) and whereabouts.conflict(ticket.place, _told(ctx)) is None:
        return None
    return _correct(incoming, ctx, ticket)


def _only_a_place(ctx: Context, text: str) -> bool:
    """哦是5号楼: a place and hardly a word beside it. Where it differs from what was told, it puts that right."""
    if ctx.reading.parts or not ctx.who.is_attentive(ctx.now) or not _told(ctx):
        return False
    spans = find(text)
    rest = "".join(char for at, char in enumerate(text) if not any(span.start <= at < span.end for span in spans))
    return belonging.says(joining.PUTS_RIGHT, rest)


def _quoted(incoming: Incoming, ctx: Context) -> Ticket | None:
    if incoming.quoted is None:
        return None
    row = ctx.db.scalars(select(Inbox).where(Inbox.key == incoming.quoted)).one_or_none()
    return ctx.db.get(Ticket, row.ticket_id) if row is not None and row.ticket_id is not None else None


def _meant(ctx: Context, text: str) -> Ticket | None:
    """What this person told in this chat lately: what names the place denied, or shares words, else the last."""
    since = ctx.inbox.said_at - ctx.policy.additions
    last = func.max(Inbox.said_at)
    told = (
        select(Ticket)
        .join(Inbox, Inbox.ticket_id == Ticket.id)
        .where(_said_here(ctx), Inbox.said_at >= since, Inbox.id != ctx.inbox.id)
        .where(Ticket.reporter_id.in_(ctx.mine), Ticket.status.in_(burst.ALIVE))
        .group_by(Ticket.id)
        .order_by(last.desc(), Ticket.id.desc())
    )
    found = list(burst.still_open(ctx, ctx.db.scalars(told.limit(NAMES))))
    denied = _denied(text)
    named = (ticket for ticket in found if denied and whereabouts.agree(ticket.place, denied))
    alike = max(found, key=lambda ticket: open_here.shared(ctx, ticket, text), default=None)
    if alike is not None and not open_here.shared(ctx, alike, text):
        alike = None
    return next(named, None) or alike or next(iter(found), None)


def _said_here(ctx: Context) -> ColumnElement[bool]:
    """In private somebody may put right what they told in a group."""
    return burst.same_chat(ctx) if ctx.group is not None else Inbox.sender_id.in_(ctx.mine)


def _denied(text: str) -> list[str]:
    """不是3号楼: the places that it is not."""
    return [span.text for clause in belonging.each(joining.DENIED, text) for span in find(clause)]


def _correct(incoming: Incoming, ctx: Context, ticket: Ticket) -> Replies:
    """The place of then gives way to the one named last; another category only where the words are clear about it."""
    case.belongs(ctx, ticket)
    before = _state(ticket)
    told = _told(ctx) or _bare(ctx, ticket)
    if not told and belonging.says(joining.NOTHING_BUT, fold(ctx.words)):
        return [Reply(wording.CORRECT_WHAT.format(number=ticket.number), to=case.sender(ctx), ticket_id=ticket.id)]
    ticket.place = whereabouts.corrected(ticket.place, told) if told else list(ticket.place)
    moved = _move(ctx, ticket) if told else False
    moved = _rename(ctx, ticket) or moved
    after = _state(ticket)
    made = graver.follow(ctx, ticket, before["urgency"])
    data: JsonObject = {"before": before, "after": after, **made}
    fact = case.record(ctx, ticket, FactKind.CORRECTED, body=ctx.keep(incoming.text), said_here=True, data=data)
    answer = Reply(wording.CORRECTED.format(number=ticket.number), to=case.sender(ctx), ticket_id=ticket.id)
    news = [] if moved else case.tell_workers(ctx, ticket, fact, wording.CORRECTED_STAFF, incoming.text)
    return [answer, *_to_new_desk(ctx, ticket, before, after), *news]


def _graver(incoming: Incoming, ctx: Context, ticket: Ticket) -> Replies:
    """不对，是煤气味: what was put right is an emergency, and rings like any other."""
    case.belongs(ctx, ticket)
    if told := _told(ctx):
        ticket.place = whereabouts.corrected(ticket.place, told)
    body = ctx.keep(incoming.text)
    ticket.words_id = body.id  # whoever is called reads these, not the lamp that it was taken for
    fact = case.record(ctx, ticket, FactKind.ADDED, body=body, said_here=True)
    rung = [*gathering.recast(ctx, ticket, ctx.reading.parts[0])]
    return [*rung, *case.tell_workers(ctx, ticket, fact, wording.CORRECTED_STAFF, incoming.text)]


def _state(ticket: Ticket) -> JsonObject:
    """What a correction may change. Places are words of place, never a door that is somebody's own."""
    return {
        "place": list(ticket.place),
        "category": ticket.category,
        "urgency": ticket.urgency,
        "unit": ticket.unit_id,
        "desk": ticket.desk_id,
    }


def _told(ctx: Context) -> tuple[str, ...]:
    """The places named, without those of which it is said that it is not there."""
    denied = set(_denied(fold(ctx.words)))
    return tuple(word for word in belonging.places(ctx) if word not in denied)


def _bare(ctx: Context, ticket: Ticket) -> tuple[str, ...]:
    """打错字了，五号: a number by itself, said of a building."""
    last = joining.CLAUSE.split(fold(ctx.words))[-1]
    number = location.bare_number(last)
    if number is None or "building" not in whereabouts.levels(ticket.place):
        return ()
    return (locating_wording.BUILDING.format(number=number),)


def _move(ctx: Context, ticket: Ticket) -> bool:
    """Another estate, another building. Whether another desk is to see to it now."""
    named = streets_of(ctx.db).named_in(UnitKind.ESTATE, fold(ctx.words))
    if named is not None and named.id != ticket.unit_id:
        ticket.unit_id = named.id
    if ticket.unit_id is not None:
        ticket.building_id = locating.building_named(ctx, ticket.unit_id, tuple(ticket.place))
    return _reroute(ctx, ticket)


def _rename(ctx: Context, ticket: Ticket) -> bool:
    """是漏水不是漏电: another matter than was first told. Nothing becomes calmer by it."""
    part = next(iter(ctx.reading.parts), None)
    if part is None or ctx.reading.band != "high" or not _another(part, ticket):
        return False
    ticket.category = part.category
    if part.urgency == EMERGENCY:
        ticket.urgency = part.urgency
    return _reroute(ctx, ticket)


def _another(part: Part, ticket: Ticket) -> bool:
    return part.category not in (ticket.category, "other") and ticket.urgency != EMERGENCY


def _reroute(ctx: Context, ticket: Ticket) -> bool:
    """The desk of the table, as long as nobody has taken it or passed it on."""
    if ticket.status != Status.REPORTED or ticket.handovers:
        return False
    desk = opening.desk_for(ctx, ticket)
    changed, ticket.desk_id = desk != ticket.desk_id, desk
    return changed


def _to_new_desk(ctx: Context, ticket: Ticket, before: JsonObject, after: JsonObject) -> Iterator[Reply]:
    if before["desk"] == after["desk"]:
        return
    unit = directory.unit_of(ctx.db, ticket.desk_id)
    yield cards.stamped(ctx, ticket, stamps.stamp(stamps.MOVED, unit=unit.name if unit is not None else ""))
    yield from cards.taken_back(ctx, ticket)
    yield from cards.card_to_desk(ctx, ticket)


# --- taken back


def recalled(incoming: Incoming, ctx: Context) -> Replies | None:
    """Somebody takes a message back: the only message of an untouched report withdraws it, else staff are told."""
    if incoming.kind is not Kind.RECALL:
        return None
    row = ctx.db.scalars(select(Inbox).where(Inbox.key == incoming.quoted)).one_or_none()
    if row is None or row.sender_id != ctx.who.account.id or row.recalled_at is not None:
        return []
    row.recalled_at = ctx.now
    ticket = ctx.db.get(Ticket, row.ticket_id) if row.ticket_id is not None else None
    if ticket is None:
        row.text, row.forget_at = None, ctx.now  # nothing was made of it: forgotten now, its file by the next purge
        return []
    if ticket.status in OVER:
        case.belongs(ctx, ticket)
        return []
    return _taken_back(ctx, ticket, row)


def _taken_back(ctx: Context, ticket: Ticket, row: Inbox) -> Replies:
    facts = ctx.db.scalars(select(Fact).where(Fact.ticket_id == ticket.id, Fact.inbox_id == row.id)).all()
    opened = any(fact.kind == FactKind.OPENED for fact in facts)
    if ticket.reporter_id not in ctx.mine:
        return _neighbour(ctx, ticket, row, facts)
    if opened and ticket.status in (Status.REPORTED, Status.MERGED) and not _left(ctx, ticket):
        return withdraw(ctx, ticket)
    if not opened:
        _blank(ctx, row, facts)
    form = wording.RECALLED_STAFF if opened else wording.RECALLED_ADDITION_STAFF
    fact = _note(ctx, ticket, row)
    return list(case.tell_workers(ctx, ticket, fact, form))


def _left(ctx: Context, ticket: Ticket) -> bool:
    """Whether something the reporter said of it still stands: words, or a voice that was recognised."""
    words = Inbox.ticket_id == ticket.id, Inbox.recalled_at.is_(None), Inbox.text.is_not(None)
    mine = select(Inbox.id).where(*words, Inbox.kind.in_([Kind.TEXT, Kind.VOICE]), Inbox.sender_id.in_(ctx.mine))
    return ctx.db.scalar(mine.limit(1)) is not None


def _neighbour(ctx: Context, ticket: Ticket, row: Inbox, facts: Sequence[Fact]) -> Replies:
    """+1, taken back: they are no part of it any more, and nobody is asked about it."""
    _blank(ctx, row, facts)
    _note(ctx, ticket, row)
    if any(fact.kind == FactKind.SUPPORTED for fact in facts):
        tickets.leave(ctx.db, ticket, ctx.mine)
    return []


def _blank(ctx: Context, row: Inbox, facts: Sequence[Fact]) -> None:
    """The words are gone, that there were some stays."""
    row.text = None
    for fact in facts:
        body = ctx.db.get(Body, fact.body_id) if fact.body_id is not None else None
        if body is not None:
            body.text = None


def _note(ctx: Context, ticket: Ticket, row: Inbox) -> Fact:
    case.belongs(ctx, ticket)
    return case.record(ctx, ticket, FactKind.CORRECTED, said_here=True, data={"recalled": row.id})
