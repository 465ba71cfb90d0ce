"""The page that tells a simulated official account who looks, without asking: silent authorisation.

Source: official document "web page authorisation". The page is ``/open/connect/oauth2/authorize``. Whose phone it is
open on is said by ``as=<openid>`` or, afterwards, by a cookie: the one thing that the real page knows by itself.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from starlette.responses import PlainTextResponse, RedirectResponse, Response

from bot.platforms.calls import ApiFault, Call
from bot.platforms.oa_account import MINUTE
from bot.platforms.oa_state import OaState

CODE_LIFE = 5 * MINUTE
LIFE = 7200  # seconds of a page's access token
SCOPES = {"snsapi_base", "snsapi_userinfo"}
MISSING = {"appid": 41002, "secret": 41004, "code": 41008}
COOKIE = "simulated_person"


class OAuth:
    """Codes, each good once and for five minutes."""

    def __init__(self, oa: OaState) -> None:
        self._oa = oa
        self._codes: dict[str, tuple[str, str, float]] = {}  # code: openid, scope, until
        self._used: set[str] = set()

    def authorize(self, call: Call) -> Response:
        """The page: leads back at once with ``code`` and ``state``."""
        query = call.query
        wrong = self._wrong(call)
        if wrong:
            return PlainTextResponse(wrong, 400)
        openid = query.get("as") or call.cookies.get(COOKIE, "")
        if not openid:
            return PlainTextResponse("Whose phone is this? Add as=<openid> once; a cookie remembers it.", 400)
        self._oa.people.meet(openid)
        code = self._oa.ground.letters(32)
        self._codes[code] = (openid, query["scope"], self._oa.ground.clock.now() + CODE_LIFE)
        back = urlsplit(query["redirect_uri"])
        asked = [*parse_qsl(back.query, keep_blank_values=True), ("code", code), ("state", query.get("state", ""))]
        answer = RedirectResponse(urlunsplit(back._replace(query=urlencode(asked))), 302)
        answer.set_cookie(COOKIE, openid, httponly=True, samesite="lax")
        return answer

    def access_token(self, call: Call) -> dict[str, Any]:
        """``sns/oauth2/access_token``: whose code it is."""
        query, account = call.query, self._oa.account
        for name, errcode in MISSING.items():
            if not query.get(name):
                raise ApiFault(errcode)
        if query.get("appid") != account.app_id:
            raise ApiFault(40013)
        if query.get("secret") != account.secret:
            raise ApiFault(40125)
        if query.get("grant_type") != "authorization_code":
            raise ApiFault(40002)
        code = query["code"]
        if code in self._used:
            raise ApiFault(40163)
        openid, scope, until = self._codes.pop(code, ("", "", 0.0))
        if not openid or until <= self._oa.ground.clock.now():
            raise ApiFault(40029)
        self._used.add(code)
        token, again = self._oa.ground.letters(120), self._oa.ground.letters(120)
        return {
            "access_token": token,
            "expires_in": LIFE,
            "refresh_token": again,
            "openid": openid,
            "scope": scope,
        }

    def _wrong(self, call: Call) -> str | None:
        query, domains = call.query, self._oa.options.oauth_domains
        if query.get("appid") != self._oa.account.app_id:
            return "10013: the AppID is unknown"
        if query.get("response_type") != "code" or query.get("scope") not in SCOPES:
            return "10005: the scope is not allowed"
        host = urlsplit(query.get("redirect_uri", "")).hostname
        if not host or (domains is not None and host not in domains):
            return "10003: redirect_uri does not match the account's domain"
        return None
