"""What follows a notice, from its page: a correction to whoever may have the wrong one, reminders to the unread.

Both are notices of their own: they are drafted here, and lead to their own preview. Reminders at a time are said as in
the chat (每天9点 共3次), and hold once they are confirmed.
"""

from __future__ import annotations

from fastapi import APIRouter
from sqlalchemy import func, select
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.web import notice_pages
from bot.web.forms import fields_of
from bot.web.notice_form import writer_of
from bot.web.notice_pages import LIST, Done
from bot.web.within import Program
from bot.wiring import App
from handlers.context import Context
from handlers.message import Incoming, Kind, Replies, Reply
from handlers.notice import notice_following, notice_preview, steering
from handlers.notice.notice_drafting import problems
from handlers.orders import Order
from handlers.rules import notice_words
from handlers.wording import notice_control as control_words
from handlers.wording.commands import COMMANDS
from storage.notices import Notice, NoticeState

router = APIRouter()

LONGEST = 2000  # characters of a correction as it is typed; what is sent is shorter
OVER = (NoticeState.DONE, NoticeState.CANCELLED)  # what may be corrected: the rest is stopped first


@router.post(LIST + "/{number:int}/correct")
async def correct(number: int, request: Request, app: Program) -> Response:
    """A draft of the right words, and its preview."""
    form = await fields_of(request)
    try:
        return await run_in_threadpool(_correct, number, request, app, form.get("words", "")[:LONGEST])
    except HTTPException as error:
        if error.status_code != 401:
            raise
        return notice_pages.signed_out(request, form)


def _correct(number: int, request: Request, app: App, said: str) -> Response:
    def work(ctx: Context) -> Done:
        notice_pages.find(ctx, number)
        notice, answer = steering.meant(ctx, Order("notice_correct", (number,)))
        words = notice_words.cleaned(said)
        if notice is None:
            return Done([Reply(answer)], f"{LIST}/{number}")
        if notice.state not in OVER or not steering.reached(ctx, notice):
            wrong = control_words.CORRECT_NOBODY if notice.state in OVER else control_words.CORRECT_RUNNING
            return Done([Reply(wrong.format(number=number))], f"{LIST}/{number}")
        if not words:
            return Done([Reply(control_words.CORRECT_WORDS.format(number=number))], f"{LIST}/{number}")
        writer = writer_of(ctx)
        made = notice_following.correction(writer, notice, words)
        if problems(writer, made):
            return Done([Reply(problems(writer, made)[0].sentence)], f"{LIST}/{made.number}/edit")
        notice_preview.show(writer, made)
        return Done([], f"{LIST}/{made.number}/preview")

    return notice_pages.act(app, request, work)


@router.post(LIST + "/{number:int}/remind")
async def remind(number: int, request: Request, app: Program) -> Response:
    """A reminder to the unread and its preview; or, with a time, what is to be confirmed first."""
    form = await fields_of(request)
    return await run_in_threadpool(_remind, number, request, app, form.get("plan", "").strip()[:40])


def _remind(number: int, request: Request, app: App, plan: str) -> Response:
    def work(ctx: Context) -> Done:
        notice_pages.find(ctx, number)
        if plan and ctx.who.account.id is None:
            raise HTTPException(403)  # a plan is confirmed by whoever asked for it, and needs an account for that
        before = _newest(ctx)
        replies = list(say(ctx, "notice_remind", number, plan))
        if _newest(ctx) > before:
            made = ctx.db.scalars(select(Notice).where(Notice.id > before).order_by(Notice.id)).first()
            assert made is not None
            return Done([], f"{LIST}/{made.number}/preview")
        return Done(replies, f"{LIST}/{number}" + ("?ask=notice_remind_really" if plan else ""))

    return notice_pages.act(app, request, work)


def _newest(ctx: Context) -> int:
    return ctx.db.scalar(select(func.max(Notice.id))) or 0


def remind_really(ctx: Context, notice: Notice) -> Replies:
    """The plan that was shown holds from now on."""
    return say(ctx, "notice_remind_really", notice.number)


def remind_stop(ctx: Context, notice: Notice) -> Replies:
    """No planned reminder any more."""
    return say(ctx, "notice_remind_stop", notice.number)


ORDERS = {
    "notice_remind": notice_following.remind,
    "notice_remind_really": notice_following.remind_really,
    "notice_remind_stop": notice_following.remind_stop,
}


def say(ctx: Context, command: str, number: int, more: str = "") -> Replies:
    """What the chat's command answers to whoever acts."""
    text = f"{COMMANDS[command].words[0]} {number} {more}".strip()
    spoken = Incoming("", "console", "", None, Kind.TEXT, ctx.now, ctx.now, text=text)
    return ORDERS[command](spoken, ctx, Order(command, (number,), more))
