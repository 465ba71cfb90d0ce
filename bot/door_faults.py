"""Which doors are shut for now: kept in the table of channel accounts, so that every process knows."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from storage.conflict import insert_new
from storage.deployment import ChannelAccount
from storage.outbox import Outbox, OutboxState
from storage.people import Account

log = logging.getLogger(__name__)

FRESH_FOR = timedelta(seconds=10)  # how long a look is believed: a ladder asks for every message
LONGEST = 80  # characters of a reason
WELL_SINCE = "well_since"  # in a row's rhythm: it works again, and those who were told do not know it yet

Opener = Callable[[], AbstractContextManager[Session]]


def faulty(db: Session) -> frozenset[str]:
    """The doors that nothing goes through."""
    return frozenset(db.scalars(select(ChannelAccount.door).where(ChannelAccount.fault.is_not(None))))


class FaultyDoors:
    """The same for whoever asks often: at most one look in ten seconds. Never raises."""

    def __init__(self, reading: Opener, wall: Callable[[], datetime]) -> None:
        self._reading, self._wall = reading, wall
        self._known: frozenset[str] = frozenset()
        self._until: datetime | None = None

    def __call__(self) -> frozenset[str]:
        wall = self._wall()
        if self._until is None or wall >= self._until:
            try:
                with self._reading() as db:
                    self._known = faulty(db)
            except SQLAlchemyError as error:
                log.warning("which doors fail could not be read (%s)", type(error).__name__)
            self._until = wall + FRESH_FOR
        return self._known

    def forget(self) -> None:
        """Looks again when next asked."""
        self._until = None


def mark(db: Session, door: str, reason: str, wall: datetime) -> None:
    """Writes down why a door is shut. One that people still believe to be shut has been so all along."""
    new = {"door": door, "channel": door.partition(":")[0], "name": door, "enabled": True, "rhythm": {}}
    insert_new(db, ChannelAccount, [new], "door")
    row = db.get_one(ChannelAccount, door, with_for_update=True)
    row.fault, row.failing_since = reason, row.failing_since or wall
    row.rhythm = {name: value for name, value in row.rhythm.items() if name != WELL_SINCE}


def clear(db: Session, door: str, wall: datetime) -> None:
    """It works: what waits for it goes out at once. Since when it was shut stays until those who were told hear it."""
    row = db.get(ChannelAccount, door, with_for_update=True)
    if row is None or row.fault is None:
        return
    row.fault = None
    behind = select(Account.id).where(Account.door == door)
    tried = Outbox.state == OutboxState.WAITING, Outbox.tries > 0, Outbox.next_try_at > wall
    db.execute(update(Outbox).where(*tried, Outbox.account_id.in_(behind)).values(next_try_at=wall))
    if row.told_at is None:
        row.failing_since = None
    else:
        row.rhythm = row.rhythm | {WELL_SINCE: wall.isoformat()}
