"""When each channel account was last heard of, to the minute, and how long it is usually silent in between."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable

from sqlalchemy import select

from bot.wiring import App
from handlers.rules import silence
from storage.conflict import insert_new
from storage.deployment import ChannelAccount

log = logging.getLogger(__name__)

EVERY = 60.0  # seconds between two notes of one door: a row a message would be a write a message


class Heard:
    """Notes in a short transaction of its own, after the messages were answered."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._noted: dict[str, float] = {}

    def note(self, doors: Iterable[str]) -> None:
        """Remembers that these doors were heard of just now. Never raises: it is only a note."""
        now = time.monotonic()
        due = sorted(door for door in set(doors) if now - self._noted.get(door, -EVERY) >= EVERY)
        if not due:
            return
        self._noted.update(dict.fromkeys(due, now))
        try:
            self._write(due)
        except Exception as error:  # noqa: BLE001 - the next minute notes it again
            log.warning("the last time of %d door(s) was not noted (%s)", len(due), type(error).__name__)

    def _write(self, doors: list[str]) -> None:
        with self._app.writing() as db:
            rows = [{"door": door, "channel": door.partition(":")[0], "name": door, "enabled": True} for door in doors]
            insert_new(db, ChannelAccount, rows, "door")
            wall = self._app.clock.wall()
            heard = select(ChannelAccount).where(ChannelAccount.door.in_(doors)).order_by(ChannelAccount.door)
            calendar = self._app.policy.calendar
            for row in db.scalars(heard.with_for_update()):
                row.rhythm, row.last_heard_at = silence.learn(row.rhythm, row.last_heard_at, wall, calendar), wall
