"""12345转来的，单号 …，请在3月5日前回复：5号楼下水道堵了: an order of the hotline, handed on in everyday words.

Whoever may take orders and says it to the bot has it taken, with the hotline's number and deadline; in a staff group
they are asked in private first, since a deadline of the hotline never changes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from handlers.context import Context
from handlers.hearing import hotline_told
from handlers.hearing.hotline_told import RULE
from handlers.message import Incoming, Kind, Replies, Reply
from handlers.permissions import ChatKind, may
from handlers.rules import dates_said
from handlers.ticket import case
from handlers.wording import desk as desk_wording
from handlers.wording import hotline_passed as wording
from handlers.wording.commands import BLANKS
from handlers.wording.times import when
from nlp.normalise import normalise
from storage.inbox import Inbox

QUESTION = "hotline_passed"
ASK_WITHIN = timedelta(hours=2)
LEAST = 4  # characters that tell of a trouble
_HOTLINE, _NUMBER, _CLAUSE = (re.compile(part) for part in (wording.OF_THE_HOTLINE, wording.NUMBER, wording.CLAUSE))
_DUE, _LEADS, _CONTENT = (re.compile(part) for part in (wording.DUE, wording.LEADS, wording.CONTENT))
_SAYS_NOTHING = re.compile(wording.SAYS_NOTHING)


@dataclass(frozen=True, slots=True)
class Passed:
    """An order as it was handed on; what is missing is empty."""

    number: str
    due: datetime | None
    words: str


def handed_on(incoming: Incoming, ctx: Context) -> Replies | None:
    """Takes it, asks for what is missing, or asks in private whether it is one."""
    heard = incoming.kind is Kind.TEXT and ctx.chat_kind is not ChatKind.RESIDENTS_GROUP
    if not heard or not may(ctx.who, RULE, ChatKind.PRIVATE):
        return None
    passed = _passed(ctx, incoming.text)
    if passed is None:
        return None
    if ctx.group is None:
        return _taken(ctx, passed)
    if passed.due is None or not passed.words or passed.due <= ctx.now:
        return None
    until = ctx.now + ASK_WITHIN
    case.ask_in_private(ctx, ctx.who.account, QUESTION, ticket=None, until=until, data={"said": ctx.inbox.id})
    said = passed.words[: wording.ASKED_IN_GROUP_LENGTH]
    text = wording.ASKED.format(order=passed.number, due=when(passed.due, ctx.now), said=said)
    return [Reply(text, to=case.sender(ctx))]


def confirmed(incoming: Incoming, ctx: Context) -> Replies | None:
    """是: the order that was handed on in a group is taken."""
    word = ctx.words.strip(BLANKS)
    if incoming.kind is not Kind.TEXT or ctx.group is not None or word not in (*desk_wording.YES, *desk_wording.NO):
        return None
    question = case.asked(ctx, QUESTION) if may(ctx.who, RULE, ctx.chat_kind) else None
    if question is None or case.asked_since(ctx, question):
        return None
    ctx.db.delete(question)
    row = ctx.db.get(Inbox, question.data["said"])
    said = ctx.vault.open(row.text, "inbox.text", row.ref) if row is not None and row.text else ""
    passed = _passed(ctx, said) if word not in desk_wording.NO else None
    return _taken(ctx, passed) if passed is not None else [Reply(wording.LEFT)]


def _taken(ctx: Context, passed: Passed) -> Replies:
    if passed.due is None:
        return [Reply(wording.NO_DUE.format(order=passed.number))]
    if not passed.words:
        return [Reply(wording.NO_WORDS.format(order=passed.number))]
    return hotline_told.take(ctx, passed.number, passed.due, passed.words)


def _passed(ctx: Context, said: str) -> Passed | None:
    """What is handed on; None where no order of the hotline is named by its number."""
    named = _NUMBER.search(said) if _HOTLINE.search(said) is not None else None
    if named is None or normalise(said).rstrip(BLANKS).endswith("?"):
        return None
    due: datetime | None = None
    words: list[str] = []
    for clause in _CLAUSE.split(f"{said[: named.start()]},{said[named.end() :]}"):
        until = dates_said.until(clause, ctx.now, ctx.policy.date_ends, ctx.now) if _DUE.search(clause) else None
        if until is not None and due is None:
            due = until.at
        elif _SAYS_NOTHING.fullmatch(bare := _LEADS.sub("", clause).strip(BLANKS)) is None:
            words.append(_CONTENT.sub("", bare).strip(BLANKS))
    told = wording.PAUSE.join(filter(None, words))
    return Passed(named["number"], due, told if len(told) >= LEAST else "")
