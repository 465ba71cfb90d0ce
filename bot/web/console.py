"""The console: for now a plain look at tickets and at what is late. Sessions are rows, so they can be revoked."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse

from bot.web import board, pages
from bot.web.within import Program
from bot.wiring import App
from handlers.permissions import OWN_TICKETS_ONLY, TABLE
from storage import directory, unsaid
from storage.deployment import WebSession
from storage.people import Role, Staff

router = APIRouter()

COOKIE = "menkou_session"
MOST = 200  # tickets on the page


@router.get("/")
def front() -> RedirectResponse:
    """Outside sample mode the front page is the console; the playground's own route stands before this one."""
    return RedirectResponse("/console", 303)


@router.get("/console")
def console(request: Request, app: Program) -> HTMLResponse:
    """Tickets of the units that the signed-in person works for; in sample mode all of them."""
    with app.reading() as db:
        now = app.clock.now(db)
        if app.sample:
            return _board(app, db, now, None, [None])
        staff = signed_in(app, db, request)
        if staff is None:
            return pages.page("console_closed.html", {}, status=401)
        return _board(app, db, now, staff, _reach(staff))


def signed_in(app: App, db: Session, request: Request) -> Staff | None:
    """Whoever has a session that still holds."""
    token = request.cookies.get(COOKIE, "")
    session = db.get(WebSession, app.vault.session_hash(token)) if token else None
    if session is None or session.expires_at <= app.clock.wall():
        return None
    staff = db.get(Staff, session.staff_id)
    return staff if staff is not None and staff.active else None


def is_administrator(staff: Staff) -> bool:
    """Whether somebody may change words and place names."""
    return any(Role(post.role) in TABLE["words"].roles for post in staff.posts)


def _reach(staff: Staff) -> list[str | None]:
    """The parts of the tree in which the person may look at tickets, without those inside another one."""
    roles = TABLE["look"].roles - OWN_TICKETS_ONLY
    paths = sorted({post.unit.path for post in staff.posts if Role(post.role) in roles})
    return [path for path in paths if not any(path != other and path.startswith(other) for other in paths)]


def _board(app: App, db: Session, now: datetime, staff: Staff | None, reach: list[str | None]) -> HTMLResponse:
    tickets = [ticket for within in reach for ticket in board.newest(db, MOST, within)]
    plain = [board.row(db, app.vault, app.policy, ticket, with_words=False) for ticket in tickets]
    rows = board.with_extents(db, tickets, plain)
    here = {row.number for row in rows}
    values: dict[str, Any] = {
        "now": now,
        "unsaid": [(number, count) for number, count in unsaid.everywhere(db, MOST) if number in here],
        "name": directory.name_of(app.vault, staff),
        "manages_words": staff is None or is_administrator(staff),
        "reads_lists": staff is None or any(post.role == app.policy.list_role for post in staff.posts),
        "rows": [(row, row.light(now)) for row in rows],
        "late": [row for row in rows if row.light(now) == "red"],
        "at": datetime.fromisoformat,
    }
    return pages.page("console.html", values)
