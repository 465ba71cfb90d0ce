"""Sending slices: claimed (a transaction), called for (none), settled (a transaction). Many are under way at once.

One thread keeps the books; each of its transactions settles what came back and claims what there is room for, so that
the disk is paid once for many calls. Others only wait for platforms (``notice_calls``).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from bot import notice_doors, notice_slices
from bot.channels.base import Channel
from bot.notice_calls import Calls
from bot.notice_parts import written
from bot.notice_slices import Write, without_calls
from bot.wiring import App
from storage import notice_settling
from storage import notice_slices as slices
from storage.engine import is_passing
from storage.notice_slices import Claim, Due

log = logging.getLogger(__name__)

AT_A_TIME = 32  # slices claimed in one transaction at most
TRIES_OF_A_TRANSACTION = 5
LIMIT = "limit"
PATIENCE = 0.05  # seconds that a turn waits for the first call to come back
LOOK_EVERY = 0.5  # seconds until it is asked again whether a notice under way was paused
T = TypeVar("T")


@dataclass(slots=True)
class Sending:
    """One run of the engine: what is under way, and what is to be written of slices that need no call."""

    app: App
    calls: Calls
    owed: list[tuple[Claim, Write]] = field(default_factory=list)
    dry: bool = False  # nothing more was due when it was last looked
    missed: int = 0  # slices of which somebody may be planned again
    looked_at: float = 0.0  # when it was last asked whether what is under way may go on (``time.monotonic()``)

    @property
    def busy(self) -> bool:
        """Whether something is to be heard or written yet."""
        return self.calls.under_way > 0 or bool(self.owed)

    def turn(self, *, more: bool, patience: float = 0.0) -> int:
        """Settles what came back and, with ``more``, claims what there is room for. Answers how many slices."""
        self._hold_back()
        back = self.calls.heard(patience)
        if back:
            self.dry = False
        claims = more and not self.dry and (bool(back) or not self.calls.full())
        if not back and not self.owed and not claims:
            return 0
        plain = [one.held for one in back if one.plain and one.held.door not in self.app.doors_down()]
        settled = {held.slice_id for held in plain}
        odd = [(one.held, written(self.app, one)) for one in back if one.held.slice_id not in settled]
        owed, self.owed = [*self.owed, *odd], []
        self.missed += len(owed)
        claimed = again(self.app, lambda db: self._books(db, plain, owed, claims=claims))
        self._begin(claimed)
        if claims and not claimed and not self.calls.full():
            self.dry = True
        return len(back) + len(owed) + len(claimed)

    def _hold_back(self) -> None:
        """Calls that are not begun are not made for a notice that was paused or cancelled meanwhile."""
        under_way = self.calls.notices()
        if not under_way or time.monotonic() - self.looked_at < LOOK_EVERY:
            return
        with self.app.reading() as db:
            going = slices.going(db, under_way, notice_doors.hour_of(self.app, db))
        self.calls.held_back = frozenset(under_way - going)
        self.looked_at = time.monotonic()

    def _books(
        self, db: Session, plain: Sequence[Claim], owed: Sequence[tuple[Claim, Write]], *, claims: bool
    ) -> list[Claim]:
        now, wall = self.app.clock.now(db), self.app.clock.wall()
        lost = len(plain) - notice_settling.settle_sent(db, plain, now, wall) if plain else 0
        lost += sum(not write(db) for _, write in owed)
        if lost:
            log.warning("%d slices were settled by somebody else: their leases had ended", lost)
        return self._claims(db) if claims else []

    def _claims(self, db: Session) -> list[Claim]:
        """The next slices that the platforms' limits let out now. What they hold back waits for the next window."""
        wall = self.app.clock.wall()
        due = slices.due(db, wall, notice_doors.hour_of(self.app, db), self.calls.full(), AT_A_TIME)
        ids = self.calls.fitting(due, self._channel)
        return [one for one in slices.claim_these(db, ids, wall, notice_slices.LEASE) if self._is_let_out(db, one)]

    def _is_let_out(self, db: Session, held: Claim) -> bool:
        channel = self._channel(held)
        wall = self.app.clock.wall()
        waits = notice_doors.reserve(db, channel, held.members, wall) if channel is not None else None
        if waits is not None:
            slices.unclaim(db, held, waits, LIMIT)
        return waits is None

    def _begin(self, claimed: Sequence[Claim]) -> None:
        for held in claimed:
            needs = without_calls(self.app, held)
            if isinstance(needs, tuple):
                self.calls.begin(held, *needs)
            else:
                self.owed.append((held, needs))

    def _channel(self, one: Due | Claim) -> Channel | None:
        return notice_doors.through(self.app, one.door, bulk=one.bulk)


def send_due(app: App, until: float) -> int:
    """Sends slices that are due until ``until`` (``time.monotonic()``), at least one. Answers how many it settled."""
    done = 0
    with Calls(app.clock.wall) as calls:
        sending = Sending(app, calls)
        sending.turn(more=True)
        while sending.busy:
            done += sending.turn(more=time.monotonic() < until, patience=PATIENCE)
    return done


def again(app: App, work: Callable[[Session], T]) -> T:
    """Runs a transaction, again if it lost a race: after sending, the outcome must be written."""
    for left in reversed(range(TRIES_OF_A_TRANSACTION)):
        try:
            with app.writing() as db:
                return work(db)
        except DBAPIError as error:
            if not left or not is_passing(error):
                raise
    raise AssertionError
