"""Opens a ticket: number, promises, place, desk, first fact, timers. Shared by every feature that may open one."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, select

from handlers import belonging, burst, case
from handlers.context import Context
from handlers.rules import deadlines, routing
from handlers.wording.taxonomy import DEFAULT_AREA
from nlp.normalise import fold
from nlp.reading import Part
from storage import households, tickets
from storage.base import new_ref
from storage.facts import FactKind
from storage.inbox import Body, Inbox
from storage.inserts import insert_one
from storage.people import Building, Group, UnitKind
from storage.streets import Place, Streets, streets_of
from storage.tickets import Member, Ticket
from storage.workflow import Status

CONFIDENTIAL = frozenset({"tipoff"})
NARROW = frozenset({UnitKind.ESTATE, UnitKind.GRID})  # of a wider place nobody knows which 3 号楼 is meant


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a ticket is: the unit (estate or below) and perhaps the building."""

    unit_id: int | None
    building_id: int | None


def open_ticket(
    ctx: Context, part: Part, words: Body | None, *, kind: str, flagged: str | None = None, source: str | None = None
) -> Ticket:
    """One problem becomes one ticket, with everything it owes, in the transaction at hand."""
    spot = _spot(ctx, part.place)
    opened = ctx.inbox.said_at
    if flagged is None and not is_in_estate(ctx, spot.unit_id):
        flagged = "no_place"
    ticket = Ticket(
        number=tickets.draw_number(ctx.db, ctx.now),
        source=source or _source(ctx),
        kind=kind,
        category=part.category,
        urgency=part.urgency,
        confidential=kind in CONFIDENTIAL or belonging.is_private_trouble(ctx),
        flagged=flagged,
        confidence=ctx.reading.confidence,
        place=list(part.place),
        unit_id=spot.unit_id,
        building_id=spot.building_id,
        group_id=ctx.group.id if ctx.group is not None else None,
        reporter_id=ctx.who.account.id,
        words_id=words.id if words is not None else None,
        opened_at=opened,
        received_at=ctx.heard_at or ctx.now,
        accept_due=deadlines.accept_due(opened, part.urgency, ctx.policy),
        progress_due=None,
        resolve_due=deadlines.resolve_due(opened, part.urgency, ctx.policy),
        policy=ctx.policy.name,
    )
    ticket.desk_id = desk_for(ctx, ticket)
    ticket.ref = new_ref()
    tickets.make_link(ctx.vault, ticket)
    ctx.db.add(ticket)
    ctx.db.flush()
    reporter = {"ticket_id": ticket.id, "account_id": ctx.who.account.id, "role": "reporter", "joined_at": ctx.now}
    insert_one(ctx.db, Member, reporter)
    case.record(
        ctx,
        ticket,
        FactKind.OPENED,
        body=words,
        said_here=True,
        data={"because": list(ctx.reading.because), "confidence": ctx.reading.confidence, "desk": ticket.desk_id},
    )
    case.arm_acceptance(ctx.db, ticket, ctx.policy, ctx.now)
    case.belongs(ctx, ticket)
    burst.stay_attentive(ctx)
    return ticket


def is_in_estate(ctx: Context, unit_id: int | None) -> bool:
    """Whether it is known whose ground this is. What a group or a member of staff speaks of is not asked back."""
    unit = streets_of(ctx.db).unit(unit_id)
    return ctx.group is not None or ctx.who.is_staff or (unit is not None and unit.kind in NARROW)


def moves_to_estate(ctx: Context, ticket: Ticket) -> str | None:
    """The reporter says which estate it is in, once asked: its desk gets it, unless somebody dispatched it already.

    They are taken to live there, until they say otherwise. Answers its name; None where nothing is new.
    """
    if ticket.group_id is not None or is_in_estate(ctx, ticket.unit_id):
        return None
    named = streets_of(ctx.db).named_in(UnitKind.ESTATE, fold(ctx.words))
    if named is None:
        return None
    before = {"unit": ticket.unit_id, "desk": ticket.desk_id}
    ticket.unit_id, ticket.building_id = named.id, building_named(ctx, named.id, tuple(ticket.place))
    ctx.who.account.unit_id = named.id
    if ticket.status == Status.REPORTED and (ticket.desk_id is None or ticket.handovers == 0):
        ticket.desk_id = desk_for(ctx, ticket)
    ticket.flagged = None if ticket.flagged == "no_place" and ticket.place else ticket.flagged
    after = {"unit": ticket.unit_id, "desk": ticket.desk_id}
    case.record(ctx, ticket, FactKind.PLACED, said_here=True, data={"before": before, "after": after})
    return named.name


