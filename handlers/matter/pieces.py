"""What somebody told the bot alone just before, piece by piece, and nobody could make anything of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import select

from handlers.context import LINES, Context
from handlers.matter import belonging, burst
from handlers.matter.knocks import is_knock
from handlers.message import Kind
from handlers.orders import parse
from handlers.wording import help as help_wording
from handlers.wording import joining, waiting
from nlp.normalise import fold, normalise
from nlp.reading import ReadingContext, read
from storage.facts import Fact, FactKind
from storage.inbox import Inbox

FEW = 6  # messages that are looked back over
LONGEST = 40  # characters of a piece; whoever says more in one breath has told it
ALONE = ReadingContext(addressed=True)
NO_PIECE = frozenset({"greeting", "thanks"})  # cues


def said_before(ctx: Context, *, additions: bool = False) -> list[Inbox]:
    """The pieces, the first first: back to where they paused, called it off or told something else. ``additions``: also
    those that were taken for more words about something that is open."""
    return list(_backwards(ctx, additions=additions))[::-1]


def words_of(ctx: Context, row: Inbox) -> str:
    return normalise(ctx.vault.open(row.text, "inbox.text", row.ref)) if row.text else ""


def joined(ctx: Context, rows: Sequence[Inbox], last: str) -> str:
    """The pieces and the last of them in one sentence; what the last holds already is not said twice."""
    return joining.PIECES.join([*(words for row in rows if (words := words_of(ctx, row)) not in last), last])


def _backwards(ctx: Context, *, additions: bool) -> Iterator[Inbox]:
    later = ctx.inbox.said_at
    for row in ctx.once(LINES, lambda: _lines(ctx)):
        text = fold(words_of(ctx, row))
        if later - row.said_at > ctx.policy.burst or _calls_off(text) or not _is_free(ctx, row, additions=additions):
            return
        later = row.said_at
        if _is_piece(text):
            yield row


def _lines(ctx: Context) -> Sequence[Inbox]:
    """What the same person said here lately, the last first."""
    mine = select(Inbox).where(
        burst.same_chat(ctx),
        Inbox.kind.in_([Kind.TEXT.value, Kind.VOICE.value]),
        Inbox.text.is_not(None),
        Inbox.recalled_at.is_(None),
        Inbox.said_at >= ctx.inbox.said_at - ctx.policy.additions,
        Inbox.id < ctx.inbox.id,
    )
    return ctx.db.scalars(mine.order_by(Inbox.id.desc()).limit(FEW)).all()


def _is_free(ctx: Context, row: Inbox, *, additions: bool) -> bool:
    if row.ticket_id is None:
        return True
    added = select(Fact.id).where(Fact.inbox_id == row.id, Fact.kind == FactKind.ADDED)
    return additions and ctx.db.scalar(added.limit(1)) is not None


def _calls_off(text: str) -> bool:
    return waiting.NO.fullmatch(text) is not None or belonging.says(waiting.CALLS_OFF, text)


def _is_piece(text: str) -> bool:
    """Whether it may be part of what is told: no greeting, no thanks, no command."""
    if len(text) > LONGEST or is_knock(text) or belonging.says(help_wording.NEEDS_TIME, text):
        return False
    if parse(text) is not None:
        return False
    return not read(text, ALONE).cues & NO_PIECE
