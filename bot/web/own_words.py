"""The console's page of own words, place names and nicknames, with a preview of each change and who changed what.

Only administrators; in sample mode whoever sits at this machine. Saving is a form of its own on the preview's page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot import vocabulary
from bot.preview import Preview, preview
from bot.vocabulary import Edit, NicknameEdit, PlaceEdit, Refused, WordEdit, word_edit
from bot.web import console, pages
from bot.web.forms import fields_of
from bot.web.within import Program
from bot.wiring import App
from handlers.wording import own_words as wording
from handlers.wording.taxonomy import CATEGORY
from nlp import own
from storage import directory, listening, own_words
from storage.listening import Change
from storage.people import Building, Staff, Unit, UnitKind

router = APIRouter()

LATEST = 20
ABOUT = ("word:", "place:", "unit:", "building:")
DID = {"entered": wording.ENTERED, "dropped": wording.DROPPED, "nicknames": wording.RENAMED}  # not who read a list


@router.get("/console/words")
def show(request: Request, app: Program, saved: str = "") -> Response:
    """Everything there is, and the forms."""
    with app.reading() as db:
        _administrator(app, db, request)
        said = {"1": wording.SAVED, "0": wording.SAME}.get(saved, "")
        return _page(app, db, request, said)


@router.post("/console/words/preview")
async def ask(request: Request, app: Program) -> Response:
    """What a change would do; nothing is saved yet."""
    form = await fields_of(request)
    return await run_in_threadpool(_preview, request, app, form)


@router.post("/console/words/save")
async def save(request: Request, app: Program) -> Response:
    """Saves a change that was looked at, and goes back to the page."""
    form = await fields_of(request)
    return await run_in_threadpool(_save, request, app, form)


def _administrator(app: App, db: Session, request: Request) -> Staff | None:
    """Who is signed in; None in sample mode. Raises 401 or 403."""
    if app.sample:
        return None
    staff = console.signed_in(app, db, request)
    if staff is None:
        raise HTTPException(401)
    if not console.is_administrator(staff):
        raise HTTPException(403)
    return staff


def edit_of(form: Mapping[str, str]) -> Edit:
    """The change that a form asks for. Raises Refused."""
    kind = form.get("kind")
    if any("\0" in value for value in form.values()):
        raise Refused("form")
    takes_out = form.get("takes_out") == "1"
    if kind == "word":
        stands_for = form.get("stands_for", "").strip()
        means = f"{own.SYNONYM}{stands_for}" if stands_for else form.get("means", "")
        return word_edit(form.get("word", ""), means, takes_out=takes_out)
    unit_id, building = form.get("unit", ""), form.get("building", "").strip()
    if kind not in ("place", "nicknames") or not (unit_id.isascii() and unit_id.isdigit() and len(unit_id) < 19):
        raise Refused("form")
    if kind == "nicknames":
        return NicknameEdit(int(unit_id), vocabulary.names_of(form.get("names", "")), building)
    return PlaceEdit(int(unit_id), form.get("name", "").strip(), form.get("outside") == "1", building, takes_out)


def _preview(request: Request, app: App, form: Mapping[str, str]) -> Response:
    try:
        with app.reading() as db:
            _administrator(app, db, request)
            edit = edit_of(form)
            after = vocabulary.proposed(db, edit)
        found = _compared(app, after)
    except Refused as refused:
        with app.reading() as db:
            return _page(app, db, request, why=wording.REFUSED[refused.key], typed=form, status=400)
    with app.reading() as db:
        head = console.head(app, db, request)
    values = {"head": head, "found": found, "edit": _shown(app, edit), "form": _fields(edit)}
    return pages.page("own_words_preview.html", values)


def _compared(app: App, after: Any) -> Preview:
    try:
        return preview(app, after, apart=True)
    except (OSError, ValueError) as error:
        raise Refused("weights") from error


def _save(request: Request, app: App, form: Mapping[str, str]) -> Response:
    try:
        with app.reading() as db:
            staff = _administrator(app, db, request)
        changed = vocabulary.save(app, edit_of(form), staff.id if staff is not None else None)
    except Refused as refused:
        with app.reading() as db:
            return _page(app, db, request, why=wording.REFUSED[refused.key], typed=form, status=400)
    return RedirectResponse(f"/console/words?saved={int(changed)}", 303, headers=pages.PRIVATE)


def _fields(edit: Edit) -> dict[str, str]:
    """The same change as hidden fields."""
    if isinstance(edit, WordEdit):
        synonym = edit.means.startswith(own.SYNONYM)
        what = {"stands_for": edit.means[1:]} if synonym else {"means": edit.means}
        return {"kind": "word", "word": edit.word, "takes_out": str(int(edit.takes_out)), **what}
    where = {"unit": str(edit.unit_id), "building": edit.building}
    if isinstance(edit, NicknameEdit):
        return {"kind": "nicknames", "names": " ".join(edit.names), **where}
    flags = {"outside": str(int(edit.outside)), "takes_out": str(int(edit.takes_out))}
    return {"kind": "place", "name": edit.name, **where, **flags}


def _shown(app: App, edit: Edit) -> dict[str, Any]:
    if isinstance(edit, WordEdit):
        return {"kind": "word", **asdict(edit), "group": group_name(edit.means)}
    with app.reading() as db:
        unit = directory.unit_of(db, edit.unit_id)
    kind = "nicknames" if isinstance(edit, NicknameEdit) else "place"
    return {"kind": kind, **asdict(edit), "unit": unit.name if unit is not None else ""}


def group_name(means: str) -> str:
    """A group as people read it."""
    name = own.name_of(means)
    return wording.WRONG_THERE.format(name=name[:-1]) if name.endswith("!") else name


def _page(
    app: App,
    db: Session,
    request: Request,
    said: str = "",
    *,
    why: str = "",
    typed: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    """``typed``: a form that was refused, and ``why``; no page holds a zero character."""
    named = db.scalars(
        select(Building).where(Building.nicknames.is_not(None)).order_by(Building.estate_id, Building.id)
    )
    units = vocabulary.places(db)
    values = {
        "head": console.head(app, db, request),
        "said": said,
        "why": why,
        "typed": {name: value.replace("\0", "") for name, value in (typed or {}).items()},
        "estate": next((unit.id for unit in units if unit.kind == UnitKind.ESTATE), None),
        "words": [(row, group_name(row.means)) for row in own_words.words(db)],
        "groups": [(group, group_name(group)) for group in sorted(own.groups(), key=_order)],
        "landmarks": own_words.landmarks(db),
        "units": {unit.id: unit for unit in units},
        "buildings": _by_estate(units, named),
        "changes": _changes(app, db),
    }
    return pages.page("own_words.html", values, status=status)


def _order(group: str) -> tuple[bool, str]:
    """Categories first, what is wrong there right behind."""
    known = group.rstrip("!") in CATEGORY
    return not known, group


def _by_estate(units: Sequence[Unit], named: Iterable[Building]) -> dict[str, list[Building]]:
    names = {unit.id: unit.name for unit in units}
    found: dict[str, list[Building]] = {}
    for row in named:
        found.setdefault(names.get(row.estate_id, ""), []).append(row)
    return found


def _changes(app: App, db: Session) -> list[dict[str, Any]]:
    found = (row for about in ABOUT for row in listening.changes(db, about, LATEST, DID))
    rows = sorted(found, key=lambda row: -row.id)
    names = {f"unit:{row.id}": row.name for row in db.scalars(select(Unit))}
    names |= {
        f"building:{row.id}": f"{names[f'unit:{row.estate_id}']} {row.name}" for row in db.scalars(select(Building))
    }
    return [
        {
            "at": row.at,
            "did": _did(row),
            "who": directory.name_of(app.vault, db.get(Staff, row.staff_id)) if row.staff_id is not None else "",
            "about": _about(row.about, names),
        }
        for row in rows[:LATEST]
    ]


def _did(row: Change) -> str:
    """What was done: a word that comes with Menkou is taken out by a row of its own, and put back by its going."""
    both = (row.data.get("before"), row.data.get("after"))
    if any(side.get("removes") for side in both if isinstance(side, dict)):
        return wording.TAKEN_OUT if row.kind == "entered" else wording.PUT_BACK
    return DID[row.kind]


def _about(about: str, names: Mapping[str, str]) -> str:
    kind, _, rest = about.partition(":")
    if kind == "word":
        return f"「{rest}」"
    if kind == "place":
        number, _, name = rest.partition(":")
        return f"{names.get(f'unit:{number}', '')}「{name}」"
    return names.get(about, "")
