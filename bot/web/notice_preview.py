"""The console's preview of a notice: the page in a phone, the message by each way, the dry run; and signing it.

Looking binds nothing. A button has it counted and bound to what is shown, as the chat's preview does; then it is signed
with the count, by a second person with a tap, or at night by a word on the telephone. Signing twice starts it once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import cast

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.notice_account import Accounts
from bot.web import console, next_page, notice_pages, notices, pages, refusals
from bot.web.forms import fields_of
from bot.web.guards import CONTENT_SECURITY
from bot.web.notice_form import writer_of
from bot.web.notice_pages import LIST, Done
from bot.web.refusals import Refused
from bot.web.within import Program
from bot.wiring import App
from handlers.context import Context
from handlers.message import Member, Reply
from handlers.notice import issuing, notice_passing, notice_preview, notice_showing, notice_signing
from handlers.notice import notices as chat
from handlers.notice.notice_drafting import Writer, words_of
from handlers.notice.notice_preview import Preview
from handlers.notice.notice_progress import NOT_CONFIRMED
from handlers.notice.notice_signing import Signed
from handlers.rules import notice_hours
from handlers.wording import notice_form as wording
from handlers.wording import notice_signing as signing_words
from handlers.wording import notices as message_words
from handlers.wording.notice_preview import ON_PAGE
from storage import directory, notice_ledger
from storage.notices import Notice, NoticeKind, NoticeState
from storage.people import Staff, Unit

router = APIRouter()

FRAMED = {
    **pages.PRIVATE,
    "content-security-policy": CONTENT_SECURITY.replace("frame-ancestors 'none'", "frame-ancestors 'self'"),
    "x-frame-options": "SAMEORIGIN",
}
FRAMING = f"{CONTENT_SECURITY}; frame-src 'self'"
Form = Mapping[str, str]
TYPED = ("why", "who")  # given back


# --- looking


@router.get(LIST + "/{number:int}/preview")
def show(number: int, request: Request, app: Program) -> Response:
    """Everything that is to be known before it goes."""
    return _page(number, request, app)


def _page(number: int, request: Request, app: App, refused: Refused | None = None) -> Response:
    with app.reading() as db:
        staff = notice_pages.staff_of(app, db, request)
        ctx = notice_pages.context_of(app, db, staff)
        notice, unit = notice_pages.find(ctx, number)
        if notice.state not in NOT_CONFIRMED:
            return (
                refusals.alone(refused) if refused else RedirectResponse(f"{LIST}/{number}", 303, headers=pages.PRIVATE)
            )
        writer = writer_of(ctx)
        found = notice_preview.look(writer, notice)
        knows = _knows_the_ways(writer, notice, unit)
        values = {
            "head": console.head(app, db, request),
            "notice": notice,
            "bound": _bound(notice),
            "issuer": unit.name,
            "found": found,
            "counts": (notice_showing.counts if knows else notice_showing.for_proposer)(writer, notice, found, ON_PAGE),
            "ways": _ways(app, writer, notice, unit, found) if knows else [],
            "author": directory.name_of(app.vault, db.get(Staff, notice.author_id)),
            "said": next_page.said_before(app, request, staff),
            "refused": refused,
            **_may(writer, notice, unit),
        }
        answer = next_page.show("console_notice_preview.html", values, status=refusals.status_of(refused))
        answer.headers["content-security-policy"] = FRAMING
        return answer


def _knows_the_ways(writer: Writer, notice: Notice, unit: Unit) -> bool:
    """Whether whoever looks may see who is reached: those who issue or sign it, and not those who propose to them."""
    if issuing.may_issue(writer.posts, unit, notice.kind):
        return True
    return notice.state == NoticeState.SIGNING and issuing.may_second(writer.posts, unit, at_night=True)


def _may(writer: Writer, notice: Notice, unit: Unit) -> dict[str, bool]:
    """What whoever looks may do about it now; the functions that do it ask again."""
    me, state = writer.staff.id, notice.state
    issues = issuing.may_issue(writer.posts, unit, notice.kind)
    mine = me == notice.author_id
    night = notice_hours.is_night(writer.now, writer.policy)
    draft = state == NoticeState.DRAFT
    reviewed = draft and notice.reviewed_at is not None
    shown = bool(notice.fingerprint) and writer.now - notice.created_at <= writer.policy.preview_holds
    return {
        "edits": state in (NoticeState.DRAFT, NoticeState.PROPOSED) and issuing.may_change(writer.staff, notice, unit),
        "shown": shown,
        "signs": draft and issues and (mine or reviewed),
        "submits": draft and mine and not reviewed,
        "decides": state == NoticeState.PROPOSED and issues and not mine,
        "drops": issues,
        "returns": issues and not mine and (state == NoticeState.PROPOSED or reviewed),
        "seconds": state == NoticeState.SIGNING
        and me not in (notice.confirmed_by_id, notice.author_id)
        and issuing.may_second_now(writer.db, writer.staff, unit, writer.now, at_night=night),
        "waits": state == NoticeState.SIGNING and me == notice.confirmed_by_id,
        "telephones": state == NoticeState.SIGNING
        and me == notice.confirmed_by_id
        and notice.kind == NoticeKind.EMERGENCY
        and night,
    }


def _ways(app: App, writer: Writer, notice: Notice, unit: Unit, found: Preview) -> list[tuple[str, str, int]]:
    """The message as each way shows it: names of the ways, the words, households. The same words stand once."""
    text = words_of(writer, notice)
    by_words: dict[str, tuple[list[str], int]] = {}
    for door, households in found.reach.channels.items():
        channel = app.bulk.get(door) or app.channels.get(door)
        room = channel.abilities.text_bytes if channel is not None else notice_preview.WHOLE
        shown = message_words.message_of(notice, unit.name, text, message_words.LINK_HERE, room)
        names, count = by_words.get(shown, ([], 0))
        by_words[shown] = ([*names, message_words.channel(door)], count + households)
    return [("、".join(dict.fromkeys(names)), shown, count) for shown, (names, count) in by_words.items()]


@router.get(LIST + "/{number:int}/page")
def page(number: int, request: Request, app: Program) -> HTMLResponse:
    """The notice's own page, for the picture of a phone."""
    with app.reading() as db:
        ctx = notice_pages.context_of(app, db, notice_pages.staff_of(app, db, request))
        notice, _ = notice_pages.find(ctx, number)
        return HTMLResponse(notices.preview(app, db, notice), headers=FRAMED)


