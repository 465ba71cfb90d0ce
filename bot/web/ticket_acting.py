"""POST /console/tickets/act: one form for every command, from a ticket's page and from the page of decisions."""

from __future__ import annotations

import re
from collections.abc import Mapping

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot import pictures
from bot.web import deeds, notice_pages, ticket_forms
from bot.web.forms import whole_form
from bot.web.within import Program
from bot.wiring import App
from handlers.may_now import OFFERED
from handlers.wording.notice_form import BAD_PICTURE

router = APIRouter()

TICKETS, DECISIONS = "/console/tickets", "/console/decisions"
ONCE = re.compile(r"[\w-]{8,40}")
NUMBER = re.compile(r"[0-9]{1,9}")


@router.post(f"{TICKETS}/act")
async def act(request: Request, app: Program) -> Response:
    """Does what a button says, and leads back to where it stood."""
    fields, files = await whole_form(request)
    return await run_in_threadpool(_act, request, app, fields, files)


def _act(request: Request, app: App, fields: Mapping[str, str], files: Mapping[str, bytes]) -> Response:
    command, number, once = (fields.get(name, "") for name in ("command", "number", "once"))
    if command not in OFFERED or not NUMBER.fullmatch(number) or not ONCE.fullmatch(once):
        raise HTTPException(400)
    to = DECISIONS if fields.get("back") == "decisions" else f"{TICKETS}/{int(number)}"
    try:
        photo = pictures.clean(files["photo"]) if "photo" in files else None
    except pictures.PictureError as error:
        return deeds.answered(app, request, to, BAD_PICTURE[error.reason])
    rest = ticket_forms.in_one_line(fields)
    deed = deeds.Deed(command, int(number), rest, fields.get("seen", "")[:40], once, photo)
    try:
        return deeds.answered(app, request, to, deeds.done(app, request, deed))
    except HTTPException as error:
        if error.status_code != 401 or not rest:
            raise
        return notice_pages.signed_out(request, fields, with_files=photo is not None)
