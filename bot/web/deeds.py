"""A command given on a page of the console: carried out by the chat's own handler, as the person who signed in.

It is a message of theirs in private, with a row and a key of its own: pressed twice it is done once, and what was said
the first time is shown again. The answer to whoever pressed stands on the next page and is sent to no chat; what others
are told goes out by the outbox. Where nothing came of it nothing is written: the form comes back with what is wrong,
and no question waits in a chat for an answer that is given on the page.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from bot.batch import passing
from bot.counting import with_counts
from bot.handle import who_is, write_inline
from bot.owe import Desk, Origin, owe
from bot.web import next_page, notice_pages
from bot.wiring import App
from handlers import commanding
from handlers.context import Context
from handlers.message import Here, Incoming, Kind, Person, Replies, Reply
from handlers.orders import Order
from handlers.ticket import acting, promising
from handlers.ticket.choosing import ELIGIBLE
from handlers.wording import console_desk as wording
from handlers.wording.commands import COMMANDS
from nlp.normalise import normalise
from storage import decisions, directory, facts, media, tickets, whistles
from storage.base import new_ref
from storage.conflict import on_conflict_do_nothing
from storage.counting import Counts, offer
from storage.inbox import Inbox, InboxState
from storage.outbox import Outbox
from storage.people import Account, Staff
from storage.tickets import Ticket
from storage.whistles import WhistleState
from storage.workflow import OPEN

DOOR = "console"
TRIES = 6  # of a transaction that lost a race
DECIDING, SIGNING = frozenset({"agree", "disagree"}), frozenset({"whistle_sign", "whistle_refuse"})
BESIDE = frozenset({"supervise", "comment", "undo", "nudge", "hotline_result"})  # whatever else changed meanwhile


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody pressed. ``seen``: how the ticket stood on their page; ``once``: the page's own word for a form."""

    command: str
    number: int
    rest: str
    seen: str
    once: str
    photo: tuple[bytes, str] | None = None
    fields: Mapping[str, str] = field(default_factory=dict)  # what is said in ``rest`` too, and is certain

    def key(self, staff: Staff) -> str:
        """The name of the deed: the same form with the same words is the same deed."""
        digest = hashlib.sha256(self.photo[0] if self.photo is not None else b"").hexdigest()
        said = f"{self.once}|{self.seen}|{self.command}|{self.number}|{self.rest}|{digest}"
        return f"in:{DOOR}:{staff.ref}:{hashlib.sha256(said.encode()).hexdigest()[:32]}"

    @property
    def text(self) -> str:
        """The same, as it would have been typed in the chat."""
        said = COMMANDS.get(self.command)
        word = said.words[0] if said is not None and said.words else ""
        return " ".join(filter(None, (word, str(self.number), self.rest)))


class NotDone(Exception):
    """Nothing came of a deed, and why; raised out of its transaction, so that nothing of it stays.

    ``part``: what is missing of the command.
    """

    def __init__(self, why: str, *, part: str = "", status: int = 422) -> None:
        super().__init__("a deed was refused")  # the words may name people and stay out of every log
        self.why, self.part, self.status = why, part, status


def context_of(app: App, db: Session, staff: Staff, counts: Counts | None = None) -> Context:
    """What handlers are given: with the duties of others that are this person's for now."""
    ctx = notice_pages.context_of(app, db, staff, counts)
    if ctx.who.account.id is not None:
        ctx.who = who_is(db, ctx.who.account, ctx.now)
        ctx.policy = promising.policy_at(db, app.policy, ctx.who.account.unit_id)
    return ctx


def done(app: App, request: Request, deed: Deed) -> str:
    """Does it, or finds that it is done; answers what is said of it. Raises NotDone, and 401."""
    for _ in range(TRIES - 1):
        try:
            return with_counts(app, lambda counts: _done(app, request, deed, counts))
        except Exception as error:
            if not passing(error):
                raise
    return with_counts(app, lambda counts: _done(app, request, deed, counts))


def _done(app: App, request: Request, deed: Deed, counts: Counts) -> str:
    with app.writing() as db:
        offer(db, counts)
        staff = notice_pages.staff_of(app, db, request)
        account = next(iter(directory.accounts_of_staff(db, staff.id)), None)
        if account is None:
            raise NotDone(wording.NO_ACCOUNT, status=403)
        row_id = _claimed(app, db, deed, staff, account)
        if row_id is None:
            return _said_first(app, db, deed.key(staff))
        ctx = context_of(app, db, staff, counts)
        ctx.inbox, ctx.words = db.get_one(Inbox, row_id), normalise(deed.text)
        _keep_photo(app, ctx, deed)
        replies = _carried_out(ctx, deed)
        answer, waiting = _told(app, ctx, deed, replies)
    for bell in (*ctx.bells, *(("replies",) if waiting else ())):
        app.bell.ring(bell)
    return answer


