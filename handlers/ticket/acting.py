"""An act of staff may be taken back for a while: kept beside it is how the ticket stood, and the resident hears later.

What the resident would be told of 办结, 转派, 不予受理 and 移交 waits that long; 接单 and whatever is an emergency
goes out at once. The wait is business time and a row of its own: a process that dies loses nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from handlers.context import Context
from handlers.message import Person, Replies, Reply
from handlers.rules.deadlines import EMERGENCY
from handlers.ticket import promising
from storage import undos
from storage.facts import Fact, FactKind
from storage.inserts import insert_one
from storage.tickets import Ticket
from storage.timers import Timer

RELEASE = "undo:over"
# The acts that may be taken back, by the fact they leave. What else a message records (照片, a 接单 implied by 办结)
# goes with them.
MAY_BE_UNDONE = frozenset({
    FactKind.ACCEPTED, FactKind.PROGRESS, FactKind.REASSIGNED, FactKind.RESOLVED, FactKind.VERIFIED,
    FactKind.RECATEGORISED, FactKind.NOT_REPORT, FactKind.IS_REPORT, FactKind.REJECTED, FactKind.TRANSFERRED,
    FactKind.RESUMED, FactKind.HANDED_OVER, FactKind.ASKED, FactKind.DECIDED, FactKind.DATED, FactKind.WHISTLED,
    FactKind.WHISTLE_SIGNED, FactKind.WHISTLE_OVER, FactKind.HAND_ASKED, FactKind.HAND_DONE, FactKind.MERGED,
    FactKind.SPLIT, FactKind.LANE,
})  # fmt: skip
# Of these the resident hears once they can be taken back no more.
HEARD_LATER = frozenset({
    FactKind.REASSIGNED, FactKind.RESOLVED, FactKind.NOT_REPORT, FactKind.REJECTED, FactKind.TRANSFERRED,
    FactKind.HANDED_OVER,
})  # fmt: skip


def note(ctx: Context, ticket: Ticket) -> None:
    """Looks at a ticket before somebody acts on it; once a message."""
    if ctx.who.is_staff and ticket.id not in ctx.stood:
        known = promising.kept(promising.known(ctx.db, ticket))
        ctx.stood[ticket.id] = (undos.standing(ctx.db, ticket), known)


def kept(ctx: Context, replies: Replies) -> Replies:
    """Keeps what the message did, and holds back what is to be heard later."""
    done = _done(ctx)
    ctx.facts.clear()
    if not done or ctx.who.staff is None:
        return replies
    ctx.db.flush()
    later = frozenset(
        ticket_id for ticket_id, fact in done.items() if _keep(ctx, ctx.db.get_one(Ticket, ticket_id), fact)
    )
    return _held(ctx, replies, later)


def _done(ctx: Context) -> dict[int, Fact]:
    """The act of each ticket: the last that was recorded, but a decision rather than what followed from it."""
    done: dict[int, Fact] = {}
    for fact in ctx.facts:
        follows = fact.kind == FactKind.LANE and fact.data.get("by") != "staff"  # by the table, with another category
        if fact.kind not in MAY_BE_UNDONE or fact.ticket_id not in ctx.stood or follows:
            continue
        if fact.ticket_id not in done or done[fact.ticket_id].kind != FactKind.DECIDED:
            done[fact.ticket_id] = fact
    return done


def _keep(ctx: Context, ticket: Ticket, fact: Fact) -> bool:
    """Whether the resident hears of it later."""
    before, promised = ctx.stood.pop(ticket.id)
    data = undos.changes(before, undos.standing(ctx.db, ticket)) | {"message": ctx.inbox.id, **promised}
    until = ctx.now + promising.policy_of(ctx, ticket).undo_within
    undo_id = undos.keep(ctx.db, fact, fact.kind, data, until)
    timer = {"name": _name(undo_id), "kind": RELEASE, "due_at": until, "data": {"undo": undo_id}}
    insert_one(ctx.db, Timer, timer)  # of no ticket: what stops a ticket's timers must not keep its news back
    return fact.kind in HEARD_LATER and ticket.urgency != EMERGENCY


def _name(undo_id: int) -> str:
    return f"undo:{undo_id}:over"


def _held(ctx: Context, replies: Replies, later: frozenset[int]) -> Sequence[Reply]:
    """News for residents waits; what staff hear does not."""
    return [
        replace(reply, hold=True)
        if reply.ticket_id in later and isinstance(reply.to, Person) and reply.to.account_id not in ctx.mine
        else reply
        for reply in replies
    ]


def release(timer: Timer, db: Session) -> Replies:
    """The time to take it back is over: what was held goes out."""
    undo_id = int(timer.data["undo"])
    if undos.settle(db, undo_id, undos.OVER):
        undos.release(db, undos.ticket_of(db, undo_id))
    return []
