"""What is open with whom: 查 超时 and a line below 待办 of whoever oversees, 查 物业 of a company or a department."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, or_, select

from handlers.context import Context
from handlers.permissions import NEVER_TOLD_WHO
from handlers.rules.deadlines import WITHOUT_LIGHTS
from handlers.ticket import choosing
from handlers.wording import looking as wording
from storage import directory
from storage.people import Role, Unit
from storage.tickets import Ticket
from storage.workflow import WAITING_FOR_STAFF, Status

OVERSEE = frozenset({Role.GRID_LEAD, Role.COMMUNITY, Role.DISPATCHER, Role.STREET_LEADER, Role.ADMIN})
MOST = 500  # tickets that are looked through


def of(ctx: Context) -> list[Ticket]:
    """What is over its time to be accepted or done, as far as whoever asks reaches it, the latest first."""
    over = or_(
        and_(Ticket.status == Status.REPORTED, Ticket.accept_due <= ctx.now),
        and_(Ticket.resolve_due.is_not(None), Ticket.resolve_due <= ctx.now),
    )
    open_ = Ticket.status.in_(WAITING_FOR_STAFF), Ticket.kind.not_in(WITHOUT_LIGHTS)
    rows = ctx.db.scalars(select(Ticket).where(*open_, over).order_by(Ticket.accept_due, Ticket.id).limit(MOST))
    return [row for row in rows if choosing.reaches(ctx, row, "look")]


def desks(ctx: Context, name: str) -> list[Unit]:
    """The companies and departments of this name in the speaker's street: 物业, 城管."""
    path = "/" + ctx.who.posts[0].unit.path.strip("/").split("/")[0] + "/" if ctx.who.posts else "/"
    near = directory.units_below(ctx.db, path) if len(name) > 1 else []
    return [unit for unit in near if unit.kind in NEVER_TOLD_WHO and name in f"{unit.name} {unit.nicknames or ''}"]


def at_desks(ctx: Context, units: Sequence[Unit]) -> list[Ticket]:
    """What lies with these, as far as whoever asks reaches it."""
    there = Ticket.desk_id.in_([unit.id for unit in units]), Ticket.status.in_(WAITING_FOR_STAFF)
    rows = ctx.db.scalars(select(Ticket).where(*there).order_by(Ticket.accept_due, Ticket.id).limit(MOST))
    return [row for row in rows if choosing.reaches(ctx, row, "look")]


def hint(ctx: Context) -> list[str]:
    """Below 待办 of whoever oversees others: how many are late there, and how they are seen. Numbers alone."""
    if not ctx.who.roles & OVERSEE:
        return []
    count = sum(row.holder_id not in ctx.who.hands for row in of(ctx))
    return [wording.LATE_BELOW.format(count=count)] if count else []
