"""Whose phone a resident's page is open on, without asking: the official account's silent authorisation.

A page opened inside WeChat leads to the platform and back once; whatever goes wrong, it is then shown as before. The
way back is in the ``state``, sealed, for ten minutes: no other address can be led to, and the page's token is not read
on the way. A cookie then holds the account's ref, sealed, for an hour, and nothing else.

It is asked for only where the operator says that the platform knows our domain (MENKOU_OA_OAUTH): to any other it shows
an error, and the resident would be stuck there.

Whoever holds a link still reads its page. Only where it is certain that somebody of another household looks, the
reporter's own words and the answer are left out. A cookie grants nothing: at worst somebody sees less.
"""

from __future__ import annotations

import base64
import binascii
import logging
from datetime import timedelta
from functools import cache
from threading import BoundedSemaphore
from urllib.parse import urlsplit

from fastapi import APIRouter
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.channels.base import ChannelError
from bot.channels.http import Http
from bot.channels.oa_oauth import authorize_url, openid_for
from bot.web.pages import PRIVATE
from bot.web.within import Program
from bot.wiring import App
from storage import households
from storage.people import Account
from storage.vault import VaultError

router = APIRouter()
log = logging.getLogger(__name__)

BACK = "/oauth/oa"
TRIED = "asked"  # in the query of a page that has been to the platform: it goes there no second time
COOKIE = "menkou_who"
STATE_LASTS, COOKIE_LASTS = timedelta(minutes=10), timedelta(hours=1)
LONGEST_PATH = 40  # bytes: the platform takes 128 letters and digits of state
AT_ONCE = 8  # threads that wait for the platform: others may read pages meanwhile, whoever comes back how often
STATE, WHO = "oauth.state", "oauth.cookie"  # what a sealed word is good for

_asking = BoundedSemaphore(AT_ONCE)


def first_ask(request: Request, app: App) -> Response | None:
    """Leads to the platform when the page may be opened by somebody whom it can name; None: show the page."""
    agent = request.headers.get("user-agent", "")
    if "MicroMessenger" not in agent or "wxwork" in agent or TRIED in request.query_params:
        return None
    path, settings = request.url.path, app.settings
    if not (settings.oa_oauth and settings.oa_app_secret and settings.oa_api_base) or len(path) > LONGEST_PATH:
        return None
    if _ref_of(request, app) is not None:
        return None
    state = _sealed(app, STATE, path, STATE_LASTS)
    to = authorize_url(settings.oa_open_base, settings.oa_app_id, f"{settings.public_url}{BACK}", state)
    return RedirectResponse(to, 302, headers=PRIVATE)


@router.get(BACK)
def back(request: Request, app: Program, state: str = "", code: str = "") -> Response:
    """From the platform: the page again, with a cookie when the platform said who it is."""
    path = _opened(app, STATE, state)
    if path is None or not path.startswith(("/t/", "/n/")):
        raise HTTPException(404)
    # Relative, so that it holds behind a proxy's prefix and leads to nobody else's page.
    answer = RedirectResponse(f"..{path}?{TRIED}=1", 302, headers=PRIVATE)
    ref = _ref_for(app, code) if code else None
    if ref is not None:
        answer.set_cookie(
            COOKIE,
            _sealed(app, WHO, ref, COOKIE_LASTS),
            max_age=int(COOKIE_LASTS.total_seconds()),
            httponly=True,
            samesite="lax",
            secure=urlsplit(app.settings.public_url).scheme == "https",
        )
    return answer


def who(request: Request, app: App, db: Session) -> Account | None:
    """Whoever looks at a page, if the platform said so within the hour."""
    ref = _ref_of(request, app)
    return db.scalars(select(Account).where(Account.ref == ref)).one_or_none() if ref is not None else None


def is_of_another_household(db: Session, looks: Account | None, reporter: Account) -> bool:
    """Whether somebody certainly is not the reporter, nor lives with them: both doors are known, and are two."""
    if looks is None or looks.id == reporter.id:
        return False
    one, other = households.home_of(db, looks), households.home_of(db, reporter)
    return one is not None and other is not None and one.id != other.id


def _ref_for(app: App, code: str) -> str | None:
    """The ref of the account that a code stands for; None for strangers and where the platform does not say."""
    settings = app.settings
    if not _asking.acquire(blocking=False):
        return None
    try:
        openid = openid_for(_http(), settings.oa_api_base, settings.oa_app_id, settings.oa_app_secret, code)
    except ChannelError as error:
        log.warning("the platform did not say who looks at a page (%s)", type(error).__name__)
        return None
    finally:
        _asking.release()
    door = f"oa:{settings.oa_app_id}"
    with app.reading() as db:
        hashes = app.vault.lookups(f"{door}:{openid}")
        found = select(Account.ref).where(Account.door == door, Account.address_hash.in_(hashes))
        return db.scalars(found).first()


@cache
def _http() -> Http:
    return Http()


def _ref_of(request: Request, app: App) -> str | None:
    return _opened(app, WHO, request.cookies.get(COOKIE, ""))


# --- words that only we can make and read, in letters and digits: the platform passes on nothing else


def _sealed(app: App, purpose: str, value: str, lasts: timedelta) -> str:
    until = int((app.clock.wall() + lasts).timestamp())
    key, _, packed = app.vault.seal(f"{until} {value}", purpose, "oa").partition(":")
    return key.removeprefix("k") + base64.b32encode(base64.b64decode(packed)).decode().rstrip("=")


def _opened(app: App, purpose: str, word: str) -> str | None:
    """The value; None for what is not ours, is meant for something else, or is over."""
    key, packed = word[:8], word[8:]
    try:
        raw = base64.b32decode(packed + "=" * (-len(packed) % 8))
        until, _, value = app.vault.open(f"k{key}:{base64.b64encode(raw).decode()}", purpose, "oa").partition(" ")
    except (VaultError, binascii.Error, ValueError):
        return None
    return value if int(until) > app.clock.wall().timestamp() else None
