"""Who reads a notice's page, as far as it can be told without asking for anything: the platform's word, else a random
word that this browser keeps.

The cookie holds that word and the door that somebody said is theirs, sealed: nobody can write themselves another one's,
and it opens nothing. It is made by a GET, which writes nothing else.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from bot.web import oauth
from bot.wiring import App
from handlers.notice.notice_words import marks_of
from storage.notice_reading import Looks
from storage.vault import VaultError

COOKIE = "menkou_reader"
LASTS = timedelta(days=180)
PLACE = "cookie.reader"  # what the ciphertext is bound to
# Programs that follow links, run what they find there and say what they are. A mere fetcher never tells that it looked.
# By whole names: a phone may well be called CUBOT.
FETCHERS = re.compile(
    r"\b(?:bot|crawler|spider)s?\b|(?:google|bing|apple|petal|yandex|telegram|twitter|slack|discord|linkedin|dingtalk|"
    r"ahrefs|semrush|mj12|amazon|gpt|duckduck)bot|(?:baidu|sogou|yisou|360|byte|haosou)[\w ]*spider|"
    r"facebookexternalhit|whatsapp/|skypeuripreview|link ?preview|url ?preview|bingpreview|inspectiontool",
    re.IGNORECASE,
)
DRIVEN = re.compile(r"headlesschrome|phantomjs|lighthouse", re.IGNORECASE)  # browsers that nobody sits at
AHEAD = re.compile(r"\b(?:prefetch|prerender|preview)\b", re.IGNORECASE)
PURPOSES = ("sec-purpose", "purpose", "x-purpose", "x-moz")


@dataclass(frozen=True, slots=True)
class Remembered:
    """What this browser keeps. ``fresh``: it has not been given it yet."""

    word: str
    household_id: int | None = None
    fresh: bool = False


def is_ahead_of_anybody(request: Request, app: App) -> bool:
    """Whether a program asks, for somebody who may look later or never.

    In the sample neighbourhood, where everybody is invented, a browser that is driven counts: so it is tried out.
    """
    if any(AHEAD.search(request.headers.get(name, "")) for name in PURPOSES):
        return True
    agent = request.headers.get("user-agent", "")
    return FETCHERS.search(agent) is not None or (not app.sample and DRIVEN.search(agent) is not None)


def looks(request: Request, app: App, db: Session) -> Looks:
    """Who looks. A browser that keeps no cookies is nobody."""
    account = oauth.who(request, app, db)
    if account is not None:
        return Looks(account, marks_of(app.vault, account))
    kept = _opened(app, request.cookies.get(COOKIE, ""))
    return Looks(None, tuple(app.vault.lookups(f"reader:{kept.word}")), kept.household_id) if kept else Looks()


def remembered(request: Request, app: App) -> Remembered:
    """What this browser keeps, or will from now on."""
    return _opened(app, request.cookies.get(COOKIE, "")) or Remembered(secrets.token_urlsafe(16), fresh=True)


def keep(answer: Response, app: App, what: Remembered) -> None:
    """Gives the browser its word, and the door that was named."""
    answer.set_cookie(
        COOKIE,
        _sealed(app, what),
        max_age=int(LASTS.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=urlsplit(app.settings.public_url).scheme == "https",
    )


def _sealed(app: App, what: Remembered) -> str:
    key, _, packed = app.vault.seal(json.dumps([what.word, what.household_id]), PLACE, "reader").partition(":")
    return f"{key}.{base64.urlsafe_b64encode(base64.b64decode(packed)).decode().rstrip('=')}"


def _opened(app: App, cookie: str) -> Remembered | None:
    """What a cookie of ours says; None for any other."""
    key, _, packed = cookie.partition(".")
    try:
        raw = base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4))
        word, household_id = json.loads(app.vault.open(f"{key}:{base64.b64encode(raw).decode()}", PLACE, "reader"))
    except (VaultError, binascii.Error, ValueError):
        return None
    return Remembered(word, household_id)
