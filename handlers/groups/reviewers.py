"""Who is asked, told and shown what a group's talk would open: one person for a card, one role for the nightly list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from handlers.permissions import TABLE
from handlers.rosters.on_duty import LAST_RESORT
from handlers.rules.deadlines import Policy
from storage import directory, households
from storage.people import Group, Post, Role, Staff, Unit, UnitKind

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def levels(db: Session, group: Group) -> list[Unit]:
    """Where a group belongs, nearest first: the estate's grid, then its unit and those above it."""
    unit = directory.unit_of(db, group.unit_id)
    grid = directory.unit_of(db, unit.grid_id) if unit is not None else None
    return [*([grid] if grid is not None else []), *directory.ancestors(db, unit)]


def deciding(db: Session, group: Group) -> Sequence[Staff]:
    """Who confirms this group's tickets, the one who is asked first: of the nearest unit with anybody who may, whoever
    was heard last, since no roster says who is at work. A group that is bound to nothing is everybody's last resort."""
    units = [unit.id for unit in levels(db, group)]
    people = households.nearest_with(db, units, TABLE["candidate_open"].roles) if units else []
    people = people or directory.with_any_role(db, LAST_RESORT)
    accounts = directory.accounts_of_all(db, [staff.id for staff in people])

    def heard(staff: Staff) -> datetime:
        return max((account.last_said_at or _NEVER for account in accounts[staff.id]), default=_NEVER)

    return sorted(people, key=lambda staff: (-heard(staff).timestamp(), staff.id))


def on_duty(db: Session, group: Group) -> Sequence[Staff]:
    """Who hears of an emergency in a group that is only listened to."""
    unit = directory.unit_of(db, group.unit_id)
    duty = directory.with_role_above(db, unit, Role.DUTY) or directory.with_role_above(db, unit, Role.COMMUNITY)
    return duty or deciding(db, group)


def listing_unit(db: Session, unit_id: int | None) -> Unit | None:
    """Whose nightly list a group stands on: its community, else its own unit."""
    above = directory.ancestors(db, directory.unit_of(db, unit_id))
    return next((unit for unit in above if unit.kind == UnitKind.COMMUNITY), above[0] if above else None)


def secretaries(db: Session, unit: Unit, policy: Policy) -> Sequence[Staff]:
    """Whose list it is: the people of one role, nearest first."""
    return directory.with_role_above(db, unit, Role(policy.list_role))


def reads_list_of(posts: Sequence[Post], unit: Unit, policy: Policy) -> bool:
    """Whether somebody with these posts may read and tick the list of a unit."""
    return any(post.role == policy.list_role and unit.path.startswith(post.unit.path) for post in posts)
