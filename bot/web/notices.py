"""The page of a notice. GET writes nothing; seen is a beacon of a visible page, 收到 a form.

A household has a link of its own where its messages are its own. Where a platform takes one text for everybody, so is
the link: then it counts for a household only if the platform says whose phone it is, and the page says what else does.

Whoever holds the link may read and confirm, nobody else can: a foreign page cannot forge a post to a link that it
does not know. Links are 128 random bits; an unknown one and a malformed one get the same page.
"""

from __future__ import annotations

from typing import cast

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from bot.web import oauth
from bot.web.pages import PRIVATE, page
from bot.wiring import App
from storage import notice_reading
from storage.notice_reading import Leaf

router = APIRouter()

HEADERS = {
    **PRIVATE,
    "referrer-policy": "no-referrer",  # the address is the key to the page
    "x-robots-tag": "noindex, nofollow, noarchive",
}
LONGEST_TOKEN = 64  # characters; ours have 22


@router.get("/n/{token}")
def read(request: Request, token: str) -> Response:
    """The notice in large type."""
    if (elsewhere := oauth.first_ask(request, _app(request))) is not None:
        return elsewhere
    found = _leaf(request, token)
    if found is None:
        return _gone()
    return page("notice.html", {"leaf": found, "token": token}, headers=HEADERS)


@router.post("/n/{token}/seen")
def seen(request: Request, token: str) -> Response:
    """The page was visible for a second. Repeats are answered without writing."""
    app = _app(request)
    found = _leaf(request, token)
    if found is None:
        return Response(status_code=404, headers=HEADERS)
    if found.counts and not found.seen:
        with app.writing() as db:
            notice_reading.note_seen(db, token, app.clock.now(db), oauth.who(request, app, db))
    return Response(status_code=204, headers=HEADERS)


@router.post("/n/{token}/confirm")
def confirm(request: Request, token: str) -> Response:
    """收到: back to the page, which then says thanks; loading it again repeats nothing."""
    app = _app(request)
    found = _leaf(request, token)
    if found is None:
        return _gone()
    if found.counts and found.confirmed_at is None:
        with app.writing() as db:
            notice_reading.note_confirmed(db, token, app.clock.now(db), oauth.who(request, app, db))
    # Relative to `…/n/<token>/confirm`, so that it also holds behind a proxy's prefix.
    return RedirectResponse(f"../{token}", status_code=303, headers=HEADERS)


def _app(request: Request) -> App:
    return cast("App", request.app.state.app)


def _leaf(request: Request, token: str) -> Leaf | None:
    app = _app(request)
    if len(token) > LONGEST_TOKEN:
        return None
    with app.reading() as db:
        return notice_reading.leaf(db, app.vault, token, oauth.who(request, app, db))


def _gone() -> Response:
    return page("notice_gone.html", {}, status=404, headers=HEADERS)
