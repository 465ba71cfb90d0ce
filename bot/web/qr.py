"""The page that a member of staff holds out at the door: a household's QR code, and the words that do the same.

The address carries the code itself, 39 random bits that end after two days; an unknown one gets the page of every
unknown link. Nobody has to say who they are here, so that after some unknown codes in a minute the page is shut for
its rest: thousands of doors may have a code at once, and the words that go with it do without the page. The platform
is asked outside the transaction, and where it does not answer, the words are enough.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse

from bot import qr
from bot.channels.base import ChannelError
from bot.web import pages
from bot.web.within import Program
from bot.wiring import App
from handlers.households.homes import CODE_LENGTH
from storage import households

router = APIRouter()
log = logging.getLogger(__name__)

MOST_UNKNOWN, WITHIN = 20, 60.0  # unknown codes in so many seconds, of one process


class Tries:
    """When unknown codes were asked for lately."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._at: deque[float] = deque(maxlen=MOST_UNKNOWN)

    def note(self, now: float) -> None:
        """One more."""
        with self._lock:
            self._at.append(now)

    def too_many(self, now: float) -> bool:
        """Whether somebody is trying codes out."""
        with self._lock:
            return len(self._at) == MOST_UNKNOWN and now - self._at[0] < WITHIN


@router.get("/q/{code}")
def show(code: str, request: Request, app: Program) -> HTMLResponse:
    """The code as a picture and in words."""
    code = code.upper()
    if len(code) != CODE_LENGTH or not (code.isascii() and code.isalnum()):
        raise HTTPException(404)
    tries: Tries = request.app.state.code_tries
    if tries.too_many(time.monotonic()):
        raise HTTPException(429)
    with app.reading() as db:
        found = households.code_of(db, app.vault.lookups(f"code:{code}"), app.clock.now(db))
        if found is None:
            tries.note(time.monotonic())
            raise HTTPException(404)
        until = found.expires_at
    values = {"code": code, "until": until, "picture": _picture(app, code)}
    return pages.page("household_code.html", values)


def _picture(app: App, code: str) -> str | None:
    for channel in qr.doors(app):
        try:
            return qr.on_a_page(qr.of_household(channel, code))
        except ChannelError as error:
            log.warning("%s made no code for a household (%s)", channel.door, type(error).__name__)
    return None
