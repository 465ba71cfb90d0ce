"""The picture and the recording of a notice, under the token of its page. A browser may keep them, nobody between."""

from __future__ import annotations

import re

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.web.within import Program
from bot.wiring import App
from storage import notice_links, notice_sheet
from storage.media import Media
from storage.notices import Notice

router = APIRouter()

HEADERS = {
    "cache-control": "private, max-age=3600",
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex, nofollow, noarchive",
}
PICTURES = frozenset({"image/jpeg", "image/png", "image/webp"})
SOUNDS = frozenset({"audio/mpeg", "audio/mp4", "audio/aac", "audio/ogg", "audio/wav", "audio/amr", "audio/webm"})
RANGE = re.compile(r"bytes=(\d{0,12})-(\d{0,12})")


@router.get("/n/{token}/picture")
def picture(token: str, app: Program) -> Response:
    """The picture. It was written anew before it was kept: it carries no place and no device."""
    found = _file(app, token, "picture_id")
    if found is None or found.mime not in PICTURES:
        raise HTTPException(404, headers=HEADERS)
    return Response(found.bytes, media_type=found.mime, headers=HEADERS)


@router.get("/n/{token}/voice")
def voice(token: str, request: Request, app: Program) -> Response:
    """The recording, whole or in the part that is asked for: players of phones play nothing else."""
    found = _file(app, token, "voice_id")
    if found is None or found.mime not in SOUNDS:
        raise HTTPException(404, headers=HEADERS)
    return _part(found, request.headers.get("range"))


def _file(app: App, token: str, column: str) -> Media | None:
    with app.reading() as db:
        link = notice_links.find(db, token) if notice_links.may_be_token(token) else None
        notice = db.get(Notice, link.notice_id) if link is not None else None
        return notice_sheet.media_of(db, getattr(notice, column)) if notice is not None else None


def _part(found: Media, wanted: str | None) -> Response:
    whole = len(found.bytes)
    headers = {**HEADERS, "accept-ranges": "bytes"}
    asked = RANGE.fullmatch((wanted or "").strip())
    if asked is None or asked[1] == asked[2] == "":
        return Response(found.bytes, media_type=found.mime, headers=headers)
    first, last = _between(asked[1], asked[2], whole)
    if first > last:
        return Response(status_code=416, headers={**headers, "content-range": f"bytes */{whole}"})
    headers["content-range"] = f"bytes {first}-{last}/{whole}"
    return Response(found.bytes[first : last + 1], 206, media_type=found.mime, headers=headers)


def _between(begin: str, end: str, whole: int) -> tuple[int, int]:
    """First and last byte; without a beginning so many bytes of the end are meant."""
    if not begin:
        return max(whole - int(end), 0), whole - 1
    return int(begin), min(int(end), whole - 1) if end else whole - 1
