"""统计 at work: counted in a look that writes nothing, drawn outside any transaction, sent once to whoever asked."""

from __future__ import annotations

import logging

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import results_picture, statistics_picture
from bot.owe import Desk, owe
from bot.wiring import App
from handlers.counting.statistics import LATEST, TO_COUNT, said, scope_of
from handlers.message import InGroup, Person, Reply
from storage import media, statistics
from storage.base import JsonObject
from storage.engine import is_down
from storage.statistics import Figures, Scope
from storage.timers import Timer

log = logging.getLogger(__name__)

AT_ONCE = 5  # in one sweep


def keep(app: App) -> int:
    """Counts and draws what was asked for. Answers how many."""
    return sum(_answer_one(app) for _ in range(AT_ONCE))


def _answer_one(app: App) -> bool:
    with app.reading() as db:
        query = select(Timer).where(Timer.state == TO_COUNT).order_by(Timer.due_at, Timer.id).limit(1)
        row = db.scalars(query).one_or_none()
        if row is None:
            return False
        row_id, data, wanted = row.id, dict(row.data), app.clock.now(db) - row.due_at <= LATEST
    text, picture = _counted(app, data) if wanted else (None, None)
    with app.writing() as db:
        _sent(app, db, row_id, text, picture)
    app.bell.ring("replies")
    return True


def _counted(app: App, data: JsonObject) -> tuple[str | None, bytes | None]:
    """The words and the picture. What cannot be counted is given up, and the log says so: others wait behind."""
    try:
        with app.reading() as db:
            scope = scope_of(db, data)
            found = statistics.counted(db, scope)
        return said(scope, found), _drawn(app, scope, found)
    except Exception as error:
        if is_down(error) or app.strict:
            raise
        log.error("figures could not be counted (%s)", type(error).__name__)
        return None, None


def _drawn(app: App, scope: Scope, found: Figures) -> bytes | None:
    font = results_picture.font_file(app.settings.font)
    if font is None:
        log.warning("no font with Chinese characters: figures are sent without a picture (menkou doctor)")
        return None
    return statistics_picture.draw(font, scope, found)


def _sent(app: App, db: Session, row_id: int, text: str | None, picture: bytes | None) -> None:
    """Two clocks may have counted the same: the first is sent."""
    query = select(Timer).where(Timer.id == row_id, Timer.state == TO_COUNT).with_for_update()
    row = db.scalars(query).one_or_none()
    if row is None:
        return
    now = app.clock.now(db)
    row.state, row.fired_at = "fired", now
    if text is None:
        return
    kind, _, number = str(row.data["to"]).partition(":")
    to = InGroup(int(number)) if kind == "g" else Person(int(number))
    media_id = None
    if picture is not None:
        media_id = media.keep(db, picture, results_picture.MIME, app.clock.wall()).id
    desk = Desk(db, app.vault, app.channels, now, app.clock.wall(), app.doors_down())
    owe(desk, [Reply(text, to=to, media_id=media_id, name=row.name, as_written=True)], None)
