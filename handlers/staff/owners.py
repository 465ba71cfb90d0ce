"""Who may have a ticket that somebody returned: never down to a grid or community, never against the hard rules."""

from __future__ import annotations

from handlers.context import Context
from handlers.matter import owning
from handlers.message import Reply
from handlers.rules import returns
from handlers.ticket import confiding, targets
from handlers.wording import returning as wording
from storage import directory
from storage.people import Unit
from storage.tickets import Ticket

SHOWN = 6


def named(ctx: Context, ticket: Ticket, name: str, asker: Unit) -> Unit | Reply:
    """The unit of this name, or why it cannot be the one."""
    found = targets.units(ctx, ticket, name)
    exact = [unit for unit in found if unit.name == name] or found
    if len(exact) > 1:
        names = "、".join(unit.name for unit in exact[:SHOWN])
        return Reply(wording.SEVERAL_OWNERS.format(name=name, names=names), ticket_id=ticket.id)
    if not exact:
        return Reply(wording.NO_SUCH_OWNER.format(name=name, names=likely(ctx, ticket, asker)), ticket_id=ticket.id)
    wrong = problem(ctx, ticket, exact[0], asker)
    return Reply(wrong, ticket_id=ticket.id) if wrong else exact[0]


def problem(ctx: Context, ticket: Ticket, unit: Unit, asker: Unit) -> str:
    """Why a unit cannot have what another one returned; empty where it can. A field may be told by the words alone."""
    if not returns.may_be_given(unit.kind, unit.path, asker.path):
        return wording.NEVER_DOWN.format(unit=unit.name)
    fits = confiding.may_have(ticket, unit.kind) and owning.may_own(ctx, ticket, unit.kind)
    return "" if fits else wording.MAY_NOT_OWN.format(number=ticket.number, unit=unit.name)


def likely(ctx: Context, ticket: Ticket, asker: Unit) -> str:
    """The names of those who may have it, for whoever is asked: who does such work first, then who dispatches it."""
    units = directory.units_below(ctx.db, targets.street_path(ctx, ticket))
    staffed = [unit for unit in units if not problem(ctx, ticket, unit, asker) and directory.staff_of(ctx.db, unit.id)]
    ordered = sorted(staffed, key=lambda unit: (asker.path.startswith(unit.path), unit.path))
    return "、".join([unit.name for unit in ordered][:SHOWN])


def mentioned(ctx: Context, ticket: Ticket, words: str, asker: Unit) -> Unit | None:
    """The one unit that stands by its whole name in what was said, where it may have the ticket."""
    units = directory.units_below(ctx.db, targets.street_path(ctx, ticket))
    found = [unit for unit in units if unit.name in words and not problem(ctx, ticket, unit, asker)]
    return found[0] if len(found) == 1 else None
