"""Signing in to the console: a link from the chat, then a cookie; and signing out.

Opening the link writes nothing and signs nobody in: messengers look at links before people do. The page says whose link
it is, and its button uses the link up. Whoever comes second, late, or with a word of their own finds the same page. No
tries are counted: a word has 128 random bits, and a count would let a stranger shut the door on everybody; what is
limited is how many links somebody is sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.sign_in_links import PATH
from bot.web import console, pages
from bot.web.forms import fields_of
from bot.web.within import Program
from bot.wiring import App
from handlers.wording import taxonomy
from storage import directory, signing_in

router = APIRouter()

HEADERS = {**pages.PRIVATE, "referrer-policy": "no-referrer", "x-robots-tag": "noindex, nofollow, noarchive"}
LONGEST_WORD = 64  # characters; ours have 22


@router.get(f"{PATH}/{{word}}")
def ask(word: str, request: Request, app: Program) -> Response:
    """Whose link it is, and a button."""
    with app.reading() as db:
        staff = signing_in.whose_link(db, app.vault, word[:LONGEST_WORD], app.clock.wall())
        if staff is None:
            already = console.session_of(app, db, request) is not None
            return _no_more(already)
        posts = [(post.unit.name, taxonomy.ROLE[post.role]) for post in staff.posts]
        values = {"word": word, "name": directory.name_of(app.vault, staff), "posts": posts}
    return pages.page("console_enter.html", values, headers=HEADERS)


@router.post(f"{PATH}/{{word}}")
async def enter(word: str, request: Request, app: Program) -> Response:
    """Uses the link up. A browser that was signed in before is signed in anew."""
    await fields_of(request)
    return await run_in_threadpool(_enter, word, request, app)


def _enter(word: str, request: Request, app: App) -> Response:
    with app.writing() as db:
        own = signing_in.sign_in(db, app.vault, word[:LONGEST_WORD], app.clock.wall())
        if own is not None and (before := request.cookies.get(console.COOKIE)):
            signing_in.sign_out(db, app.vault, before)
    if own is None:
        return _no_more(already=False)
    answer = RedirectResponse("/console", 303, headers=HEADERS)
    answer.set_cookie(
        console.COOKIE,
        own,
        max_age=int(signing_in.SESSION_HOLDS.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=urlsplit(app.settings.public_url).scheme == "https",
    )
    return answer


@router.post("/console/leave")
async def leave(request: Request, app: Program) -> Response:
    """退出: the session is gone, not only the cookie."""
    await fields_of(request)
    return await run_in_threadpool(_leave, app, request.cookies)


def _leave(app: App, cookies: Mapping[str, str]) -> Response:
    if word := cookies.get(console.COOKIE):
        with app.writing() as db:
            signing_in.sign_out(db, app.vault, word)
    answer = RedirectResponse("/console", 303, headers=pages.PRIVATE)
    answer.delete_cookie(console.COOKIE)
    return answer


def _no_more(already: bool) -> Response:
    return pages.page("console_no_link.html", {"already": already}, status=410, headers=HEADERS)
