"""What stands before every page: whose Host and Origin are let in, how much a body may weigh, what browsers may do.

Plain ASGI, since callbacks pass here too and every microsecond of a middleware is paid by each of them.
"""

from __future__ import annotations

import asyncio
import time
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.settings_check import is_loopback

LONGEST_BODY = 1024 * 1024  # bytes
LONGEST_UPLOAD = 12 * 1024 * 1024
BODY_WITHIN = 30.0  # seconds, for a photo over a slow line
UPLOADS = frozenset({"/playground/pictures", "/console/notices/save", "/console/tickets/act"})
SIGNED = ("/callback/", "/onebot/")  # platforms come from outside by a name of their own, and sign what they bring
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

CONTENT_SECURITY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob: data:",
        "media-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = (
    (b"content-security-policy", CONTENT_SECURITY.encode()),
    (b"referrer-policy", b"no-referrer"),  # links carry tokens
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
)


class SecurityHeaders:
    """Adds what every answer carries; an answer that sets one of them itself keeps its own."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def add(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(pair for pair in HEADERS if pair[0] not in present)]
            await send(message)

        await self.app(scope, receive, add)


class BodyLimit:
    """Refuses a body that is larger than anybody needs, by its stated length or by what really arrives."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in SAFE:
            await self.app(scope, receive, send)
            return
        limit = LONGEST_UPLOAD if scope["path"] in UPLOADS else LONGEST_BODY
        stated = Headers(scope=scope).get("content-length", "")
        if stated.isdecimal() and int(stated) > limit:
            await _refuse(413, scope, receive, send)
            return
        left = limit

        end: float | None = time.monotonic() + BODY_WITHIN  # None: the body is there, what follows is a hang-up

        async def counted() -> Message:
            nonlocal left, end
            try:
                async with asyncio.timeout(None if end is None else max(end - time.monotonic(), 0)):
                    message = await receive()
            except TimeoutError as error:  # a drop at a time would hold the connection for ever
                raise HTTPException(408, headers={"connection": "close"}) from error
            end = end if message.get("more_body") else None
            left -= len(message.get("body", b""))
            if left < 0:  # chunked, without a length: caught by the framework like any other refusal
                raise HTTPException(413)
            return message

        await self.app(scope, counted, send)


class SameMachine:
    """Sample mode lets anybody speak as anybody, so only this machine's own pages may ask.

    The Host check stops a foreign name that was made to point here (DNS rebinding), the Origin check a foreign page
    that posts here.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(SIGNED) or is_own(scope["method"], Headers(scope=scope)):
            await self.app(scope, receive, send)
            return
        await _refuse(403, scope, receive, send)


def is_own(method: str, headers: Headers) -> bool:
    """Whether a request names this machine and, where it changes something, comes from one of its pages."""
    host = headers.get("host", "")
    if not is_loopback(_name_of(host)):
        return False
    if method in SAFE:
        return True
    if headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = headers.get("origin")
    if origin is None:
        return True  # no browser: every browser names the origin of what it posts
    if origin == "null":
        # What a form of ours sends under Referrer-Policy no-referrer; the browser vouches for it separately.
        return headers.get("sec-fetch-site") == "same-origin"
    return _split(origin)[0] == host


def _name_of(host: str) -> str:
    return _split(f"//{host}")[1]


def _split(address: str) -> tuple[str, str]:
    """Host with port, and the bare name; nothing for what is no address, such as a bracket that never closes."""
    try:
        parts = urlsplit(address)
        return parts.netloc, parts.hostname or ""
    except ValueError:
        return "", ""


async def _refuse(status: int, scope: Scope, receive: Receive, send: Send) -> None:
    words = {403: "Forbidden", 413: "Content Too Large"}[status]
    await PlainTextResponse(words, status, headers={"connection": "close"})(scope, receive, send)