@router.get("/n/test/{number:int}/{token}")
def tried(number: int, token: str, app: Program) -> Response:
    """The page of a test to oneself: it counts nothing, whoever opens it."""
    with app.reading() as db:
        notice = notice_ledger.by_number(db, number) if number < notice_pages.HIGHEST else None
        names = notice_ledger.test_name(notice.id) if notice is not None else ""
        if notice is None or not app.vault.is_link(names, token):
            return pages.page("notice_gone.html", {}, status=404, headers=notices.HEADERS)
        return HTMLResponse(notices.preview(app, db, notice, tried=True), headers=notices.HEADERS)


# --- signing


@router.post(LIST + "/{number:int}/sign")
async def sign(number: int, request: Request, app: Program) -> Response:
    """Counts it afresh, tries it, signs it, passes it on, or gives it back."""
    form = await fields_of(request)
    if form.get("step") not in ACTS:
        raise HTTPException(400)
    return await run_in_threadpool(_sign, number, request, app, form)


def _sign(number: int, request: Request, app: App, form: Form) -> Response:
    done: list[Done] = []

    def work(ctx: Context) -> Done:
        notice, unit = notice_pages.find(ctx, number, lock=True)
        cast("Accounts", request.app.state.accounts).forget(notice.id)
        done[:] = [ACTS[form["step"]](ctx, notice, unit, form)]
        return done[0]

    answer = notice_pages.act(app, request, work)
    if not done[0].refused:
        return answer
    typed = {name: form[name].replace("\0", "") for name in TYPED if form.get(name)}
    why = next(iter(done[0].replies)).text
    return _page(number, request, app, Refused(why, form["step"], number, typed))


