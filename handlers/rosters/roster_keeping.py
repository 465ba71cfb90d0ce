"""Writing rosters down: a line is put on, taken off or given to somebody else; those concerned are told.

For the chat and the console alike: the caller has found out whether it is theirs to write. Times are business time.
"""

from __future__ import annotations

from datetime import datetime

from handlers.message import Member, Replies, Reply
from handlers.permissions import OWN_TICKETS_ONLY
from handlers.rosters import roster_lines
from handlers.rosters.gaps import BEGIN, END
from handlers.rosters.roster_lines import At, span
from handlers.wording import rosters as wording
from storage import directory, rosters
from storage.people import Role, Staff, Unit
from storage.presence import LEADER, presence_of
from storage.rosters import Duty
from storage.timers import Timer

LEADERS = frozenset({Role.STREET_LEADER, Role.COMMUNITY})


def unfit(at: At, unit: Unit, staff: Staff, part: str) -> Reply | None:
    """Why somebody cannot stand on a unit's roster, or None."""
    roles = {Role(post.role) for post in staff.posts}
    name = directory.name_of(at.vault, staff)
    if part == LEADER and not roles & LEADERS:
        return Reply(wording.NO_LEADER.format(name=name))
    if roles <= OWN_TICKETS_ONLY:
        return Reply(wording.TAKES_NOT.format(name=name, unit=staff.posts[0].unit.name if staff.posts else unit.name))
    return None


def put_down(at: At, by: Staff | None, unit: Unit, staff: Staff, part: str, start: datetime, end: datetime) -> Replies:
    """Writes one line of a roster, once; tells whoever stands on it."""
    name = directory.name_of(at.vault, staff)
    shown = {"unit": unit.name, "part": wording.PARTS[part], "span": span(start, end, at.now), "name": name}
    for known in rosters.duties_between(at.db, [unit.id], start, end):
        if (known.staff_id, known.part, known.starts_at, known.ends_at) == (staff.id, part, start, end):
            return [Reply(wording.WRITTEN_ALREADY.format(**shown))]
    row = _add(at, by, unit.id, staff.id, part, start, end)
    text = wording.WRITTEN.format(**shown)
    if presence_of(at.db, at.now).away(staff.id, start) is not None:
        text = f"{text}\n{wording.AWAY_THEN.format(name=name)}"
    return [Reply(text), *_told_of(at, by, row, unit)]


def _add(at: At, by: Staff | None, unit_id: int, staff_id: int, part: str, start: datetime, end: datetime) -> Duty:
    row = Duty(unit_id=unit_id, staff_id=staff_id, part=part, starts_at=start, ends_at=end, made_at=at.now)
    row.made_by_id = by.id if by is not None else None
    at.db.add(row)
    at.db.flush()
    for kind, due in ((BEGIN, start), (END, end)):
        if due > at.now or kind == END:
            at.db.add(Timer(name=f"{kind}:{row.id}", kind=kind, due_at=due, data={"duty": row.id}))
    at.db.flush()
    return row


def _told_of(at: At, by: Staff | None, row: Duty, unit: Unit) -> list[Reply]:
    """Whoever was put down by somebody else hears of it."""
    if by is not None and row.staff_id == by.id:
        return []
    text = wording.TOLD_DUTY.format(
        unit=unit.name,
        part=wording.PARTS[row.part],
        span=span(row.starts_at, row.ends_at, at.now),
        day=roster_lines.day(row.starts_at),
    )
    return [Reply(text, to=Member(row.staff_id, in_person=True), name=f"duty:{row.id}:told")]


def _news(by: Staff | None, row: Duty, text: str) -> list[Reply]:
    """For whoever stood on the roster, where somebody else has changed it."""
    if by is not None and row.staff_id == by.id:
        return []
    return [Reply(text, to=Member(row.staff_id, in_person=True), name=f"duty:{row.id}:dropped")]


def drop(at: At, by: Staff | None, row: Duty) -> Replies:
    """Takes a line off."""
    row.dropped_at, row.dropped_by_id = at.now, by.id if by is not None else None
    at.db.flush()
    unit = at.db.get_one(Unit, row.unit_id)
    shown = {"unit": unit.name, **roster_lines.shown(at, row)}
    return [Reply(wording.DROPPED.format(**shown)), *_news(by, row, wording.TOLD_DROPPED.format(**shown))]


def give(at: At, by: Staff | None, row: Duty, staff: Staff) -> Replies:
    """Somebody else comes instead; who wrote the line hears of it where they did not do it."""
    unit = at.db.get_one(Unit, row.unit_id)
    before = {"unit": unit.name, **roster_lines.shown(at, row)}
    row.dropped_at, row.dropped_by_id = at.now, by.id if by is not None else None
    fresh = _add(at, by, row.unit_id, staff.id, row.part, row.starts_at, row.ends_at)
    shown = {"unit": unit.name, **roster_lines.shown(at, fresh)}
    answer = Reply(wording.CHANGED.format(**shown, before=before["name"]))
    told = wording.TOLD_DROPPED.format(**before)
    return [answer, *_news(by, row, told), *_told_of(at, by, fresh, unit), *_keeper(by, row, answer.text)]


def _keeper(by: Staff | None, row: Duty, text: str) -> list[Reply]:
    """Whoever wrote the line hears that somebody changed their own duty."""
    if row.made_by_id is None or by is None or row.made_by_id == by.id or row.staff_id != by.id:
        return []
    return [Reply(text, to=Member(row.made_by_id), name=f"duty:{row.id}:changed")]
