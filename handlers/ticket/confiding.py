"""Whose desk a confidential ticket may lie on, and who may see it: never those it is about.

A tip-off goes to a department, or where none is responsible to the street, which dispatches; about the property company
to the community, about the community's own people or those of a department to the street. Private trouble stays with
those who knock on doors.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlalchemy.orm import Session

from handlers.context import Context
from handlers.permissions import Who
from handlers.rules import own_doors, routing
from handlers.wording import delicate as wording
from nlp.delicate import accused
from nlp.normalise import fold
from storage import directory, facts
from storage.facts import FactKind
from storage.people import Staff, Unit, UnitKind
from storage.streets import Place, Streets, streets_of
from storage.tickets import Ticket

TIPOFF = "tipoff"
PROPERTY, COMMUNITY, DEPARTMENT = "property", "community", "department"
ABOVE = {PROPERTY: UnitKind.COMMUNITY, COMMUNITY: UnitKind.STREET, DEPARTMENT: UnitKind.STREET, None: UnitKind.STREET}
THEIRS = {
    PROPERTY: frozenset({UnitKind.PROPERTY}),
    COMMUNITY: frozenset(
        {UnitKind.STATION, UnitKind.COMMUNITY, UnitKind.GRID, UnitKind.ESTATE, UnitKind.PROPERTY, UnitKind.ENTERPRISE}
    ),
    DEPARTMENT: frozenset({UnitKind.DEPARTMENT}),
}
PEOPLE = THEIRS | {COMMUNITY: frozenset({UnitKind.STATION, UnitKind.COMMUNITY, UnitKind.GRID})}
NEAR = (UnitKind.GRID, UnitKind.COMMUNITY)


def accused_in(ctx: Context, words: str, kind: str, unit_id: int | None) -> str | None:
    """Whom a tip-off is about, where it matters for whose desk it lies on."""
    return (accused(fold(words)) or whose_people(ctx, words, unit_id)) if kind == TIPOFF else None


def whose_people(ctx: Context, words: str, unit_id: int | None) -> str | None:
    """我要投诉小赵: whose people somebody is of who works around here and is named."""
    above = streets_of(ctx.db).upwards(unit_id)
    people = directory.staff_below(ctx.db, f"/{above[-1].id}/") if above else []
    named = (staff for staff in people if _is_called(directory.name_of(ctx.vault, staff), words))
    kinds = {post.unit.kind for staff in named for post in staff.posts}
    return next((whose for whose, theirs in PEOPLE.items() if theirs & kinds), None)


def _is_called(name: str, words: str) -> bool:
    """By the whole name, or as colleagues are called where it is plainly about their work; never of a neighbour's
    home."""
    if len(name) > 1 and re.search(f"{re.escape(name)}{wording.NOT_THEIR_HOME}", words):
        return True
    everyday = f"{wording.FAMILIAR}{re.escape(name[:1])}(?!{wording.OF_A_NAME}){wording.NOT_THEIR_HOME}"
    return bool(name) and bool(re.search(everyday, words) and re.search(wording.THEIR_WORK, words))


def desk_for(ctx: Context, ticket: Ticket, usual: int | None) -> int | None:
    """The desk of a ticket; ``usual`` is what the table says."""
    if not ticket.confidential:
        return usual
    streets = streets_of(ctx.db)
    unit, levels = streets.unit(usual), streets.upwards(ticket.unit_id)
    if ticket.kind != TIPOFF:
        kind = unit.kind if unit is not None else None
        return usual if kind in NEAR else (_near(streets, levels) or usual)
    enforced = ticket.category in routing.ENFORCEMENT and ticket.accused != DEPARTMENT
    if unit is not None and unit.kind == UnitKind.DEPARTMENT and (enforced or ticket.accused is None):
        return usual
    return _first(levels, ABOVE[ticket.accused])


def _near(streets: Streets, levels: Sequence[Place]) -> int | None:
    grid = next((level.grid_id for level in levels if level.grid_id is not None), None)
    return grid if grid is not None and streets.staff_at_or_above(grid) else _first(levels, UnitKind.COMMUNITY)


def _first(levels: Sequence[Place], kind: UnitKind) -> int | None:
    return next((level.id for level in levels if level.kind == kind), None)


def may_have(ticket: Ticket, unit_kind: str) -> bool:
    """Whether a unit of this kind may be given the ticket, whoever asks."""
    if ticket.confidential and unit_kind in routing.NEVER_TIPPED_OFF:
        return False
    return unit_kind not in THEIRS.get(ticket.accused or "", ())


def may_see(who: Who, ticket: Ticket) -> bool:
    """Whether somebody is not of those whom the tip-off is about."""
    theirs = THEIRS.get(ticket.accused or "")
    return theirs is None or any(post.unit.kind not in theirs for post in who.posts)


def goes_there(db: Session, ticket: Ticket, staff: Staff) -> bool:
    """Whether somebody of the department whose tip-off it is may read the door that it is about: only where that is
    plainly not the reporter's, and only as long as no other was said."""
    desk = db.get(Unit, ticket.desk_id) if ticket.kind == TIPOFF and ticket.desk_id is not None else None
    if desk is None or desk.kind != UnitKind.DEPARTMENT or all(post.unit_id != desk.id for post in staff.posts):
        return False
    opened = facts.by_ticket(db, [ticket.id], FactKind.OPENED).get(ticket.id, [])
    door: list[str] = opened[0].data.get("door", []) if opened else []
    return bool(door) and frozenset(door) == own_doors.rooms(*ticket.place)
