"""任务: given by grid leads, communities and streets; looked at, done and ended by a word or a tap."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select

from handlers.context import Context
from handlers.grid_tasks import task_giving, task_rows
from handlers.matter.taking import open_parts
from handlers.message import Incoming, Member, Replies, Reply
from handlers.orders import Order
from handlers.permissions import ChatKind
from handlers.registry import on
from handlers.rosters.roster_lines import said_behind
from handlers.ticket import case
from handlers.ticket.working import me
from handlers.wording import tasks as wording
from handlers.wording.times import when
from nlp.normalise import normalise
from nlp.reading import ReadingContext, read
from storage import directory, tasks
from storage.facts import Fact, FactKind
from storage.origins import PATROL
from storage.people import Unit
from storage.tasks import DONE, OPEN, Task, TaskRow
from storage.tickets import Ticket

A_DATE, ENDED = re.compile(wording.A_DATE), re.compile(wording.ENDED)
FOUND, DONE_SAID = re.compile(wording.FOUND, re.DOTALL), re.compile(wording.DONE_AT_FIRST, re.DOTALL)
Mine = Sequence[tuple[TaskRow, Unit]]


@on("task")
def task(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """任务 lists, 任务 3 shows, 任务 3 发现 … reports, 任务 本周五前 全体网格员 … gives one."""
    said = said_behind(ctx, "task")
    if not said:
        return [_list(ctx)]
    if order.number is None or A_DATE.match(said):
        return _give(incoming, ctx, said)
    found = _meant(ctx, order)
    if isinstance(found, Reply):
        return [found]
    if ENDED.fullmatch(order.rest):
        return _end(ctx, found)
    if (trouble := FOUND.fullmatch(order.rest)) is not None:
        return _report(incoming, ctx, found, trouble["what"].strip())
    if (done := DONE_SAID.fullmatch(order.rest)) is not None:
        return _done(ctx, found, (done["note"] or "").strip(wording.PAUSES))
    return [_state(ctx, found)]


def _give(incoming: Incoming, ctx: Context, said: str) -> Replies:
    if not task_giving.posts(ctx):
        return [Reply(wording.MAY_NOT, to=case.sender(ctx))]
    if ctx.chat_kind is not ChatKind.PRIVATE:
        return [Reply(wording.IN_PRIVATE, to=case.sender(ctx))]
    return task_giving.draft(ctx, incoming.text, said)


@on("task_confirm")
def confirm(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """确认任务 12."""
    return task_giving.confirm(ctx, order.number)


@on("task_done")
def done(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """完成任务 3; without a number where only one is left."""
    if order.number is None:
        mine = [one for one in _running(ctx) if any(row.state == OPEN for row, _ in _rows(ctx, one))]
        if len(mine) != 1:
            text = wording.WHICH.format(number=mine[0].number) if mine else wording.NOTHING_OPEN
            return [Reply(text)]
        return _done(ctx, mine[0], "" if order.tapped else order.rest)
    found = _meant(ctx, order)
    return [found] if isinstance(found, Reply) else _done(ctx, found, "" if order.tapped else order.rest)


@on("task_end")
def end(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """结束任务 3: by whoever gave it, or gives tasks for the same place."""
    found = _meant(ctx, order)
    return [found] if isinstance(found, Reply) else _end(ctx, found)


def _desks(ctx: Context) -> list[int]:
    return [one for one in ctx.who.desks if directory.unit_of(ctx.db, one) is not None]


def _paths(ctx: Context) -> list[str]:
    """Where somebody sees every grid: below their posts that give tasks."""
    return [post.unit.path for post in task_giving.posts(ctx)]


def _running(ctx: Context) -> Sequence[Task]:
    staff = ctx.who.staff
    return tasks.running(ctx.db, _desks(ctx), _paths(ctx), staff.id if staff is not None else None)


def _rows(ctx: Context, one: Task) -> Mine:
    """The rows of a task in the grids whose desk is the speaker's."""
    return tasks.rows_of(ctx.db, one.id, _desks(ctx))


def _meant(ctx: Context, order: Order) -> Task | Reply:
    """The task of that number, if whoever speaks has anything to do with it."""
    found = tasks.by_number(ctx.db, order.number) if order.number is not None else None
    none = Reply(wording.NO_SUCH.format(number=order.number) if order.number is not None else wording.HOW)
    if found is None:
        return none
    return found if _rows(ctx, found) or _keeps(ctx, found) else none


def _keeps(ctx: Context, one: Task) -> bool:
    """Whether somebody gave a task, or gives tasks where it is."""
    staff, unit = ctx.who.staff, directory.unit_of(ctx.db, one.unit_id)
    own = staff is not None and staff.id == one.owner_id
    return own or (unit is not None and any(unit.path.startswith(path) for path in _paths(ctx)))


def _list(ctx: Context) -> Reply:
    running = _running(ctx)
    if not running:
        return Reply(wording.NONE)
    lines = [_line(ctx, one) for one in running[: wording.MOST]]
    return Reply("\n".join([wording.LIST_HEAD.format(count=len(running)), *lines]))


