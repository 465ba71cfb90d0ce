"""Token interfaces of a simulated official account, and those about its quotas.

Sources: official documents "getting an access token", "getting a stable access token" (the same until five minutes
before its end; forced twenty times a day, thirty seconds apart; the families leave each other alone) and "clearing and
reading quotas" (ten times a month).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from bot.platforms.calls import ApiFault, Call
from bot.platforms.endpoint import Door
from bot.platforms.oa_state import OaState
from bot.platforms.tokens import Token

CLASSIC, STABLE = "classic", "stable"
FORCED_A_DAY, FORCED_APART = 20, 30  # times; seconds
CLEARED_A_MONTH = 10
MISSING = {"appid": 41002, "secret": 41004}
UNLIMITED = 10_000_000  # what quota/get says where no limit is documented


class TokenInterfaces:
    """Both families, and the quotas of the door."""

    def __init__(self, oa: OaState, door: Door) -> None:
        self._oa, self._door = oa, door
        self._forced: Counter[str] = Counter()
        self._forced_at = float("-inf")
        self._cleared: Counter[str] = Counter()

    def classic(self, call: Call) -> dict[str, Any]:
        """``GET token``: always a new one."""
        self._check(call, call.query)
        return self._told(self._door.tokens.issue(CLASSIC))

    def stable(self, call: Call) -> dict[str, Any]:
        """``POST stable_token``: the same one, or by force a new one."""
        self._check(call, call.body)
        force = call.body.get("force_refresh", False)
        if not isinstance(force, bool):
            raise ApiFault(47001)
        if not force:
            return self._told(self._door.tokens.same(STABLE))
        now, day = self._oa.ground.clock.now(), self._oa.ground.clock.day()
        if now - self._forced_at < FORCED_APART:
            raise ApiFault(45011)
        if self._forced[day] >= FORCED_A_DAY:
            raise ApiFault(45009)
        self._forced[day] += 1
        self._forced_at = now
        return self._told(self._door.tokens.forced(STABLE))

    def quota(self, call: Call) -> dict[str, Any]:
        """``openapi/quota/get``: one path's quota of today."""
        path = call.body.get("cgi_path")
        if not isinstance(path, str) or not path.startswith("/"):
            raise ApiFault(40035)
        quota = self._door.quotas.get(path)
        limit = quota.day if quota and quota.day is not None else UNLIMITED
        used = self._door.used_today(path)
        row = {"daily_limit": limit, "used": used, "remain": max(0, limit - used)}
        return {"errcode": 0, "errmsg": "ok", "quota": row}

    def clear(self, call: Call) -> dict[str, Any]:
        """``clear_quota``: today's calls are forgotten."""
        if call.body.get("appid") != self._oa.account.app_id:
            raise ApiFault(40013)
        month = self._oa.ground.clock.month()
        if self._cleared[month] >= CLEARED_A_MONTH:
            raise ApiFault(48006)
        self._cleared[month] += 1
        self._door.forget_use()
        return {"errcode": 0, "errmsg": "ok"}

    def _check(self, call: Call, given: Mapping[str, Any]) -> None:
        account, whitelist = self._oa.account, self._oa.options.whitelist
        if given.get("grant_type") != "client_credential":
            raise ApiFault(40002)
        for name, errcode in MISSING.items():
            if not given.get(name):
                raise ApiFault(errcode)
        if given.get("appid") != account.app_id:
            raise ApiFault(40013)
        if given.get("secret") != account.secret:
            raise ApiFault(40125)
        if whitelist is not None and call.caller not in whitelist:
            raise ApiFault(40164, f"invalid ip {call.caller}, not in whitelist")

    def _told(self, token: Token) -> dict[str, Any]:
        return {"access_token": token.value, "expires_in": self._door.tokens.left(token)}
