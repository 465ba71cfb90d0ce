"""The menu of an official account: set and read. A button says a word for whoever taps it.

Source: official document "creating a menu". A key ``say:<word>`` comes in as that word, so that whoever makes a menu
in the platform's console can let it say any command.
"""

from __future__ import annotations

from typing import Any

from bot.channels.wechat_api import ApiError, WechatApi
from handlers.wording.menu import BUTTONS

CREATE, GET = "/cgi-bin/menu/create", "/cgi-bin/menu/get"
SAYS = "say:"
NO_MENU = 46003


def menu() -> dict[str, Any]:
    """Menkou's own menu, as the platform takes it."""
    return {"button": [{"type": "click", "name": name, "key": f"{SAYS}{word}"} for name, word in BUTTONS]}


def create(api: WechatApi) -> None:
    """Puts Menkou's menu in place of whatever is there; followers see it within a day. Raises what the API raises."""
    api.post(CREATE, menu())


def current(api: WechatApi) -> dict[str, Any] | None:
    """The menu as it was set by an interface; None where there is none. Raises what the API raises."""
    try:
        found = api.get(GET).get("menu")
    except ApiError as error:
        if error.code == NO_MENU:
            return None
        raise
    return found if isinstance(found, dict) else None
