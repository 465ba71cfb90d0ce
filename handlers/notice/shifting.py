"""What every word about a call for help needs: how a shift is said, who is meant, and the reminder before it begins."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, time, timedelta
from typing import NamedTuple

from sqlalchemy.orm import Session

from handlers.message import Person, Replies, Reply
from handlers.rules import notice_hours
from handlers.rules.deadlines import LOCAL
from handlers.rules.notice_policy import NoticePolicy
from handlers.wording import shifts as wording
from storage import shifts
from storage.conflict import insert_new
from storage.notice_people import Shift, SignUp
from storage.notices import Notice
from storage.shifts import Listed
from storage.timers import Timer

REMIND = "shift:remind"  # a timer
EVENING = time(18)  # of the day before: late enough to be remembered, early enough to find somebody else
AT_LEAST_BEFORE = timedelta(hours=2)


class Desk(NamedTuple):
    """What signing up needs. ``now`` is business time."""

    db: Session
    now: datetime
    policy: NoticePolicy


def said(shift: Shift) -> str:
    """A shift as people are told of it."""
    return wording.when(shift.starts_at, shift.ends_at, shift.place) or wording.THIS


def lines(db: Session, notice: Notice, rows: Sequence[Shift]) -> str:
    """Shifts to choose from."""
    counts = shifts.counts(db, notice.id)
    return "\n".join(
        wording.shift_line(row.number, said(row), counts.get(row.id, (0, 0))[0], row.places) for row in rows
    )


def join(desk: Desk, notice: Notice, shift: Shift, account_id: int, accounts: Collection[int]) -> str:
    """Signs somebody up for a shift; what they are told. ``accounts``: all of this person's."""
    db, now = desk.db, desk.now
    became = shifts.join(db, shift.id, account_id, accounts, now)
    arm(desk, shift)
    given = {"number": notice.number, "shift": said(shift), "places": shift.places}
    if became in ("in", "already_in"):
        have = shifts.counts(db, notice.id)[shift.id][0]
        return (wording.IN if became == "in" else wording.ALREADY_IN).format(**given, have=have)
    mine = [one for one in shifts.mine(db, notice.id, accounts) if one.shift.id == shift.id]
    form = wording.WAITING if became == "waiting" else wording.ALREADY_WAITING
    return form.format(**given, place=mine[0].place_in_line)


def leave(db: Session, number: int, one: Listed, now: datetime) -> list[Reply]:
    """Takes somebody off a call's list; the news for whoever moves up."""
    return list(moved_up(shifts.leave(db, one.row, now), one.shift, number))


def tell(row: SignUp, text: str) -> Reply:
    """News for somebody on the list."""
    return Reply(text, to=Person(row.account_id))


def moved_up(row: SignUp | None, shift: Shift, number: int) -> Iterator[Reply]:
    """Tells whoever got the place that fell free, if anybody waited for it."""
    if row is not None:
        yield tell(row, wording.MOVED_UP.format(shift=said(shift), number=number))


def call_off(db: Session, notice: Notice, now: datetime) -> Iterator[Reply]:
    """Stands every shift of a call down and tells whoever meant to come."""
    for shift, rows in shifts.stand_all_down(db, notice.id, now):
        text = wording.STOOD_DOWN.format(shift=said(shift), why="")
        yield from (tell(row, text) for row in rows)


def arm(desk: Desk, shift: Shift) -> None:
    """A reminder the evening before, or two hours before where that is over; once a shift, and never at night: who
    signs up late in the evening for the early morning knows it."""
    if shift.starts_at is None:
        return
    day_before = shift.starts_at.astimezone(LOCAL).date() - timedelta(days=1)
    late = notice_hours.by_day(shift.starts_at - AT_LEAST_BEFORE, desk.policy)
    moments = (datetime.combine(day_before, EVENING, LOCAL), late)
    due = next((moment for moment in moments if desk.now < moment < shift.starts_at), None)
    if due is not None:
        db = desk.db
        row = {"name": f"shift:{shift.id}:remind", "kind": REMIND, "due_at": due, "notice_id": shift.notice_id}
        insert_new(db, Timer, [row | {"state": "waiting", "data": {"shift": shift.id}}], "name")


def remind(db: Session, timer: Timer, now: datetime) -> Replies:
    """Reminds everybody who has a place. A clock that was down until it began says nothing any more."""
    shift = db.get(Shift, int(timer.data["shift"]))
    if shift is None or shift.stood_down_at is not None or shift.starts_at is None or shift.starts_at <= now:
        return []
    notice = db.get_one(Notice, shift.notice_id)
    text = wording.REMINDER.format(shift=said(shift), number=notice.number)
    rows = shifts.coming_to(db, shift.id, (shifts.IN,))
    return [Reply(text, to=Person(row.account_id), name=f"{timer.name}:{row.id}") for row in rows]
