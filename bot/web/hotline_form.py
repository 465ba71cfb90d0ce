"""The console's form for an order of the 12345 hotline, where no system of the district hands orders over.

What is typed goes the way of any order: taken in once, whatever comes twice. Who typed it is noted, without its words.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from typing import Any

from fastapi import APIRouter
from pydantic import ValidationError
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.receive import NotTaken
from bot.web import console, deeds, hotline, next_page, notice_pages, refusals
from bot.web.forms import fields_of, moment
from bot.web.hotline import OrderIn
from bot.web.refusals import Refused
from bot.web.within import Door, Program
from bot.wiring import App
from handlers.wording import console_desk as wording
from handlers.wording.times import when
from storage import listening
from storage.hotline import by_number
from storage.origins import HotlineOrder
from storage.people import Staff
from storage.tickets import Ticket

router = APIRouter()
PAGE = "/console/hotline"
FIELDS = ("number", "received", "due", "place", "text")
TIMES = ("received", "due")


@router.get(PAGE)
def show(request: Request, app: Program) -> Response:
    """The empty form."""
    with app.reading() as db:
        _taker(app, db, request)
        return _page(app, db, request, dict.fromkeys(FIELDS, ""), "")


@router.post(PAGE)
async def take(request: Request, app: Program, intake: Door) -> Response:
    """An order, and the page of its ticket; what is wrong is said above what was typed, which is never lost."""
    form = await fields_of(request)
    try:
        staff_id, order = await run_in_threadpool(_checked, request, app, form)
    except HTTPException as error:
        if error.status_code == 401:
            return notice_pages.signed_out(request, form)
        return refusals.alone(Refused(wording.ORDER_NOT_YOURS, typed=_typed(form), status=error.status_code))
    if isinstance(order, Response):
        return order
    if await run_in_threadpool(hotline.answer_to, app, order.number) is not None:
        return await run_in_threadpool(_known, request, app, order)
    try:
        await asyncio.wrap_future(intake.submit(hotline.as_message(app, order)))
    except NotTaken:
        return await run_in_threadpool(_again, request, app, form)
    return await run_in_threadpool(_taken, request, app, order, staff_id)


def _taker(app: App, db: Session, request: Request) -> Staff:
    staff = notice_pages.staff_of(app, db, request)
    if not console.takes_orders(staff):
        raise HTTPException(403)
    return staff


def _typed(form: Mapping[str, str]) -> dict[str, str]:
    return {name: form.get(name, "").strip() for name in FIELDS}


def _checked(request: Request, app: App, form: Mapping[str, str]) -> tuple[int, OrderIn | Response]:
    typed = _typed(form)
    with app.reading() as db:
        staff = _taker(app, db, request)
        received, due = moment(typed["received"]), moment(typed["due"])
        if received is None or due is None or due <= received or received > app.clock.now(db):
            return staff.id, _page(app, db, request, typed, wording.ORDER_WRONG["times"], TIMES)
        given = {"number": typed["number"], "text": typed["text"], "place": typed["place"]}
        try:
            return staff.id, OrderIn(received_at=received, due_at=due, **given)
        except ValidationError as error:
            wrong = {str(one["loc"][0]) for one in error.errors()}
            said = "\n".join(text for name, text in wording.ORDER_WRONG.items() if name in wrong)
            return staff.id, _page(app, db, request, typed, said or wording.ORDER_WRONG["text"], wrong)


def _again(request: Request, app: App, form: Mapping[str, str]) -> Response:
    """It could not be taken in just now."""
    with app.reading() as db:
        return _page(app, db, request, _typed(form), wording.ORDER_LATER, status=503)


def _page(
    app: App,
    db: Session,
    request: Request,
    typed: Mapping[str, str],
    why: str,
    wrong: Collection[str] = (),
    status: int = 422,
) -> Response:
    """``wrong``: the fields that are."""
    values: dict[str, Any] = {"head": console.head(app, db, request), "typed": typed, "why": why, "wrong": wrong}
    return next_page.show("console_hotline.html", values, status=status if why else 200)


def _known(request: Request, app: App, order: OrderIn) -> Response:
    number, _ = _ticket_of(app, order)
    said = wording.ORDER_KNOWN.format(order=order.number, number=number)
    return deeds.answered(app, request, f"/console/tickets/{number}", said)


def _taken(request: Request, app: App, order: OrderIn, staff_id: int) -> Response:
    number, before = _ticket_of(app, order)
    with app.writing() as db:
        about, data = f"ticket:{number}", {"order": order.number}
        listening.note_change(db, about, "hotline_order", app.clock.now(db), staff_id=staff_id, data=data)
    said = wording.ORDER_TAKEN.format(order=order.number, number=number)
    return deeds.answered(app, request, f"/console/tickets/{number}", f"{said}\n{before}".strip())


def _ticket_of(app: App, order: OrderIn) -> tuple[int, str]:
    """Its ticket's number, and what had been told of the same before. Raises 503 where it was put away."""
    with app.reading() as db:
        row: HotlineOrder | None = by_number(db, order.number)
        if row is None:
            raise HTTPException(503)
        ticket = db.get_one(Ticket, row.ticket_id)
        earlier = db.get(Ticket, row.earlier_id) if row.earlier_id is not None else None
        if earlier is None:
            return ticket.number, ""
        at = when(earlier.opened_at, app.clock.now(db))
        return ticket.number, wording.ORDER_BEFORE.format(number=earlier.number, at=at)
