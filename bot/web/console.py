"""The console: a look at tickets and at what is late, and who is signed in to all of its pages.

Sessions are rows, so they can be revoked, and everybody's end when they leave. In sample mode whoever sits at this
machine is the sample's administrator, until they follow somebody's sign-in link out of the playground.
"""

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
from handlers.permissions import NEIGHBOURS, OWN_TICKETS_ONLY, TABLE, told_who
from storage import directory, signing_in, unsaid
from storage.people import Post, Role, Staff

router = APIRouter()

COOKIE = "menkou_session"
MOST = 200  # tickets on the page
DECIDING = ("whistle_sign", "redo", "verify")


@router.get("/")
def front() -> RedirectResponse:
    """Outside sample mode the front page is the console; the playground's own route stands before this one."""
    return RedirectResponse("/console", 303)


@router.get("/console")
def console(request: Request, app: Program) -> HTMLResponse:
    """Tickets of the units that the signed-in person works for; in sample mode all of them."""
    with app.reading() as db:
        staff = session_of(app, db, request)
        if staff is None and not app.sample:
            return pages.page("console_closed.html", {}, status=401)
        return _board(app, db, request, staff)


def session_of(app: App, db: Session, request: Request) -> Staff | None:
    """Whoever signed in with this browser, and still may."""
    return signing_in.whose_session(db, app.vault, request.cookies.get(COOKIE, ""), app.clock.wall())


def signed_in(app: App, db: Session, request: Request) -> Staff | None:
    """Who acts on a page: whoever signed in; in sample mode, where nobody did, the administrator of the sample."""
    staff = session_of(app, db, request)
    return staff if staff is not None or not app.sample else sample_administrator(db)


def sample_administrator(db: Session) -> Staff | None:
    """Who acts where nobody has to sign in."""
    return next(iter(directory.with_any_role(db, {Role.ADMIN})), None)


def head(app: App, db: Session, request: Request) -> dict[str, Any]:
    """What the head of every page shows: the time, who is here, where else they may go, and a way out."""
    session = session_of(app, db, request)
    staff = session if session is not None else signed_in(app, db, request)
    everything = session is None and app.sample
    return {
        "now": app.clock.now(db),
        "name": directory.name_of(app.vault, staff),
        "may_leave": session is not None,
        "manages_words": everything or (staff is not None and is_administrator(staff)),
        "reads_lists": everything or (staff is not None and any(_reads_lists(app, post) for post in staff.posts)),
        "rosters": staff is not None,
        "decides": staff is not None and decides(staff),
        "takes_orders": staff is not None and takes_orders(staff),
        "counts": staff is not None and any(Role(post.role) in TABLE["statistics"].roles for post in staff.posts),
        "watches_notices": staff is not None and any(_watches(post) for post in staff.posts),
        "knocks": everything or (staff is not None and any(_knocks(post) for post in staff.posts)),
    }


def _reads_lists(app: App, post: Post) -> bool:
    return post.role == app.policy.list_role


def _watches(post: Post) -> bool:
    """Also whoever may only propose one."""
    return Role(post.role) in TABLE["notice_progress"].roles | TABLE["notice"].roles


def _knocks(post: Post) -> bool:
    return Role(post.role) in TABLE["knocked"].roles


def decides(staff: Staff) -> bool:
    """Whether something waits for somebody's word again and again: others find the page where they are asked."""
    return any(Role(post.role) in TABLE[name].roles for name in DECIDING for post in staff.posts)


def takes_orders(staff: Staff) -> bool:
    """Whether somebody may type orders of the hotline in."""
    return any(Role(post.role) in TABLE["hotline_order"].roles for post in staff.posts)


def is_administrator(staff: Staff) -> bool:
    """Whether somebody may change words and place names."""
    return any(Role(post.role) in TABLE["words"].roles for post in staff.posts)


def _reach(staff: Staff) -> list[str | None]:
    """The parts of the tree in which the person may look at tickets, without those inside another one."""
    roles = TABLE["look"].roles - OWN_TICKETS_ONLY - NEIGHBOURS
    paths = sorted({post.unit.path for post in staff.posts if Role(post.role) in roles})
    return [path for path in paths if not any(path != other and path.startswith(other) for other in paths)]


def _board(app: App, db: Session, request: Request, staff: Staff | None) -> HTMLResponse:
    now = app.clock.now(db)
    reach = _reach(staff) if staff is not None else [None]
    tickets = [ticket for within in reach for ticket in board.newest(db, MOST, within)]
    if staff is not None and not reach:
        desks = [post.unit_id for post in staff.posts if Role(post.role) in OWN_TICKETS_ONLY]
        tickets = list(board.of_desks(db, MOST, desks, staff.id))
    plain = [board.row(db, app.vault, app.policy, ticket, with_words=False) for ticket in tickets]
    told = staff is None or told_who(staff)
    seen = board.with_opinions(db, tickets, plain)
    rows = [row if told else row.without_room() for row in board.with_extents(db, tickets, seen)]
    here = {row.number for row in rows}
    values: dict[str, Any] = {
        "head": head(app, db, request),
        "now": now,
        "unsaid": [(number, count) for number, count in unsaid.everywhere(db, MOST) if number in here],
        "rows": [(row, row.light(now)) for row in rows],
        "late": [row for row in rows if row.light(now) == "red"],
        "at": datetime.fromisoformat,
    }
    return pages.page("console.html", values)
