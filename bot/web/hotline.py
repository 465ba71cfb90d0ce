"""POST /api/v1/hotline-orders: orders of the 12345 hotline, from whatever system the district takes them in.

A bearer token opens it; without one in the settings it does not exist. An order is taken in like any message: committed
before it is answered, once however often it is sent.
"""

from __future__ import annotations

import asyncio
import hmac
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from bot.receive import NotTaken
from bot.web.within import Door, Program
from bot.wiring import App
from handlers.hearing.hotline import DOOR, EVENT
from handlers.message import Incoming, Kind
from storage import hotline
from storage.tickets import Ticket

router = APIRouter()

PATH = "/api/v1/hotline-orders"
OLDEST = timedelta(days=5)  # a promise to accept counts from here at the earliest, as with any message


class OrderIn(BaseModel):
    """One order. Moments carry their zone; ``place`` is put before the words where the hotline keeps it apart."""

    model_config = ConfigDict(extra="forbid")

    number: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
    received_at: AwareDatetime
    due_at: AwareDatetime
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
    place: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""


@router.post(PATH)
async def order(said: OrderIn, request: Request, app: Program, intake: Door) -> JSONResponse:
    """201 with the ticket's number, 200 where the order was known; with what had been told us of it before."""
    _let_in(request, app)
    if said.due_at <= said.received_at:
        raise HTTPException(422, "due_at is not after received_at")
    before = await run_in_threadpool(answer_to, app, said.number)
    if before is not None:
        return JSONResponse(before)
    try:
        await asyncio.wrap_future(intake.submit(as_message(app, said)))
    except NotTaken as error:
        raise HTTPException(503, "try again") from error
    made = await run_in_threadpool(answer_to, app, said.number)
    if made is None:
        raise HTTPException(503, "it was put away for the operator")
    return JSONResponse(made, 201)


def _let_in(request: Request, app: App) -> None:
    token = app.settings.hotline_token
    if not token:
        raise HTTPException(404)
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not hmac.compare_digest(given.encode(), token.encode()):
        raise HTTPException(401, headers={"www-authenticate": "Bearer"})


def as_message(app: App, said: OrderIn) -> Incoming:
    wall = app.clock.wall()
    text = f"{said.place} {said.text}" if said.place and said.place not in said.text else said.text
    return Incoming(
        key=f"in:{DOOR}:{said.number}",
        door=DOOR,
        sender=said.number,
        chat=None,
        kind=Kind.TEXT,
        said_at=min(max(said.received_at.astimezone(UTC), wall - OLDEST), wall),
        received_at=wall,
        text=text,
        addressed=True,
        event=EVENT,
        data={"number": said.number, "received": _iso(said.received_at), "due": _iso(said.due_at)},
    )


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def answer_to(app: App, number: str) -> dict[str, object] | None:
    """What is said of an order that was taken in."""
    with app.reading() as db:
        row = hotline.by_number(db, number)
        if row is None:
            return None
        ticket = db.get_one(Ticket, row.ticket_id)
        earlier = db.get(Ticket, row.earlier_id) if row.earlier_id is not None else None
        told = {"ticket": earlier.number, "at": _iso(earlier.opened_at)} if earlier is not None else None
        return {"ticket": ticket.number, "due_at": _iso(row.due_at), "earlier": told}
