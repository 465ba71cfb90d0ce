"""Whoever tries Menkou has a browser open too: only the simulator's own page may act through it.

The Host check stops a foreign name that was made to point here (DNS rebinding), the check of where a post comes from a
foreign page, which could otherwise act as anybody and make this machine push to any address.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
OWN = frozenset({"same-origin", "none"})  # none: typed by the person
ORIGIN_OF_A_FORM = "null"  # what a page says that names no referrer


class OwnPages:
    """Refuses what a foreign page asks for. Programs name no origin, and are let in."""

    def __init__(self, app: ASGIApp) -> None:
        """``app`` is the simulator."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or _is_own(scope["method"], Headers(scope=scope)):
            await self._app(scope, receive, send)
            return
        await PlainTextResponse("this comes from a foreign page", 403)(scope, receive, send)


def _is_own(method: str, headers: Headers) -> bool:
    host = headers.get("host", "")
    if not _is_this_machine(f"//{host}"):
        return False
    if method in SAFE:
        return True
    if headers.get("sec-fetch-site", "same-origin") not in OWN:
        return False
    origin = headers.get("origin")
    if origin == ORIGIN_OF_A_FORM:
        return "sec-fetch-site" in headers
    return origin is None or origin == f"http://{host}"


def _is_this_machine(address: str) -> bool:
    try:
        name = urlsplit(address).hostname or ""
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
