"""Links and QR codes of 微信客服: whoever comes by one is in the right talk, and says where from.

Source: developer documents 94665 and 96416. The link of a scene may be extended by a parameter of our own, which comes
back when somebody enters; nothing else of it may be changed. A QR code is a picture of the link.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from bot.channels.wechat_api import WechatApi

PAGE = 100  # accounts in one answer
MOST_ACCOUNTS = 5000  # of one corporation
LONGEST_PARAM = 128  # bytes before they are quoted
_SCENE = re.compile(r"[0-9a-zA-Z_-]{1,32}")


@dataclass(frozen=True, slots=True)
class KfAccount:
    """One account that customers talk to."""

    open_kfid: str
    name: str


def accounts(api: WechatApi) -> list[KfAccount]:
    """The accounts that our secret may use. Raises as ``WechatApi.post``."""
    found: list[KfAccount] = []
    while len(found) < MOST_ACCOUNTS:
        told = api.post("/cgi-bin/kf/account/list", {"offset": len(found), "limit": PAGE})
        given = told.get("account_list")
        page = [one for one in given if isinstance(one, dict)] if isinstance(given, list) else []
        found += [KfAccount(str(one.get("open_kfid", "")), str(one.get("name", ""))) for one in page]
        if len(page) < PAGE:
            break
    return [one for one in found if one.open_kfid]


def link(api: WechatApi, open_kfid: str, scene: str) -> str:
    """The address of an account for one scene, to be shown as a QR code. Raises as ``WechatApi.post``.

    Raises ValueError for a scene that the platform would refuse.
    """
    if not _SCENE.fullmatch(scene):
        raise ValueError("a scene is at most 32 letters, digits, _ and -")
    told = api.post("/cgi-bin/kf/add_contact_way", {"open_kfid": open_kfid, "scene": scene})
    return str(told.get("url", ""))


def with_param(url: str, param: str) -> str:
    """The link of a scene with a parameter that comes back when somebody enters by it. Raises ValueError."""
    if not param or len(param.encode()) > LONGEST_PARAM:
        raise ValueError("a parameter has 1 to 128 bytes")
    return f"{url}{'&' if urlsplit(url).query else '?'}scene_param={quote(param, safe='')}"
