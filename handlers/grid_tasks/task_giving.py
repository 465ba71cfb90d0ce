"""Giving a task: read, shown with the number of grids, confirmed once, and then a row and a message for each grid."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from handlers.context import Context, words_of
from handlers.grid_tasks import task_rows
from handlers.message import Button, Card, Replies, Reply
from handlers.orders import as_typed
from handlers.permissions import TABLE
from handlers.rules import tasks_said
from handlers.rules.tasks_said import Said
from handlers.ticket import case
from handlers.ticket.working import me
from handlers.wording import tasks as wording
from handlers.wording.times import when
from nlp.normalise import fold
from storage import directory, presence, tasks, tickets
from storage.base import JsonObject
from storage.deployment import Question
from storage.inbox import Body
from storage.people import Post, Role, Unit, UnitKind
from storage.tasks import Task

QUESTION = "task"
ASKED_WITHIN = timedelta(minutes=30)


def posts(ctx: Context) -> list[Post]:
    """The posts by which somebody may give tasks, the widest first."""
    mine = (post for post in ctx.who.posts if Role(post.role) in TABLE["task_confirm"].roles)
    return sorted(mine, key=lambda post: (len(post.unit.path), post.unit.path))


def draft(ctx: Context, original: str, words: str) -> Replies:
    """Shows what would be asked of how many grids; nothing is written but the question."""
    said = tasks_said.task(words, ctx.now, ctx.policy)
    if said is None:
        return [Reply(wording.HOW, to=case.sender(ctx))]
    if said.due <= ctx.now:
        return [Reply(wording.PAST.format(due=when(said.due, ctx.now)), to=case.sender(ctx))]
    unit, grids = _meant(ctx, said)
    if unit is None or not grids:
        text = wording.NO_GRIDS.format(name=said.unit) if said.unit else wording.NONE_BELOW
        return [Reply(text, to=case.sender(ctx))]
    body = ctx.keep(as_typed(original, said.what))
    data: JsonObject = {"due": said.due.isoformat(), "body": body.id, "whose": said.unit, "admission": said.admission}
    ctx.db.flush()
    case.ask(ctx, ctx.who.account.id, _address(ctx), QUESTION, ticket=None, until=ctx.now + ASKED_WITHIN, data=data)
    return [_preview(ctx, data, unit, grids)]


def _address(ctx: Context) -> str:
    return f"a:{ctx.who.account.id}"


def _meant(ctx: Context, said: Said) -> tuple[Unit | None, Sequence[Unit]]:
    """Whose task it is, the widest unit of whoever gives it, and the grids that were named, or all."""
    mine = posts(ctx)
    grids = tasks.grids_below(ctx.db, [post.unit.path for post in mine])
    return (mine[0].unit if mine else None), [grid for grid in grids if _is_named(ctx, grid, said.unit)]


def _is_named(ctx: Context, grid: Unit, name: str) -> bool:
    """Whether a grid was meant: all of them, those below a unit of this name, or itself."""
    if not name:
        return True
    wanted = fold(name)
    above = (unit.name for unit in directory.ancestors(ctx.db, grid)[1:])
    return fold(name + wording.A_GRID) in fold(grid.name) or any(wanted in fold(unit) for unit in above)


def _preview(ctx: Context, data: JsonObject, unit: Unit, grids: Sequence[Unit]) -> Reply:
    what = words_of(ctx.vault, ctx.db.get(Body, int(data["body"])))
    due = when(datetime.fromisoformat(data["due"]), ctx.now)
    admission = task_rows.admission(data["admission"])
    if not data["admission"] and unit.kind in (UnitKind.STREET, UnitKind.DISTRICT, UnitKind.CITY):
        admission = wording.NO_ADMISSION
    people = len(task_rows.people_of(ctx.db, grids, ctx.now))
    text = wording.PREVIEW.format(due=due, count=len(grids), what=what, admission=admission, people=people)
    button = Button(wording.BUTTONS["task_confirm"], "task_confirm")
    card = Card(wording.CARD_PREVIEW, ((wording.CARD_DUE, due),), (button,), ticket=len(grids))
    return Reply(text, to=case.sender(ctx), card=card)


def confirm(ctx: Context, count: int | None) -> Replies:
    """确认任务 12: the grids are counted once more; another number than the one that was said is shown again."""
    question = case.asked(ctx, QUESTION)
    if question is None:
        return [Reply(wording.NOTHING_TO_CONFIRM)]
    data = dict(question.data)
    said = Said(datetime.fromisoformat(data["due"]), str(data["whose"]), "", data["admission"])
    unit, grids = _meant(ctx, said)
    if unit is None or not grids or said.due <= ctx.now:
        _drop(ctx, question)
        return [Reply(wording.NOTHING_TO_CONFIRM)]
    if count is not None and count != len(grids):
        again = _preview(ctx, data, unit, grids)
        text = wording.OTHER_COUNT.format(count=len(grids), said=count, preview=again.text)
        return [Reply(text, to=again.to, card=again.card)]
    _drop(ctx, question)
    return _made(ctx, data, unit, grids)


def _drop(ctx: Context, question: Question) -> None:
    ctx.db.delete(question)
    ctx.db.flush()


def _made(ctx: Context, data: JsonObject, unit: Unit, grids: Sequence[Unit]) -> Replies:
    task = Task(
        number=tickets.draw_number(ctx.db, ctx.now),
        unit_id=unit.id,
        owner_id=me(ctx).id,
        body_id=int(data["body"]),
        admission=data["admission"],
        made_at=ctx.now,
        due_at=datetime.fromisoformat(data["due"]),
    )
    ctx.db.add(task)
    ctx.db.flush()
    tasks.give(ctx.db, task, grids)
    task_rows.arm(ctx.db, task, ctx.policy)
    text = wording.MADE.format(number=task.number, count=len(grids), due=when(task.due_at, ctx.now))
    empty = [grid.name for grid in grids if not presence.desk_people(ctx.db, grid.id, ctx.now)]
    if empty:
        text = f"{text}\n{wording.MADE_EMPTY.format(names=wording.AND.join(empty))}"
    return [Reply(text), *task_rows.ask(ctx.db, ctx.vault, task, grids, ctx.now)]
