"""The console's page of what waits for one's decision, each with its reasons and the days the resident has waited.

The buttons are the chat's commands; who may press which the table says, and whoever is asked.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.web import console, deeds, next_page, refusals, ticket_forms
from bot.web.refusals import Refused
from bot.web.within import Program
from bot.wiring import App
from handlers.context import Context
from handlers.permissions import ChatKind, may
from handlers.staff import awaiting
from handlers.staff.awaiting import Awaiting

router = APIRouter()
PAGE = "/console/decisions"
KINDS = {
    "requests": awaiting.requests,
    "to_sign": awaiting.to_sign,
    "declined": awaiting.declined,
    "reopened": awaiting.reopened,
    "to_verify": awaiting.to_verify,
}


@router.get(PAGE)
def show(request: Request, app: Program) -> Response:
    """Everything that waits, kind by kind, most pressing first."""
    return page(app, request)


def page(app: App, request: Request, refused: Refused | None = None) -> Response:
    """The page, with a form that was refused open on it. Raises 401, 403."""
    with app.reading() as db:
        ctx = deeds.reader(app, db, request)
        staff = ctx.who.staff
        if staff is None or not may(ctx.who, "agree", ChatKind.PRIVATE):
            raise HTTPException(403)
        kinds = [(name, [_shown(ctx, one) for one in find(ctx)]) for name, find in KINDS.items()]
        forms = (form for _, rows in kinds for row in rows for form in row["forms"])
        values = {
            "head": console.head(app, db, request),
            "said": next_page.said_before(app, request, staff) if refused is None else "",
            "refused": refusals.put_back(forms, refused),
            "now": ctx.now,
            "kinds": kinds,
            "once": secrets.token_urlsafe(12),
        }
        return next_page.show("console_decisions.html", values, status=refusals.status_of(refused))


def _shown(ctx: Context, one: Awaiting) -> Mapping[str, Any]:
    forms = ticket_forms.several(one.commands, one.ticket.number, names_owner=one.names_owner)
    return {
        "one": one,
        "forms": [form | {"seen": deeds.standing(ctx, one.ticket, form["command"])} for form in forms],
    }
