"""Opens a ticket: number, promises, place, desk, first fact, timers. Shared by every feature that may open one."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from handlers import burst, case
from handlers.context import Context
from handlers.rules import deadlines, routing
from handlers.wording.taxonomy import DEFAULT_AREA
from nlp.reading import Part
from storage import directory, tickets
from storage.base import new_ref
from storage.facts import FactKind
from storage.inbox import Body, Inbox
from storage.people import Building, Group, Household, Resident, Unit, UnitKind
from storage.tickets import Member, Ticket

CONFIDENTIAL = frozenset({"tipoff"})


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a ticket is: the unit (estate or below) and perhaps the building."""

    unit: Unit | None
    building_id: int | None


def open_ticket(ctx: Context, part: Part, words: Body | None, *, kind: str, flagged: str | None = None) -> Ticket:
    """One problem becomes one ticket, with everything it owes, in the transaction at hand."""
    spot = _spot(ctx, part.place)
    opened = ctx.inbox.said_at
    ticket = Ticket(
        number=tickets.draw_number(ctx.db, ctx.now),
        source="private" if ctx.group is None else "group",
        kind=kind,
        category=part.category,
        urgency=part.urgency,
        confidential=kind in CONFIDENTIAL,
        flagged=flagged,
        confidence=ctx.reading.confidence,
        place=list(part.place),
        unit_id=spot.unit.id if spot.unit is not None else None,
        building_id=spot.building_id,
        group_id=ctx.group.id if ctx.group is not None else None,
        reporter_id=ctx.who.account.id,
        words_id=words.id if words is not None else None,
        opened_at=opened,
        received_at=ctx.now,
        accept_due=deadlines.accept_due(opened, part.urgency, ctx.policy),
        progress_due=None,
        resolve_due=deadlines.resolve_due(opened, part.urgency, ctx.policy),
        policy=ctx.policy.name,
    )
    ticket.desk_id = desk_for(ctx, ticket, spot.unit)
    ticket.ref = new_ref()
    tickets.make_link(ctx.vault, ticket)
    ctx.db.add(ticket)
    ctx.db.flush()
    ctx.db.add(Member(ticket_id=ticket.id, account_id=ctx.who.account.id, role="reporter", joined_at=ctx.now))
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


def desk_for(ctx: Context, ticket: Ticket, unit: Unit | None) -> int | None:
    """The responsible desk by the table; None where no row fits (待派单)."""
    levels = directory.ancestors(ctx.db, unit)
    rows = [
        routing.Row(row.unit_id, row.area, row.category, row.desk_kind, row.desk_function)
        for row in directory.desk_rows(ctx.db, [level.id for level in levels])
    ]
    area = next((level.area for level in levels if level.area), DEFAULT_AREA)
    row = routing.choose(rows, [level.id for level in levels], area, ticket.category, ticket.kind)
    return _unit_for(ctx, row, levels) if row is not None else None


def _unit_for(ctx: Context, row: routing.Row, levels: list[Unit]) -> int | None:
    """The nearest unit of the row's kind and field: an estate's own grid, a unit on the way up, or one beside it."""
    wanted = UnitKind(row.kind)
    for level in levels:
        if wanted is UnitKind.GRID and level.grid_id is not None:
            return level.grid_id
        if level.kind == wanted and row.function in (None, level.function):
            return level.id
        below = directory.children(ctx.db, level.id, wanted, row.function)
        if below:
            return below[0].id
    return None


def _spot(ctx: Context, place: tuple[str, ...]) -> Spot:
    """The group's own place, else the reporter's home; a building when one was named."""
    unit, building_id = _base(ctx)
    if unit is not None and place:
        named = _building(ctx, unit, place)
        building_id = named if named is not None else building_id
    return Spot(unit, building_id)


def _base(ctx: Context) -> tuple[Unit | None, int | None]:
    if ctx.group is not None:
        return directory.unit_of(ctx.db, ctx.group.unit_id), ctx.group.building_id
    resident_id = ctx.who.account.resident_id
    resident = ctx.db.get(Resident, resident_id) if resident_id is not None else None
    home = ctx.db.get(Household, resident.household_id) if resident is not None and resident.household_id else None
    if home is not None:
        return directory.unit_of(ctx.db, home.estate_id), home.building_id
    last = _last_group(ctx)
    if last is not None:
        return directory.unit_of(ctx.db, last.unit_id), last.building_id
    return _only_street(ctx), None


def _last_group(ctx: Context) -> Group | None:
    """Where somebody who is bound to no household was heard last."""
    return ctx.db.scalars(
        select(Group)
        .join(Inbox, Inbox.group_id == Group.id)
        .where(Inbox.sender_id == ctx.who.account.id, Group.kind == "residents", Group.unit_id.is_not(None))
        .order_by(Inbox.said_at.desc())
    ).first()


def _only_street(ctx: Context) -> Unit | None:
    """A private report of somebody unknown goes to the street when there is only one."""
    streets = ctx.db.scalars(select(Unit).where(Unit.kind == UnitKind.STREET).limit(2)).all()
    return streets[0] if len(streets) == 1 else None


def _building(ctx: Context, unit: Unit, place: tuple[str, ...]) -> int | None:
    said = "".join(place)
    for building in ctx.db.scalars(select(Building).where(Building.estate_id == unit.id)):
        names = [building.name, *(building.nicknames or "").split()]
        if any(name and name in said for name in names):
            return building.id
    return None
