"""The console's form of a notice: everything the chat asks for, on one page. A draft may be saved at any time.

What cannot be understood is said beside its field, and stays there as it was typed; all the rest is saved. A picture
is written anew, a recording measured; a list of front doors is read line by line.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.web import console, next_page, notice_fields, notice_pages, notice_uploads
from bot.web.forms import whole_form
from bot.web.notice_fields import MOMENTS
from bot.web.notice_pages import LIST, Done
from bot.web.notice_uploads import Files, Read
from bot.web.within import Program
from bot.wiring import App
from handlers.context import Context
from handlers.message import Replies, Reply
from handlers.notice import audience_said, issuing, notice_drafting, notice_passing, notice_preview
from handlers.notice.notice_drafting import Writer
from handlers.wording import notice_form as wording
from storage import notice_ledger
from storage.base import new_ref
from storage.notices import Notice, NoticeKind, NoticeState
from storage.people import Post, Unit

router = APIRouter()

TYPED = ("text", "source", "reason", "link", "audience", *MOMENTS)  # shown again as they were typed
SECRET = 32  # characters of the random word of a new form
Form = Mapping[str, str]


# --- showing it


@router.get(f"{LIST}/new")
def new(request: Request, app: Program) -> Response:
    """An empty form. Nothing is written until it is saved."""
    with app.reading() as db:
        writer = _writer(app, db, request)
        units = units_of(db, writer.posts)
        if not units:
            raise HTTPException(403)
        return _page(app, db, request, writer, None, units=units)


@router.get(LIST + "/{number:int}/edit")
def edit(number: int, request: Request, app: Program, check: str = "") -> Response:
    """A draft, as far as it got. With ``check``: what it lacks stands beside its fields."""
    with app.reading() as db:
        writer = _writer(app, db, request)
        notice = _draft(notice_pages.context_of(app, db, writer.staff), writer, number)
        lacks = {problem.field: problem.sentence for problem in notice_drafting.problems(writer, notice)}
        return _page(app, db, request, writer, notice, wrong=lacks if check else None, status=200)


def _writer(app: App, db: Session, request: Request) -> Writer:
    return writer_of(notice_pages.context_of(app, db, notice_pages.staff_of(app, db, request)))


def writer_of(ctx: Context) -> Writer:
    """Whoever acts, as a writer of notices. Raises 403."""
    writer = notice_drafting.writer_of(ctx)
    if writer is None:
        raise HTTPException(403)
    return writer


def units_of(db: Session, posts: list[Post]) -> list[Unit]:
    """Every unit that somebody may write for: those whose notices they issue, or those who decide what they propose."""
    first = issuing.drafting_unit(posts, db)
    own = [post.unit for post in posts if issuing.may_issue([post], post.unit, NoticeKind.ORDINARY)]
    found = [*([first] if first is not None else []), *own, *issuing.units_proposed_to(db, posts)]
    return list({unit.id: unit for unit in found}.values())


def _draft(ctx: Context, writer: Writer, number: int, *, lock: bool = False) -> Notice:
    notice, unit = notice_pages.find(ctx, number, lock=lock)
    if notice.state not in notice_drafting.OPEN or not issuing.may_change(writer.staff, notice, unit):
        raise HTTPException(403)
    return notice


def _page(
    app: App,
    db: Session,
    request: Request,
    writer: Writer,
    notice: Notice | None,
    *,
    units: list[Unit] | None = None,
    wrong: Mapping[str, str] | None = None,
    typed: Form | None = None,
    status: int | None = None,
) -> Response:
    shown = _stored(writer, notice) if notice is not None else dict.fromkeys((*TYPED, "unit"), "")
    shown.setdefault("kind", NoticeKind.ORDINARY)
    shown |= {name: value for name, value in (typed or {}).items() if name in (*TYPED, "kind", "unit")}
    values = {
        "head": console.head(app, db, request),
        "notice": notice,
        "units": units or [],
        "unit": db.get_one(Unit, notice.unit_id).name if notice is not None else "",
        "was": _digest(writer, notice) if notice is not None else "",
        "once": new_ref(),
        "audience": audience_said.describe(db, notice) if notice is not None else "",
        "kinds": wording.KINDS,
        "values": shown,
        "in_groups": (typed or {}).get("in_groups") == "1" if typed else notice is None or notice.in_groups,
        "most": writer.policy.text_longest,
        "seconds": int(writer.policy.voice_longest.total_seconds()),
        "wrong": dict(wrong or {}),
        "said": next_page.said_before(app, request, writer.staff),
    }
    return next_page.show("console_notice_edit.html", values, status=status or (422 if wrong else 200))


def _stored(writer: Writer, notice: Notice) -> dict[str, str]:
    moments = {name: notice_fields.as_typed(getattr(notice, name)) for name in MOMENTS}
    said = {name: getattr(notice, name) or "" for name in ("source", "reason", "link")}
    return {"kind": notice.kind, "text": notice_drafting.words_of(writer, notice), "audience": "", **said, **moments}


def _digest(writer: Writer, notice: Notice) -> str:
    """What the form was made from: of two tabs, or two people, the second learns that the first has changed it."""
    rest = [notice.in_groups, notice.audience, notice.picture_id, notice.voice_id]
    said = json.dumps([_stored(writer, notice), rest], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:32]


# --- saving it


@router.post(f"{LIST}/save")
async def save(request: Request, app: Program) -> Response:
    """Saves what is understood; then the form again, or the preview."""
    form, files = await whole_form(request)
    if any("\0" in value for value in form.values()):
        raise HTTPException(400)
    try:
        return await run_in_threadpool(_save, request, app, form, files)
    except HTTPException as error:
        if error.status_code != 401:
            raise
        return notice_pages.signed_out(request, form, with_files=bool(files))


def _save(request: Request, app: App, form: Form, files: Files) -> Response:
    wrong: dict[str, str] = {}
    number = 0

    def work(ctx: Context) -> Done:
        nonlocal number
        writer = writer_of(ctx)
        notice = _opened(ctx, writer, form, files)
        number = notice.number
        if form.get("was", "") not in ("", _digest(writer, notice)):
            wrong["elsewhere"] = wording.ELSEWHERE.format(text=notice_drafting.words_of(writer, notice))
            return Done([], f"{LIST}/{number}/edit")
        read = notice_fields.read(writer, notice, form)
        notice_uploads.read(app, writer, notice, files, read)
        replies = _put(ctx, writer, notice, read)
        wrong.update(read.wrong)
        if form.get("go") == "preview":
            lacks = notice_drafting.problems(writer, notice)
            if lacks and not wrong:  # all was understood and is stored: a page of its own, which the back button finds
                return Done(replies, f"{LIST}/{number}/edit?check=1")
            for problem in lacks:
                wrong.setdefault(problem.field, problem.sentence)
            if not wrong and notice.state == NoticeState.DRAFT:
                notice_preview.show(writer, notice)
            return Done(replies, f"{LIST}/{number}/preview")
        return Done([*replies, Reply(wording.SAVED.format(number=number))], f"{LIST}/{number}/edit")

    answer = notice_pages.act(app, request, work)
    if not wrong:
        return answer
    with app.reading() as db:
        writer = _writer(app, db, request)
        notice = _draft(notice_pages.context_of(app, db, writer.staff), writer, number)
        return _page(app, db, request, writer, notice, wrong=wrong, typed=form)


def _opened(ctx: Context, writer: Writer, form: Form, files: Files) -> Notice:
    number = form.get("number", "")
    if number.isascii() and number.isdigit() and len(number) < 16:
        return _draft(ctx, writer, int(number), lock=True)
    units = {str(unit.id): unit for unit in units_of(ctx.db, writer.posts)}
    unit = units.get(form.get("unit", "")) or next(iter(units.values()), None)
    if unit is None:
        raise HTTPException(403)
    ref = _said_once(form, files)
    known = notice_ledger.of_form(ctx.db, ref, writer.staff.id) if ref is not None else None
    if known is not None:
        return _draft(ctx, writer, known.number, lock=True)
    return notice_drafting.open_notice(writer, unit, ref=ref)


def _said_once(form: Form, files: Files) -> str | None:
    """What a draft is called that a new form makes: sent again as it was (a double click), it is the same one. Another
    text in the same form, behind the browser's back button, is another notice."""
    if len(form.get("once", "")) < SECRET:
        return None
    fields = {name: value for name, value in form.items() if name != "go"}
    chosen = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    return hashlib.sha256(json.dumps([fields, chosen], sort_keys=True).encode()).hexdigest()[:32]


def _put(ctx: Context, writer: Writer, notice: Notice, read: Read) -> Replies:
    """Changes what is different, if anything is: a form that is saved as it was voids no signature."""
    stored: dict[str, Any] = {name: getattr(notice, name, None) for name in read.changes}
    stored["text"] = notice_drafting.words_of(writer, notice)
    if all(stored[name] == value for name, value in read.changes.items()):
        return []
    proposed = notice.state == NoticeState.PROPOSED
    if notice.author_id != writer.staff.id:
        notice_drafting.note(writer, notice, "taken_over", author=notice.author_id)
        notice.author_id, notice.state, proposed = writer.staff.id, NoticeState.DRAFT, False
    notice_drafting.change(writer, notice, read.changes)
    if not proposed:
        return []
    if notice_drafting.problems(writer, notice):
        notice.state = NoticeState.DRAFT  # nobody is asked about what cannot go
        return []
    return notice_passing.pass_on(writer, notice)
