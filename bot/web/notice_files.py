"""The picture and the recording of a notice: under the token of its page, where a browser may keep them and nobody
between, and on the console beside its preview."""

from __future__ import annotations

import re

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.web import notice_pages, pages
from bot.web.notice_pages import LIST
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
SUFFIX = {"audio/mpeg": "mp3", "audio/mp4": "m4a", "audio/amr": "amr", "audio/wav": "wav", "audio/ogg": "ogg"}
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


# --- on the console


@router.get(LIST + "/{number:int}/voice")
def download(number: int, request: Request, app: Program) -> Response:
    """The recording as a file, for the village's loudspeaker."""
    return _for_staff(number, request, app, "voice_id", download=True)


@router.get(LIST + "/{number:int}/picture")
def looked_at(number: int, request: Request, app: Program) -> Response:
    """The picture, beside the preview."""
    return _for_staff(number, request, app, "picture_id", download=False)


def _for_staff(number: int, request: Request, app: App, column: str, *, download: bool) -> Response:
    with app.reading() as db:
        ctx = notice_pages.context_of(app, db, notice_pages.staff_of(app, db, request))
        notice, _ = notice_pages.find(ctx, number)
        found = notice_sheet.media_of(db, getattr(notice, column))
        if found is None:
            raise HTTPException(404)
        named = f'attachment; filename="notice-{number}.{SUFFIX.get(found.mime, "bin")}"'
        headers = pages.PRIVATE | ({"content-disposition": named} if download else {})
        return Response(found.bytes, media_type=found.mime, headers=headers)
