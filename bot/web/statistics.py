"""The console's page of figures, and the same as a file: what 统计 says in a chat, by unit, period and category.

Looking changes nothing: everything is asked for by address. Each sees the units below their own posts.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.web import console, pages
from bot.web.within import Program
from bot.wiring import App
from handlers.counting import figures
from handlers.rules import periods_said
from handlers.rules.deadlines import LOCAL
from handlers.rules.periods_said import A_DAY, Period
from handlers.wording import statistics as wording
from handlers.wording.taxonomy import CATEGORY
from storage import statistics
from storage.people import Unit
from storage.statistics import Scope

router = APIRouter()
PAGE = "/console/statistics"
FILE = f"{PAGE}.csv"
LONGEST = 366 * 5  # days


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the address asks for, of what the person may see."""

    units: list[Unit]
    unit: Unit
    period: Period
    category: str

    @property
    def scope(self) -> Scope:
        """The tickets that are counted."""
        categories = (self.category,) if self.category else ()
        return Scope(self.unit, self.period.begin, self.period.end, categories)


@router.get(PAGE)
def show(request: Request, app: Program) -> Response:
    """The figures as tables."""
    with app.reading() as db:
        chosen = _chosen(app, db, request)
        values: dict[str, Any] = {
            "head": console.head(app, db, request),
            "units": [(unit.id, unit.name) for unit in chosen.units],
            "unit": chosen.unit,
            "category": chosen.category,
            "first": chosen.period.first,
            "last": chosen.period.after - A_DAY,
            "about": _about(chosen),
            "tables": wording.table(statistics.counted(db, chosen.scope)),
            "file": f"{FILE}?{_query(chosen)}",
        }
        return pages.page("statistics.html", values)


@router.get(FILE)
def file(request: Request, app: Program) -> Response:
    """The same as CSV, in UTF-8 with a mark, so that office programs read it."""
    with app.reading() as db:
        chosen = _chosen(app, db, request)
        tables = wording.table(statistics.counted(db, chosen.scope))
    headers = {**pages.PRIVATE, "content-disposition": 'attachment; filename="statistics.csv"'}
    return Response(_csv(chosen, tables), media_type="text/csv; charset=utf-8", headers=headers)


def _chosen(app: App, db: Session, request: Request) -> Chosen:
    """Raises HTTPException: 401 for whoever is not signed in, 403 for a unit that is not theirs, 422 for no period."""
    staff = console.signed_in(app, db, request)
    if staff is None:
        raise HTTPException(401)
    mine = figures.units(db, staff.posts)
    tops = figures.tops(staff.posts)
    asked = request.query_params
    unit = next((one for one in mine if str(one.id) == asked["unit"]), None) if asked.get("unit") else tops[:1]
    if not unit:
        raise HTTPException(403)
    category = asked.get("category", "")
    if category and category not in CATEGORY:
        raise HTTPException(422)
    month = periods_said.month_of(app.clock.now(db).astimezone(LOCAL).date())
    period = _period(asked.get("first") or f"{month.first}", asked.get("last") or f"{month.after - A_DAY}")
    return Chosen(mine, unit if isinstance(unit, Unit) else unit[0], period, category)


def _period(first: str, last: str) -> Period:
    try:
        period = Period(date.fromisoformat(first), date.fromisoformat(last) + A_DAY)
    except (ValueError, OverflowError):
        raise HTTPException(422) from None
    if not 0 < (period.after - period.first).days <= LONGEST:
        raise HTTPException(422)
    return period


def _about(chosen: Chosen) -> str:
    """Whose, when and what, in words."""
    what = wording.about((chosen.category,) if chosen.category else ())
    return wording.HEAD.format(unit=chosen.unit.name, period=periods_said.in_words(chosen.period), what=what)


def _query(chosen: Chosen) -> str:
    """The same address again, for the file; every part of it was checked."""
    last = chosen.period.after - A_DAY
    return f"unit={chosen.unit.id}&first={chosen.period.first}&last={last}&category={chosen.category}"


def _csv(chosen: Chosen, tables: Mapping[str, list[wording.Row]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([_plain(_about(chosen))])
    writer.writerow(wording.COLUMNS)
    for name, rows in tables.items():
        writer.writerows([name, *map(_plain, row)] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _plain(value: str) -> str:
    """Nothing that an office program would take for a formula."""
    return f"'{value}" if value[:1] in ("=", "+", "-", "@") else value
