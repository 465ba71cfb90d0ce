"""公示, 确认公示, 不公示: the secretary says which groups are told what became of a month's reports."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from handlers.context import Context
from handlers.counting.month_results import line_of, one
from handlers.message import Incoming, InGroup, Replies, Reply
from handlers.orders import Order
from handlers.permissions import TABLE
from handlers.registry import on
from handlers.rules import notice_hours
from handlers.wording import results as wording
from handlers.wording.commands import BLANKS
from nlp.normalise import normalise
from storage import results
from storage.notice_people import Publication
from storage.people import Group, Role, Unit

ONE_MESSAGE = 1800  # UTF-8 bytes of lines: platforms cut at 2,048


@on("results")
def look(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """公示: what waits for whoever speaks."""
    rows = _mine(ctx)
    if not rows:
        return [Reply(wording.NONE)]
    by_unit: dict[int, list[str]] = defaultdict(list)
    for row, group in rows:
        by_unit[row.unit_id].append(one(ctx.db, row, group))
    parts = [(unit_id, part) for unit_id, lines in by_unit.items() for part in _parted(lines)]
    if len(parts) == 1:
        return [Reply(wording.STILL.format(count=len(rows), lines="\n".join(parts[0][1])))]
    said = [Reply(_of_community(ctx, unit_id, lines)) for unit_id, lines in parts]
    return [*said, Reply(wording.STILL_ALL.format(units=len(by_unit), count=len(rows)))]


def _of_community(ctx: Context, unit_id: int, lines: list[str]) -> str:
    return wording.OF_COMMUNITY.format(unit=ctx.db.get_one(Unit, unit_id).name, lines="\n".join(lines))


def _parted(lines: list[str]) -> Iterator[list[str]]:
    """As many lines to a message as platforms leave whole."""
    part: list[str] = []
    for line in lines:
        if part and sum(len(one.encode()) + 1 for one in (*part, line)) > ONE_MESSAGE:
            yield part
            part = []
        part.append(line)
    yield part


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
