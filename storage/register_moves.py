"""A unit of the register that now stands below another one: the tree below it moves along, with all that repeats it.

What hangs on the units themselves (tickets, posts, desks, rosters, groups) hangs on them as before.
"""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from storage.people import Household, Unit, UnitKind


def move(db: Session, unit: Unit, above: Unit | None) -> list[Unit]:
    """Moves it with all that is below. Answers the estates that it walks as their grid and that stay where they are."""
    before, unit.parent_id = unit.path, above.id if above is not None else None
    after = f"{above.path if above is not None else '/'}{unit.id}/"
    moved = db.scalars(select(Unit).where(Unit.path.startswith(before)).order_by(Unit.path)).all()
    for one in moved:
        one.path = after + one.path.removeprefix(before)
    db.flush()
    estates = [one for one in moved if one.kind == UnitKind.ESTATE]
    for estate in estates:
        _walked(db, estate, frozenset(_ids(before)) - {one.id for one in moved})
    _counted(db, estates)
    grids = [one.id for one in moved if one.kind == UnitKind.GRID]
    walked = select(Unit).where(Unit.grid_id.in_(grids), Unit.kind == UnitKind.ESTATE).order_by(Unit.id)
    return [estate for estate in db.scalars(walked) if estate not in moved]


def nearest(db: Session, unit: Unit, kind: UnitKind) -> Unit | None:
    """The unit itself or the nearest above it of a kind."""
    levels = (db.get_one(Unit, number) for number in reversed(_ids(unit.path)))
    return next((level for level in levels if level.kind == kind), None)


def _ids(path: str) -> list[int]:
    return [int(part) for part in path.split("/") if part]


def _walked(db: Session, estate: Unit, left: frozenset[int]) -> None:
    """An estate that left the grid above it is walked by the one that it stands below now, if there is one."""
    if estate.grid_id in left:
        grid = nearest(db, estate, UnitKind.GRID)
        estate.grid_id = grid.id if grid is not None else None


def _counted(db: Session, estates: list[Unit]) -> None:
    """Front doors repeat their community."""
    within: dict[int, list[int]] = defaultdict(list)
    for estate in estates:
        community = nearest(db, estate, UnitKind.COMMUNITY)
        if community is not None:
            within[community.id].append(estate.id)
    for community_id, ids in within.items():
        elsewhere = Household.estate_id.in_(ids), Household.community_id != community_id
        db.execute(update(Household).where(*elsewhere).values(community_id=community_id))
