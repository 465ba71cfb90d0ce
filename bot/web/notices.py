"""The page of a notice. GET writes nothing; seen is a beacon of a visible page, 收到 a form.

A household has a link of its own where its messages are its own. Where a platform takes one text for everybody, and in
a group, the link is everybody's: then it counts for a household only if the platform says whose phone it is. In a group
whoever is not known so counts as a person, and may say which door is theirs: noted, and believed by nobody.

Whoever holds the link may read and confirm, nobody else can: a foreign page cannot forge a post to a link that it
does not know. Links are 128 random bits; an unknown one and a malformed one get the same page.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Form
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.web import notice_files, notice_readers, oauth
from bot.web.pages import PRIVATE, page
from bot.web.within import Program
from bot.wiring import App
from handlers.households import named_doors
from storage import notice_links, notice_reading
from storage.notice_reading import Leaf
from storage.notice_sheet import sheet_of
from storage.notices import Notice
from storage.people import Group

router = APIRouter()
router.include_router(notice_files.router)

HEADERS = {
    **PRIVATE,
    "referrer-policy": "no-referrer",  # the address is the key to the page
    "x-robots-tag": "noindex, nofollow, noarchive",
}
LARGER = "big"  # in the query of a page in still larger type
SAID = "door"  # in the query of a page after a door was named: what became of it
LONGEST_DOOR = 60  # characters


@router.get("/n/{token}")
def read(token: str, request: Request, app: Program) -> Response:
    """The notice in large type."""
    if (elsewhere := oauth.first_ask(request, app)) is not None:
        return elsewhere
    found = _leaf(request, app, token)
    if found is None:
        return _gone()
    kept = notice_readers.remembered(request, app)
    answer = page("notice.html", _shown(request, found, token, kept.household_id is not None), headers=HEADERS)
    if found.reader == "person" and kept.fresh:
        notice_readers.keep(answer, app, kept)
    return answer


@router.post("/n/{token}/seen")
def seen(token: str, request: Request, app: Program) -> Response:
    """The page was visible for a second. Repeats are answered without writing, and so are programs."""
    found = _leaf(request, app, token)
    if found is None:
        return Response(status_code=404, headers=HEADERS)
    if found.counts and not found.seen and not notice_readers.is_ahead_of_anybody(request, app):
        with app.writing() as db:
            looks = notice_readers.looks(request, app, db)
            notice_reading.note_seen(db, token, app.clock.now(db), looks)
    return Response(status_code=204, headers=HEADERS)


@router.post("/n/{token}/confirm")
def confirm(token: str, request: Request, app: Program) -> Response:
    """收到: back to the page, which then says thanks; loading it again repeats nothing."""
    found = _leaf(request, app, token)
    if found is None:
        return _gone()
    if found.counts and found.confirmed_at is None:
        with app.writing() as db:
            looks = notice_readers.looks(request, app, db)
            notice_reading.note_confirmed(db, token, app.clock.now(db), looks)
    return _back(request, token)


@router.post("/n/{token}/door")
def door(token: str, request: Request, app: Program, said: Annotated[str, Form()] = "") -> Response:
    """我是 3 栋 2 单元 501, by somebody of a group whom nobody knows. Kept in this browser, so that it is said once."""
    found = _leaf(request, app, token)
    if found is None:
        return _gone()
    group_id = found.link.group_id
    kept = notice_readers.remembered(request, app)
    if found.reader != "person" or group_id is None or kept.fresh:
        return _back(request, token)
    if len(said) > LONGEST_DOOR:
        return _back(request, token, "unknown")
    with app.writing() as db:
        doors = named_doors.doors_of(db, db.get_one(Group, group_id), said)
        if len(doors) != 1:
            return _back(request, token, "which" if doors else "unknown")
        looks = replace(notice_readers.looks(request, app, db), household_id=doors[0].id)
        notice_reading.note_seen(db, token, app.clock.now(db), looks)
    answer = _back(request, token, "noted")
    notice_readers.keep(answer, app, replace(kept, household_id=looks.household_id))
    return answer


def preview(app: App, db: Session, notice: Notice, *, tried: bool = False) -> str:
    """A draft's page as its readers will see it, without anything to press. ``tried``: it says that it is a test."""
    sheet = sheet_of(db, app.vault, notice, app.clock.now(db))
    found = Leaf(notice_links.Link(notice.id), sheet, "nobody")
    values = _values(found, token=None, larger=False, said="", door_named=False)
    return bytes(page("notice.html", {**values, "tried": tried}).body).decode()


def _leaf(request: Request, app: App, token: str) -> Leaf | None:
    if not notice_links.may_be_token(token):
        return None
    with app.reading() as db:
        return notice_reading.leaf(db, app.vault, token, app.clock.now(db), notice_readers.looks(request, app, db))


def _shown(request: Request, found: Leaf, token: str, door_named: bool) -> dict[str, Any]:
    larger = request.query_params.get(LARGER) == "1"
    return _values(found, token=token, larger=larger, said=request.query_params.get(SAID, ""), door_named=door_named)


def _values(found: Leaf, *, token: str | None, larger: bool, said: str, door_named: bool) -> dict[str, Any]:
    """``token`` None: nothing can be pressed. Everything that is asked for lies below the page's own address, so that
    it also holds behind a proxy's prefix."""
    in_group = found.link.group_id is not None and found.reader == "person"
    kept = "?big=1" if larger else ""
    return {
        "leaf": found,
        "sheet": found.sheet,
        "token": token,
        "larger": larger,
        "kept": kept,
        "asks_door": in_group and not door_named,
        "door_named": in_group and door_named,
        "said": said,
    }


def _back(request: Request, token: str, said: str = "") -> Response:
    """To the page, in the type that it was read in. Relative to ``…/n/<token>/confirm``."""
    query = [f"{LARGER}=1"] if request.query_params.get(LARGER) == "1" else []
    query += [f"{SAID}={said}"] if said else []
    to = f"../{token}" + (f"?{'&'.join(query)}" if query else "") + ("#door" if said else "")
    return RedirectResponse(to, status_code=303, headers=HEADERS)


def _gone() -> Response:
    return page("notice_gone.html", {}, status=404, headers=HEADERS)
