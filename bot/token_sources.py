"""Where access tokens come from: the official account's stable token, WeCom's and 微信客服's ``gettoken``.

Both hand out the same token to everybody who asks, until shortly before its end. Asking twice does no harm, so that
every trouble is TryLater or Closed. Secrets are in no repr, error or log.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlencode

from bot.channels.base import Closed, TryLater, Unsure
from bot.channels.http import Http
from bot.channels.wechat_api import JSON, as_json, asked, errcode, read_fields
from bot.channels.wechat_errors import OFFICIAL_ACCOUNT, WECOM, ErrorClasses
from bot.tokens import Rows
from handlers.rules.pacing import next_window, window_start
from storage.spending import Ceiling, reserve

FORCED_A_DAY = 20
FORCED_EVERY = timedelta(seconds=30)
REST_OF_QUOTA = timedelta(minutes=10)
LIFE = 7200  # seconds, where the platform does not say


@dataclass(frozen=True, slots=True)
class StableToken:
    """An official account's token: the same for everybody who asks, until shortly before its end.

    Only where the platform hands out the very token that it refused, it is made to replace it: that kills the one
    before, and is allowed twenty times a day, half a minute apart.
    """

    app: Rows = field(repr=False)
    door: str
    http: Http = field(repr=False)
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

    http: Http = field(repr=False)
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
        token, seconds = fields.get("access_token"), str(fields.get("expires_in"))
        if code or not isinstance(token, str) or not token:
            raise Closed(f"no token: errcode {code}")
        return token, int(seconds) if seconds.isdecimal() else LIFE
    raise TryLater(f"no token: {reason}")
