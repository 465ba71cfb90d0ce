"""Whose matter a ticket is, and what follows: which desk has it, and what the resident hears can be done."""

from __future__ import annotations

from collections.abc import Iterator

from handlers.context import Context
from handlers.message import Reply
from handlers.rules import lanes as rules
from handlers.rules.policies import Policy
from handlers.ticket import case, promising
from handlers.wording import lanes as wording
from handlers.wording import taxonomy
from nlp.normalise import fold
from storage import directory, endings
from storage.facts import Fact, FactKind
from storage.people import Staff, Unit, UnitKind
from storage.streets import streets_of
from storage.tickets import Ticket

MEDIATORS = frozenset({UnitKind.GRID, UnitKind.COMMUNITY})


def give(ctx: Context, ticket: Ticket, text: str) -> None:
    """The lane of what is being opened, or whose category was put right."""
    ticket.lane = _lane(ctx, ticket, fold(text))


def give_again(ctx: Context, ticket: Ticket) -> None:
    """After another category; what a person decided stays."""
    if not _by_hand(ctx, ticket):
        give(ctx, ticket, case.said(ctx, ticket))


def _by_hand(ctx: Context, ticket: Ticket) -> bool:
    """Whether somebody said whose it is."""
    noted = endings.newest(ctx.db, ticket, FactKind.LANE)
    if noted is None or noted.data.get("by") != "staff":
        return False
    undone = endings.newest(ctx.db, ticket, FactKind.UNDONE)
    return undone is None or undone.data.get("undid") != noted.id


def _lane(ctx: Context, ticket: Ticket, text: str) -> str:
    if not may_be_any(ticket):
        return rules.PUBLIC
    return rules.lane_of(ticket.category, text, _policy(ctx, ticket))


def may_be_any(ticket: Ticket) -> bool:
    """Whether it may be anything but 公家事."""
    return rules.may_leave_public(ticket.category, ticket.urgency, ticket.kind, confidential=bool(ticket.confidential))


def _policy(ctx: Context, ticket: Ticket) -> Policy:
    return promising.policy_at(ctx.db, ctx.policy, ticket.unit_id)


def desk_for(ctx: Context, ticket: Ticket, usual: int | None) -> int | None:
    """自家事 to the grid or community that mediates; what people are called together for to the community."""
    if ticket.lane == rules.PRIVATE and may_be_any(ticket):
        return _mediator(ctx, ticket, usual)
    if ticket.lane == rules.COMMON and may_be_any(ticket) and _is_convened(ctx, ticket):
        return _community(ctx, ticket) or usual
    return usual


def _mediator(ctx: Context, ticket: Ticket, usual: int | None) -> int | None:
    streets = streets_of(ctx.db)
    unit = streets.unit(usual)
    if unit is not None and unit.kind in MEDIATORS:
        return usual
    grid = next((level.grid_id for level in streets.upwards(ticket.unit_id) if level.grid_id is not None), None)
    return grid if grid is not None and streets.staff(grid) else (_community(ctx, ticket) or usual)


def _community(ctx: Context, ticket: Ticket) -> int | None:
    levels = streets_of(ctx.db).upwards(ticket.unit_id)
    return next((level.id for level in levels if level.kind == UnitKind.COMMUNITY), None)


def _is_convened(ctx: Context, ticket: Ticket) -> bool:
    if rules.is_convened(ticket.category, fold(case.said(ctx, ticket)), _policy(ctx, ticket)):
        return True
    if ticket.category in _policy(ctx, ticket).common_lane:
        return False  # common parts are mended: by the company first, as everything inside the red line
    return ticket in ctx.db and _by_hand(ctx, ticket)  # one that is being opened has no past


def note(ctx: Context, ticket: Ticket, before: str | None, *, by_hand: bool) -> Fact:
    """The fact that it is whose it is."""
    data = {"before": before, "after": ticket.lane, "by": "staff" if by_hand else "table"}
    return case.record(ctx, ticket, FactKind.LANE, said_here=by_hand, data=data)


def kindly(ctx: Context, ticket: Ticket) -> Iterator[Reply]:
    """What can be done, to whoever reported it, in private: never whose matter it is called."""
    text = what_can_be_done(ctx, ticket)
    if text is not None:
        name = f"ticket:{ticket.number}:lane:{ticket.lane}"
        yield Reply(text, to=case.sender(ctx), name=name, ticket_id=ticket.id)


def what_can_be_done(ctx: Context, ticket: Ticket) -> str | None:
    """The sentence for a resident; None where it goes its usual way."""
    desk = directory.unit_of(ctx.db, ticket.desk_id)
    if ticket.lane == rules.PRIVATE:
        inside = rules.is_inside(ticket.category, fold(case.said(ctx, ticket)))
        form = wording.TOLD_INSIDE if inside else wording.TOLD_BETWEEN
        return form.format(number=ticket.number, who=_who(ctx, desk))
    if ticket.lane == rules.COMMON and desk is not None and desk.kind == UnitKind.COMMUNITY:
        return wording.TOLD_CONVENED.format(number=ticket.number, unit=desk.name)
    return None


def _who(ctx: Context, desk: Unit | None) -> str:
    """网格员小赵: whoever would talk to both."""
    people = directory.staff_of(ctx.db, desk.id) if desk is not None and desk.kind in MEDIATORS else []
    if not people or desk is None:
        return wording.NOBODY
    first: Staff = people[0]
    role = next(post.role for post in first.posts if post.unit_id == desk.id)
    return wording.MEDIATOR.format(role=taxonomy.ROLE[role], name=directory.name_of(ctx.vault, first))
