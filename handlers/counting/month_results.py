"""结果公示 as the clock has it: counted on the first of a month, shown to the secretary, asked about once more.

What they say to it stands in ``results``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy.orm import Session

from handlers.message import Member, Replies, Reply
from handlers.rules.deadlines import LOCAL
from handlers.wording import results as wording
from storage import directory, results
from storage.conflict import insert_new
from storage.notice_people import Publication
from storage.people import Group, Role, Staff, Unit, UnitKind
from storage.timers import Timer

MONTHLY, AGAIN = "results:month", "results:again"  # timers
MORNING = time(9)
REMIND_AFTER = timedelta(days=3)
SHOWN = 6  # pictures that a secretary is sent at once


def next_first(now: datetime) -> datetime:
    """The first of the next month, 09:00 in Asia/Shanghai."""
    first = (now.astimezone(LOCAL).replace(day=1) + timedelta(days=32)).replace(day=1)
    return datetime.combine(first.date(), MORNING, LOCAL)


def name_of(due: datetime) -> str:
    """What the timer of a month is called: it exists once."""
    return f"results:{due:%Y-%m}"


def arm(db: Session, now: datetime) -> None:
    """A timer for the first of the next month."""
    due = next_first(now)
    row = {"name": name_of(due), "kind": MONTHLY, "due_at": due, "state": "waiting", "data": {}}
    insert_new(db, Timer, [row], "name")


def draw_up(db: Session, timer: Timer, now: datetime) -> Replies:
    """Counts last month for every group; pictures are drawn afterwards. A month without a report says nothing."""
    arm(db, timer.due_at)
    end = timer.due_at.astimezone(LOCAL).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    begin = (end - timedelta(days=1)).replace(day=1)
    rows: list[dict[str, Any]] = []
    for group, estate in results.groups(db):
        figures = results.counted(db, group, begin, end)
        community = next((unit for unit in directory.ancestors(db, estate) if unit.kind == UnitKind.COMMUNITY), None)
        if figures["reported"] and community is not None:
            place = {"unit_id": community.id, "group_id": group.id, "month": f"{begin:%Y-%m}"}
            rows.append(place | {"figures": figures, "made_at": now})
    results.write(db, rows)
    return []


def show(db: Session, unit: Unit, month: str, now: datetime) -> Replies:
    """Everything of a community's month, each with its picture, to those who confirm it."""
    rows = results.waiting(db, unit.path, month)
    if not rows:
        return []
    said = wording.ASKED.format(unit=unit.name, month=wording.month(month), count=len(rows))
    replies = []
    for staff in _secretaries(db, unit):
        mark = f"results:{unit.id}:{month}:{staff.id}"
        replies.append(Reply(said, to=Member(staff.id), name=mark))
        replies += [
            Reply(one(db, row, group), to=Member(staff.id), media_id=row.picture_id, name=f"{mark}:{row.id}")
            for row, group in rows[:SHOWN]
        ]
        if len(rows) > SHOWN:
            more = wording.AND_MORE.format(count=len(rows) - SHOWN)
            replies.append(Reply(more, to=Member(staff.id), name=f"{mark}:more"))
    data = {"unit": unit.id, "month": month}
    again = {"name": f"results:{unit.id}:{month}:again", "kind": AGAIN, "due_at": now + REMIND_AFTER}
    insert_new(db, Timer, [again | {"state": "waiting", "data": data}], "name")
    return replies


def remind(db: Session, timer: Timer) -> Replies:
    """Once, after three days, where nobody has said yes or no."""
    unit, month = db.get_one(Unit, int(timer.data["unit"])), str(timer.data["month"])
    rows = results.waiting(db, unit.path, month)
    if not rows:
        return []
    text = wording.REMINDER.format(unit=unit.name, month=wording.month(month), count=len(rows))
    return [Reply(text, to=Member(staff.id), name=f"{timer.name}:{staff.id}") for staff in _secretaries(db, unit)]


def _secretaries(db: Session, unit: Unit) -> Sequence[Staff]:
    return directory.with_role_above(db, unit, Role.COMMUNITY)


def one(db: Session, row: Publication, group: Group) -> str:
    """A group's line with the group's name."""
    return wording.ONE.format(group=group.name, line=line_of(db, row, group))


def line_of(db: Session, row: Publication, group: Group) -> str:
    """What the group will read."""
    return wording.line(results.place_of(db, group), row.month, row.figures)
