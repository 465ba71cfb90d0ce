"""Who looks at a ticket that is not simply done: the community of the place, later the street; never who did it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from handlers.rules.deadlines import Policy
from handlers.ticket import promising
from storage import directory
from storage.people import Unit, UnitKind
from storage.tickets import Ticket


def community_of(db: Session, ticket: Ticket) -> Unit | None:
    """The community of the place, or the nearest level above it that has anybody."""
    place = directory.unit_of(db, ticket.unit_id) or directory.unit_of(db, ticket.desk_id)
    found = _first(db, place, UnitKind.COMMUNITY)
    if found is not None and directory.staff_of(db, found.id):
        return found
    return directory.level_above(db, found or place)


def judge_of(db: Session, ticket: Ticket) -> Unit | None:
    """The community of the place; where it did the work itself, or has nobody, the level above it."""
    place = directory.unit_of(db, ticket.unit_id) or directory.unit_of(db, ticket.desk_id)
    found = _first(db, place, UnitKind.COMMUNITY)
    if found is None:
        return directory.level_above(db, place)
    did_it = found.id == ticket.desk_id
    return directory.level_above(db, found) if did_it or not directory.staff_of(db, found.id) else found


def street_of(db: Session, ticket: Ticket) -> Unit | None:
    """The street of the place, or what stands above its community."""
    place = directory.unit_of(db, ticket.unit_id) or directory.unit_of(db, ticket.desk_id)
    street = _first(db, place, UnitKind.STREET)
    if street is not None and directory.staff_of(db, street.id):
        return street
    return directory.level_above(db, street or _first(db, place, UnitKind.COMMUNITY) or place)


def is_the_streets(db: Session, policy: Policy, ticket: Ticket) -> bool:
    """Whether it was reopened so often that the street talks to the resident."""
    return ticket.reopenings >= promising.policy_at(db, policy, ticket.unit_id).talk_after


def of_reopened(db: Session, policy: Policy, ticket: Ticket) -> Unit | None:
    """Who decides about a ticket that was reopened."""
    return street_of(db, ticket) if is_the_streets(db, policy, ticket) else judge_of(db, ticket)


def _first(db: Session, unit: Unit | None, kind: UnitKind) -> Unit | None:
    return next((level for level in directory.ancestors(db, unit) if level.kind == kind), None)
