"""A task in the grids: who is asked, how it is told, how far it is, and what its clock says.

Told is by grid and community, never by person. Times are business time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from handlers.context import words_of
from handlers.message import Button, Card, Member, Replies, Reply
from handlers.rules import deadlines
from handlers.rules.deadlines import LOCAL, Policy
from handlers.ticket import promising
from handlers.ticket.ringing import Ringing
from handlers.wording import tasks as wording
from handlers.wording.times import when
from storage import tasks
from storage.conflict import insert_new
from storage.inbox import Body
from storage.people import Staff, Unit
from storage.presence import desk_people
from storage.tasks import Task
from storage.timers import Timer
from storage.vault import Vault

REMIND, DUE = "task:remind", "task:due"  # timers
A_DAY = timedelta(days=1)


def what(db: Session, vault: Vault, task: Task) -> str:
    """What was asked, in the words of whoever asked it."""
    return words_of(vault, db.get(Body, task.body_id))


def admission(item: str | None) -> str:
    """The item of the admission list, on a line of its own; nothing where there is none."""
    return wording.ADMISSION_LINE.format(item=item) if item else ""


def people_of(db: Session, grids: Sequence[Unit], at: datetime) -> dict[int, list[Unit]]:
    """Who is there for these grids, each with theirs; substitutes among them, of an empty grid the level above."""
    found: dict[int, list[Unit]] = defaultdict(list)
    for grid in grids:
        for person in desk_people(db, grid.id, at):
            found[person].append(grid)
    return dict(found)


def ask(db: Session, vault: Vault, task: Task, grids: Sequence[Unit], now: datetime) -> Iterator[Reply]:
    """Every grid's people read it in private, once, with a button; whoever has several grids reads of all at once."""
    said = what(db, vault, task)
    for person, theirs in people_of(db, grids, now).items():
        names = wording.AND.join(grid.name for grid in theirs)
        text = wording.ASKED.format(
            number=task.number, unit=names, what=said, admission=admission(task.admission), due=when(task.due_at, now)
        )
        yield Reply(text, Member(person, in_person=True), _card(task, names, now), f"task:{task.number}:{person}")


def _card(task: Task, names: str, now: datetime) -> Card:
    fields = [(wording.CARD_DUE, when(task.due_at, now)), (wording.CARD_GRID, names)]
    if task.admission:
        fields.append((wording.CARD_ADMISSION, task.admission))
    button = Button(wording.BUTTONS["task_done"], "task_done")
    return Card(wording.CARD_TITLE.format(number=task.number), tuple(fields), (button,), ticket=task.number)


def figures(db: Session, task: Task) -> dict[str, int]:
    """How far a task is: grids that are done, all grids, tickets it led to."""
    rows = tasks.counted(db, task.id)
    return {
        "number": task.number,
        "done": sum(row.done for row in rows),
        "all": sum(row.all for row in rows),
        "found": tasks.found(db, task.id),
    }


def lines(db: Session, task: Task) -> str:
    """A line for each community, in the order of the tree."""
    rows = tasks.counted(db, task.id)
    return "\n".join(wording.STATE_LINE.format(unit=row.unit, done=row.done, all=row.all) for row in rows)


def arm(db: Session, task: Task, deployment: Policy) -> None:
    """The reminder before the end, by day, and the end itself, by the policy of the unit whose task it is."""
    policy = promising.policy_at(db, deployment, task.unit_id)
    remind = deadlines.say_after(task.due_at - policy.task_remind, policy)
    moments = {REMIND: remind, DUE: deadlines.say_after(task.due_at, policy)}
    rows = [
        {"name": f"{kind}:{task.number}", "kind": kind, "due_at": due, "state": "waiting", "data": {"task": task.id}}
        for kind, due in moments.items()
        if kind == DUE or (task.made_at < due < task.due_at)
    ]
    insert_new(db, Timer, rows, "name")


def ring(timer: Timer, at: Ringing) -> Replies:
    """A task's clock: a reminder to grids that are not done, or the end, which its owner reads."""
    task = at.db.get(Task, int(timer.data["task"]))
    if task is None or task.ended_at is not None:
        return []
    return _remind(task, at) if timer.kind == REMIND else [_due(task, at)]


def _remind(task: Task, at: Ringing) -> Replies:
    """One message a person a day, of every task that ends before this time tomorrow's reminders would come."""
    until = at.now + promising.policy_at(at.db, at.policy, task.unit_id).task_remind + A_DAY
    mine: dict[int, dict[int, list[Unit]]] = defaultdict(lambda: defaultdict(list))
    known: dict[int, Task] = {}
    for one, grid in tasks.left_open(at.db, at.now, until):
        known[one.id] = one
        for person in desk_people(at.db, grid.id, at.now):
            mine[person][one.id].append(grid)
    day = at.now.astimezone(LOCAL).date()
    return [
        Reply(_open(at, known, theirs), Member(person, in_person=True), name=f"tasks:{day}:{person}")
        for person, theirs in mine.items()
    ]


def _open(at: Ringing, known: dict[int, Task], theirs: dict[int, list[Unit]]) -> str:
    rows = [
        wording.REMIND_LINE.format(
            number=known[number].number,
            due=when(known[number].due_at, at.now),
            units=wording.AND.join(grid.name for grid in grids),
            what=what(at.db, at.vault, known[number]),
        )
        for number, grids in theirs.items()
    ]
    first = known[next(iter(theirs))].number
    return "\n".join([wording.REMIND_HEAD.format(count=len(rows)), *rows, wording.REMIND_FOOT.format(number=first)])


def _due(task: Task, at: Ringing) -> Reply:
    text = wording.DUE.format(**figures(at.db, task), lines=lines(at.db, task))
    return Reply(text, Member(task.owner_id), name=f"task:{task.number}:due")


def tell_owner_all_done(db: Session, task: Task) -> Reply:
    """Every grid is done: the owner hears it, once."""
    text = wording.ALL_DONE.format(**figures(db, task))
    return Reply(text, Member(task.owner_id), name=f"task:{task.number}:all")


def owner(db: Session, task: Task) -> Staff:
    """Whoever gave it."""
    return db.get_one(Staff, task.owner_id)
