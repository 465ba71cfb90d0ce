"""招募: a notice with places to fill. It is previewed, confirmed, sent and watched like any other."""

from __future__ import annotations

import re

from handlers.context import Context
from handlers.message import Incoming, Replies, Reply
from handlers.notice import call_words, issuing, notice_dialogue, notice_drafting
from handlers.notice.notice_drafting import Writer
from handlers.orders import MENTION, Order
from handlers.registry import on
from handlers.rules import notice_words
from handlers.rules.shifts import CallError, CallSaid, read
from handlers.wording import notice_dialogue as dialogue_words
from handlers.wording import notice_drafting as drafting_words
from handlers.wording import shifts as wording
from handlers.wording.commands import COMMANDS
from storage import notice_audience, notice_ledger
from storage.people import Unit

_WORD = re.compile("|".join(sorted(map(re.escape, COMMANDS["call"].words), key=len, reverse=True)))


@on("call")
def call(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """Words, and a line a shift with when, where and how many; then the preview, or what is missing."""
    writer = notice_drafting.writer_of(ctx)
    unit = issuing.drafting_unit(writer.posts, ctx.db) if writer is not None else None
    if writer is None or unit is None:
        return [Reply(dialogue_words.NO_UNIT)]
    text = _words(incoming.text) or _words(ctx.words)
    if not text:
        return [Reply(wording.HELP)]
    try:
        said = read(text, ctx.now)
    except CallError as error:
        return [Reply(str(error))]
    if not notice_ledger.anybody(ctx.db, notice_audience.within(unit.path)):
        return [Reply(drafting_words.NOBODY.format(unit=unit.name))]
    return _drafted(ctx, writer, unit, said)


def _words(said: str) -> str:
    text = MENTION.sub("", notice_words.cleaned(said)).lstrip()
    found = _WORD.match(text)
    return text[found.end() :].lstrip(wording.BEHIND).rstrip() if found is not None else ""


def _drafted(ctx: Context, writer: Writer, unit: Unit, said: CallSaid) -> Replies:
    notice = notice_drafting.open_notice(writer, unit)
    notice_drafting.change(writer, notice, call_words.arranged(writer, notice, said))
    return notice_dialogue.finish(ctx, writer, notice)
