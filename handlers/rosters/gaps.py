"""Nobody responsible is an alarm: a unit where everybody is away, and a roster that ends without a next.

Told is whoever is on duty for the place, and the level above; where nobody is there either, whoever dispatches or
administers anywhere. What falls to the unit meanwhile goes up by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from handlers.message import Member, Replies, Reply
from handlers.rosters import on_duty
from handlers.wording import rosters as wording
from handlers.wording.times import until, when
from storage import directory
from storage.people import Staff, Unit
from storage.presence import DUTY, presence_of
from storage.rosters import Absence, Duty
from storage.tickets import Ticket
from storage.timers import Timer
from storage.workflow import Status

AWAY, BEGIN, END = "absence:begin", "duty:begin", "duty:end"  # timers
NUMBERS = 8


def name_of(row: Absence) -> str:
    """The timer of an absence; what is said when it rings has names that begin so."""
    return f"absence:{row.id}:begin"


def arm(db: Session, row: Absence, overlapped: Sequence[int]) -> None:
    """Looks again when somebody's absence begins: others may be away by then. Keeps what it takes the place of."""
    data = {"absence": row.id, "overlapped": list(overlapped)}
    db.add(Timer(name=name_of(row), kind=AWAY, due_at=row.starts_at, data=data))
    db.flush()


def undo(db: Session, row: Absence) -> list[int]:
    """Nothing is looked at when this absence would have begun; answers what it had taken the place of."""
    timer = _timer(db, row)
    timer.state = "stopped" if timer.state == "waiting" else timer.state
    timer.data = {**timer.data, "undone": True}
    return list(timer.data.get("overlapped", ()))


def is_undone(db: Session, row: Absence) -> bool:
    """Whether an absence was taken back."""
    return bool(_timer(db, row).data.get("undone"))


def _timer(db: Session, row: Absence) -> Timer:
    return db.scalars(select(Timer).where(Timer.name == name_of(row))).one()


def lines(db: Session, staff: Staff, at: datetime) -> Iterator[str]:
    """What is to be said of the units in which nobody is there at a moment, once this person is away."""
    for unit in _units(staff):
        if not on_duty.staff_there(db, unit, at):
            above = on_duty.level_up(db, unit, 0, at)
            form = wording.INSTEAD_ABOVE if above is not None else wording.NOBODY_AT_ALL
            yield form.format(unit=unit.name, above=above.name if above is not None else "")


def _units(staff: Staff) -> list[Unit]:
    return list({post.unit.id: post.unit for post in staff.posts}.values())


def begins(timer: Timer, db: Session, now: datetime) -> Replies:
    """Somebody's absence begins: an alarm of each of their units in which nobody is there now."""
    row = db.get(Absence, int(timer.data["absence"]))
    if row is None or row.ended_at is not None or (row.ends_at is not None and row.ends_at <= now):
        return []
    staff = db.get_one(Staff, row.staff_id)
    empty = [unit for unit in _units(staff) if not on_duty.staff_there(db, unit, now)]
    return [reply for unit in empty for reply in _alarm(db, unit, timer, now)]


def _alarm(db: Session, unit: Unit, timer: Timer, now: datetime) -> Iterator[Reply]:
    above = on_duty.level_up(db, unit, 0, now)
    people = {staff.id for staff in on_duty.people_on_duty(db, unit, now)}
    people |= {staff.id for staff in on_duty.staff_there(db, above, now)}
    form = wording.GAP if above is not None else wording.GAP_TOP
    text = form.format(unit=unit.name, at=when(now, now), above=above.name if above is not None else "")
    for person in sorted(people) or [staff.id for staff in on_duty.last_resort(db, now)]:
        yield Reply(text, to=Member(person, in_person=True), name=f"{timer.name}:{unit.id}:{person}")


def duty_begins(timer: Timer, db: Session, now: datetime) -> Replies:
    """Whoever is on duty from now on, or stands in for them, hears so, and what nobody has accepted yet."""
    row = db.get(Duty, int(timer.data["duty"]))
    if row is None or row.dropped_at is not None or row.ends_at <= now:
        return []
    unit = db.get_one(Unit, row.unit_id)
    person = presence_of(db, now).who_gets(row.staff_id, now) or row.staff_id
    text = wording.DUTY_BEGINS.format(
        part=wording.PARTS[row.part], unit=unit.name, until=until(row.ends_at, now), open=_open(db, unit)
    )
    return [Reply(text, to=Member(person, in_person=True), name=f"{timer.name}:{person}")]


def _open(db: Session, unit: Unit) -> str:
    """What waits to be accepted in the place; numbers alone."""
    waiting = (Ticket.status == Status.REPORTED) & Ticket.confidential.is_(False)
    below = select(Unit.id).where(Unit.path.startswith(unit.path))
    here = waiting & Ticket.unit_id.in_(below)
    count = db.scalar(select(func.count()).where(here)) or 0
    if not count:
        return wording.DUTY_NOTHING_OPEN
    numbers = db.scalars(select(Ticket.number).where(here).order_by(Ticket.accept_due).limit(NUMBERS))
    return wording.DUTY_OPEN.format(count=count, numbers=wording.AND.join(map(str, numbers)))


def duty_ends(timer: Timer, db: Session, now: datetime) -> Replies:
    """A duty is over: an alarm where nobody follows, neither by the roster nor by a post."""
    row = db.get(Duty, int(timer.data["duty"]))
    if row is None or row.dropped_at is not None or row.part != DUTY:
        return []
    unit = db.get_one(Unit, row.unit_id)
    if on_duty.people_on_duty(db, unit, now):
        return []
    leaders = on_duty.leader_on_duty(db, unit, now)
    above = on_duty.staff_there(db, on_duty.level_up(db, unit, 0, now), now)
    people = dict.fromkeys(staff.id for staff in (*leaders, *above)) or dict.fromkeys(
        staff.id for staff in on_duty.last_resort(db, now)
    )
    text = wording.DUTY_GAP.format(unit=unit.name, at=when(now, now))
    return [Reply(text, to=Member(one, in_person=True), name=f"{timer.name}:gap:{one}") for one in people]


def unmanned(db: Session, now: datetime) -> list[Unit]:
    """Units with posts in which, and above which, nobody is there now: what falls to them reaches nobody."""
    units = db.scalars(select(Unit).order_by(Unit.path)).all()
    return [unit for unit in units if directory.posts_in(db, unit.id) and on_duty.level_up(db, unit, 0, now) is None]
