"""Watches the doors: who notices that one is shut notes it here.

A note is a short transaction of its own and is written only where it changes something, so that whatever sends may
note after every call. It never raises: a note that is lost is made again by the next call.
"""

from __future__ import annotations

import logging

from sqlalchemy import select

from bot import door_faults
from bot.wiring import App
from storage.deployment import ChannelAccount

log = logging.getLogger(__name__)


def note_fault(app: App, door: str, reason: str) -> None:
    """Nothing goes through this door, and why (no secret, nobody's name)."""
    reason = reason[: door_faults.LONGEST] or "it does not work"
    try:
        if _fault_of(app, door) == reason:
            return
        with app.writing() as db:
            door_faults.mark(db, door, reason, app.clock.wall())
        log.warning("the door %s fails: %s", door, reason)
    except Exception as error:  # noqa: BLE001 - the next call that fails notes it again
        log.warning("that the door %s fails was not noted (%s)", door, type(error).__name__)


def note_well(app: App, door: str) -> None:
    """Something went through this door."""
    try:
        if _fault_of(app, door) is None:
            return
        with app.writing() as db:
            door_faults.clear(db, door)
        log.warning("the door %s works again", door)
    except Exception as error:  # noqa: BLE001 - the next call that succeeds notes it again
        log.warning("that the door %s works again was not noted (%s)", door, type(error).__name__)


def _fault_of(app: App, door: str) -> str | None:
    with app.reading() as db:
        return db.scalar(select(ChannelAccount.fault).where(ChannelAccount.door == door))
