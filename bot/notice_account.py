"""The figures of notices as pages show them: counted at most so often, however many people watch.

A count reads a notice's whole ledger. It is kept for two seconds, and for twenty times as long as it took: then pages
that ask again and again cost at most a twentieth of one core, and a million households are shown half a minute late,
which the page says. Each web process keeps its own; a page never goes back to an older count than it has shown.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime

from bot.wiring import App
from storage.notice_figures import Figures, figures

AT_LEAST = 2.0  # seconds
TIMES_THE_COST = 20.0
MOST = 64  # notices; the one that nobody has looked at for longest is forgotten


@dataclass(slots=True)
class Account:
    """What was counted. ``at`` is business time, ``until`` and the rest ``time.monotonic()``."""

    figures: Figures
    at: datetime
    until: float


@dataclass(slots=True)
class _Place:
    lock: threading.Lock = field(default_factory=threading.Lock)
    account: Account | None = None


class Accounts:
    """The accounts that this process keeps."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._places: OrderedDict[int, _Place] = OrderedDict()

    def of(self, app: App, notice_id: int) -> Account:
        """Of one notice. While somebody counts, others see what was counted last; the very first wait for it.

        Raises NoResultFound for a notice that is not there.
        """
        place = self._place(notice_id)
        kept = place.account
        if kept is not None and time.monotonic() < kept.until:
            return kept
        if not place.lock.acquire(blocking=kept is None):
            assert kept is not None
            return kept
        try:
            if place.account is kept:
                place.account = _count(app, notice_id)
            assert place.account is not None
            return place.account
        finally:
            place.lock.release()

    def forget(self, notice_id: int) -> None:
        """Has the next look count anew: something was just done to this notice."""
        with self._lock:
            self._places.pop(notice_id, None)

    def _place(self, notice_id: int) -> _Place:
        with self._lock:
            place = self._places.setdefault(notice_id, _Place())
            self._places.move_to_end(notice_id)
            while len(self._places) > MOST:
                self._places.popitem(last=False)
            return place


def _count(app: App, notice_id: int) -> Account:
    begun = time.monotonic()
    with app.reading() as db:
        at = app.clock.now(db)
        counted = figures(db, notice_id)
    ended = time.monotonic()
    return Account(counted, at, ended + max(AT_LEAST, TIMES_THE_COST * (ended - begun)))
