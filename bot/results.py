"""结果公示 at work: a picture is drawn outside any transaction; the last of a community's month shows them all."""

from __future__ import annotations

import logging

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import results_picture
from bot.owe import Desk, owe
from bot.wiring import App
from handlers.counting import month_results as telling
from storage import media, results
from storage.notice_people import Publication
from storage.people import Group, Unit
from storage.timers import Timer

log = logging.getLogger(__name__)

AT_ONCE = 20  # pictures in one sweep: about two seconds


def keep(app: App) -> int:
    """Sees to the timer of the next month and draws what has no picture yet. Answers how many were drawn."""
    _arm(app)
    return sum(_draw_one(app) for _ in range(AT_ONCE))


def _arm(app: App) -> None:
    with app.reading() as db:
        name = telling.name_of(telling.next_first(app.clock.now(db)))
        if db.scalar(select(Timer.id).where(Timer.name == name)) is not None:
            return
    with app.writing() as db:
        telling.arm(db, app.clock.now(db))


def _draw_one(app: App) -> bool:
    with app.reading() as db:
        row = results.next_new(db)
        if row is None:
            return False
        row_id, month, figures = row.id, row.month, row.figures
        place = results.place_of(db, db.get_one(Group, row.group_id))
    font = results_picture.font_file(app.settings.font)
    if font is None:
        log.warning("no font with Chinese characters: results are published without a picture (menkou doctor)")
    picture = results_picture.draw(font, place, month, figures) if font is not None else None
    with app.writing() as db:
        _drawn(app, db, row_id, picture)
    return True


def _drawn(app: App, db: Session, row_id: int, picture: bytes | None) -> None:
    """Two clocks may have drawn the same one: the first is kept."""
    query = select(Publication).where(Publication.id == row_id, Publication.state == results.NEW).with_for_update()
    row = db.scalars(query).one_or_none()
    if row is None:
        return
    if picture is not None:
        row.picture_id = media.keep(db, picture, results_picture.MIME, app.clock.wall()).id
    row.state = results.WAITING
    db.flush()
    if results.still_new(db, row.unit_id, row.month):
        return
    now = app.clock.now(db)
    desk = Desk(db, app.vault, app.channels, now, app.clock.wall(), app.doors_down())
    owe(desk, telling.show(db, db.get_one(Unit, row.unit_id), row.month, now), None)
