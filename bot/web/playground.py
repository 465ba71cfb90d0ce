"""The playground of the sample neighbourhood: invented people's phones side by side on the real pipeline."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, File, Form, Query, UploadFile
from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse

from bot import clock, pictures
from bot.web import pages, playground_live, playground_notices, playground_say
from bot.web.playground_cast import Cast, cast, role_name
from bot.web.playground_media import keep, placeholder_voice
from bot.web.playground_say import Press, Recall, Saying
from bot.web.within import Door, Program, closing_of
from bot.wiring import App
from handlers.rules.deadlines import LOCAL
from handlers.wording.commands import COMMANDS
from storage import media, tickets

router = APIRouter()

LOOK_EVERY = 0.3  # seconds
QUIET = 15.0  # seconds after which a silent stream says that it lives
SAMPLES = Path(__file__).with_name("static") / "samples"
JUMPS = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "shift": timedelta(hours=8),
    "day": timedelta(days=1),
}
MORNING = 9  # o'clock


Players = Annotated[Cast, Depends(cast)]


@router.get("/")
def show(players: Players) -> HTMLResponse:
    """The page. Everything that moves on it comes by ``/playground/events``."""
    commands = {name: row.words[0] for name, row in COMMANDS.items()}
    return pages.page("playground.html", {"cast": players, "role_name": role_name, "commands": commands})


@router.post("/playground/say")
async def say(saying: Saying, app: Program, intake: Door, players: Players) -> Mapping[str, Any]:
    """Somebody says something."""
    if saying.kind == "voice" and saying.media is None:
        saying.media = await run_in_threadpool(placeholder_voice, app)
    incoming = await run_in_threadpool(playground_say.said, app, players, saying)
    return await playground_say.take_in(intake, incoming)


@router.post("/playground/press")
async def press(tap: Press, app: Program, intake: Door, players: Players) -> Mapping[str, Any]:
    """Somebody taps a button of a card."""
    incoming = await run_in_threadpool(playground_say.pressed, app, players, tap)
    return await playground_say.take_in(intake, incoming)


@router.post("/playground/recall")
async def recall(taken_back: Recall, app: Program, intake: Door, players: Players) -> Mapping[str, Any]:
    """Somebody takes back what they said."""
    incoming = await run_in_threadpool(playground_say.recalled, app, players, taken_back)
    return await playground_say.take_in(intake, incoming)


# --- photos and recordings


@router.post("/playground/pictures")
def picture(
    app: Program,
    file: Annotated[UploadFile | None, File()] = None,
    sample: Annotated[Literal["lamp", "puddle", "repaired"] | None, Form()] = None,
) -> Mapping[str, str]:
    """Keeps a photo, written anew; one of our own drawings goes the same way."""
    raw = file.file.read() if file is not None else (SAMPLES / f"{sample}.png").read_bytes() if sample else b""
    try:
        body, mime = pictures.clean(raw)
    except pictures.PictureError as error:
        raise HTTPException(422, error.reason) from error
    return {"ref": keep(app, body, mime)}


@router.get("/playground/media/{ref}")
def show_media(ref: str, app: Program) -> Response:
    """A photo or recording of a screen."""
    with app.reading() as db:
        found = media.by_ref(db, ref)
    if found is None:
        raise HTTPException(404)
    return Response(found.bytes, media_type=found.mime, headers={"cache-control": "private, max-age=86400"})


# --- the clock


class Jump(BaseModel):
    """How far business time goes: a minute, an hour, a shift of eight, a day, or to the next morning."""

    to: Literal["minute", "hour", "shift", "day", "morning"]


@router.post("/playground/jump")
def jump(wanted: Jump, app: Program) -> Mapping[str, str]:
    """Moves business time forward, timer by timer."""
    with app.reading() as db:
        now = app.clock.now(db)
    to = _next_morning(now) if wanted.to == "morning" else now + JUMPS[wanted.to]
    clock.walk(app, to)
    return {"to": to.isoformat()}


def _next_morning(now: datetime) -> datetime:
    here = now.astimezone(LOCAL)
    morning = here.replace(hour=MORNING, minute=0, second=0, microsecond=0)
    return morning if morning > here else morning + timedelta(days=1)


# --- what a link shows


class Page(BaseModel):
    """The reporter's page of a ticket."""

    number: int


@router.post("/playground/ticket-page")
def ticket_page(wanted: Page, app: Program) -> Mapping[str, str]:
    """Where the reporter's link leads."""
    with app.reading() as db:
        ticket = tickets.by_number(db, wanted.number)
        if ticket is None:
            raise HTTPException(404, "ticket")
        return {"path": tickets.link_path(app.vault, ticket)}


@router.get("/playground/unopened")
def unopened(
    app: Program, notice: Annotated[int, Query(ge=1)], limit: Annotated[int, Query(ge=1, le=50)] = 1
) -> Mapping[str, list[str]]:
    """Household links that were shown and not looked at yet: the page opens them as those people would."""
    with app.reading() as db:
        return {"paths": playground_notices.unopened(db, notice, limit)}


# --- what moves


@router.get("/playground/events")
async def events(request: Request, app: Program, players: Players) -> StreamingResponse:
    """A stream of server-sent events; a page that comes back names the last one it saw."""
    last = request.headers.get("last-event-id", "")
    seen = playground_live.Seen(newest=int(last) if last.isdecimal() else 0)
    return StreamingResponse(
        _stream(app, players, seen, closing_of(request)),
        media_type="text/event-stream",
        headers={"cache-control": "no-store", "x-accel-buffering": "no"},
    )


async def _stream(app: App, players: Cast, seen: playground_live.Seen, closing: threading.Event) -> AsyncIterator[str]:
    yield "retry: 1000\n\n"
    silent = 0.0
    while not closing.is_set():
        found = await _look(app, players, seen)
        silent = 0.0 if found else silent + LOOK_EVERY
        if found:
            yield f"id: {seen.newest}\ndata: {json.dumps(found, ensure_ascii=False)}\n\n"
        elif silent >= QUIET:
            silent = 0.0
            yield ": still here\n\n"
        await asyncio.sleep(LOOK_EVERY)


async def _look(app: App, players: Cast, seen: playground_live.Seen) -> dict[str, Any]:
    try:
        return await run_in_threadpool(playground_live.news, app, players, seen)
    except SQLAlchemyError:  # the database is away for a moment: the next look finds what this one missed
        return {}
