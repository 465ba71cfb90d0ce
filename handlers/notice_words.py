"""收到 and its like: a word in the chat that says that a notice was read."""

from __future__ import annotations

from datetime import timedelta

from handlers.context import Context
from handlers.message import Incoming, Reply
from handlers.wording import notice_reading as wording
from storage import notice_reading

WORD_HOLDS = timedelta(days=3)  # how long a bare 收到 is taken for an answer to a notice
AROUND_A_WORD = " \t\n,，.。!！~～"


def confirm_by_word(incoming: Incoming, ctx: Context) -> list[Reply] | None:
    """收到 in a private chat confirms the newest notice of the last three days; None when there is none to confirm."""
    if not incoming.private or ctx.words.strip(AROUND_A_WORD) not in wording.RECEIVED:
        return None
    number = notice_reading.confirm_latest(ctx.db, ctx.who.account, ctx.now - WORD_HOLDS, ctx.now)
    return None if number is None else [Reply(wording.THANKS.format(number=number))]
