"""Whom of the staff somebody means by a name, and for whom they may keep rosters and leave."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from handlers.context import Context
from handlers.message import Reply
from handlers.permissions import OWN_TICKETS_ONLY, TABLE
from handlers.wording import rosters as wording
from storage import directory
from storage.people import Post, Role, Staff, Unit, UnitKind

KEEPERS = "duty"  # the row of the table that says who keeps rosters
HAVE_ROSTERS = frozenset(
    {UnitKind.CITY, UnitKind.DISTRICT, UnitKind.STREET, UnitKind.STATION, UnitKind.COMMUNITY, UnitKind.GRID}
)


def named(ctx: Context, name: str) -> list[Staff]:
    """People of this name in the speaker's street: an exact name before an everyday one (小赵)."""
    path = "/" + ctx.who.posts[0].unit.path.strip("/").split("/")[0] + "/" if ctx.who.posts else "/"
    people = [(staff, directory.name_of(ctx.vault, staff)) for staff in directory.staff_below(ctx.db, path)]
    exact = [staff for staff, full in people if full == name]
    return exact or [staff for staff, full in people if len(name) > 1 and (name in full or _called(name, full))]


def _called(name: str, full: str) -> bool:
    """小赵 and 老周: how colleagues call each other."""
    return name[0] in wording.FAMILIAR and name[1:] == full[:1]


def one_named(ctx: Context, name: str) -> Staff | Reply:
    """The one person of this name, or what to say because there is none, or are several."""
    found = named(ctx, name)
    if len(found) == 1:
        return found[0]
    if not found:
        return Reply(wording.NOBODY.format(name=name))
    people = wording.AND.join(f"{full_name(ctx, staff)}（{_units(staff)}）" for staff in found[:6])
    return Reply(wording.SEVERAL.format(name=name, people=people))


def full_name(ctx: Context, staff: Staff | None) -> str:
    """A colleague's name."""
    return directory.name_of(ctx.vault, staff)


def _units(staff: Staff) -> str:
    return wording.AND.join(dict.fromkeys(post.unit.name for post in staff.posts))


def keeps_for(ctx: Context) -> list[Unit]:
    """The units whose rosters the speaker keeps by a post of their own, the widest first; what is below them, too."""
    return kept_by(ctx.who.posts)


def kept_by(posts: Sequence[Post]) -> list[Unit]:
    """The same for somebody with these posts."""
    roles = TABLE[KEEPERS].roles
    units = {post.unit.id: post.unit for post in posts if Role(post.role) in roles}
    mine = [unit for unit in units.values() if unit.kind in HAVE_ROSTERS]
    return sorted(mine, key=lambda unit: (unit.path.count("/"), unit.id))


def keeps(ctx: Context, staff: Staff) -> bool:
    """Whether the speaker may write down somebody's leave: their own, or by a post at or above one of theirs."""
    if ctx.who.staff is not None and staff.id == ctx.who.staff.id:
        return True
    within = [unit.path for unit in keeps_for(ctx)]
    return any(post.unit.path.startswith(path) for post in staff.posts for path in within)


def may_take_over(from_: Staff, to: Staff) -> bool:
    """Whether somebody may do another's work: a property company's people only that of their own company, and so a
    department's; nobody else learns from them who complained."""
    theirs = _own_units_only(to.posts)
    return theirs is None or _own_units_only(from_.posts) == theirs


def _own_units_only(posts: Sequence[Post]) -> Collection[int] | None:
    """The units of somebody who sees their own unit's tickets alone; None for everybody else."""
    held = [(Role(post.role), post.unit_id) for post in posts]
    if any(role not in OWN_TICKETS_ONLY for role, _ in held):
        return None
    return frozenset(unit_id for _, unit_id in held)
