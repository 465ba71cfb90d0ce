"""12345转来的，单号 …，请在3月5日前回复：5号楼下水道堵了: an order of the hotline, handed on in everyday words.

Whoever may take orders and says it to the bot has it taken, with the hotline's number and deadline; in a staff group
they are asked in private first, since a deadline of the hotline never changes; so is the office where somebody who may
not take them hands one on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from handlers.context import Context
from handlers.hearing import hotline_told
from handlers.hearing.hotline_told import RULE
from handlers.message import Incoming, Kind, Member, Replies, Reply
from handlers.permissions import ChatKind, may, who_may
from handlers.rosters import on_duty
from handlers.rules import dates_said
from handlers.rules.dates_said import Until
from handlers.ticket import case
from handlers.ticket.choosing import roles_in_words
from handlers.wording import desk as desk_wording
from handlers.wording import hotline_passed as wording
from handlers.wording.commands import BLANKS
from handlers.wording.times import when
from nlp.normalise import normalise
from storage import directory
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
    mine = may(ctx.who, RULE, ChatKind.PRIVATE)
    if not heard or not (mine or (ctx.group is None and ctx.who.is_staff and not ctx.alarms)):
        return None
    passed = _passed(ctx, incoming.text)
    if passed is None:
        return None
    if ctx.group is None:
        return _taken(ctx, passed)
    if passed.due is None or not passed.words or passed.due <= ctx.now:
        return None
    case.ask_in_private(
        ctx, ctx.who.account, QUESTION, ticket=None, until=ctx.now + ASK_WITHIN, data={"said": ctx.inbox.id}
    )
    return [Reply(_asked(ctx, passed, passed.due), to=case.sender(ctx))]


def _asked(ctx: Context, passed: Passed, due: datetime) -> str:
    said = passed.words[: wording.ASKED_IN_GROUP_LENGTH]
    return wording.ASKED.format(order=passed.number, due=when(due, ctx.now), said=said)


def _to_the_office(ctx: Context, passed: Passed, due: datetime) -> Replies:
    """Handed on by somebody who may not take it, such as a grid worker: the nearest above who may are asked."""
    wrong = hotline_told.refused(ctx, passed.number, due)
    if wrong is not None:
        return [wrong]
    levels = [level for post in ctx.who.posts for level in directory.ancestors(ctx.db, post.unit)]
    people = on_duty.holding(ctx.db, [level.id for level in levels], who_may(RULE), ctx.now)
    accounts = directory.accounts_of_all(ctx.db, [person.id for person in people])
    for account in (account for person in people for account in accounts[person.id]):
        until, data = ctx.now + ASK_WITHIN, {"said": ctx.inbox.id}
        case.ask_in_private(ctx, account, QUESTION, ticket=None, until=until, data=data)
    name = f"hotline:{ctx.inbox.id}:asked"
    text = wording.FROM.format(name=directory.name_of(ctx.vault, ctx.who.staff)) + _asked(ctx, passed, due)
    names = wording.AND.join(directory.name_of(ctx.vault, person) for person in people)
    answer = wording.NOT_YET.format(order=passed.number, who=roles_in_words(who_may(RULE)))
    asked = [Reply(text, to=Member(person.id, in_person=True), name=name) for person in people]
    return [Reply(answer + (wording.ASKED_THEM.format(names=names) if people else "")), *asked]


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
    if not may(ctx.who, RULE, ctx.chat_kind):
        return _to_the_office(ctx, passed, passed.due)
    return hotline_told.take(ctx, passed.number, passed.due, passed.words)


def _passed(ctx: Context, said: str) -> Passed | None:
    """What is handed on; None where no order of the hotline is named by its number."""
    named = _NUMBER.search(said) if _HOTLINE.search(said) is not None else None
    if named is None or normalise(said).rstrip(BLANKS).endswith("?"):
        return None
    clauses = _CLAUSE.split(f"{said[: named.start()]},{said[named.end() :]}")
    dues = {clause: until for clause in clauses if (until := _due(ctx, clause)) is not None}
    of_due = next((clause for clause in dues if not _told(dues[clause].reason)), next(iter(dues), None))
    words = [_told(dues[clause].reason if clause == of_due else clause) for clause in clauses]
    told = wording.PAUSE.join(filter(None, words))
    due = dues[of_due].at if of_due is not None else None
    return Passed(named["number"], due, told if len(told) >= LEAST else "")


def _due(ctx: Context, clause: str) -> Until | None:
    """The deadline that a clause tells; 3天内停了两次电 tells none."""
    until = dates_said.until(clause, ctx.now, ctx.policy, ctx.now)
    return until if until is not None and (_DUE.search(clause) or not _told(until.reason)) else None


def _told(clause: str) -> str:
    """What a clause says of the trouble itself."""
    bare = _LEADS.sub("", clause).strip(BLANKS)
    return "" if _SAYS_NOTHING.fullmatch(bare) is not None else _CONTENT.sub("", bare).strip(BLANKS)
