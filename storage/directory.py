"""Looking up the tree of units and the people in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from storage.people import AT_NO_DESK, Account, Group, Post, Role, Staff, Unit, UnitKind
from storage.tickets import Ticket
from storage.vault import Vault

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_BOUND = (
    select(Account)
    .join(Staff, Staff.id == Account.staff_id)  # whoever has left is told nothing more
    .where(Staff.id.in_(bindparam("staff", expanding=True)), Staff.active, Account.follows)
    .order_by(Account.id)
)


def ancestors(db: Session, unit: Unit | None) -> list[Unit]:
    """The unit and those above it, nearest first."""
    if unit is None:
        return []
    ids = [int(part) for part in unit.path.split("/") if part]
    found = {row.id: row for row in db.scalars(select(Unit).where(Unit.id.in_(ids)))}
    return [found[key] for key in reversed(ids) if key in found]


def staff_of(db: Session, unit_id: int) -> list[Staff]:
    """Active people who work at the desk of exactly this unit."""
    held = select(Staff).join(Post).where(Post.unit_id == unit_id, Post.role.not_in(AT_NO_DESK), Staff.active)
    return list(db.scalars(held.order_by(Staff.id).distinct()))


def posts_in(db: Session, unit_id: int) -> int:
    """How many posts the desk of a unit has, whoever holds them."""
    return db.scalar(select(func.count()).where(Post.unit_id == unit_id, Post.role.not_in(AT_NO_DESK))) or 0


def staff_below(db: Session, path: str) -> list[Staff]:
    """Active people with a post anywhere in this part of the tree."""
    wanted = select(Post.staff_id).join(Unit).where(Unit.path.startswith(path))
    return list(db.scalars(select(Staff).where(Staff.id.in_(wanted), Staff.active).order_by(Staff.id)))


def with_role_above(db: Session, unit: Unit | None, role: Role) -> list[Staff]:
    """People who hold a role in the unit or above it, nearest unit first, or nobody."""
    for level in ancestors(db, unit):
        rows = db.scalars(
            select(Staff).join(Post).where(Post.unit_id == level.id, Post.role == role, Staff.active).distinct()
        ).all()
        if rows:
            return list(rows)
    return []


def level_above(db: Session, unit: Unit | None) -> Unit | None:
    """The nearest unit above that has anybody in it."""
    for level in ancestors(db, unit)[1:]:
        if staff_of(db, level.id):
            return level
    return None


def nth_level(db: Session, unit: Unit | None, number: int) -> Unit | None:
    """The unit ``number`` staffed levels up; None beyond the top."""
    level = unit
    for _ in range(number):
        level = level_above(db, level)
    return level


def staff_group(db: Session, unit: Unit | None) -> Group | None:
    """The nearest staff group of the unit or of those above it."""
    ids = [level.id for level in ancestors(db, unit)]
    rows = db.scalars(select(Group).where(Group.kind == "staff", Group.unit_id.in_(ids))).all()
    by_unit = {row.unit_id: row for row in rows}
    return next((by_unit[key] for key in ids if key in by_unit), None)


def accounts_of_staff(db: Session, staff_id: int) -> Sequence[Account]:
    """The accounts bound to a member of staff, the most recently used first."""
    return accounts_of_all(db, [staff_id])[staff_id]


def accounts_of_all(db: Session, staff_ids: Collection[int]) -> Mapping[int, Sequence[Account]]:
    """The same for several members of staff at once."""
    rows = db.scalars(_BOUND, {"staff": list(staff_ids)}).all() if staff_ids else ()
    newest_first = sorted(rows, key=lambda row: row.last_said_at or _NEVER, reverse=True)
    return {number: [row for row in newest_first if row.staff_id == number] for number in staff_ids}


def children(db: Session, unit_id: int, kind: UnitKind, function: str | None = None) -> list[Unit]:
    """Units directly below, of a kind (and field)."""
    query = select(Unit).where(Unit.parent_id == unit_id, Unit.kind == kind)
    if function is not None:
        query = query.where(Unit.function == function)
    return list(db.scalars(query.order_by(Unit.id)))


def unit_of(db: Session, unit_id: int | None) -> Unit | None:
    """A unit by id."""
    return db.get(Unit, unit_id) if unit_id is not None else None


def place_path(db: Session, ticket: Ticket) -> str | None:
    """The tree path of where a ticket is."""
    unit = unit_of(db, ticket.unit_id)
    return unit.path if unit is not None else None


def name_of(vault: Vault, staff: Staff | None) -> str:
    """A member of staff's name."""
    return vault.open(staff.name, "staff.name", staff.ref) if staff is not None else ""


def phone_of(vault: Vault, staff: Staff | None) -> str:
    """A member of staff's telephone, or nothing."""
    return vault.open(staff.phone, "staff.phone", staff.ref) if staff is not None and staff.phone else ""


def units_below(db: Session, path: str) -> list[Unit]:
    """Every unit of a part of the tree."""
    return list(db.scalars(select(Unit).where(Unit.path.startswith(path)).order_by(Unit.path)))


def of_kind(db: Session, kind: UnitKind) -> list[Unit]:
    """Every unit of a kind."""
    return list(db.scalars(select(Unit).where(Unit.kind == kind).order_by(Unit.id)))


def with_any_role(db: Session, roles: Collection[Role]) -> list[Staff]:
    """Active people who hold one of these roles anywhere."""
    wanted = select(Post.staff_id).where(Post.role.in_(roles))
    return list(db.scalars(select(Staff).where(Staff.id.in_(wanted), Staff.active).order_by(Staff.id)))
