"""What the author of a notice is told while it is on its way: each thing once a notice."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.owe import Desk, owe
from bot.wiring import App
from handlers.message import Member, Reply
from handlers.rules import notice_hours
from handlers.wording import notice_control as control
from handlers.wording import notices as wording
from handlers.wording.times import when
from storage.notices import Notice, NoticeState


def tell_waiting(app: App, db: Session, notice_id: int) -> None:
    """The platform has it and does not send it yet: it may wait for the account's administrator."""
    notice = db.get_one(Notice, notice_id)
    _tell(app, db, notice, "waits", wording.WAITS_FOR_ADMINISTRATOR.format(number=notice.number))


def tell_failed(app: App, db: Session, notice_id: int, *, confirmed: bool) -> None:
    """The platform did not send a part of it."""
    notice = db.get_one(Notice, notice_id)
    words = wording.JOB_FAILED if confirmed else wording.NOBODY_CONFIRMED
    _tell(app, db, notice, "failed", words.format(number=notice.number))


def tell_paused(app: App, db: Session, notice_id: int, until: datetime) -> None:
    """A part of it waits for the platform's next day or month."""
    notice = db.get_one(Notice, notice_id)
    goes = notice_hours.goes_at(notice.kind, notice.hold_until, until, app.policy.notices)
    words = wording.PAUSED.format(number=notice.number, until=wording.moment(goes))
    _tell(app, db, notice, f"paused:{until:%Y%m%d}", words)


def tell_given_up(app: App, db: Session, notice_id: int, households: int) -> None:
    """The platform's quota is used up for so long that it would come too late."""
    notice = db.get_one(Notice, notice_id)
    words = wording.GIVEN_UP.format(number=notice.number, count=households)
    _tell(app, db, notice, f"quota:{households}", words)


def tell_held(app: App, db: Session, notice: Notice, until: datetime) -> None:
    """It is night; the rest goes out in the morning."""
    words = control.HELD.format(number=notice.number, until=when(until, app.clock.now(db)))
    _tell(app, db, notice, f"held:{until:%Y%m%d}", words)


def tell_expired(app: App, db: Session, notice: Notice, households: int) -> None:
    """For some of them it would have come too late."""
    assert notice.valid_until is not None
    words = control.EXPIRED.format(number=notice.number, until=wording.moment(notice.valid_until), count=households)
    _tell(app, db, notice, "expired", words)


def _tell(app: App, db: Session, notice: Notice, what: str, words: str) -> None:
    if notice.state == NoticeState.CANCELLED:
        return  # nobody needs to do anything about it any more
    desk = Desk(db, app.vault, app.channels, app.clock.now(db), app.clock.wall(), app.doors_down())
    whom = notice.confirmed_by_id or notice.author_id  # who proposed it answers for nothing
    owe(desk, [Reply(words, to=Member(whom), name=f"notice:{notice.number}:{what}")], None)
