"""Whose phone a page is open on, without asking: the platform leads there and back with a code.

Source: official document "web page authorisation", scope ``snsapi_base``. The code works once and for five minutes.
The exchange is authorised by the account's secret, which stands in the address: no address gets into an error or log.
"""

from __future__ import annotations

from urllib.parse import urlencode

from bot.channels.base import Closed, TryLater, Unsure
from bot.channels.http import Http
from bot.channels.wechat_api import ApiError, asked, errcode, read_fields
from bot.channels.wechat_errors import OFFICIAL_ACCOUNT

OPEN_BASE = "https://open.weixin.qq.com"
AUTHORIZE, EXCHANGE = "/connect/oauth2/authorize", "/sns/oauth2/access_token"


def authorize_url(open_base: str, app_id: str, redirect: str, state: str) -> str:
    """Where a browser inside WeChat is sent. It comes back to ``redirect`` with ``code`` and ``state``.

    The order of the parts and the fragment are the platform's: it compares them as they stand.
    """
    query = urlencode(
        {
            "appid": app_id,
            "redirect_uri": redirect,
            "response_type": "code",
            "scope": "snsapi_base",
            "state": state,
        }
    )
    return f"{open_base.rstrip('/')}{AUTHORIZE}?{query}#wechat_redirect"


def openid_for(http: Http, base: str, app_id: str, secret: str, code: str) -> str:
    """The openid that a code stands for. ``base`` as the API's.

    Raises TryLater, Closed where the account is at fault, and ApiError for a code that is no longer good.
    """
    query = urlencode({"appid": app_id, "secret": secret, "code": code, "grant_type": "authorization_code"})
    try:
        fields = read_fields(asked(http, "GET", f"{base.rstrip('/')}{EXCHANGE}?{query}"))
        number = errcode(fields)
    except Unsure as error:
        raise TryLater(str(error)) from None
    if number in OFFICIAL_ACCOUNT.retry:
        raise TryLater(f"errcode {number}", OFFICIAL_ACCOUNT.waits.get(number))
    if number in OFFICIAL_ACCOUNT.closed:
        raise Closed(f"errcode {number} from {EXCHANGE}")
    openid = fields.get("openid")
    if number or not isinstance(openid, str) or not openid:
        raise ApiError(number, EXCHANGE)
    return openid
