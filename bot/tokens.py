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
from urllib.parse import urlencode

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from bot.channels.base import ChannelError, Closed, TryLater, Unsure
from bot.channels.http import Http
from bot.channels.wechat_api import JSON, as_json, asked, errcode, read_fields
from bot.channels.wechat_errors import OFFICIAL_ACCOUNT, WECOM, ErrorClasses
from bot.moments import Clock
from handlers.rules.pacing import next_window, window_start
from storage.base import new_ref
from storage.conflict import insert_new
from storage.deployment import Token
from storage.spending import Ceiling, reserve
from storage.vault import Vault, VaultError

log = logging.getLogger(__name__)

MARGIN = timedelta(minutes=5)  # before its end a token is replaced; the platforms hand out the next one from then on
LEASE = timedelta(seconds=40)  # more than the longest fetch
REST = timedelta(seconds=5)  # after a failed fetch
PATIENCE = 10.0  # seconds that somebody waits for another one's fetch
LOOK_EVERY = 0.05  # seconds

FORCED_A_DAY = 20
FORCED_EVERY = timedelta(seconds=30)
LONG_REST = timedelta(seconds=30)  # after a token that was nearly over when it came
REST_OF_QUOTA = timedelta(minutes=10)
LIFE = 7200  # seconds, where the platform does not say
PLACE = "tokens.sealed"


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
        return self._agreed(dead)

    def _agreed(self, dead: str | None) -> str:
        until = time.monotonic() + self._patience
        if not self._one_at_a_time.acquire(timeout=self._patience):
            raise TryLater("somebody else is fetching the token")
        try:
            while (token := self._step(dead)) is None:
                if time.monotonic() > until:
                    raise TryLater("somebody else is fetching the token")
                time.sleep(LOOK_EVERY)
            return token
        finally:
            self._one_at_a_time.release()

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
        lease = None if row.busy else self._lease(row, wall)
        if lease is None:
            return None
        try:
            return self._fetched(lease, row, dead if row.token == dead else None)
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

    def _lease(self, row: _Row, wall: datetime) -> str | None:
        """The right to fetch, for whoever was first; None for the others."""
        lease = new_ref()
        with self._app.writing() as db:
            if not row.ref:
                insert_new(db, Token, [{"door": self._door}], "door")
            free = or_(Token.lease_until.is_(None), Token.lease_until <= wall)
            changed = db.execute(
                update(Token)
                .where(Token.door == self._door, Token.version == row.version, free)
                .values(lease=lease, lease_until=wall + LEASE)
                .returning(Token.door)
            )
            return lease if changed.first() is not None else None

    def _fetched(self, lease: str, row: _Row, dead: str | None) -> str:
        asked_at = self._app.clock.wall()
        try:
            token, seconds = self._fetch(dead)
        except BaseException:
            self._settle(lease, {"lease_until": self._app.clock.wall() + REST})
            raise
        expires_at = asked_at + timedelta(seconds=seconds)
        # A token that is nearly over when it is handed out would be replaced at every look.
        rest = None if expires_at - MARGIN > asked_at else asked_at + LONG_REST
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


@dataclass(frozen=True, slots=True)
class StableToken:
    """An official account's token: the same for everybody who asks, until shortly before its end.

    Only where the platform hands out the very token that it refused, it is made to replace it: that kills the one
    before, and is allowed twenty times a day, half a minute apart.
    """

    app: Rows
    door: str
    http: Http
    base: str
    app_id: str
    secret: str = field(repr=False)

    def __call__(self, dead: str | None) -> tuple[str, int]:
        token, seconds = self._ask(force=False)
        if token != dead:
            return token, seconds
        self._reserve()
        return self._ask(force=True)

    def _ask(self, *, force: bool) -> tuple[str, int]:
        body = {"grant_type": "client_credential", "appid": self.app_id, "secret": self.secret, "force_refresh": force}
        url = f"{self.base.rstrip('/')}/cgi-bin/stable_token"
        return _token(self.http, "POST", url, OFFICIAL_ACCOUNT, as_json(body))

    def _reserve(self) -> None:
        wall = self.app.clock.wall()
        this, following = window_start(FORCED_EVERY, wall), next_window(FORCED_EVERY, wall)
        with self.app.writing() as db:
            today = window_start("day", wall)
            if not reserve(db, self.door, Ceiling("forced tokens", FORCED_A_DAY, today), 1):
                raise Closed("the token is refused, and was replaced too often today", next_window("day", wall) - wall)
            # Taking the next window too keeps the one after a full window away.
            for start in (this, following):
                if not reserve(db, self.door, Ceiling("forced token", 1, start), 1):
                    raise TryLater("the token was replaced a moment ago", following + FORCED_EVERY - wall)


@dataclass(frozen=True, slots=True)
class CorpToken:
    """A WeCom app's or 微信客服's token: the same for everybody who asks, until it is over."""

    http: Http
    base: str
    corp_id: str
    secret: str = field(repr=False)

    def __call__(self, dead: str | None) -> tuple[str, int]:
        query = urlencode({"corpid": self.corp_id, "corpsecret": self.secret})
        token, seconds = _token(self.http, "GET", f"{self.base.rstrip('/')}/cgi-bin/gettoken?{query}", WECOM)
        if token == dead:
            raise Closed("the platform hands out a token that it refuses")
        return token, seconds


def _token(http: Http, method: str, url: str, known: ErrorClasses, body: bytes | None = None) -> tuple[str, int]:
    """Asks for a token. Nothing comes of asking twice, so that every trouble is TryLater or Closed."""
    try:
        fields = read_fields(asked(http, method, url, body=body, content_type=JSON if body else ""))
        code = errcode(fields)
    except Unsure as error:
        reason = str(error)
    else:
        if code in known.retry:
            raise TryLater(f"no token: errcode {code}", known.waits.get(code))
        if code in known.quota:
            raise Closed(f"no token: errcode {code}", REST_OF_QUOTA, fault=False)
        token, seconds = fields.get("access_token"), fields.get("expires_in")
        if code or not isinstance(token, str) or not token:
            raise Closed(f"no token: errcode {code}")
        return token, max(int(seconds), 0) if isinstance(seconds, (int, str)) and str(seconds).isdigit() else LIFE
    raise TryLater(f"no token: {reason}")
