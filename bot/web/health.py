"""Whether this process lives, whether it can do its work, and figures for a monitoring system.

The figures are few and their format is three lines long, so they are written by hand: a client library would bring
its own registry, process model and dependency for the same text.
"""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
from collections.abc import Iterator

from fastapi import APIRouter
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import InstrumentedAttribute, Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse

from bot.web.within import Program, traffic_of
from bot.wiring import App
from storage.inbox import Inbox
from storage.notices import Ledger
from storage.outbox import Outbox, OutboxState
from storage.tickets import Ticket
from storage.timers import Timer

router = APIRouter()

WITHIN = 0.2  # seconds that a look at the doors may take
TEXT = "text/plain; version=0.0.4; charset=utf-8"


@router.get("/healthz")
async def healthz(app: Program) -> PlainTextResponse:
    """The process answers, whatever its database does; ``degraded`` where a door is known to be shut."""
    try:
        down = await asyncio.wait_for(asyncio.to_thread(app.doors_down), WITHIN)
    except TimeoutError:
        down = frozenset()
    return PlainTextResponse("degraded" if down else "ok")


@router.get("/readyz")
def readyz(app: Program) -> PlainTextResponse:
    """The database answers too, so what comes in can be kept."""
    try:
        with app.reading() as db:
            db.execute(select(1))
    except SQLAlchemyError as error:
        return PlainTextResponse(f"database: {type(error).__name__}", 503)
    return PlainTextResponse("ready")


@router.get("/metrics")
def metrics(request: Request, app: Program) -> PlainTextResponse:
    """Counters of this process and the state of what is owed, for this machine or with the token."""
    if not _may_look(request, app.settings.metrics_token):
        raise HTTPException(403, "loopback or a bearer token")
    lines = [*traffic_of(request).lines(), *_owed(app)]
    return PlainTextResponse("\n".join(lines) + "\n", media_type=TEXT)


def _may_look(request: Request, token: str) -> bool:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if token and scheme.lower() == "bearer" and hmac.compare_digest(given.encode(), token.encode()):
        return True
    # A reverse proxy on this machine connects from loopback for the whole world: it says so by a header.
    forwarded = any(name in request.headers for name in ("x-forwarded-for", "forwarded", "x-real-ip"))
    return not forwarded and request.client is not None and _is_loopback(request.client.host)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _owed(app: App) -> Iterator[str]:
    with app.reading() as db:
        yield from _counted(db, "menkou_inbox", "state", Inbox.state)
        yield from _counted(db, "menkou_outbox", "state", Outbox.state)
        yield from _counted(db, "menkou_tickets", "status", Ticket.status)
        yield from _counted(db, "menkou_timers", "state", Timer.state)
        yield from _counted(db, "menkou_ledger", "state", Ledger.state)
        oldest = db.scalar(select(func.min(Outbox.next_try_at)).where(Outbox.state == OutboxState.WAITING))
        late = max((app.clock.wall() - oldest).total_seconds(), 0.0) if oldest is not None else 0.0
        yield "# TYPE menkou_outbox_late_seconds gauge"
        yield f"menkou_outbox_late_seconds {late:.3f}"


def _counted(db: Session, name: str, label: str, column: InstrumentedAttribute[str]) -> Iterator[str]:
    yield f"# TYPE {name} gauge"
    for value, count in db.execute(select(column, func.count()).group_by(column).order_by(column)):
        yield f'{name}{{{label}="{value}"}} {count}'
