"""What the day says: three lines each morning to each level, once a unit, also where all is zero.

Told are those who hold a post there or are on duty by its roster, each in private. Times are business time.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from handlers.message import Member, Replies, Reply
from handlers.rosters import on_duty
from handlers.rules.deadlines import LOCAL, Policy
from handlers.ticket import promising
from handlers.ticket.ringing import Ringing
from handlers.wording import mornings as wording
from storage import mornings, tasks
from storage.conflict import insert_new
from storage.people import Role, Staff, Unit
from storage.presence import DUTY, presence_of
from storage.timers import Timer

DAY, UNIT = "mornings", "morning"  # timers: of a day, which arms one for each unit
A_DAY = timedelta(days=1)


def next_day(now: datetime) -> date:
    """The day whose morning is the next to be seen to."""
    return (now.astimezone(LOCAL) + A_DAY).date()


def name_of(day: date) -> str:
    """What the timer of a day is called: it exists once."""
    return f"{DAY}:{day}"


def arm(db: Session, day: date) -> None:
    """A timer at the beginning of a day."""
    due = datetime.combine(day, time(), LOCAL)
    insert_new(db, Timer, [{"name": name_of(day), "kind": DAY, "due_at": due, "state": "waiting", "data": {}}], "name")


def begin(timer: Timer, at: Ringing) -> Replies:
    """A day begins: each unit has its own hour. A day that is long over, since the clock was down, says nothing."""
    day = timer.due_at.astimezone(LOCAL).date()
    arm(at.db, max(day + A_DAY, at.now.astimezone(LOCAL).date()))
    rows = [
        {
            "name": f"{UNIT}:{unit.id}:{day}",
            "kind": UNIT,
            "due_at": datetime.combine(day, _policy(at.db, at.policy, unit).morning, LOCAL),
            "state": "waiting",
            "data": {"unit": unit.id, "day": f"{day}"},
        }
        for unit in mornings.manned(at.db)
    ]
    if rows and at.now.astimezone(LOCAL).date() == day:
        insert_new(at.db, Timer, rows, "name")
    return []


def _policy(db: Session, policy: Policy, unit: Unit) -> Policy:
    return promising.policy_at(db, policy, unit.id)


def ring(timer: Timer, at: Ringing) -> Replies:
    """A unit's morning, said once to each of its people who is there; not on a later day."""
    unit, today = at.db.get(Unit, int(timer.data["unit"])), at.now.astimezone(LOCAL).date()
    if unit is None or today != date.fromisoformat(timer.data["day"]):
        return []
    text = lines(at.db, unit, at.now)
    return [Reply(text, Member(one, in_person=True), name=f"{timer.name}:{one}") for one in people(at.db, unit, at.now)]


def people(db: Session, unit: Unit, now: datetime) -> list[int]:
    """Who holds a post there, or stands in for them, and who is on duty by its roster; whoever only watches reads it on
    the console."""
    there = [one.id for one in on_duty.staff_there(db, unit, now) if not _only_watches(one)]
    return list(dict.fromkeys([*there, *presence_of(db, now).on_duty([unit.id], DUTY, now)]))


def _only_watches(staff: Staff) -> bool:
    return {Role(post.role) for post in staff.posts} <= {Role.INSPECTOR}


def lines(db: Session, unit: Unit, now: datetime) -> str:
    """The three lines."""
    midnight = datetime.combine(now.astimezone(LOCAL).date(), time(), LOCAL)
    tonight = midnight + A_DAY
    found = mornings.counts(db, unit, midnight - A_DAY, midnight, now, tonight)
    first = wording.HEAD.format(
        unit=unit.name, month=midnight.month, day=midnight.day, new=found.new, closed=found.closed
    )
    second = wording.STANDS.format(unanswered=found.unanswered, overdue=found.overdue)
    return "\n".join([first, second, _today(db, unit, found, now, tonight)])


def _today(db: Session, unit: Unit, found: mornings.Counts, now: datetime, tonight: datetime) -> str:
    """What needs them today: numbers alone, no names and no places."""
    numbers = wording.APART.join(str(one) for one in mornings.first_due(db, unit, now, tonight, wording.MOST))
    left = tasks.left_open(db, tonight - A_DAY, tonight)
    mine = dict.fromkeys(task.number for task, grid in left if grid.path.startswith(unit.path))
    if not (numbers or found.due or mine):
        return wording.NOTHING
    return wording.TODAY.format(
        due=found.due,
        numbers=wording.NUMBERS.format(numbers=numbers) if numbers else "",
        tasks=wording.TASKS.format(tasks=wording.APART.join(map(str, mine))) if mine else "",
    )
