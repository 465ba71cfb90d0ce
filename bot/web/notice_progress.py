"""The console's pages of notices under way: the list, and of each one its figures, its curve and what can be done.

The figures come again by themselves every few seconds where there is JavaScript, and with each loading where there is
none. Whoever wants to stop something finds plain forms; each may be sent twice without harm.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from fastapi import APIRouter
from sqlalchemy import select
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from bot.notice_account import Account, Accounts
from bot.web import console, next_page, notice_chart, notice_following, notice_pages, pages
from bot.web.forms import fields_of
from bot.web.notice_pages import LIST, Done
from bot.web.within import Program
from bot.wiring import App
from handlers.context import Context
from handlers.message import Replies, Reply
from handlers.notice import audience_said, issuing, notice_control, reminding, steering
from handlers.notice.notice_progress import NOT_CONFIRMED, how_it_stands
from handlers.orders import Order
from handlers.permissions import may_in
from handlers.rules.deadlines import LOCAL
from handlers.wording import notice_progress as wording
from handlers.wording.notices import KIND_NAMES, reason, waiting
from storage import directory, listening, notice_curve, notice_ledger
from storage.notice_figures import Figures
from storage.notices import Notice, NoticeState
from storage.people import Staff, Unit

router = APIRouter()

LOOKED_THROUGH, SHOWN = 500, 50  # notices of the list, the newest first
FIRST_WORDS = 40  # characters of a notice in the list
QUICK, SLOW = 2, 15  # seconds until a page asks again: while it is under way, and later
LATEST = 20  # lines of its history


@dataclass(frozen=True, slots=True)
class Step:
    """Something that can be done to a notice. ``asks``: what it leads to once the answer has been read."""

    act: Callable[[Context, Notice], Replies]
    asks: str | None = None


STEPS: Mapping[str, Step] = {
    "notice_pause": Step(notice_control.pause_notice),
    "notice_resume": Step(notice_control.resume_notice),
    "notice_cancel": Step(notice_control.ask_to_cancel, "notice_cancel_really"),
    "notice_cancel_really": Step(notice_control.cancel_notice),
    "notice_retry": Step(notice_control.ask_to_retry, "notice_retry_really"),
    "notice_retry_really": Step(notice_control.retry_notice),
    "notice_remind_really": Step(notice_following.remind_really),
    "notice_remind_stop": Step(notice_following.remind_stop),
}


# --- the list


@router.get(LIST)
def show_list(request: Request, app: Program) -> Response:
    """The newest notices that concern whoever looks, with what is known of them without counting anew."""
    with app.reading() as db:
        staff = notice_pages.staff_of(app, db, request)
        ctx = notice_pages.context_of(app, db, staff)
        query = (
            select(Notice, Unit).join(Unit, Unit.id == Notice.unit_id).order_by(Notice.id.desc()).limit(LOOKED_THROUGH)
        )
        mine = [(one, unit) for one, unit in db.execute(query) if notice_pages.may_see(ctx, one, unit)]
        values = {
            "head": console.head(app, db, request),
            "rows": [_row(ctx, notice, unit) for notice, unit in mine[:SHOWN]],
            "writes": issuing.drafting_unit(staff.posts, db) is not None,
            "said": next_page.said_before(app, request, staff),
        }
        return next_page.show("console_notices.html", values)


def _row(ctx: Context, notice: Notice, unit: Unit) -> dict[str, Any]:
    point = notice_curve.newest(ctx.db, notice.id)
    text = notice_ledger.text_of(ctx.vault, notice)
    return {
        "number": notice.number,
        "issuer": unit.name,
        "kind": KIND_NAMES[notice.kind],
        "text": text[:FIRST_WORDS] + ("…" if len(text) > FIRST_WORDS else ""),
        "standing": how_it_stands(notice, ctx.now),
        "draft": notice.state in NOT_CONFIRMED,
        "at": notice.confirmed_at or notice.created_at,
        "households": notice.households or notice.counted,
        "total": point.figures["total"] if point is not None else None,
    }


# --- one notice


@router.get(LIST + "/{number:int}")
def show(number: int, request: Request, app: Program, ask: str = "") -> Response:
    """Its figures, its curve, its words, what can be done and what was done."""
    account = _account(request, app, number)
    with app.reading() as db:
        staff = notice_pages.staff_of(app, db, request)
        ctx = notice_pages.context_of(app, db, staff)
        notice, unit = notice_pages.find(ctx, number)
        head = console.head(app, db, request)
        values: dict[str, Any] = {
            "head": head,
            "text": notice_ledger.text_of(app.vault, notice),
            "audience": audience_said.describe(db, notice),
            "by": directory.name_of(app.vault, db.get(Staff, notice.author_id)),
            "history": list(_history(ctx, notice)),
            "said": next_page.said_before(app, request, staff),
            **_values(ctx, notice, unit, account),
        }
        values["doors"] = head["knocks"] and not values["draft"]
        values["ask"] = ask if ask in values["steps"] else ""
        return next_page.show("console_notice.html", values)


@router.get(LIST + "/{number:int}/figures")
def show_figures(number: int, request: Request, app: Program) -> HTMLResponse:
    """What changes on the page, for the page itself."""
    account = _account(request, app, number)
    with app.reading() as db:
        ctx = notice_pages.context_of(app, db, notice_pages.staff_of(app, db, request))
        notice, unit = notice_pages.find(ctx, number)
        values = _values(ctx, notice, unit, account)
        doors = console.head(app, db, request)["knocks"] and not values["draft"]
        return pages.page("console_notice_live.html", {"ask": "", "doors": doors, **values})


def _account(request: Request, app: App, number: int) -> Account | None:
    """The figures, counted now or a few seconds ago, outside the transaction of the page; None of a draft."""
    with app.reading() as db:
        ctx = notice_pages.context_of(app, db, notice_pages.staff_of(app, db, request))
        notice, _ = notice_pages.find(ctx, number)
        notice_id, counts = notice.id, notice.state not in NOT_CONFIRMED
    accounts = cast("Accounts", request.app.state.accounts)
    return accounts.of(app, notice_id) if counts else None


def _values(ctx: Context, notice: Notice, unit: Unit, account: Account | None) -> dict[str, Any]:
    running = notice.state in steering.RUNNING
    values: dict[str, Any] = {
        "notice": notice,
        "issuer": unit.name,
        "kind": KIND_NAMES[notice.kind],
        "standing": how_it_stands(notice, ctx.now),
        "account": account,
        "every": QUICK if running else SLOW,
        "steps": _open(ctx, notice, unit, account),
        "draft": notice.state in NOT_CONFIRMED,
    }
    if account is None:
        return values
    found = account.figures
    return values | {
        "total": found.total,
        "found": found,
        "rest": list(_rest(found)),
        "bar": list(_bar(found)),
        "chart": _chart(ctx, notice, account),
    }


def _rest(found: Figures) -> Iterator[tuple[str, int, list[tuple[str, int]]]]:
    """Whoever has not been reached, each with reasons in words; what is zero is not said."""
    total = found.total
    for name in ("planned", "submitted", "failed", "unknown", "no_way", "skipped"):
        count = getattr(total, name)
        if count:
            say = waiting if name in ("planned", "submitted") else reason
            why: dict[str, int] = {}
            for code, households in found.reasons.get(name, {}).items():
                why[say(code)] = why.get(say(code), 0) + households
            yield wording.REST[name], count, sorted(why.items(), key=lambda pair: -pair[1])


def _bar(found: Figures) -> Iterator[tuple[str, str, float, float]]:
    """All households as one bar: class, label, where each part begins and how wide it is, in hundredths."""
    total = found.total
    parts = (
        ("confirmed", total.confirmed),
        ("seen", total.seen - total.confirmed),
        ("sent", total.sent - total.seen),
        ("waits", total.planned + total.submitted),
        ("unknown", total.unknown),
        ("missed", total.failed + total.no_way),
        ("skipped", total.skipped),
    )
    at = 0.0
    for name, count in parts:
        wide = 100 * count / max(total.households, 1)
        if count:
            yield name, f"{wording.BAR[name]} {count}", round(at, 3), round(wide, 3)
        at += wide


def _chart(ctx: Context, notice: Notice, account: Account) -> notice_chart.Chart | None:
    if notice.confirmed_at is None:
        return None
    begun = notice.confirmed_at.astimezone(LOCAL)  # so that the days of the drawing are people's days
    nothing = dict.fromkeys(notice_chart.NAMES, 0)
    taken = [(max(point.at, begun), point.figures["total"]) for point in notice_curve.points(ctx.db, notice.id)]
    now = {name: getattr(account.figures.total, name) for name in notice_chart.NAMES}
    # The newest point may have been taken after this process counted: the higher figures are the later ones.
    latest = {name: max(now[name], *(figures[name] for _, figures in taken[-1:])) for name in now} if taken else now
    end = min(max(account.at, begun), begun + notice_curve.WATCHED + timedelta(hours=1))
    return notice_chart.draw([(begun, nothing), *taken, (max([end, *(at for at, _ in taken)]), latest)], notice.counted)


def _open(ctx: Context, notice: Notice, unit: Unit, account: Account | None) -> list[str]:
    """What can be done to it now, by whoever looks."""
    failed = account is not None and account.figures.total.failed > 0
    running, paused = notice.state in steering.RUNNING, notice.paused_at is not None
    fitting = []
    if running:
        fitting = ["notice_resume" if paused else "notice_pause", "notice_cancel", "notice_cancel_really"]
    if notice.state in reminding.SENT and failed:
        fitting += ["notice_retry", "notice_retry_really"]
    if notice.state in reminding.SENT and not paused:
        fitting += ["notice_remind", "notice_remind_really"]
    if notice.state in notice_following.OVER:
        fitting += ["notice_correct"]
    if reminding.planned(ctx.db, notice) is not None:
        fitting += ["notice_remind_stop"]
    return [name for name in fitting if may_in(ctx.who, name, unit.path, None)]


def _history(ctx: Context, notice: Notice) -> Iterator[tuple[Any, str, str]]:
    for row in listening.changes(ctx.db, f"notice:{notice.number}", LATEST):
        if row.kind in wording.HISTORY:
            name = directory.name_of(ctx.vault, ctx.db.get(Staff, row.staff_id)) if row.staff_id is not None else ""
            yield row.at, name, wording.HISTORY[row.kind]


# --- doing something


@router.post(LIST + "/{number:int}/steer")
async def steer(number: int, request: Request, app: Program) -> Response:
    """Pauses, goes on, cancels or tries again, as the chat's command of that name does."""
    form = await fields_of(request)
    return await run_in_threadpool(_steer, number, request, app, form.get("step", ""))


def _steer(number: int, request: Request, app: App, name: str) -> Response:
    step = STEPS.get(name)
    if step is None:
        raise HTTPException(400)

    def work(ctx: Context) -> Done:
        seen, _ = notice_pages.find(ctx, number)
        meant = steering.meant(ctx, Order(name, (number,), ""))
        if meant.notice is None:
            return Done([Reply(meant.answer)], f"{LIST}/{number}")
        replies = step.act(ctx, meant.notice)
        cast("Accounts", request.app.state.accounts).forget(seen.id)
        asks = step.asks if step.asks in STEPS and meant.notice.state != NoticeState.CANCELLED else None
        return Done(replies, f"{LIST}/{number}" + (f"?ask={asks}" if asks else ""))

    return notice_pages.act(app, request, work)
