"""Which front door somebody means who reads a notice in a group and says: 我是 3 栋 2 单元 501.

Read as 绑定 reads it. It says where they live, and nobody has checked it: it binds nothing. Nobody learns who lives
there, and a door outside the group's place is none.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.households import doorstep
from nlp import front_door
from nlp.normalise import fold
from storage import households
from storage.people import Group, Household, Unit, UnitKind


def doors_of(db: Session, group: Group, said: str) -> Sequence[Household]:
    """The front doors that the words may mean, of the place whose group it is: one, or none, or not clear which."""
    door = front_door.read(said)
    if door is None:
        return []
    named = [
        building.id
        for estate in _estates(db, group, door.words)
        for building in households.buildings(db, estate.id)
        if doorstep.is_building(door, building.name, building.nicknames) and group.building_id in (None, building.id)
    ]
    return households.behind(db, named, door.entrance, door.room) if named else []


def _estates(db: Session, group: Group, words: Sequence[str]) -> Sequence[Unit]:
    """The estates of the group's place; those that were named, where any was."""
    unit = db.get(Unit, group.unit_id) if group.unit_id is not None else None
    if unit is None:
        return []
    below = select(Unit).where(Unit.kind == UnitKind.ESTATE, Unit.path.startswith(unit.path)).order_by(Unit.id)
    found = db.scalars(below).all()
    said = "".join(words)
    named = [one for one in found if any(fold(name) in said for name in (one.name, *(one.nicknames or "").split()))]
    return named or found
