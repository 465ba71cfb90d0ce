"""The shifts of a call for help, below its notice's page: who is known to look may sign up, and leave, by a tap.

On a household's own link the person is whoever the notice was sent to, or whom the platform names; on a link that many
share only whom the platform names. Everybody else is told what to say in the chat. A GET writes nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Form
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.owe import Desk, owe
from bot.web import oauth
from bot.web.notices import HEADERS
from bot.web.pages import page
from bot.web.within import Program
from bot.wiring import App
from handlers.notice import shifting
from storage import notice_links, persons, shifts
from storage.notice_links import Link
from storage.notice_people import Shift
from storage.notices import Ledger, Notice
from storage.people import Account, Unit
from storage.shifts import CALLING, IN

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Caller:
    """A call and whoever looks at it, if that is known."""

    notice: Notice
    account: Account | None
    accounts: Collection[int]


@router.get("/n/{token}/shifts")
def show(token: str, request: Request, app: Program) -> Response:
    """When, where, how many are still wanted, and what this person has signed up for."""
    with app.reading() as db:
        found = _caller(db, request, app, token)
        if found is None:
            return _gone()
        return page("shifts.html", _values(app, db, found, token), headers=HEADERS)


@router.post("/n/{token}/shifts")
def change(
    token: str,
    request: Request,
    app: Program,
    shift: Annotated[int, Form(ge=1, le=99)] = 0,
    leave: Annotated[bool, Form()] = False,
) -> Response:
    """A tap: joins a shift, or leaves it; then the list again. A second tap changes nothing."""
    with app.writing() as db:
        found = _caller(db, request, app, token)
        if found is None:
            return _gone()
        if found.account is not None:
            _change(app, db, found, shift, leave=leave)
    app.bell.ring("replies")
    return RedirectResponse("shifts", 303, headers=HEADERS)


def _change(app: App, db: Session, found: Caller, number: int, *, leave: bool) -> None:
    assert found.account is not None
    now = app.clock.now(db)
    rows = shifts.of(db, found.notice.id)
    chosen = next((row for row in rows if row.number == number and not shifts.is_over(row, now)), None)
    if chosen is None or found.notice.state not in CALLING:
        return
    if not leave:
        desk = shifting.Desk(db, now, app.policy.notices)
        shifting.join(desk, found.notice, chosen, found.account.id, found.accounts)
        return
    telling = Desk(db, app.vault, app.channels, now, app.clock.wall(), app.doors_down())
    for one in shifts.mine(db, found.notice.id, found.accounts):
        if one.shift.id == chosen.id:
            owe(telling, shifting.leave(db, found.notice.number, one, now), None)


def _caller(db: Session, request: Request, app: App, token: str) -> Caller | None:
    link = notice_links.find(db, token) if notice_links.may_be_token(token) else None
    notice = db.get(Notice, link.notice_id) if link is not None else None
    if link is None or notice is None or not shifts.of(db, notice.id):
        return None
    account = oauth.who(request, app, db) or _sent_to(db, link)
    return Caller(notice, account, persons.ids_of(db, account) if account is not None else ())


def _sent_to(db: Session, link: Link) -> Account | None:
    if link.household_id is None:
        return None
    mine = Ledger.notice_id == link.notice_id, Ledger.household_id == link.household_id
    number = db.scalar(select(Ledger.account_id).where(*mine))
    return db.get(Account, number) if number is not None else None


def _values(app: App, db: Session, found: Caller, token: str) -> dict[str, Any]:
    now, notice = app.clock.now(db), found.notice
    counts = shifts.counts(db, notice.id)
    mine = {one.shift.id: one for one in shifts.mine(db, notice.id, found.accounts)}
    unit = db.get_one(Unit, notice.unit_id)

    def line(row: Shift) -> dict[str, Any]:
        have, wait = counts.get(row.id, (0, 0))
        one = mine.get(row.id)
        return {
            "number": row.number,
            "said": shifting.said(row),
            "have": have,
            "wait": wait,
            "places": row.places,
            "over": shifts.is_over(row, now),
            "off": row.stood_down_at is not None,
            "mine": None if one is None else "in" if one.row.state == IN else "waiting",
            "place": one.place_in_line if one is not None else 0,
        }

    return {
        "token": token,
        "number": notice.number,
        "issuer": unit.name,
        "phone": unit.phone,
        "known": found.account is not None,
        "closed": notice.state not in CALLING,
        "rows": [line(row) for row in shifts.of(db, notice.id)],
    }


def _gone() -> Response:
    return page("notice_gone.html", {}, status=404, headers=HEADERS)
