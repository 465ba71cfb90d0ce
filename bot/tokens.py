"""Access tokens are rows: leased by compare-and-set, fetched outside the transaction, kept encrypted.

However many threads and processes notice that a token is old or dead, one fetches and the others wait for its row.
Whoever dies in between leaves a lease that runs out. A failed fetch keeps everybody from the next one for a moment, so
that a platform that is down is not asked by each of them in turn. All times are the wall's.
"""

from __future__ import annotations

import logging
import threading
import time
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot.channels.base import ChannelError, TryLater
from bot.moments import Clock
from storage.base import new_ref
from storage.conflict import insert_new
from storage.deployment import Token
from storage.vault import Vault, VaultError

log = logging.getLogger(__name__)

MARGIN = timedelta(minutes=5)  # before its end a token is replaced; the platforms hand out the next one from then on
LEASE = timedelta(seconds=40)  # more than the longest fetch
REST = timedelta(seconds=5)  # after a failed fetch
PATIENCE = 10.0  # seconds that somebody waits for another one's fetch
LOOK_EVERY = 0.05  # seconds

LONG_REST = timedelta(seconds=30)  # after a token that was nearly over when it came
PLACE = "tokens.sealed"
WAITED = "somebody else is fetching the token"


class Fetch(Protocol):
    """Asks the platform for a token and says how many seconds it lasts. Raises TryLater, Closed."""

    def __call__(self, dead: str | None) -> tuple[str, int]:
        """``dead``: the token that the platform refused, if one was."""
        ...


class Rows(Protocol):
    """What is needed of the running program."""

    vault: Vault
    clock: Clock

    def writing(self) -> AbstractContextManager[Session]: ...

    def reading(self) -> AbstractContextManager[Session]: ...


@dataclass(frozen=True, slots=True)
class _Row:
    """A row as it was read. ``busy``: somebody fetches; ``rests_until``: nobody fetches before then."""

    ref: str
    version: int
    token: str | None = field(repr=False)
    expires_at: datetime
    busy: bool
    rests_until: datetime | None


class TokenRows:
    """The token of one door. One object serves all threads."""

    def __init__(self, app: Rows, door: str, fetch: Fetch, *, patience: float = PATIENCE) -> None:
        self._app, self._door, self._fetch, self._patience = app, door, fetch, patience
        self._one_at_a_time = threading.Lock()  # of this process: the others need not all look at the row
        self._known: tuple[str, datetime] | None = None

    def current(self) -> str:
        """A token that should be good: from memory, from the row, or fetched. Raises TryLater, Closed."""
        known = self._known
        if known is not None and self._app.clock.wall() < known[1] - MARGIN:
            return known[0]
        return self._agreed(None)

    def renewed(self, dead: str) -> str:
        """Another token than ``dead``; one that somebody else fetched meanwhile does. Raises TryLater, Closed."""
        if self._known is not None and self._known[0] == dead:
            self._known = None
        return self._agreed(dead)

    def _agreed(self, dead: str | None) -> str:
        until = time.monotonic() + self._patience
        if not self._one_at_a_time.acquire(blocking=False):
            known = self._known
            if known is not None and known[0] != dead and self._app.clock.wall() < known[1]:
                return known[0]  # it is being replaced ahead of time
            if not self._one_at_a_time.acquire(timeout=self._patience):
                raise TryLater(WAITED)
        try:
            return self._waited_for(dead, until)
        except SQLAlchemyError as error:
            reason = f"the token's row: {type(error).__name__}"
        finally:
            self._one_at_a_time.release()
        raise TryLater(reason)

    def _waited_for(self, dead: str | None, until: float) -> str:
        while (token := self._step(dead)) is None:
            if time.monotonic() > until:
                raise TryLater(WAITED)
            time.sleep(LOOK_EVERY)
        return token

    def _step(self, dead: str | None) -> str | None:
        """A token; None while another process fetches one."""
        wall = self._app.clock.wall()
        row = self._look(wall)
        good = row.token if row.token != dead and wall < row.expires_at else None
        if good is not None and (wall < row.expires_at - MARGIN or row.busy or row.rests_until is not None):
            self._known = (good, row.expires_at)
            return good
        if row.rests_until is not None:
            raise TryLater("the token could not be fetched", row.rests_until - wall)
        refused = dead if row.token == dead else None
        lease = None if row.busy else self._lease(row, wall, refused)
        if lease is None:
            return None
        try:
            return self._fetched(lease, refused)
        except ChannelError as error:
            if good is None:
                raise
            log.warning("the token of %s could not be replaced in time: %s", self._door, error)
            return good

    def _look(self, wall: datetime) -> _Row:
        with self._app.reading() as db:
            found = db.get(Token, self._door)
            if found is None:
                return _Row("", 0, None, wall, busy=False, rests_until=None)
            later = found.lease_until is not None and found.lease_until > wall
            return _Row(
                found.ref,
                found.version,
                self._opened(found),
                found.expires_at or wall,
                busy=later and found.lease is not None,
                rests_until=found.lease_until if later and found.lease is None else None,
            )

    def _opened(self, row: Token) -> str | None:
        if row.sealed is None:
            return None
        try:
            return self._app.vault.open(row.sealed, PLACE, row.ref)
        except VaultError:  # its key is gone: the platform has another token for us
            return None

    def _lease(self, row: _Row, wall: datetime, refused: str | None) -> str | None:
        """The right to fetch, for whoever was first; None for the others. A refused token is over for everybody."""
        lease = new_ref()
        over = {} if refused is None else {"expires_at": wall}
        with self._app.writing() as db:
            if not row.ref:
                insert_new(db, Token, [{"door": self._door}], "door")
            free = or_(Token.lease_until.is_(None), Token.lease_until <= wall)
            changed = db.execute(
                update(Token)
                .where(Token.door == self._door, Token.version == row.version, free)
                .values(lease=lease, lease_until=wall + LEASE, **over)
                .returning(Token.door)
            )
            return lease if changed.first() is not None else None

    def _fetched(self, lease: str, dead: str | None) -> str:
        asked_at = self._app.clock.wall()
        try:
            token, seconds = self._fetch(dead)
        except BaseException:
            self._settle(lease, {"lease_until": self._app.clock.wall() + REST})
            raise
        expires_at = asked_at + timedelta(seconds=seconds)
        # A token that is nearly over when it is handed out would be replaced at every look (WeCom does so to the end).
        rest = None if expires_at - MARGIN > asked_at else min(asked_at + LONG_REST, expires_at)
        self._settle(lease, {"lease_until": rest, "expires_at": expires_at}, token)
        self._known = (token, expires_at)
        return token

    def _settle(self, lease: str, values: dict[str, Any], token: str | None = None) -> None:
        """Gives the lease back, unless somebody has taken it over since."""
        with self._app.writing() as db:
            row = db.scalar(select(Token).where(Token.door == self._door, Token.lease == lease).with_for_update())
            if row is None:
                return
            if token is not None:
                values |= {"sealed": self._app.vault.seal(token, PLACE, row.ref), "version": row.version + 1}
            for name, value in (values | {"lease": None}).items():
                setattr(row, name, value)
