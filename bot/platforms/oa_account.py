"""A simulated official account: what its console holds, and the errcodes and quotas of its documents.

Sources: official documents "return codes", "interface call limits" and "customer service messages". What is not in a
document is an option, and its default is the stricter or the less helpful for whoever calls.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from bot.platforms.endpoint import Quota

DAY, HOUR, MINUTE = 86_400, 3_600, 60

# --- "interface call limits", for a new account ----------------------------------------------------------------------
QUOTAS: Mapping[str, Quota] = {
    "/cgi-bin/token": Quota(day=2_000),
    "/cgi-bin/stable_token": Quota(minute=10_000, day=500_000),
    "/cgi-bin/message/custom/send": Quota(day=500_000),
    "/cgi-bin/message/template/send": Quota(day=100_000),
    "/cgi-bin/message/mass/send": Quota(minute=60, day=100),
    "/cgi-bin/media/upload": Quota(day=100_000),
    "/cgi-bin/media/get": Quota(day=200_000),
    "/cgi-bin/menu/create": Quota(day=1_000),
    "/cgi-bin/menu/delete": Quota(day=1_000),
    "/cgi-bin/menu/get": Quota(day=10_000),
    "/cgi-bin/qrcode/create": Quota(day=100_000),
    "/cgi-bin/user/get": Quota(day=500),
    "/cgi-bin/user/info": Quota(day=5_000_000),
    "/cgi-bin/user/info/batchget": Quota(day=5_000_000),
}

# --- "return codes" --------------------------------------------------------------------------------------------------
MESSAGES: Mapping[int, str] = {
    -1: "system error",
    40001: "invalid credential, access_token is invalid or not latest",
    40002: "invalid grant_type",
    40003: "invalid openid",
    40004: "invalid media type",
    40005: "invalid file type",
    40007: "invalid media_id",
    40008: "invalid message type",
    40013: "invalid appid",
    40014: "invalid access_token",
    40016: "invalid button size",
    40018: "invalid button name size",
    40019: "invalid button key size",
    40020: "invalid button url size",
    40023: "invalid sub button size",
    40015: "invalid button type",
    40029: "invalid code",
    40031: "invalid openid list",
    40032: "invalid openid list size",
    40033: "invalid charset. please check your request, if include \\uxxxx will create fail!",
    40035: "invalid parameter",
    40037: "invalid template_id",
    40053: "invalid action info",
    40125: "invalid appsecret",
    40130: "invalid openid list size, at least two openid",
    40163: "code been used",
    40164: "invalid ip, not in whitelist",
    41001: "access_token missing",
    41002: "appid missing",
    41004: "appsecret missing",
    41005: "media data missing",
    41006: "media_id missing",
    41008: "missing code",
    41009: "missing openid",
    42001: "access_token expired",
    43001: "require GET method",
    43002: "require POST method",
    43004: "require subscribe",
    43019: "require remove blacklist",
    43101: "user refuse to accept the msg",
    44002: "empty post data",
    44004: "empty content",
    45001: "media size out of limit",
    45002: "content size out of limit",
    45008: "article size out of limit",
    45009: "reach max api daily quota limit",
    45011: "api minute-quota reach limit  mustslower  retry next minute",
    45015: "response out of time limit or subscription is canceled",
    45028: "has no masssend quota",
    45047: "out of response count limit",
    45065: "clientmsgid exist",
    45066: "same clientmsgid retry too fast",
    45067: "clientmsgid size out of limit",
    46003: "menu no exist",
    47001: "data format error",
    47003: "argument invalid",
    48001: "api unauthorized",
    48004: "api forbidden for irregularities, view detail on mp.weixin.qq.com",
    48006: "forbid to clear quota because of reaching the limit",
}


@dataclass(frozen=True, slots=True)
class OaAccount:
    """What the console shows. Every kind of secret stays out of the repr."""

    app_id: str
    secret: str = field(repr=False)
    token: str = field(repr=False)
    aes_key: str = field(repr=False)
    account: str = "gh_97417a04a28d"
    callback: str = ""  # the address of our server's callback; nothing is pushed while there is none


@dataclass(slots=True)
class OaOptions:
    """What differs from account to account, or is not said by any document ([unsure])."""

    whitelist: Collection[str] | None = None  # addresses that may fetch tokens; None: all
    oauth_domains: Collection[str] | None = None  # hosts that may be redirected to; None: all
    templates: dict[str, list[str]] = field(default_factory=dict)  # template id: its keys, as thing1, time2
    subscriptions: dict[str, list[str]] = field(default_factory=dict)  # the same of subscription messages
    long_term: set[str] = field(default_factory=set)  # subscription templates that one acceptance opens for good
    key_rules: bool = True  # [unsure] what a template's values may be, by the kind in their key
    template_window: int = 0  # [unsure] seconds for which a client_msg_id is recognised; 600 is what is told
    mass_protected: bool = False  # an administrator has to confirm every mass message
    mass_seconds: float = 0  # how long a mass message is on its way
    mass_left: int | None = None  # mass messages that the account may still send; None: any number
    mass_quick_retry: bool = False  # [unsure] the same clientmsgid within a minute is 45066, not 45065
    mass_digest: bool = False  # [unsure] without clientmsgid, audience and content stand for one
    subscription_ids: bool = False  # [unsure] bizsend answers a msgid
