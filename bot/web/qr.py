"""The page that a member of staff holds out at the door: a household's QR code, and the words that do the same.

The address carries the code itself, 39 random bits that end after two days; an unknown one gets the page of every
unknown link. The platform is asked outside the transaction, and where it does not answer, the words are enough.
"""

from __future__ import annotations

import logging

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse

from bot import qr
from bot.channels.base import ChannelError
from bot.web import pages
from bot.web.within import Program
from bot.wiring import App
from handlers.homes import CODE_LENGTH
from storage import households

router = APIRouter()
log = logging.getLogger(__name__)


@router.get("/q/{code}")
def show(code: str, app: Program) -> HTMLResponse:
    """The code as a picture and in words."""
    code = code.upper()
    if len(code) != CODE_LENGTH or not (code.isascii() and code.isalnum()):
        raise HTTPException(404)
    with app.reading() as db:
        found = households.code_of(db, app.vault.lookups(f"code:{code}"), app.clock.now(db))
        if found is None:
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
