"""The web process' application: every page and callback, and what stands before them."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.staticfiles import StaticFiles

from bot.notice_account import Accounts
from bot.receive import Intake
from bot.web import (
    callbacks,
    console,
    decisions,
    health,
    hotline,
    hotline_form,
    knocking,
    notice_following,
    notice_form,
    notice_preview,
    notice_progress,
    notices,
    oauth,
    own_words,
    pages,
    playground,
    qr,
    review,
    rosters,
    shifts,
    signing_in,
    statistics,
    ticket_acting,
    ticket_page,
    tickets,
)
from bot.web.guards import BodyLimit, SameMachine, SecurityHeaders
from bot.web.traffic import AccessLog, Traffic
from bot.wiring import App

STATIC = Path(__file__).with_name("static")
PAGES = (
    health,
    oauth,
    notices,
    shifts,
    tickets,
    hotline,
    qr,
    console,
    signing_in,
    own_words,
    review,
    rosters,
    decisions,
    ticket_page,
    ticket_acting,
    hotline_form,
    statistics,
    knocking,
    notice_progress,
    notice_following,
    notice_form,
    notice_preview,
)


def create_app(app: App, intake: Intake) -> FastAPI:
    """The application over a built program; its lifespan starts and stops the intake, and closes the program."""
    web = FastAPI(title="Menkou", docs_url=None, redoc_url=None, openapi_url=None, lifespan=_lifespan)
    web.state.app, web.state.intake = app, intake
    web.state.traffic, web.state.closing, web.state.code_tries = Traffic(), threading.Event(), qr.Tries()
    web.state.accounts = Accounts()
    web.router.routes.extend(callbacks.routes())
    if app.sample:  # before the console: both answer `/`, and the first one does
        web.include_router(playground.router)
        web.add_middleware(SameMachine)
    for page in PAGES:
        web.include_router(page.router)
    web.mount("/static", Assets(directory=STATIC), name="static")
    web.add_exception_handler(HTTPException, _refusal)
    web.add_middleware(BodyLimit)
    web.add_middleware(SecurityHeaders)
    web.add_middleware(AccessLog, traffic=web.state.traffic)  # added last: outermost
    return web


class Assets(StaticFiles):
    """Static files that a browser asks about each time: modules import each other by plain names."""

    def file_response(self, *args: Any, **more: Any) -> Response:
        answer = super().file_response(*args, **more)
        answer.headers.setdefault("cache-control", "no-cache")
        return answer


@asynccontextmanager
async def _lifespan(web: FastAPI) -> AsyncIterator[None]:
    await run_in_threadpool(web.state.intake.start)
    try:
        yield
    finally:
        web.state.closing.set()
        await run_in_threadpool(web.state.intake.stop)
        web.state.app.close()


async def _refusal(request: Request, error: Exception) -> Response:
    """A page for whoever reads one, a word for programs."""
    assert isinstance(error, HTTPException)
    if "text/html" in request.headers.get("accept", ""):
        return pages.refusal(request, error.status_code, error.headers)
    return JSONResponse({"error": error.detail}, error.status_code, headers=error.headers)
