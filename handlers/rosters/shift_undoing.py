"""撤销 of a line on a roster: what was put down, taken off or given to somebody else within the minute."""

from __future__ import annotations

from datetime import datetime

from handlers.context import Context
from handlers.message import Replies, Reply
from handlers.rosters import roster_keeping
from handlers.wording import undoing as wording
from storage import rosters
from storage.people import Staff, Unit
from storage.rosters import Duty


def taken_back(ctx: Context, later_than: datetime | None) -> Replies | None:
    """The last line that whoever is speaking wrote, off again; one they took off or gave away, back to whoever had it.
    None where they did something else since, or nothing."""
    me, since = ctx.who.staff, ctx.now - ctx.policy.undo_within
    if me is None:
        return None
    since = max(since, later_than) if later_than is not None else since
    made, dropped = rosters.last_by(ctx.db, me.id, since)
    if made is not None and (dropped is None or _is_later(made, dropped)):
        return [Reply(wording.ROSTER), *roster_keeping.drop(ctx, me, made)]
    if dropped is None or dropped.made_at >= since or (made is not None and made.staff_id == dropped.staff_id):
        return None  # that was taken back already
    staff = ctx.db.get_one(Staff, dropped.staff_id)
    if made is not None and _same_line(made, dropped):  # 换班
        return [Reply(wording.ROSTER), *roster_keeping.give(ctx, me, made, staff)]
    unit = ctx.db.get_one(Unit, dropped.unit_id)
    line = (dropped.part, dropped.starts_at, dropped.ends_at)
    return [Reply(wording.ROSTER), *roster_keeping.put_down(ctx, me, unit, staff, *line)]


def _is_later(made: Duty, dropped: Duty) -> bool:
    """Whether a line was put down after another was taken off, and not in its place."""
    return dropped.dropped_at is not None and made.made_at > dropped.dropped_at and not _same_line(made, dropped)


def _same_line(one: Duty, other: Duty) -> bool:
    keys = ("unit_id", "part", "starts_at", "ends_at")
    return all(getattr(one, key) == getattr(other, key) for key in keys)
