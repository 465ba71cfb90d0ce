"""What others said in a group just before a message, read for what it half tells. Nothing is kept for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from handlers.context import Context
from handlers.message import Incoming, Kind
from nlp.hunch import Hunch, guess
from nlp.normalise import normalise
from storage.inbox import Inbox
from storage.people import Account

LINES = 6  # of the others, that are looked back over
NEAR = 400  # messages of all chats among which the lines of this one are looked for


@dataclass(frozen=True, slots=True)
class Line:
    """What a neighbour said a moment ago, and the trouble that it half tells."""

    row: Inbox
    words: str
    hunch: Hunch | None


def lines_before(incoming: Incoming, ctx: Context, within: timedelta) -> Iterator[Line]:
    """What residents but the speaker said here, newest first; of a message that quotes, only what it quotes."""
    here = select(Inbox).where(
        Inbox.group_id == ctx.inbox.group_id,
        Inbox.id < ctx.inbox.id,
        Inbox.kind.in_([Kind.TEXT.value, Kind.VOICE.value]),
        Inbox.text.is_not(None),
        Inbox.recalled_at.is_(None),
    )
    if incoming.quoted is not None:
        here = here.where(Inbox.key == incoming.quoted)
    else:
        here = here.where(Inbox.id >= ctx.inbox.id - NEAR, Inbox.said_at >= ctx.inbox.said_at - within)
    for row in ctx.db.scalars(here.order_by(Inbox.id.desc()).limit(LINES)):
        if row.sender_id not in ctx.mine and _is_neighbour(ctx, row):
            words = normalise(ctx.vault.open(row.text or "", "inbox.text", row.ref))
            yield Line(row, words, guess(words))


def _is_neighbour(ctx: Context, row: Inbox) -> bool:
    account = ctx.db.get(Account, row.sender_id) if row.sender_id is not None else None
    return account is not None and account.staff_id is None
