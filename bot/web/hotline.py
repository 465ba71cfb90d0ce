"""POST /api/v1/hotline-orders: orders of the 12345 hotline, from whatever system the district takes them in.

A bearer token opens it; without one in the settings it does not exist, and says so to whoever sets it up. What an order
says is looked at behind the token only. It is taken in like any message: committed before it is answered, once however
often it is sent. Whatever is refused comes with a sentence: ``{"error": "…"}``.
"""

from __future__ import annotations

import asyncio
import hmac
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, StringConstraints, ValidationError
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
YEARS = range(2000, 2101)
OLDEST = timedelta(days=5)  # a promise to accept counts from here at the earliest, as with any message


def _of_our_time(moment: datetime) -> datetime:
    if moment.year not in YEARS:
        raise ValueError(f"a year is one from {YEARS[0]} to {YEARS[-1]}")
    return moment


def _kept(text: str) -> str:
    if "\0" in text:  # PostgreSQL keeps none
        raise ValueError("a zero byte is no text")
    return text


Moment = Annotated[AwareDatetime, AfterValidator(_of_our_time)]


class OrderIn(BaseModel):
    """One order. Moments carry their zone; ``place`` is put before the words where the hotline keeps it apart."""

    model_config = ConfigDict(extra="forbid")

    number: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60), AfterValidator(_kept)]
    received_at: Moment
    due_at: Moment
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000), AfterValidator(_kept)]
    place: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), AfterValidator(_kept)] = ""


@router.get(PATH)
def looked_at(request: Request, app: Program) -> JSONResponse:
    """Nothing is read here; whether the door is there and the token is right can be seen without an order."""
    _let_in(request, app)
    return JSONResponse({"error": "orders are posted here"}, 405, headers={"allow": "POST"})


@router.post(PATH)
async def order(request: Request, app: Program, intake: Door) -> JSONResponse:
    """201 with the ticket's number, 200 where the order was known; with what had been told us of it before."""
    _let_in(request, app)
    said = _read(await request.body())
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
        raise HTTPException(404, "MENKOU_HOTLINE_TOKEN is not set here: no orders of the hotline are taken")
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not hmac.compare_digest(given.encode(), token.encode()):
        why = "this is not the token of MENKOU_HOTLINE_TOKEN" if given else "needs Authorization: Bearer with the token"
        raise HTTPException(401, why, headers={"www-authenticate": "Bearer"})


def _read(body: bytes) -> OrderIn:
    """The order. Raises 422 with a sentence that names each field at fault, and nothing that stood in it."""
    try:
        said = OrderIn.model_validate_json(body)
    except ValidationError as error:
        wrong = (f"{'.'.join(map(str, one['loc'])) or 'the body'}: {one['msg']}" for one in error.errors())
        raise HTTPException(422, "; ".join(wrong)) from error
    if said.due_at <= said.received_at:
        raise HTTPException(422, "due_at is not after received_at")
    return said


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
