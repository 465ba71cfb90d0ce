"""The console's page of the nightly lists: masked words of what groups in shadow would open, to be ticked.

For one role (MENKOU_REVIEW_LIST_ROLE); in sample mode whoever sits at this machine. Each look at words is noted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from fastapi import APIRouter
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.web import console, pages
from bot.web.forms import fields_of
from bot.web.within import Program
from bot.wiring import App
from handlers.groups import holding, nightly, reviewers
from handlers.groups.nightly import Sending
from handlers.rules.deadlines import EMERGENCY
from handlers.wording import times
from handlers.wording.taxonomy import CATEGORY
from storage import candidates, listening
from storage.listening import Candidate
from storage.people import Group, Staff, Unit, UnitKind
from storage.vault import Vault

router = APIRouter()
PAGE = "/console/review"


@router.get(PAGE)
def show(request: Request, app: Program) -> Response:
    """The lists that are not past their time."""
    with app.writing() as db:
        staff, units = _reader(app, db, request)
        at = Sending(db, app.vault, app.clock.now(db), app.policy)
        by = staff.id if staff is not None else None
        return _page(at, units, by, console.head(app, db, request))


@router.post(f"{PAGE}/tick")
async def tick(request: Request, app: Program) -> Response:
    """Right or wrong, for one line or for all that are left of a list."""
    form = await fields_of(request)
    return await run_in_threadpool(_tick, request, app, form)


def _tick(request: Request, app: App, form: Mapping[str, str]) -> Response:
    right, ref, mark = form.get("right"), form.get("candidate"), form.get("list")
    if right not in ("0", "1") or (ref is None) == (mark is None):
        raise HTTPException(400)
    with app.writing() as db:
        staff, units = _reader(app, db, request)
        at = Sending(db, app.vault, app.clock.now(db), app.policy)
        lists = nightly.open_lists(db, app.policy, units, at.now)
        rows = [row for name, listed in lists.items() for row in listed if row.ref == ref or _is_left(row, name, mark)]
        if not rows and ref is not None:
            raise HTTPException(404)  # another's, or past its time
        for row in rows:
            nightly.tick(at, row, right == "1", staff.id if staff is not None else None)
    return RedirectResponse(PAGE, 303)


def _is_left(row: Candidate, name: str, mark: str | None) -> bool:
    return name == mark and row.state == "waiting"


def _reader(app: App, db: Session, request: Request) -> tuple[Staff | None, Sequence[Unit]]:
    """Who looks, and whose lists are theirs. Raises 401 or 403."""
    units = [unit for unit in db.scalars(select(Unit).order_by(Unit.id)) if _has_list(db, unit)]
    if app.sample:
        return None, units
    staff = console.signed_in(app, db, request)
    if staff is None:
        raise HTTPException(401)
    mine = [unit for unit in units if reviewers.reads_list_of(staff.posts, unit, app.policy)]
    if not mine:
        raise HTTPException(403)
    return staff, mine


def _has_list(db: Session, unit: Unit) -> bool:
    listing = reviewers.listing_unit(db, unit.id) if unit.kind in (UnitKind.COMMUNITY, UnitKind.ESTATE) else None
    return listing is not None and listing.id == unit.id


def _page(at: Sending, units: Sequence[Unit], by: int | None, head: Mapping[str, Any]) -> Response:
    shown = []
    for unit in units:
        lists = nightly.open_lists(at.db, at.policy, [unit], at.now) if unit.review_list else {}
        if lists:
            data = {"by": "page"}
            listening.note_change(at.db, f"unit:{unit.id}", "read_list", at.now, staff_id=by, data=data)
        nights = [(mark, _day(mark, at.now), [_line(at.vault, row) for row in rows]) for mark, rows in lists.items()]
        shown.append({"name": unit.name, "on": unit.review_list, "nights": nights, "groups": _groups(at, unit)})
    return pages.page("review.html", {"head": head, "units": shown})


def _day(mark: str, now: datetime) -> str:
    return times.day(mark.rpartition(":")[2], now)


def _line(vault: Vault, row: Candidate) -> dict[str, Any]:
    reading = row.reading
    return {
        "ref": row.ref,
        "place_in_list": reading["place_in_list"],
        "what": CATEGORY[str(reading["category"])],
        "urgent": reading["urgency"] == EMERGENCY,
        "place": "".join(reading.get("place", ())),
        "said": holding.words_of(vault, row),
        "households": int(reading.get("households", 1)),
        "state": row.state,
    }


def _groups(at: Sending, unit: Unit) -> list[tuple[str, str, int]]:
    """Each group of a unit, its mode, and how many wait for somebody to confirm them."""
    rows: Sequence[Group] = candidates.groups_below(at.db, unit.path)
    return [(row.name, row.mode, len(candidates.waiting(at.db, [row.id], candidates.REVIEW))) for row in rows]
