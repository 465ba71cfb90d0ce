"""More offices for the town: departments beside 城管, a street leader, a district above the street."""

from __future__ import annotations

from sqlalchemy import select

from bot.scratch import DOOR
from storage.base import new_ref
from storage.people import Account, Post, Role, Staff, Unit, UnitKind
from tests.conversations.stage import Stage

LEADER, FIREMAN, WATERMAN, DISTRICT = "陈主任", "马队", "水工老吴", "区里老郑"
WHISTLE = "吹哨 1 城管 消防 问题：占道又堵了消防通道 需求：城管劝离，消防查通道"


def with_departments(town: Stage, *, district: bool = False) -> Stage:
    """消防站, 供水公司 and a leader of the street; with ``district`` somebody above it."""
    with town.app.writing() as db:
        street = db.scalars(select(Unit).where(Unit.kind == UnitKind.STREET)).one()
        for name, function, person in (("消防救援站", "fire", FIREMAN), ("供水公司", "water", WATERMAN)):
            unit = Unit(parent_id=street.id, kind=UnitKind.DEPARTMENT, name=name, function=function)
            db.add(unit)
            db.flush()
            unit.path = f"{street.path}{unit.id}/"
            employ(town, db, person, unit, Role.HANDLER)
        employ(town, db, LEADER, street, Role.STREET_LEADER)
        if district:
            _above(town, db, street)
    return town


def _above(town: Stage, db, street: Unit) -> None:  # type: ignore[no-untyped-def]
    top = Unit(kind=UnitKind.DISTRICT, name="江北区")
    db.add(top)
    db.flush()
    top.path = f"/{top.id}/"
    street.parent_id = top.id
    for unit in db.scalars(select(Unit).where(Unit.id != top.id)):
        unit.path = f"/{top.id}{unit.path}"
    employ(town, db, DISTRICT, top, Role.STREET_LEADER)


def employ(town: Stage, db, name: str, unit: Unit, role: Role) -> None:  # type: ignore[no-untyped-def]
    """Somebody with an account and one post."""
    vault = town.app.vault
    ref = new_ref()
    staff = Staff(ref=ref, name=vault.seal(name, "staff.name", ref))
    db.add(staff)
    db.flush()
    db.add(Post(staff_id=staff.id, unit_id=unit.id, role=role))
    ref = new_ref()
    db.add(
        Account(
            ref=ref,
            door=DOOR,
            address=vault.seal(name, "accounts.address", ref),
            address_hash=vault.lookup(f"{DOOR}:{name}"),
            staff_id=staff.id,
        )
    )
    db.flush()
