"""Whose desk a ticket lies on: the deployment's table first, the rules that hold everywhere where it says nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence

from handlers.context import Context
from handlers.matter import lanes
from handlers.rules import routing
from handlers.rules.routing import Matter, Row
from handlers.ticket import case, confiding
from handlers.wording import fields
from handlers.wording.taxonomy import DEFAULT_AREA, OUTSIDE_AREA
from nlp.normalise import fold
from nlp.reading import ReadingContext, read
from storage.people import UnitKind
from storage.streets import Place, Streets, streets_of
from storage.tickets import Ticket

UTILITIES = "utilities"
WHERE_UNKNOWN = frozenset({"no_place", "elsewhere"})  # flags of a ticket
INSIDE = frozenset({UnitKind.ESTATE, UnitKind.GRID, UnitKind.PROPERTY})
_FIELDS = {name: re.compile(pattern) for name, pattern in fields.FIELDS.items()}
_DUTIES = {name: re.compile(pattern) for name, pattern in fields.DUTIES.items()}


def matter(ctx: Context, ticket: Ticket) -> Matter:
    """What decides whose it is, from category, kind, place and the reporter's words."""
    words = fold(_told(ctx, ticket))
    field = next((name for name, pattern in _FIELDS.items() if pattern.search(words)), None)
    duties = [name for name, pattern in _DUTIES.items() if pattern.search(words)]
    single = duties[0] if ticket.category == UTILITIES and len(duties) == 1 else None
    levels = streets_of(ctx.db).upwards(ticket.unit_id)
    return Matter(ticket.category, ticket.kind, field, single, _line(ticket, levels))


def _told(ctx: Context, ticket: Ticket) -> str:
    """The words of this trouble: of several that were told in one breath, those that mean it."""
    words = case.said(ctx, ticket)
    reading = ctx.reading if ticket.words_id in ctx.kept else read(words, ReadingContext())
    if len(reading.parts) < 2:
        return words
    return next((part.text for part in reading.parts if part.category == ticket.category and part.text), words)


def _line(ticket: Ticket, levels: Sequence[Place]) -> str:
    """On which side of the red line it is."""
    area = ticket.area or next((level.area for level in levels if level.area), DEFAULT_AREA)
    if area == OUTSIDE_AREA:
        return routing.OUTSIDE
    if ticket.flagged in WHERE_UNKNOWN or not levels or levels[0].kind not in INSIDE:
        return routing.UNKNOWN
    return routing.INSIDE


def may_own(ctx: Context, ticket: Ticket, unit_kind: str) -> bool:
    """Whether a unit of this kind may be given a ticket, whoever asks."""
    found = matter(ctx, ticket)
    return routing.may_own(found.category, unit_kind, found.kind, found.field)


def desk_for(ctx: Context, ticket: Ticket) -> int | None:
    """The responsible desk; None where nobody is known (待派单)."""
    streets, found = streets_of(ctx.db), matter(ctx, ticket)
    levels = streets.upwards(ticket.unit_id)
    usual = _by_table(streets, ticket, found, levels)
    if usual is None:
        usual = next(filter(None, (_near(streets, kind, function, levels) for kind, function in _rule(found))), None)
    return confiding.desk_for(ctx, ticket, lanes.desk_for(ctx, ticket, usual))


def _rule(found: Matter) -> list[tuple[str, str | None]]:
    """A department is only asked by its field: any other is nobody's."""
    return [(kind, function) for kind, function in routing.by_rule(found) if kind != routing.DEPARTMENT or function]


def _by_table(streets: Streets, ticket: Ticket, found: Matter, levels: list[Place]) -> int | None:
    rows = [Row(row.unit_id, row.area, row.category, row.kind, row.function) for row in streets.desks(levels)]
    own = next((level.area for level in levels if level.area), DEFAULT_AREA)
    upwards = [level.id for level in levels]
    more = {"field": found.field, "duty": found.duty, "line": found.line}
    for area in dict.fromkeys((ticket.area or own, own)):  # a table without roads has its ordinary rows
        row = routing.choose(rows, upwards, area, found.category, found.kind, **more)
        unit_id = _of_row(streets, row, levels) if row is not None else None
        if unit_id is not None:
            return unit_id
    return None


def _of_row(streets: Streets, row: Row, levels: list[Place]) -> int | None:
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


def _near(streets: Streets, kind: str, function: str | None, levels: list[Place]) -> int | None:
    """A unit by the rule: the grid, community or property company of this very place, a department from above it."""
    if kind == routing.DEPARTMENT:  # or the company that keeps it where no department does
        kinds = (kind, UnitKind.ENTERPRISE)
        found = (streets.below(level.id, one, function) for one in kinds for level in levels)
        return next((unit.id for unit in found if unit is not None), None)
    if kind == routing.PROPERTY:
        estate = next((level for level in levels if level.kind == UnitKind.ESTATE), None)
        company = streets.below(estate.id, kind, None) if estate is not None else None
        return company.id if company is not None else None
    if kind == routing.GRID:
        given = next((level.grid_id for level in levels if level.grid_id is not None), None)
        return given or next((level.id for level in levels if level.kind == UnitKind.GRID), None)
    return next((level.id for level in levels if level.kind == kind), None)
