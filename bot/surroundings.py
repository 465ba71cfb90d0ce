"""What must be known of a chat before its messages are read: the group's place and the deployment's place names."""

from __future__ import annotations

import threading
import time

from sqlalchemy import select

from bot.taught import Taught
from bot.wiring import App
from handlers.message import Incoming
from nlp.places import Gazetteer
from nlp.reading import Reading, ReadingContext, read
from storage import own_words
from storage.people import Group

REFRESH_SECONDS = 30.0
LONGEST_READ = 2000  # characters; what is longer is kept whole but judged by its beginning


class Surroundings:
    """Groups and names, read from the database at most every half minute, outside the write transaction."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._lock = threading.Lock()
        self._loaded_at: float | None = None
        self._places: dict[tuple[str, str], str] = {}
        self._gazetteer: Gazetteer | None = None
        self._taught = Taught(app)

    def read(self, incoming: Incoming) -> Reading:
        """The meaning of a message. Pure but for the occasional refresh."""
        if self._taught.refresh():
            self._loaded_at = None  # place names may have changed too
        self._refresh()
        place = self._places.get((incoming.door, incoming.chat or ""), "")
        context = ReadingContext(group_place=place, addressed=incoming.addressed, gazetteer=self._gazetteer)
        return read(incoming.text[:LONGEST_READ], context)

    def forget(self) -> None:
        """Reads again at the next message."""
        self._loaded_at = None
        self._taught.forget()

    def _refresh(self) -> None:
        now = time.monotonic()
        if self._loaded_at is not None and now - self._loaded_at < REFRESH_SECONDS:
            return
        with self._lock, self._app.reading() as db:
            groups = db.scalars(select(Group)).all()
            self._places = {(group.door, group.chat): group.place or "" for group in groups}
            self._gazetteer = Gazetteer(list(own_words.place_names(db)))
            self._loaded_at = now
