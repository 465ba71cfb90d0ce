"""查 3号楼, 查 网格12, 查 老王烧烤: what is open at a place, what ended lately, and what comes again."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select

from handlers.context import Context
from handlers.permissions import told_who
from handlers.rules import location, whereabouts
from handlers.ticket import case, choosing
from handlers.wording import looking as wording
from handlers.wording import taxonomy
from nlp.normalise import fold
from storage import directory
from storage.people import Building, Unit, UnitKind
from storage.streets import streets_of
from storage.tickets import Ticket
from storage.workflow import OPEN, Status

READ_CLOSELY = 500  # tickets of the span that a name is looked for in
_GRID = re.compile(wording.GRID)
NOT_COUNTED = frozenset({Status.MERGED, Status.WITHDRAWN, Status.REJECTED})


@dataclass(frozen=True, slots=True)
class Round:
    """What there is to say of a place; each newest first, but what is open by its deadline."""

    open: tuple[Ticket, ...]
    lately: tuple[Ticket, ...]
    again: tuple[tuple[Ticket, ...], ...]  # of one place and category, often enough

    def __bool__(self) -> bool:
        return bool(self.open or self.lately or self.again)

    def aloud(self) -> Round:
        """Without what was said in confidence: a staff group has many readers."""
        return Round(
            tuple(row for row in self.open if not row.confidential),
            tuple(row for row in self.lately if not row.confidential),
            tuple(rows for rows in self.again if not any(row.confidential for row in rows)),
        )


def of(ctx: Context, place: str) -> Round:
    """What whoever asks may see of it."""
    fits = _fitting(ctx, fold(place).strip())
    since = ctx.now - ctx.policy.root_within
    recent = or_(Ticket.status.in_(OPEN), Ticket.opened_at >= since)
    rows = ctx.db.scalars(select(Ticket).where(recent).order_by(Ticket.id.desc()).limit(READ_CLOSELY)).all()
    found = [row for row in rows if choosing.reaches(ctx, row, "look") and fits(row)]
    lately = ctx.now - ctx.policy.look_back
    return Round(
        open=tuple(sorted((row for row in found if row.status in OPEN), key=lambda row: (row.accept_due, row.id))),
        lately=tuple(row for row in found if row.status not in OPEN and (row.closed_at or row.opened_at) >= lately),
        again=_again(ctx, [row for row in found if row.status not in NOT_COUNTED]),
    )


def _again(ctx: Context, rows: Sequence[Ticket]) -> tuple[tuple[Ticket, ...], ...]:
    """The same place and category, as often as makes somebody look for the root."""
    same: dict[tuple[object, ...], list[Ticket]] = defaultdict(list)
    for row in rows:
        same[(row.unit_id, row.building_id or _house(row), row.category)].append(row)
    often = [tuple(tickets) for tickets in same.values() if len(tickets) >= ctx.policy.root_times]
    return tuple(sorted(often, key=len, reverse=True))


def _house(row: Ticket) -> frozenset[str]:
    """The building as it was said, where the book has none."""
    return whereabouts.levels(row.place).get("building", frozenset())


Fits = Callable[[Ticket], bool]


def _fitting(ctx: Context, place: str) -> Fits:
    """Whether a ticket is there: in a unit of this name, in a building of this number, or at a place said so."""
    units = _units(ctx, place)
    buildings = whereabouts.levels([place]).get("building", frozenset())
    ids = _buildings(ctx, place, buildings)
    kinds = {name for name, called in taxonomy.CATEGORY.items() if len(place) > 1 and place in called}

    def fits(row: Ticket) -> bool:
        if row.unit_id in units or row.building_id in ids or row.category in kinds:
            return True
        if (
            buildings
            and row.building_id is None
            and buildings & whereabouts.levels(row.place).get("building", frozenset())
        ):
            return True
        return location.stands_in(place, fold(case.where(ctx.db, row))) or (
            len(place) > 1 and not buildings and _said_of(ctx, row, place)
        )

    return fits


def _units(ctx: Context, place: str) -> frozenset[int]:
    """The units of this name and what lies below them; 网格12 and 12网格 and 第十二网格 are one."""
    number = _GRID.fullmatch(place)
    wanted = whereabouts.number(number["before"] or number["after"]) if number is not None else None
    named = [unit for unit in directory.units_below(ctx.db, "/") if _is_called(unit, place, wanted)]
    streets = streets_of(ctx.db)
    below = {unit.id for top in named for unit in directory.units_below(ctx.db, top.path)}
    return frozenset(below | {estate.id for estate in streets.estates_below([unit.id for unit in named])})


def _is_called(unit: Unit, place: str, grid: str | None) -> bool:
    names = [fold(name) for name in (unit.name, *(unit.nicknames or "").split())]
    if grid is None:
        return place in names
    if unit.kind != UnitKind.GRID:
        return False
    numbered = (_GRID.search(name) for name in names)
    return any(found and whereabouts.number(found["before"] or found["after"]) == grid for found in numbered)


def _buildings(ctx: Context, place: str, numbers: frozenset[str]) -> frozenset[int]:
    """The buildings of this name or number."""
    rows = ctx.db.execute(select(Building.id, Building.name)).all()
    return frozenset(
        row.id for row in rows if fold(row.name) == place or (numbers and numbers & _numbers_of(fold(row.name)))
    )


def _numbers_of(name: str) -> frozenset[str]:
    return whereabouts.levels([name]).get("building", frozenset({name.upper()} if name.isalnum() else ()))


def _said_of(ctx: Context, row: Ticket, place: str) -> bool:
    """A shop has no place in the book: it stands in the words, for those who may read them."""
    hidden = ctx.who.staff is None or not told_who(ctx.who.staff) or row.kind == "tipoff"
    return not hidden and place in fold(case.said(ctx, row))
