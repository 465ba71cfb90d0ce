"""What the console's pages of notices share: who acts, which notice, and what was said last.

Whatever is done here is done by the functions that the chat's commands call, as the person who signed in: the same
rights, the same sentences. What others are told goes out by the outbox. The sentence for whoever acted is shown on the
next page; on the way there it lies sealed in their own browser, and in no address.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot import notice_doors
from bot.counting import with_counts
from bot.owe import Desk, owe
from bot.web import console, next_page, pages
from bot.wiring import App
from handlers.context import Context
from handlers.message import Here, Replies
from handlers.notice import issuing
from handlers.notice.notice_progress import NOT_CONFIRMED, concerns
from handlers.permissions import Who
from nlp.reading import Reading
from storage import directory, notice_ledger
from storage.counting import Counts, offer
from storage.inbox import Inbox
from storage.notices import Notice, NoticeState
from storage.people import Account, Staff, Unit

LIST = "/console/notices"
HIGHEST = 2**53  # a number above it is none of ours, and no database takes it
SILENT = Reading(False, "low", 0.0, None, None, (), None, (), (), frozenset(), ())  # nothing was said in any chat


@dataclass(frozen=True, slots=True)
class Done:
    """What came of something: the sentences for whoever acted, those for others, and where to go now."""

    replies: Replies
    to: str
    refused: bool = False  # nothing was done: what was typed belongs back into its form


def staff_of(app: App, db: Session, request: Request) -> Staff:
    """Who acts on a page. Raises 401."""
    staff = console.signed_in(app, db, request)
    if staff is None:
        raise HTTPException(401)
    return staff


def context_of(app: App, db: Session, staff: Staff, counts: Counts | None = None) -> Context:
    """What the functions of the chat's commands are given when somebody of the staff acts on a page."""
    counts = counts or Counts()
    counts.now = counts.now or app.clock.now(db)
    account = next(iter(directory.accounts_of_staff(db, staff.id)), None) or Account(staff_id=staff.id)
    return Context(
        db=db,
        now=counts.now,
        vault=app.vault,
        policy=app.policy,
        public_url=app.settings.public_url,
        who=Who(account, staff),
        inbox=Inbox(),
        reading=SILENT,
        doors=app.speaking_doors(),
        notice_doors=lambda: notice_doors.doors_of(app),
    )


def find(ctx: Context, number: int, *, lock: bool = False) -> tuple[Notice, Unit]:
    """A notice that whoever acts may look at, and who issues it. Raises 404, and 403 for one of others."""
    notice = notice_ledger.by_number(ctx.db, number, lock=lock) if 0 < number < HIGHEST else None
    if notice is None:
        raise HTTPException(404)
    unit = ctx.db.get_one(Unit, notice.unit_id)
    if not may_see(ctx, notice, unit):
        raise HTTPException(403)
    return notice, unit


def may_see(ctx: Context, notice: Notice, unit: Unit) -> bool:
    """What is confirmed concerns those above and below; a draft its author, and whoever may issue or sign it."""
    staff = ctx.who.staff
    if staff is None:
        return False
    if issuing.may_change(staff, notice, unit):
        return True
    if notice.state in NOT_CONFIRMED:
        return notice.state == NoticeState.SIGNING and issuing.may_second_now(
            ctx.db, staff, unit, ctx.now, at_night=True
        )
    return concerns(ctx.who, unit)


def act(app: App, request: Request, work: Callable[[Context], Done]) -> Response:
    """Does something in one transaction, has others told, and leads to the next page with what is said of it.

    ``work`` may be run several times, each time as if it had never been: what it wants counted is counted in between.
    """
    return with_counts(app, lambda counts: _acted(app, request, work, counts))


def _acted(app: App, request: Request, work: Callable[[Context], Done], counts: Counts) -> Response:
    with app.writing() as db:
        offer(db, counts)
        staff = staff_of(app, db, request)
        ctx = context_of(app, db, staff, counts)
        done = work(ctx)
        others = [reply for reply in done.replies if not isinstance(reply.to, Here)]
        owe(Desk(db, app.vault, app.channels, ctx.now, app.clock.wall(), app.doors_down()), others, None)
        said = "\n\n".join(reply.text for reply in done.replies if isinstance(reply.to, Here))
        by = staff.id
    for bell in (*ctx.bells, *(("replies",) if others else ())):
        app.bell.ring(bell)
    return next_page.leads_to(app, done.to, said, by)


def signed_out(request: Request, typed: Mapping[str, str], *, with_files: bool = False) -> Response:
    """Whose session ended while they typed: everything is still there, to be sent again once they have signed in."""
    values = {"to": request.url.path, "typed": dict(typed), "with_files": with_files}
    return pages.page("console_signed_out.html", values, status=401)
