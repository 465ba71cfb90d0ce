"""公示, 确认公示, 不公示: the secretary says which groups are told what became of a month's reports."""

from __future__ import annotations

from handlers.context import Context
from handlers.message import Incoming, InGroup, Replies, Reply
from handlers.month_results import line_of, one
from handlers.orders import Order
from handlers.permissions import TABLE
from handlers.registry import on
from handlers.rules import notice_hours
from handlers.wording import results as wording
from handlers.wording.commands import BLANKS
from nlp.normalise import normalise
from storage import results
from storage.notice_people import Publication
from storage.people import Group, Role


@on("results")
def look(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """公示: what waits for whoever speaks."""
    rows = _mine(ctx)
    if not rows:
        return [Reply(wording.NONE)]
    lines = "\n".join(one(ctx.db, row, group) for row, group in rows)
    return [Reply(wording.STILL.format(count=len(rows), lines=lines))]


@on("results_confirm")
def confirm(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """确认公示: each group reads its line and sees its picture, once; nobody's telephone rings for it at night."""
    rows = _mine(ctx)
    if not rows:
        return [Reply(wording.NONE)]
    policy = ctx.policy.notices
    if notice_hours.is_night(ctx.now, policy):
        return [Reply(wording.AT_NIGHT.format(until=f"{policy.quiet_until:%H:%M}"))]
    for row, _ in rows:
        _decide(ctx, row, results.PUBLISHED)
    told = [
        Reply(line_of(ctx.db, row, group), to=InGroup(group.id), media_id=row.picture_id, name=f"results:{row.ref}")
        for row, group in rows
    ]
    return [Reply(wording.PUBLISHED.format(count=len(rows))), *told]


@on("results_drop")
def drop(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """不公示 梧桐里业主群: this group is told nothing of the month."""
    rows = _mine(ctx)
    if not rows:
        return [Reply(wording.NONE)]
    wanted = _alike(order.rest)
    chosen = next(((row, group) for row, group in rows if wanted and wanted == _alike(group.name)), None)
    if chosen is None:
        return [Reply(wording.WHICH.format(group=rows[0][1].name))]
    _decide(ctx, chosen[0], results.DROPPED)
    return [Reply(wording.DROPPED.format(group=chosen[1].name))]


def _alike(name: str) -> str:
    """A group's name however it was typed: brackets and figures of a name are wide or narrow."""
    return normalise(name).strip(BLANKS).lower()


def _decide(ctx: Context, row: Publication, state: str) -> None:
    row.state, row.decided_at = state, ctx.now
    row.decided_by_id = ctx.who.staff.id if ctx.who.staff is not None else None


def _mine(ctx: Context) -> list[tuple[Publication, Group]]:
    """What waits in the units where whoever speaks may say yes."""
    roles = TABLE["results_confirm"].roles
    paths = {post.unit.path for post in ctx.who.posts if Role(post.role) in roles}
    found = {row.id: (row, group) for path in sorted(paths) for row, group in results.waiting(ctx.db, path)}
    return [found[number] for number in sorted(found)]
