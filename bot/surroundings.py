"""What must be known of a chat before its messages are read: the group's place and the deployment's place names.

The names of a whole town are thousands: they are loaded again only when the map's mark says that something changed.
"""

from __future__ import annotations

import threading
import time

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.taught import Taught
from bot.wiring import App
from handlers.message import Incoming
from nlp.places import Gazetteer
from nlp.reading import Reading, ReadingContext, read
from storage import map_state, own_words
from storage.people import Group

LOOK_EVERY = 2.0  # seconds between two looks at the mark
ANYWAY = 30.0  # seconds: names that were written past the map's mark are seen then
LONGEST_READ = 2000  # characters; what is longer is kept whole but judged by its beginning


class Surroundings:
    """Groups and names, looked after every few seconds, outside the write transaction."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._lock = threading.Lock()
        self._looked_at: float | None = None
        self._loaded_at = 0.0
        self._state: str | None = None
        self._names: list[tuple[str, str]] = []
        self._places: dict[tuple[str, str], str] = {}
        self._gazetteer: Gazetteer | None = None
        self._taught = Taught(app)

    def read(self, incoming: Incoming) -> Reading:
        """The meaning of a message. Pure but for the occasional refresh."""
        if self._taught.refresh():
            self._looked_at = None  # place names may have changed too
        self._refresh()
        place = self._places.get((incoming.door, incoming.chat or ""), "")
        context = ReadingContext(group_place=place, addressed=incoming.addressed, gazetteer=self._gazetteer)
        return read(incoming.text[:LONGEST_READ], context)

    def forget(self) -> None:
        """Reads again at the next message."""
        self._looked_at = None
        self._state = None
        self._taught.forget()

    def _refresh(self) -> None:
        now = time.monotonic()
        if self._looked_at is not None and now - self._looked_at < LOOK_EVERY:
            return
        with self._lock, self._app.reading() as db:
            self._looked_at = now
            state = map_state.state(db)
            if state is None or state != self._state or now - self._loaded_at >= ANYWAY:
                self._load(db)
                self._state, self._loaded_at = state, now

    def _load(self, db: Session) -> None:
        groups = db.execute(select(Group.door, Group.chat, Group.place))
        self._places = {(door, chat): place or "" for door, chat, place in groups}
        names = list(own_words.place_names(db))
        if self._gazetteer is None or names != self._names:  # compiling them takes longer than reading them
            self._gazetteer, self._names = Gazetteer(names), names
