"""请假名单: who is away now and in the two weeks to come, and who stands in; why is nobody's business here.

Whoever keeps rosters reads it of all below them, everybody else of their own unit.
"""

from __future__ import annotations

from collections.abc import Sequence

from handlers.context import Context
from handlers.message import Incoming, Person, Replies, Reply
from handlers.orders import Order
from handlers.registry import on
from handlers.rosters import colleagues
from handlers.rosters.roster_lines import DAYS, LINES, away, said_behind
from handlers.wording import rosters as wording
from storage import directory, rosters
from storage.people import Staff
from storage.rosters import SHIFT, Absence


@on("leave_list")
def show(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """请假名单, 谁请假了; 请假名单 小赵. To whoever asks alone."""
    people = _people(ctx)
    named = {staff.id for word in said_behind(ctx, "leave_list").split() for staff in colleagues.named(ctx, word)}
    asked = [staff for staff in people if staff.id in named] if named else people
    rows = rosters.absences_of(ctx.db, [staff.id for staff in asked], ctx.now)
    rows = [row for row in rows if row.starts_at <= ctx.now + DAYS]
    if named:
        return [Reply(_of_some(ctx, asked, rows), to=Person(ctx.who.account.id))]
    text = _listed(ctx, len(asked), rows) if rows else wording.AWAY_NONE
    return [Reply(text, to=Person(ctx.who.account.id))]


def _people(ctx: Context) -> list[Staff]:
    """Whoever works below a unit whose roster is kept by whoever asks, and their own desk."""
    below = [staff for unit in colleagues.keeps_for(ctx) for staff in directory.staff_below(ctx.db, unit.path)]
    beside = [staff for unit_id in ctx.who.desks for staff in directory.staff_of(ctx.db, unit_id)]
    return list({staff.id: staff for staff in (*below, *beside)}.values())


def _listed(ctx: Context, people: int, rows: Sequence[Absence]) -> str:
    now = [row for row in rows if row.starts_at <= ctx.now]
    later = [row for row in rows if row.starts_at > ctx.now]
    lines = [wording.AWAY_NOW.format(count=len(now)) if now else wording.AWAY_NOBODY_NOW]
    lines += [_line(ctx, row) for row in now[:LINES]]
    if now:
        lines.append(wording.AWAY_REST.format(count=people - len({row.staff_id for row in now})))
    if later:
        lines += [wording.AWAY_LATER, *(_line(ctx, row) for row in later[:LINES])]
    return "\n".join(lines)


def _of_some(ctx: Context, asked: Sequence[Staff], rows: Sequence[Absence]) -> str:
    """Of the colleagues who were named; of whoever works elsewhere it is not told."""
    if not asked:
        return wording.AWAY_NOT_YOURS
    without = [colleagues.full_name(ctx, one) for one in asked if all(row.staff_id != one.id for row in rows)]
    lines = [wording.AWAY_NOT.format(name=wording.AND.join(without))] if without else []
    return "\n".join([*(_line(ctx, row) for row in rows), *lines])


def _line(ctx: Context, row: Absence) -> str:
    staff, other = ctx.db.get_one(Staff, row.staff_id), row.substitute_id
    name = directory.name_of(ctx.vault, ctx.db.get(Staff, other)) if other is not None else ""
    return wording.AWAY_LINE.format(
        name=colleagues.full_name(ctx, staff),
        units=wording.AND.join(dict.fromkeys(post.unit.name for post in staff.posts)),
        span=away(row.starts_at, row.ends_at, ctx.now).strip(),
        what=wording.AWAY_SHIFT if row.kind == SHIFT else wording.AWAY_LEAVE,
        substitute=wording.LIST_SUBSTITUTE.format(name=name) if name else wording.AWAY_NO_SUBSTITUTE,
    )