def _to(number: int, page: str = "/preview") -> str:
    return f"{LIST}/{number}{page}"


def _show(ctx: Context, notice: Notice, unit: Unit, form: Form) -> Done:
    """Counts and binds; with anything missing, back to the form."""
    writer = writer_of(ctx)
    if notice.state != NoticeState.DRAFT or not issuing.may_change(writer.staff, notice, unit):
        return Done([], _to(notice.number))
    found = notice_preview.show(writer, notice)
    if found.problems:
        said = "\n".join(problem.sentence for problem in found.problems)
        return Done([Reply(said)], _to(notice.number, "/edit"))
    return Done([Reply(wording.SHOWN_AGAIN)], _to(notice.number))


def _bound(notice: Notice) -> str:
    """What the page shows, as its form says it again: nobody signs what was changed while they read."""
    return notice.fingerprint[-16:]


def _confirm(ctx: Context, notice: Notice, unit: Unit, form: Form) -> Done:
    if notice.state in NOT_CONFIRMED and form.get("bound", _bound(notice)) != _bound(notice):
        return Done([Reply(wording.CHANGED_MEANWHILE)], _to(notice.number))
    count = form.get("count", "").strip()
    number = int(count) if count.isascii() and count.isdigit() and len(count) < 12 else None
    return _signed(ctx, notice, notice_signing.sign(writer_of(ctx), notice, number))


def _signed(ctx: Context, notice: Notice, signed: Signed) -> Done:
    if signed.starts:
        ctx.bells.add("bulk")
    if signed.again:
        notice_preview.show(writer_of(ctx), notice)
    draft = notice.state in NOT_CONFIRMED
    return Done([Reply(signed.said), *signed.others], _to(notice.number, "/preview" if draft else ""))


def _consent(ctx: Context, notice: Notice, unit: Unit, form: Form) -> Done:
    who = form.get("who", "").strip()[:20]
    if not who or re.search(signing_words.DOUBTFUL, who):
        return Done([Reply(wording.CONSENT_WHO)], _to(notice.number), refused=True)
    words = wording.CONSENT.format(who=who)
    signed = notice_signing.consent(writer_of(ctx), notice, who, words)
    return replace(_signed(ctx, notice, signed), refused=not signed.starts)


def _submit(ctx: Context, notice: Notice, unit: Unit, form: Form) -> Done:
    writer = writer_of(ctx)
    if notice.state != NoticeState.DRAFT or writer.staff.id != notice.author_id:
        return Done([], _to(notice.number))
    return Done(notice_passing.pass_on(writer, notice, form.get("name", "").strip()[:20]), _to(notice.number))


def _adopt(ctx: Context, notice: Notice, unit: Unit, form: Form) -> Done:
    """What is said in a chat repeats the preview; here it stands below."""
    first, *others = notice_passing.adopt(writer_of(ctx), notice)
    others = [reply for reply in others if isinstance(reply.to, Member)]
    return Done([Reply(first.text.partition("\n")[0]), *others], _to(notice.number))


def _give_back(ctx: Context, notice: Notice, unit: Unit, form: Form) -> Done:
    why = form.get("why", "").strip()
    if not why:
        return Done([Reply(wording.RETURN_WHY)], _to(notice.number), refused=True)
    replies = notice_passing.give_back(writer_of(ctx), notice, why)
    return Done(replies, _to(notice.number), refused=len(replies) == 1)


def _try(ctx: Context, notice: Notice, unit: Unit, form: Form) -> Done:
    writer = writer_of(ctx)
    if not issuing.may_change(writer.staff, notice, unit):
        raise HTTPException(403)
    text = chat.test_message(writer, notice, unit, ctx.public_url)
    return Done([Reply(wording.TRIED), Reply(text, to=Member(writer.staff.id))], _to(notice.number))


ACTS: Mapping[str, Callable[[Context, Notice, Unit, Form], Done]] = {
    "show": _show,
    "confirm": _confirm,
    "consent": _consent,
    "submit": _submit,
    "adopt": _adopt,
    "give_back": _give_back,
    "try": _try,
}
