"""The console's page of front doors to be walked to for a notice: big rows for a phone, and a sheet to print.

For staff of the place, each their own part of it; in sample mode whoever sits at this machine, whose visits are those
of the grid's worker. Works without JavaScript: one plain form a door, and back to the same place. Each look is noted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.owe import Desk, owe
from bot.web import console, knocking_list, pages
from bot.web.forms import fields_of
from bot.web.knocking_list import Part
from bot.web.within import Program
from bot.wiring import App
from handlers.message import Replies
from handlers.notice import rounds, visiting
from handlers.notice.rounds import Walk
from handlers.notice.visiting import Learnt, Round
from storage import households, knocking, notice_ledger
from storage.knocking import Found
from storage.notices import Notice, NoticeKind
from storage.people import Household, Staff, Unit

router = APIRouter()
PAGE = "/console/notices/{number}/doors"
HIGHEST = 2**53  # a number above it is none of ours, and no database takes it
UNDO = "undo"
VISITS = re.compile(r"[0-9]{1,6}")
BY_FOUND = {
    Found.TOLD: Learnt(),
    Found.ABSENT: Learnt(Found.ABSENT),
    Found.MOVED: Learnt(Found.MOVED),
    Found.TENANT: Learnt(Found.TENANT),
    Found.ALONE: Learnt(Found.ALONE, ("alone",)),
    Found.ELDERLY: Learnt(Found.ELDERLY, ("elderly",)),
}


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks at which notice, and the parts that are theirs. ``staff``: None where nobody signed in (sample)."""

    staff: Staff | None
    notice: Notice
    walks: Sequence[Walk]


@router.get("/console/doors")
def newest(request: Request, app: Program) -> Response:
    """To the list of the newest notice that has doors left."""
    with app.reading() as db:
        estates = _estates(app, db, console.session_of(app, db, request))
        if estates is None:
            return pages.page("console_closed.html", {}, status=401)
        notice = rounds.newest_with_doors(db, [estate.id for estate in estates], app.clock.now(db))
        if notice is None:
            return pages.page("knocking_none.html", {"head": console.head(app, db, request)})
        return RedirectResponse(PAGE.format(number=notice.number), 303)


@router.get(PAGE)
def show(
    number: int, request: Request, app: Program, walk: str = "", building: str = "", only: str = "", page: int = 1
) -> Response:
    """The doors that are left, and those visited today."""
    with app.writing() as db:
        reader = _reader(app, db, request, number)
        if reader is None:
            return pages.page("console_closed.html", {}, status=401)
        now = app.clock.now(db)
        chosen = _walk(reader, walk)
        _note(db, reader, [chosen], "page", now)
        found = knocking.doors(db, reader.notice, chosen.ids, knocking_list.midnight(now))
        part = Part(chosen.unit.name, building, only, max(page, 1))
        values = {"head": console.head(app, db, request), **_about(reader, now)}
        values |= knocking_list.shown(app.vault, reader.walks, chosen, part, rounds.in_order(found), now)
        return pages.page("knocking.html", values)


@router.get(f"{PAGE}/print")
def sheet(number: int, request: Request, app: Program, walk: str = "") -> Response:
    """A4 in black and white, a sheet for each walk: no telephones, half names."""
    with app.writing() as db:
        reader = _reader(app, db, request, number)
        if reader is None:
            return pages.page("console_closed.html", {}, status=401)
        now = app.clock.now(db)
        walks = [_walk(reader, walk)] if walk else reader.walks
        _note(db, reader, walks, "sheet", now)
        sheets = []
        for one in walks:
            left = [
                door for door in rounds.in_order(knocking.doors(db, reader.notice, one.ids)) if rounds.is_left(door)
            ]
            rows = [knocking_list.row(app.vault, one, door, now) for door in left]
            sheets.append({"name": one.unit.name, "rows": rows, "first": sum(map(rounds.is_first, left))})
        values = {
            "now": now,
            "sheets": sheets,
            "notice": reader.notice,
            "issuer": db.get_one(Unit, reader.notice.unit_id).name,
            "text": notice_ledger.text_of(app.vault, reader.notice),
            "drill": reader.notice.kind == NoticeKind.DRILL,
            "back": f"{PAGE.format(number=number)}?{Part(walk).query}",
        }
        return pages.page("knocking_sheet.html", values)


