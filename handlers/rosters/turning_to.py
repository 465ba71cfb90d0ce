"""Whom somebody can turn to: the desks of where they live with phone and hours, the secretary, whoever is on duty."""

from __future__ import annotations

from handlers.context import Context
from handlers.wording import help as wording
from storage import directory
from storage.people import Household, Resident, Role, Staff, Unit, UnitKind

PUBLIC_DESKS = (UnitKind.GRID, UnitKind.COMMUNITY, UnitKind.STREET)


def home(ctx: Context) -> Unit | None:
    """Where the talk belongs: the group's place, else the speaker's home or the code they came by."""
    if ctx.group is not None:
        return directory.unit_of(ctx.db, ctx.group.unit_id)
    resident_id = ctx.who.account.resident_id
    resident = ctx.db.get(Resident, resident_id) if resident_id is not None else None
    if resident is not None and resident.household_id is not None:
        return directory.unit_of(ctx.db, ctx.db.get_one(Household, resident.household_id).estate_id)
    return directory.unit_of(ctx.db, ctx.who.account.unit_id)


def desk_lines(ctx: Context) -> list[str]:
    """The public desks for where this person lives, nearest first: who, telephone, hours."""
    lines = [_line(ctx, unit) for unit in _desks(ctx) if unit.phone]
    return list(dict.fromkeys(lines))


def names(ctx: Context) -> list[str]:
    """Who those desks are, by name."""
    people = (person for unit in _desks(ctx) for person in directory.staff_of(ctx.db, unit.id))
    return [name for person in people if (name := directory.name_of(ctx.vault, person))]


def _line(ctx: Context, unit: Unit) -> str:
    people = directory.staff_of(ctx.db, unit.id)
    hours = unit.hours or wording.DEFAULT_HOURS
    if not people:
        return wording.HUMAN_NO_NAME.format(unit=unit.name, phone=unit.phone, hours=hours)
    name = directory.name_of(ctx.vault, people[0])
    return wording.HUMAN.format(unit=unit.name, name=name, phone=unit.phone, hours=hours)


def _desks(ctx: Context) -> list[Unit]:
    own = home(ctx)
    levels = directory.ancestors(ctx.db, own)
    grid = directory.unit_of(ctx.db, own.grid_id) if own is not None else None
    found = [*([grid] if grid is not None else []), *(unit for unit in levels if unit.kind in PUBLIC_DESKS)]
    return found or directory.of_kind(ctx.db, UnitKind.STREET)


def secretaries(ctx: Context) -> list[Staff]:
    """Who holds the community's role nearest to where this is said."""
    return directory.with_role_above(ctx.db, home(ctx), Role.COMMUNITY)


def on_duty(ctx: Context) -> list[Staff]:
    """Whoever is on duty for where this is said, else the community's people."""
    own = home(ctx)
    duty = directory.with_role_above(ctx.db, own, Role.DUTY)
    return duty or directory.with_role_above(ctx.db, own, Role.COMMUNITY)