def _line(ctx: Context, one: Task) -> str:
    said = task_rows.what(ctx.db, ctx.vault, one)
    mine = _mine(_rows(ctx, one))
    shown = wording.LIST_MINE[mine] if mine is not None else ""
    return wording.LIST_LINE.format(number=one.number, due=when(one.due_at, ctx.now), what=said, mine=shown)


def _mine(rows: Mine) -> str | None:
    """Open as long as one of the rows is; None without any."""
    if not rows:
        return None
    return OPEN if any(row.state == OPEN for row, _ in rows) else DONE


def _state(ctx: Context, one: Task) -> Reply:
    """Counts by community for whoever gave it or sees all of it; one's own grids for whoever walks there."""
    rows = _rows(ctx, one)
    text = wording.STATE.format(
        **task_rows.figures(ctx.db, one),
        what=task_rows.what(ctx.db, ctx.vault, one),
        admission=task_rows.admission(one.admission),
        due=when(one.due_at, ctx.now),
        ended=wording.STATE_ENDED if one.ended_at is not None else "",
    )
    lines = [text]
    if _keeps(ctx, one):
        lines.append(task_rows.lines(ctx.db, one))
    lines += [wording.STATE_MINE[row.state].format(unit=unit.name) for row, unit in rows]
    return Reply("\n".join(lines))


def _done(ctx: Context, one: Task, note: str) -> Replies:
    """The speaker's grids are done; of several the one that is named. The last of all ends the task."""
    rows = _rows(ctx, one)
    if one.ended_at is not None:
        return [Reply(wording.ENDED_ALREADY.format(number=one.number))]
    rows = [pair for pair in rows if pair[1].name in note] or rows
    if not rows:
        return [Reply(wording.NOT_YOURS.format(number=one.number))]
    names = wording.AND.join(unit.name for _, unit in rows)
    body = ctx.keep(note) if note else None
    ids = [row.id for row, _ in rows]
    taken = tasks.finish(ctx.db, ids, me(ctx).id, ctx.now, body.id if body is not None else None)
    form = wording.DONE_NOW if taken else wording.DONE_ALREADY
    said = [Reply(form.format(number=one.number, units=names))]
    if taken and not tasks.open_grids(ctx.db, one.id) and tasks.end(ctx.db, one, None, ctx.now):
        said.append(task_rows.tell_owner_all_done(ctx.db, one))
    return said


def _report(incoming: Incoming, ctx: Context, one: Task, trouble: str) -> Replies:
    """A fault that was found is a ticket like any other, found by staff, and names the task."""
    if not _rows(ctx, one) and not _keeps(ctx, one):
        return [Reply(wording.NOT_YOURS.format(number=one.number))]
    if not trouble:
        return [Reply(wording.FOUND_HOW.format(number=one.number), to=case.sender(ctx))]
    reading = read(trouble, ReadingContext(group_place=_place(ctx), addressed=True))
    if not reading.parts:
        return [Reply(wording.FOUND_NOT_HEARD.format(number=one.number), to=case.sender(ctx))]
    mine = replace(ctx, reading=reading, words=normalise(trouble))
    replies = open_parts(replace(incoming, text=trouble), mine, list(reading.parts), source=PATROL)
    opened = _opened_here(ctx)
    for ticket in opened:
        ticket.task_id = one.id
    ctx.db.flush()
    numbers = wording.AND.join(str(ticket.number) for ticket in opened)
    return [*replies, Reply(wording.FOUND_NOW.format(tickets=numbers, number=one.number), to=case.sender(ctx))]


def _place(ctx: Context) -> str:
    return (ctx.group.place if ctx.group is not None else None) or ""


def _opened_here(ctx: Context) -> Sequence[Ticket]:
    """The tickets that this very message opened."""
    opened = select(Fact.ticket_id).where(Fact.inbox_id == ctx.inbox.id, Fact.kind == FactKind.OPENED)
    return ctx.db.scalars(select(Ticket).where(Ticket.id.in_(opened)).order_by(Ticket.id)).all()


def _end(ctx: Context, one: Task) -> Replies:
    """Who has not looked yet needs not look any more, and hears so."""
    if not _keeps(ctx, one):
        name = directory.name_of(ctx.vault, task_rows.owner(ctx.db, one))
        return [Reply(wording.END_NOT_YOURS.format(number=one.number, owner=name))]
    if not tasks.end(ctx.db, one, me(ctx).id, ctx.now):
        return [Reply(wording.ENDED_ALREADY.format(number=one.number))]
    left = task_rows.people_of(ctx.db, tasks.open_grids(ctx.db, one.id), ctx.now)
    told = [
        Reply(
            wording.TOLD_ENDED.format(number=one.number, unit=wording.AND.join(grid.name for grid in grids)),
            to=Member(person, in_person=True),
            name=f"task:{one.number}:ended:{person}",
        )
        for person, grids in left.items()
        if person != me(ctx).id
    ]
    return [Reply(wording.END_NOW.format(**task_rows.figures(ctx.db, one))), *told]
