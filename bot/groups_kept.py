"""What ``menkou groups`` does: shows, switches and binds groups as staff do by word, in the operator's name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.owe import Desk, owe
from bot.settings import Settings
from bot.wiring import App, build
from handlers.groups import changing_modes
from handlers.groups.changing_modes import Doing
from handlers.groups.reviewers import listing_unit
from handlers.message import Reply
from storage import candidates, directory
from storage.people import Building, Group, Unit
from storage.registering import Tree

SPAN = timedelta(days=7)
FAULT = 1
Said = tuple[str, Sequence[Reply]]


class Unfit(Exception):
    """This cannot be done; the message is one sentence for the operator."""


def show(settings: Settings) -> int:
    """Prints every group on a line."""
    app = build(settings)
    with app.reading() as db:
        since = app.clock.now(db) - SPAN
        for group in db.scalars(select(Group).order_by(Group.id)):
            unit = directory.unit_of(db, group.unit_id)
            bound = group.place or (unit.name if unit is not None else "bound to nothing")
            counts = sorted(candidates.counted(db, group.id, since).items())
            heard = ", ".join(f"{state} {count}" for state, count in counts)
            mode = group.mode if group.kind == "residents" else "staff"
            click.echo(f"{group.id:>5}  {mode:<7}  {group.door}  {group.name}  {bound}  {heard}".rstrip())
    app.close()
    return 0


def switch(settings: Settings, group_id: int, mode: str) -> int:
    """Changes a group's mode. Exit 1 for a group that is not there, a work group, or one that is bound to nothing."""

    def change(db: Session, doing: Doing) -> Said:
        group = _group(db, group_id)
        if group.kind == "staff":
            raise Unfit("this is a work group: it has no mode")
        if group.unit_id is None:
            raise Unfit(f"group {group_id} is bound to nothing yet: run menkou groups bind {group_id} UNIT first")
        if group.mode == mode:
            return "nothing changed: it is so already", ()
        return changing_modes.switch(doing, group, mode)

    return _do(settings, change)


def bind(settings: Settings, group_id: int, unit_name: str, building_name: str | None, *, staff: bool) -> int:
    """Binds a group. Exit 1 for a group, unit or building that is not there."""

    def change(db: Session, doing: Doing) -> Said:
        group, unit = _group(db, group_id), _unit(db, unit_name)
        building = None
        if building_name is not None:
            of_estate = select(Building).where(Building.estate_id == unit.id, Building.name == building_name)
            building = db.scalars(of_estate).one_or_none()
            if building is None:
                raise Unfit(f"{unit.name} has no building {building_name}")
        return changing_modes.bind(doing, group, unit, building, kind="staff" if staff else "residents")

    return _do(settings, change)


def review_list(settings: Settings, unit_name: str, on: bool) -> int:
    """Switches a unit's list. Exit 1 for a unit that is not there, or whose list is another's."""

    def change(db: Session, doing: Doing) -> Said:
        unit = _unit(db, unit_name)
        whose = listing_unit(db, unit.id)
        if whose is None or whose.id != unit.id:
            name = whose.name if whose is not None else ""
            raise Unfit(f"the groups of {unit.name} stand on the list of {name}: switch that")
        return changing_modes.set_review_list(doing, unit, on), ()

    return _do(settings, change)


def _do(settings: Settings, change: Callable[[Session, Doing], Said]) -> int:
    """One change in one transaction, and what is to be told of it."""
    app = build(settings)
    try:
        with app.writing() as db:
            said, told = change(db, Doing(db, app.clock.now(db), app.policy))
            _tell(app, db, told)
        app.bell.ring("replies")
    except Unfit as error:
        click.echo(f"menkou: {error}", err=True)
        return FAULT
    finally:
        app.close()
    click.echo(said)
    return 0


def _tell(app: App, db: Session, told: Sequence[Reply]) -> None:
    owe(Desk(db, app.vault, app.channels, app.clock.now(db), app.clock.wall(), app.doors_down()), told, None)


def _group(db: Session, group_id: int) -> Group:
    group = db.get(Group, group_id)
    if group is None:
        raise Unfit(f"no group has the id {group_id}; menkou groups list shows them all")
    return group


def _unit(db: Session, name: str) -> Unit:
    rows = db.scalars(select(Unit).order_by(Unit.id)).all()
    found = Tree(rows).called(name) or [row for row in rows if name in (row.nicknames or "").split()]
    if len(found) != 1:
        raise Unfit(f"{'several units are' if found else 'no unit is'} called {name}")
    return found[0]
