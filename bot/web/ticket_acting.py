"""POST /console/tickets/act: one form for every command, from a ticket's page and from the page of decisions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot import pictures
from bot.web import decisions, deeds, notice_pages, refusals, ticket_forms, ticket_page
from bot.web.forms import whole_form
from bot.web.refusals import Refused
from bot.web.within import Program
from bot.wiring import App
from handlers.staff.may_now import OFFERED
from handlers.wording.notice_form import BAD_PICTURE

router = APIRouter()

TICKETS = ticket_page.PAGE
ONCE = re.compile(r"[\w-]{8,40}")
NUMBER = re.compile(r"[0-9]{1,9}")


@router.get(f"{TICKETS}/act")
def nothing() -> Response:
    """Where a refused form's address is opened by itself: nothing of it stands there."""
    return RedirectResponse("/console", 303)


@router.post(f"{TICKETS}/act")
async def act(request: Request, app: Program) -> Response:
    """Does what a button says, and leads back to where it stood; a form that is refused comes back as it was typed."""
    fields, files = await whole_form(request)
    return await run_in_threadpool(_act, request, app, fields, files)


def _act(request: Request, app: App, fields: Mapping[str, str], files: Mapping[str, bytes]) -> Response:
    command, number, once = (fields.get(name, "") for name in ("command", "number", "once"))
    if command not in OFFERED or not NUMBER.fullmatch(number) or not ONCE.fullmatch(once):
        raise HTTPException(400)
    try:
        return _done(request, app, fields, files.get("photo"))
    except HTTPException as error:
        if error.status_code != 401 or not ticket_forms.in_one_line(fields):
            raise
        return notice_pages.signed_out(request, fields, with_files="photo" in files)


def _done(request: Request, app: App, fields: Mapping[str, str], content: bytes | None) -> Response:
    number, back = int(fields["number"]), fields.get("back") == "decisions"
    try:
        photo = pictures.clean(content) if content is not None else None
        rest = ticket_forms.in_one_line(fields)
        as_seen, certain = fields.get("seen", "")[:40], ticket_forms.certain(fields)
        deed = deeds.Deed(fields["command"], number, rest, as_seen, fields["once"], photo, certain)
        to = decisions.PAGE if back else f"{TICKETS}/{number}"
        return deeds.answered(app, request, to, deeds.done(app, request, deed))
    except pictures.PictureError as error:
        refused = Refused(BAD_PICTURE[error.reason], wrong="photo")
    except deeds.NotDone as error:
        refused = Refused(error.why, wrong=ticket_forms.FIELDS.get(error.part, error.part), status=error.status)
    typed = ticket_forms.typed(fields)
    refused = replace(refused, command=fields["command"], number=number, typed=typed, with_photo=content is not None)
    try:
        return decisions.page(app, request, refused) if back else ticket_page.page(app, request, number, refused)
    except HTTPException as error:
        if error.status_code not in (403, 404):
            raise
        return refusals.alone(replace(refused, status=error.status_code))