def _source(ctx: Context) -> str:
    """What staff tell in private they tell for somebody: a word at the door, messages passed on one by one."""
    if ctx.group is not None:
        return "group"
    return "proxy" if ctx.who.is_staff else "private"


def desk_for(ctx: Context, ticket: Ticket) -> int | None:
    """The responsible desk by the table; None where no row fits (待派单)."""
    streets = streets_of(ctx.db)
    levels = streets.upwards(ticket.unit_id)
    rows = [routing.Row(row.unit_id, row.area, row.category, row.kind, row.function) for row in streets.desks(levels)]
    area = next((level.area for level in levels if level.area), DEFAULT_AREA)
    row = routing.choose(rows, [level.id for level in levels], area, ticket.category, ticket.kind)
    return _unit_for(streets, row, levels) if row is not None else None


def _unit_for(streets: Streets, row: routing.Row, levels: list[Place]) -> int | None:
    """The nearest unit of the row's kind and field: an estate's own grid, a unit on the way up, or one beside it."""
    wanted = UnitKind(row.kind)
    for level in levels:
        if wanted is UnitKind.GRID and level.grid_id is not None:
            return level.grid_id
        if level.kind == wanted and row.function in (None, level.function):
            return level.id
        below = streets.below(level.id, wanted, row.function)
        if below is not None:
            return below.id
    return None


def _spot(ctx: Context, place: tuple[str, ...]) -> Spot:
    """The group's own place, else the estate that is named, the reporter's home, the code they came by."""
    spot = _base(ctx)
    named = building_named(ctx, spot.unit_id, place) if spot.unit_id is not None and place else None
    return spot if named is None else Spot(spot.unit_id, named)


def _base(ctx: Context) -> Spot:
    if ctx.group is not None:
        return Spot(ctx.group.unit_id, ctx.group.building_id)
    known = _known(ctx)
    named = streets_of(ctx.db).named_in(UnitKind.ESTATE, fold(ctx.words))
    if named is not None and (known is None or known.unit_id != named.id):
        return Spot(named.id, None)
    if known is not None:
        return known
    # a private report of somebody unknown goes to the street when there is only one
    street = streets_of(ctx.db).only(UnitKind.STREET)
    return Spot(street.id if street is not None else None, None)


def _known(ctx: Context) -> Spot | None:
    """Where somebody is who speaks in private: at home, where the code they came by hangs, where they were heard last,
    or where they work."""
    home = households.home_of(ctx.db, ctx.who.account)
    if home is not None:
        return Spot(home.estate_id, home.building_id)
    if ctx.who.account.unit_id is not None:
        return Spot(ctx.who.account.unit_id, None)
    last = _last_group(ctx)
    if last is not None:
        return Spot(last.unit_id, last.building_id)
    served = streets_of(ctx.db).estates_below([post.unit_id for post in ctx.who.posts])
    return Spot(served[0].id, None) if len(served) == 1 else None


def _last_group(ctx: Context) -> Group | None:
    """Where somebody who is bound to no household was heard last."""
    if not streets_of(ctx.db).has_groups(ctx.who.account.door):
        return None
    return ctx.db.scalars(
        select(Group)
        .join(Inbox, Inbox.group_id == Group.id)
        .where(Inbox.sender_id.in_(ctx.mine), Group.kind == "residents", Group.unit_id.is_not(None))
        .order_by(Inbox.said_at.desc())
    ).first()


_BUILDINGS = select(Building.id, Building.name, Building.nicknames).where(Building.estate_id == bindparam("estate"))


def building_named(ctx: Context, estate_id: int, place: tuple[str, ...]) -> int | None:
    """The building of an estate that words of place name."""
    said = "".join(place)
    for number, name, nicknames in ctx.db.connection().execute(_BUILDINGS, {"estate": estate_id}):
        if any(known and _names(known, said) for known in (name, *(nicknames or "").split())):
            return int(number)
    return None


def _names(known: str, said: str) -> bool:
    """Whether the building is named: 3号楼 stands in 3号楼2单元, but not in 13号楼."""
    at = said.find(known)
    return at >= 0 and not (at > 0 and (said[at - 1].isdigit() or said[at - 1].isnumeric()))
