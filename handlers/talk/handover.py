"""A person on the platform takes over a talk, and gives it back: meanwhile the bot is silent and loses nothing.

What is reported while a member of staff talks to somebody is still taken, tickets open and desks are called; only the
answers to this person are left out, since two would speak at once.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import update

from handlers.context import Context
from handlers.message import Here, Incoming, Kind, Person, Replies, Reply
from storage.outbox import Outbox, OutboxState

STAYS = timedelta(hours=2)  # after the last sign of whoever took over; the platform may never say that they left
OVER = "ended"


def noticed(incoming: Incoming, ctx: Context) -> Replies | None:
    """The platform tells that a person took over, spoke or left."""
    if incoming.kind is not Kind.EVENT or incoming.event not in ("session", "staff_said"):
        return None
    account = ctx.who.account
    if incoming.data.get("change") == OVER:
        account.with_person_until = None
        _bring_forward(incoming, ctx)
    else:
        until = _on_the_wall(incoming) + STAYS
        account.with_person_until = max(until, account.with_person_until or until)
    return []


def _bring_forward(incoming: Incoming, ctx: Context) -> None:
    """What waited for the end of the talk is said now."""
    waiting = (Outbox.address == ctx.address, Outbox.state == OutboxState.WAITING)
    later = Outbox.next_try_at > incoming.received_at
    ctx.db.execute(update(Outbox).where(*waiting, later).values(next_try_at=incoming.received_at))
    ctx.bells.add("replies")


def is_with_person(incoming: Incoming, ctx: Context) -> bool:
    """Whether a person talks to whoever said this, in the same private chat."""
    until = ctx.who.account.with_person_until
    return incoming.private and until is not None and _on_the_wall(incoming) < until


def _on_the_wall(incoming: Incoming) -> datetime:
    """The platform's time; the sample neighbourhood's business time is ahead of it."""
    return min(incoming.said_at, incoming.received_at)


def hushed(replies: Replies, ctx: Context) -> Replies:
    """Without what the bot would say to the speaker."""
    return [reply for reply in replies if not _to_speaker(reply, ctx)]


def _to_speaker(reply: Reply, ctx: Context) -> bool:
    return isinstance(reply.to, Here) or (isinstance(reply.to, Person) and reply.to.account_id == ctx.who.account.id)