def _claimed(app: App, db: Session, deed: Deed, staff: Staff, account: Account) -> int | None:
    """The row of the deed; None where it was done before."""
    ref, now, wall = new_ref(), app.clock.now(db), app.clock.wall()
    row = {
        "ref": ref,
        "key": deed.key(staff),
        "door": DOOR,
        "kind": Kind.IMAGE if deed.photo is not None else Kind.TEXT,
        "sender_id": account.id,
        "said_at": now,
        "received_at": wall,
        "state": InboxState.HANDLED,
        "text": app.vault.seal(deed.text, "inbox.text", ref),
        "forget_at": now + timedelta(hours=app.settings.keep_talk_hours),
    }
    return db.scalar(on_conflict_do_nothing(db, Inbox, "key").values([row]).returning(Inbox.id))


def _said_first(app: App, db: Session, key: str) -> str:
    first = select(Outbox).join(Inbox, Inbox.answer_id == Outbox.id).where(Inbox.key == key)
    row = db.scalars(first).one_or_none()
    return app.vault.open(row.text, "outbox.text", row.ref) if row is not None and row.text else ""


def _keep_photo(app: App, ctx: Context, deed: Deed) -> None:
    if deed.photo is None:
        return
    content, mime = deed.photo
    ctx.inbox.media = f"media:{media.keep(ctx.db, content, mime, app.clock.wall()).ref}"


def _carried_out(ctx: Context, deed: Deed) -> Replies:
    """By the command's own handler, unless the page showed something that is not so any more."""
    ticket = tickets.by_number(ctx.db, deed.number)
    if ticket is not None and _is_stale(ctx, tickets.lead(ctx.db, ticket), deed):
        raise NotDone(wording.CHANGED.format(number=deed.number))
    order = Order(deed.command, (deed.number,), deed.rest)
    replies = commanding.run(_as_message(ctx, deed), ctx, order)
    if not ctx.facts and not facts.of_message(ctx.db, ctx.inbox.id):  # whatever is done to a ticket stands in history
        part = next((reply.part for reply in replies if reply.part), "")
        why = wording.MISSING.get(part) if part not in deed.fields else None
        raise NotDone(why or _mine(ctx, replies) or wording.NOT_DONE.format(number=deed.number), part=part)
    return acting.kept(ctx, replies)


def _as_message(ctx: Context, deed: Deed) -> Incoming:
    row = ctx.inbox
    return Incoming(
        key=row.key,
        door=DOOR,
        sender="",
        chat=None,
        kind=Kind(row.kind),
        said_at=row.said_at,
        received_at=row.received_at,
        text=deed.text,
        media=row.media,
        addressed=True,
        data=deed.fields,
    )


def standing(ctx: Context, ticket: Ticket, command: str) -> str:
    """How a ticket stands for a command: what a form carries, so that nobody decides on what they did not see."""
    if command in DECIDING:
        asked = decisions.waiting(ctx.db, ticket.id)
        return f"d{asked.id}.{asked.rung}" if asked is not None else ""
    if command in SIGNING:
        whistle = whistles.latest(ctx.db, ticket.id)
        return f"w{whistle.id}" if whistle is not None and whistle.state == WhistleState.DRAFTED else ""
    return "" if command in BESIDE else f"v{ticket.version}"


def _is_stale(ctx: Context, ticket: Ticket, deed: Deed) -> bool:
    """Where the state does not allow it any more, the handler itself says best why."""
    stands = standing(ctx, ticket, deed.command)
    possible = ticket.status in ELIGIBLE.get(deed.command, OPEN)
    return possible and bool(stands) and stands != deed.seen


def _told(app: App, ctx: Context, deed: Deed, replies: Sequence[Reply]) -> tuple[str, int]:
    """What whoever pressed reads, kept beside the deed; and how many rows for others wait to be sent."""
    others = [reply for reply in replies if not _is_mine(ctx, reply)]
    desk = Desk(ctx.db, app.vault, app.channels, ctx.now, app.clock.wall(), app.doors_down())
    origin = Origin(ctx.inbox.key, ctx.inbox.id, ctx.who.account, None)
    answer = _mine(ctx, replies) or wording.NOTHING_SAID.format(number=deed.number)
    ctx.db.flush()
    waiting = owe(desk, others, origin)
    write_inline(desk, origin, answer, next((reply.ticket_id for reply in replies if _is_mine(ctx, reply)), None))
    return answer, waiting


def _mine(ctx: Context, replies: Replies) -> str:
    return "\n\n".join(reply.text for reply in replies if _is_mine(ctx, reply))


def _is_mine(ctx: Context, reply: Reply) -> bool:
    if isinstance(reply.to, Person):
        return reply.to.account_id == ctx.who.account.id
    return isinstance(reply.to, Here)


# --- what is said on the next page


def answered(app: App, request: Request, to: str, said: str) -> Response:
    """To the next page, which says it."""
    with app.reading() as db:
        by = notice_pages.staff_of(app, db, request).id
    return next_page.leads_to(app, to, said, by)


def reader(app: App, db: Session, request: Request) -> Context:
    """Who looks at a page, with everything that is theirs for now. Raises 401."""
    return context_of(app, db, notice_pages.staff_of(app, db, request))
