"""The console's page of rosters: who is on duty and who leads in the next two weeks; written by whoever keeps them.

Everybody who works here may look. What is written here is told to those concerned, as if it had been said in the chat.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.owe import Desk, owe
from bot.web import console, notice_pages, pages
from bot.web.forms import fields_of, moment
from bot.web.within import Program
from bot.wiring import App
from handlers.message import Reply
from handlers.permissions import OWN_TICKETS_ONLY
from handlers.rosters import colleagues, roster_keeping, roster_lines
from handlers.rules.deadlines import LOCAL
from handlers.wording import rosters as wording
from storage import directory, rosters
from storage.people import Role, Staff, Unit
from storage.presence import presence_of
from storage.rosters import Duty
from storage.vault import Vault

router = APIRouter()
PAGE = "/console/duty"
MOST = 200  # people and units to choose from


@dataclass(frozen=True, slots=True)
class Looking:
    """Who looks at rosters, and when; ``kept`` are the units whose rosters are theirs to write."""

    db: Session
    vault: Vault
    now: datetime
    staff: Staff
    kept: list[Unit]


@router.get(PAGE)
def show(request: Request, app: Program) -> Response:
    """The rosters of one's own units and of those above them."""
    with app.reading() as db:
        return _page(app, request, _looking(app, db, request))


@router.post(PAGE)
async def write(request: Request, app: Program) -> Response:
    """Puts a line down; what cannot be is said in the form, which stays as it was filled in."""
    form = await fields_of(request)
    try:
        return await run_in_threadpool(_write, request, app, form)
    except HTTPException as error:
        if error.status_code != 401:
            raise
        return notice_pages.signed_out(request, form)


@router.post(f"{PAGE}/drop")
async def drop(request: Request, app: Program) -> Response:
    """Takes a line off."""
    form = await fields_of(request)
    return await run_in_threadpool(_drop, request, app, form)


def _looking(app: App, db: Session, request: Request) -> Looking:
    staff = console.signed_in(app, db, request)
    if staff is None:
        raise HTTPException(401)
    return Looking(db, app.vault, app.clock.now(db), staff, colleagues.kept_by(staff.posts))


def _write(request: Request, app: App, form: Mapping[str, str]) -> Response:
    with app.writing() as db:
        at = _looking(app, db, request)
        unit = next((one for one in _units(at) if str(one.id) == form.get("unit")), None)
        staff = next((one for one in _people(at) if one.ref == form.get("staff")), None)
        if unit is None or staff is None or form.get("part") not in wording.PARTS:
            return _page(app, request, at, form, wording.NOT_HERE, status=403)
        start, end = moment(form.get("starts", "")), moment(form.get("ends", ""))
        refused = roster_keeping.unfit(at, unit, staff, form["part"])
        if start is None or end is None or end <= start or end <= at.now or refused is not None:
            text = refused.text if refused is not None else wording.WRONG_STRETCH
            return _page(app, request, at, form, text, status=422)
        replies = roster_keeping.put_down(at, at.staff, unit, staff, form["part"], start, end)
        _tell(app, at, replies[1:])
    app.bell.ring("replies")
    return RedirectResponse(PAGE, 303)


def _drop(request: Request, app: App, form: Mapping[str, str]) -> Response:
    number = form.get("duty", "")
    with app.writing() as db:
        at = _looking(app, db, request)
        row = db.get(Duty, int(number)) if number.isdecimal() and len(number) < 18 else None
        if row is None or row.unit_id not in {unit.id for unit in _units(at)}:
            raise HTTPException(403)
        if row.dropped_at is None:
            _tell(app, at, roster_keeping.drop(at, at.staff, row)[1:])
    app.bell.ring("replies")
    return RedirectResponse(PAGE, 303)


def _tell(app: App, at: Looking, replies: Iterable[Reply]) -> None:
    owe(Desk(at.db, app.vault, app.channels, at.now, app.clock.wall(), app.doors_down()), list(replies), None)


def _units(at: Looking) -> list[Unit]:
    """What the person writes rosters for: their own units and those below."""
    below = (unit for one in at.kept for unit in directory.units_below(at.db, one.path))
    found = {unit.id: unit for unit in below if unit.kind in colleagues.HAVE_ROSTERS}
    return list(found.values())[:MOST]


def _people(at: Looking) -> list[Staff]:
    """Who may be put down: whoever does not see their own company's tickets alone."""
    people = {staff.id: staff for one in at.kept for staff in directory.staff_below(at.db, one.path)}
    return [one for one in people.values() if not {Role(post.role) for post in one.posts} <= OWN_TICKETS_ONLY][:MOST]


def _page(
    app: App, request: Request, at: Looking, typed: Mapping[str, str] | None = None, why: str = "", *, status: int = 200
) -> Response:
    """``typed``: a form that was refused, and ``why``."""
    levels = [level for post in at.staff.posts for level in directory.ancestors(at.db, post.unit)]
    writes = _units(at)
    units = {unit.id: unit for unit in (*levels, *writes) if unit.kind in colleagues.HAVE_ROSTERS}
    rows = rosters.duties_between(at.db, sorted(units), at.now, at.now + roster_lines.DAYS)
    mine = {unit.id for unit in writes}
    tables = [
        {
            "name": unit.name,
            "writes": unit.id in mine,
            "rows": [_row(at, row) for row in rows if row.unit_id == unit.id],
        }
        for unit in units.values()
        if unit in at.kept or any(row.unit_id == unit.id for row in rows)
    ]
    tonight = at.now.astimezone(LOCAL).replace(hour=app.policy.duty_ends.hour, minute=0)
    morning = (tonight + timedelta(days=1)).replace(hour=app.policy.duty_starts.hour)
    values: dict[str, Any] = {
        "head": console.head(app, at.db, request),
        "why": why,
        "tables": tables,
        "parts": wording.PARTS,
        "units": [(unit.id, unit.name) for unit in sorted(writes, key=lambda unit: unit not in at.kept)],
        "people": [(one.ref, directory.name_of(at.vault, one), one.posts[0].unit.name) for one in _people(at)],
        "typed": typed or {"starts": f"{tonight:%Y-%m-%dT%H:%M}", "ends": f"{morning:%Y-%m-%dT%H:%M}"},
    }
    return pages.page("rosters.html", values, status=status)


def _row(at: Looking, row: Duty) -> dict[str, Any]:
    starts = max(row.starts_at, at.now)
    return {
        "id": row.id,
        "now": row.starts_at <= at.now,
        "away": presence_of(at.db, at.now).away(row.staff_id, starts) is not None,
        **roster_lines.shown(at, row),
    }
