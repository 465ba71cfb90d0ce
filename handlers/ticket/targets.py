"""Whom staff mean by a name: a unit or a person within the street that a ticket belongs to."""

from __future__ import annotations

from handlers.context import Context
from handlers.wording import desk as wording
from storage import directory
from storage.people import AT_NO_DESK, Account, Post, Staff, Unit
from storage.tickets import Ticket

Target = tuple[Unit, Staff | None]


def targets(ctx: Context, ticket: Ticket, wanted: str) -> list[Target]:
    """Units and people of this name; the nearest units first, an exact name before a part of it."""
    path = street_path(ctx, ticket)
    people = [
        (post.unit, staff)
        for staff in directory.staff_below(ctx.db, path)
        if wanted in directory.name_of(ctx.vault, staff) or _called(wanted, directory.name_of(ctx.vault, staff))
        for post in _working(staff)[:1]
    ]
    near = units(ctx, ticket, wanted)
    exact: list[Target] = [(unit, None) for unit in near if unit.name == wanted]
    named: list[Target] = [(unit, staff) for unit, staff in people]
    return exact or named or [(unit, None) for unit in near] or _with_their_unit(ctx, path, wanted)


def _with_their_unit(ctx: Context, path: str, wanted: str) -> list[Target]:
    """物业小刘, 物业的小刘: somebody by their name and where they work, and by nothing else."""
    people = [(post.unit, staff) for staff in directory.staff_below(ctx.db, path) for post in _working(staff)]
    hints = [(one, _named_in(wanted, directory.name_of(ctx.vault, one[1]))) for one in people]
    return [one for one, hint in hints if hint and _unit_called(hint.strip(wording.OF_A_UNIT), one[0])]


def mentioned(ctx: Context, path: str, shown: str) -> list[Target]:
    """Whom an @ means, below a part of the tree: the one account that is shown so, else whoever's name stands in it.

    物业小刘 is the Liu of the property company where there are two.
    """
    people = [(post.unit, staff) for staff in directory.staff_below(ctx.db, path) for post in _working(staff)[:1]]
    bound = directory.accounts_of_all(ctx.db, [staff.id for _, staff in people])
    exact = [one for one in people if any(_shown(ctx, account) == shown for account in bound[one[1].id])]
    if len(exact) == 1:
        return [exact[0]]
    named = [(one, _named_in(shown, directory.name_of(ctx.vault, one[1]))) for one in people]
    found = [(one, hint) for one, hint in named if hint is not None]
    hinted = [one for one, hint in found if hint and _unit_called(hint, one[0])]
    return list(hinted or [one for one, _ in found])


def _working(staff: Staff) -> list[Post]:
    """The posts in which somebody works on tickets: nobody is given one as an inspector or as a neighbour."""
    return [post for post in staff.posts if post.role not in AT_NO_DESK]


def _shown(ctx: Context, account: Account) -> str:
    return ctx.vault.open(account.shown_name, "accounts.shown_name", account.ref) if account.shown_name else ""


def _named_in(shown: str, name: str) -> str | None:
    """What else stands in a shown name besides this person's; None where theirs does not."""
    for said in (name, *(f"{sign}{name[:1]}" for sign in wording.FAMILIAR)):
        if said and said in shown:
            return shown.replace(said, "", 1)
    return "" if shown and shown in name else None


def units(ctx: Context, ticket: Ticket, wanted: str) -> list[Unit]:
    """Units of this name or nickname near a ticket, people left out."""
    below = directory.units_below(ctx.db, street_path(ctx, ticket))
    return _nearest(ctx, ticket, [unit for unit in below if _unit_called(wanted, unit)])


def name_of(ctx: Context, target: Target) -> str:
    """How a target is said: the person's name, else the unit's."""
    unit, staff = target
    return directory.name_of(ctx.vault, staff) if staff is not None else unit.name


def street_path(ctx: Context, ticket: Ticket) -> str:
    """The part of the tree that tickets may move in: the street it belongs to."""
    levels = directory.ancestors(ctx.db, directory.unit_of(ctx.db, ticket.unit_id or ticket.desk_id))
    return levels[-1].path if levels else "/"


def _called(wanted: str, name: str) -> bool:
    """小赵 and 赵师傅 are Zhao's everyday names."""
    return len(wanted) >= 2 and wanted[0] in wording.FAMILIAR and wanted[1:] == name[:1]


def _unit_called(wanted: str, unit: Unit) -> bool:
    names = [unit.name, *(unit.nicknames or "").split()]
    return any(wanted in name for name in names)


def _nearest(ctx: Context, ticket: Ticket, found: list[Unit]) -> list[Unit]:
    """物业 means the property company of this estate: those sharing the longest path with the place."""
    own = directory.unit_of(ctx.db, ticket.unit_id)
    if own is None or len(found) <= 1:
        return found
    shared = {unit.id: _shared(unit.path, own.path) for unit in found}
    most = max(shared.values())
    return [unit for unit in found if shared[unit.id] == most]


def _shared(one: str, other: str) -> int:
    count = 0
    for a, b in zip(one.split("/"), other.split("/"), strict=False):
        if a != b:
            break
        count += 1
    return count
