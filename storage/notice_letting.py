"""What may go out now: one expression over notices, asked before households are cut into slices and slices are sent.

The fan-out does not ask: writing down who is to be reached sends nothing, and keeps to the households that were
confirmed. All times are business time.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, false, literal, or_, true

from storage.base import UtcTime
from storage.notices import Notice, NoticeKind, NoticeState


class Hour(NamedTuple):
    """A moment as notices see it. ``quiet``: it is night, and only emergencies pass."""

    now: datetime
    quiet: bool


def may_go(hour: Hour) -> ColumnElement[bool]:
    """Notices of which something may leave: being sent, not paused, not held, not by night, and still valid."""
    return and_(Notice.state == NoticeState.SENDING, _is_let(hour))


def may_go_once_written(hour: Hour) -> ColumnElement[bool]:
    """Notices of which something may leave as soon as their ledger is complete."""
    return and_(Notice.state == NoticeState.CONFIRMED, _is_let(hour))


def _is_let(hour: Hour) -> ColumnElement[bool]:
    return and_(
        Notice.paused_at.is_(None),
        or_(Notice.hold_until.is_(None), Notice.hold_until <= _moment(hour)),
        Notice.kind == NoticeKind.EMERGENCY if hour.quiet else true(),
        ~is_over(hour),
    )


def is_over(hour: Hour) -> ColumnElement[bool]:
    """Notices whose validity has ended: 停水 14:00–18:00, after 18:00."""
    return and_(Notice.valid_until.is_not(None), Notice.valid_until <= _moment(hour))


def stopped_by_night(hour: Hour) -> ColumnElement[bool]:
    """Notices that only the night holds, and that do not say so yet in ``hold_until``."""
    ready = or_(Notice.hold_until.is_(None), Notice.hold_until <= _moment(hour))
    night = Notice.kind != NoticeKind.EMERGENCY if hour.quiet else false()
    return and_(Notice.state == NoticeState.SENDING, Notice.paused_at.is_(None), night, ready, ~is_over(hour))


def unaccounted() -> ColumnElement[bool]:
    """Notices cancelled on their way whose households are not all settled; a cancelled draft is done at once."""
    return and_(Notice.state == NoticeState.CANCELLED, Notice.confirmed_at.is_not(None), Notice.done_at.is_(None))


def to_write_down() -> ColumnElement[bool]:
    """Notices whose ledger is not complete: just confirmed, or cancelled before it was."""
    return or_(Notice.state == NoticeState.CONFIRMED, and_(unaccounted(), Notice.households == 0))


def _moment(hour: Hour) -> ColumnElement[datetime]:
    return literal(hour.now, UtcTime())
