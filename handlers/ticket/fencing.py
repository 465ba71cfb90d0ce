"""先处置后划责: danger whose owner nobody knows yet is fenced first; who it belongs to is found meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from handlers.context import Context
from handlers.message import Member, Reply, To
from handlers.rosters import on_duty
from handlers.rules.deadlines import EMERGENCY
from handlers.ticket import case
from handlers.wording import first_aid
from storage import directory
from storage.facts import FactKind
from storage.people import UnitKind
from storage.streets import streets_of
from storage.tickets import Ticket


def is_ownerless(ticket: Ticket) -> bool:
    """An emergency that lies on no desk."""
    return ticket.urgency == EMERGENCY and ticket.desk_id is None


def can_be(ticket: Ticket) -> bool:
    """Whether there is anything to keep people away from: nobody fences somebody who fell."""
    return ticket.category not in ("welfare", "dispute")


def before(ctx: Context, ticket: Ticket, text: str) -> str:
    """What to do first, before what is said of it."""
    return f"{first_aid.on_the_spot(ticket.category, case.said(ctx, ticket))}\n{text}"


def calls(ctx: Context, ticket: Ticket, card: Reply) -> Iterator[Reply]:
    """The grid of the place is called to fence it, and whoever is on duty: where nobody owns it yet, and where its
    owner is a department that is not on the spot. Once."""
    if ticket.urgency != EMERGENCY or ticket.handovers or ticket.confidential:
        return
    desk = streets_of(ctx.db).unit(ticket.desk_id)
    if desk is not None and desk.kind not in (UnitKind.DEPARTMENT, UnitKind.ENTERPRISE):
        return
    people, grid = _who(ctx, ticket)
    data = {"fence": [grid] if grid is not None else [], "duty": [to.staff_id for to in people]}
    case.record(ctx, ticket, FactKind.ROUTED, data=data)
    if desk is not None and can_be(ticket):
        card = replace(card, text=before(ctx, ticket, card.text), in_group=before(ctx, ticket, card.in_group or ""))
    here: list[To] = [*(case.at_desk(ctx.db, ticket, grid) if grid is not None else []), *people]
    yield from (replace(card, to=to) for to in here)  # under the card's own name: nobody is told twice


def _who(ctx: Context, ticket: Ticket) -> tuple[list[Member], int | None]:
    levels = streets_of(ctx.db).upwards(ticket.unit_id)
    grid = next((level.grid_id for level in levels if level.grid_id is not None), None)
    place = directory.unit_of(ctx.db, ticket.unit_id)
    duty = on_duty.people_on_duty(ctx.db, place, ctx.now) if place is not None else []
    return [Member(staff.id) for staff in duty or on_duty.last_resort(ctx.db, ctx.now)], grid