@router.post(PAGE)
async def knock(
    number: int, request: Request, app: Program, walk: str = "", building: str = "", only: str = "", page: int = 1
) -> Response:
    """One visit, or one taken back; then the same place again."""
    form = await fields_of(request)
    part = Part(walk, building, only, max(page, 1))
    return await run_in_threadpool(_knock, number, request, app, form, part)


def _knock(number: int, request: Request, app: App, form: Mapping[str, str], part: Part) -> Response:
    with app.writing() as db:
        reader = _reader(app, db, request, number)
        if reader is None:
            return pages.page("console_closed.html", {}, status=401)
        home = knocking.household_of(db, reader.notice, form.get("door", ""))
        walk = next((walk for walk in reader.walks if home is not None and home.estate_id in walk.ids), None)
        if home is None or walk is None:
            raise HTTPException(404)  # another's, whatever it is
        staff = reader.staff or rounds.worker_of(db, walk)
        if staff is None:
            raise HTTPException(403)
        now = app.clock.now(db)
        replies = _visit(Round(db, app.vault, now, staff), reader.notice, home, form)
        wall = app.clock.wall()
        owe(Desk(db, app.vault, app.channels, now, wall, app.doors_down()), replies, None)
    if replies:
        app.bell.ring("replies")
    after = form.get("next") if form.get("found") == Found.ABSENT else None  # that door moves to the end of the list
    anchor = knocking_list.anchor(after or form["door"])
    return RedirectResponse(f"{PAGE.format(number=number)}?{part.query}#{anchor}", 303)


def _visit(at: Round, notice: Notice, home: Household, form: Mapping[str, str]) -> Replies:
    if form.get("found") == UNDO:
        back = visiting.take_back(at, home, notice)
        return back.replies if back is not None else []
    learnt = BY_FOUND.get(Found(form["found"])) if form.get("found") in set(Found) else None
    visits = form.get("visits", "")
    if learnt is None or VISITS.fullmatch(visits) is None:
        raise HTTPException(400)
    return visiting.visit(at, notice, home, learnt, int(visits)) or []


def _about(reader: Reader, now: datetime) -> dict[str, Any]:
    return {"number": reader.notice.number, "over": rounds.is_over(reader.notice, now)}


# --- who looks


def _reader(app: App, db: Session, request: Request, number: int) -> Reader | None:
    """None for whoever has to sign in first. Raises 403 for who has no doors, 404 for a notice that is not theirs."""
    session = console.session_of(app, db, request)
    estates = _estates(app, db, session)
    if estates is None:
        return None
    notice = notice_ledger.by_number(db, number) if 0 < number < HIGHEST else None
    if notice is None or not rounds.concerns(db, notice, estates) or rounds.not_now(notice) is not None:
        raise HTTPException(404)
    return Reader(session, notice, rounds.walks(db, estates))


def _estates(app: App, db: Session, session: Staff | None) -> Sequence[Unit] | None:
    if session is None and not app.sample:
        return None
    estates = rounds.estates_of(db, session) if session is not None else households.estates(db)
    if not estates:
        raise HTTPException(403)
    return estates


def _walk(reader: Reader, name: str) -> Walk:
    """The part of this name; the first where none is named."""
    return next((walk for walk in reader.walks if walk.unit.name == name), reader.walks[0])


def _note(db: Session, reader: Reader, walks: Sequence[Walk], by: str, now: datetime) -> None:
    staff_id = reader.staff.id if reader.staff is not None else None
    for walk in walks:
        knocking.note_look(db, reader.notice, walk.unit, staff_id, by, now)
