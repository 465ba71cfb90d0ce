"""One call a door that changes nothing for anybody: shows whether a platform lets us in. For the doctor, and for the
clock, which notices so that a door that was shut is open again though nothing waits to go out by it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.channels.http import Http
from bot.channels.kf_errors import KF
from bot.channels.sms import Port
from bot.channels.wechat_api import WechatApi
from bot.channels.wechat_errors import OFFICIAL_ACCOUNT, WECOM
from bot.settings import Settings
from bot.token_sources import CorpToken, StableToken
from bot.tokens import Rows, TokenRows

# What these are about a harmless call does not show to be over: another interface may be shut.
BANNED = frozenset({48001, 48002, 48004, 50002, 50003})
MOST_ACCOUNTS = 100
CUSTOM_SEND = "/cgi-bin/message/custom/send"

_NUMBER = re.compile(r"(?<!\d)\d{5}(?!\d)")


@dataclass(frozen=True, slots=True)
class Checked:
    """A door that is set up, and the way into its platform."""

    door: str
    base: str
    api: WechatApi | None
    port: Port | None = None  # of SMS and voice

    @property
    def kind(self) -> str:
        """``oa``, ``wecom``, ``kf``, ``sms``, ``voice``."""
        return self.door.partition(":")[0]


def checked(rows: Rows, settings: Settings, http: Http) -> Iterator[Checked]:
    """Every door whose credentials are set and that has interfaces to call."""
    if settings.oa_app_id and settings.oa_api_base:
        door, base = f"oa:{settings.oa_app_id}", settings.oa_api_base
        stable = StableToken(rows, door, http, base, settings.oa_app_id, settings.oa_app_secret)
        yield Checked(door, base, WechatApi(base, TokenRows(rows, door, stable), OFFICIAL_ACCOUNT, http=http))
    corp, base = settings.wecom_corp_id, settings.wecom_api_base
    for door, secret, errors in (
        (f"wecom:{corp}:{settings.wecom_agent_id}", settings.wecom_secret, WECOM),
        (f"kf:{corp}", settings.kf_secret, KF),
    ):
        if secret:
            tokens = TokenRows(rows, door, CorpToken(http, base, corp, secret))
            yield Checked(door, base, WechatApi(base, tokens, errors, http=http))
    if settings.sms_url:
        port = Port(settings.sms_url, settings.sms_token, http)
        yield from (Checked(door, settings.sms_url, None, port) for door in ("sms:main", "voice:main"))


def ask(one: Checked) -> dict[str, Any]:
    """The platform's answer to a harmless question. Raises ChannelError."""
    match one.kind, one.api:
        case "oa", WechatApi() as api:
            return api.post("/cgi-bin/openapi/quota/get", {"cgi_path": CUSTOM_SEND})
        case "wecom", WechatApi() as api:
            return api.get("/cgi-bin/agent/get", agentid=one.door.rpartition(":")[2])
        case "kf", WechatApi() as api:
            return api.post("/cgi-bin/kf/account/list", {"offset": 0, "limit": MOST_ACCOUNTS})
    if one.port is not None:
        one.port.check()
    return {}


def number_of(reason: str) -> int | None:
    """The platform's number in a reason, if one is named."""
    found = _NUMBER.search(reason)
    return int(found[0]) if found else None
