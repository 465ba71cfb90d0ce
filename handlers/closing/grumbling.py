"""好是好了，就是太慢: what is well, and what is said besides.

A grumble about how it went is kept and closes all the same; what may still be wrong closes nothing and is asked about.
"""

from __future__ import annotations

import re

from handlers.closing import reopening
from handlers.context import Context
from handlers.matter import belonging, own_open
from handlers.message import Incoming, Kind, Member, Replies, Reply
from handlers.rules.likeness import RELATED
from handlers.ticket import case
from handlers.wording import feedback as wording
from handlers.wording import report as report_wording
from nlp.normalise import fold
from storage.facts import Fact, FactKind
from storage.tickets import Ticket
from storage.workflow import Closing, Status

SLOW, ATTITUDE = "slow", "attitude"
LONGEST = 40  # characters


def reason(words: str) -> str | None:
    """What somebody who says that it is well has against how it went."""
    besides = _besides(words)
    return _grumble(besides) if besides is not None else None


def is_half(words: str) -> bool:
    """Whether it is said to be well, but."""
    besides = _besides(words)
    return besides is not None and belonging.says(wording.BUT, besides) and _grumble(besides) is None


def _besides(words: str) -> str | None:
    """What is said besides that it is well; None where that is not said."""
    text = re.sub(wording.ENDS_AT, ",", fold(words))
    well = re.search(wording.WELL, text)
    return f"{text[: well.start()]},{text[well.end() :]}" if well and len(text) <= LONGEST else None


def _grumble(text: str) -> str | None:
    if belonging.says(wording.PRAISES, text):
        return None
    found = reopening.reason_in(text)
    return found if found in (SLOW, ATTITUDE) else None


def begins(incoming: Incoming, ctx: Context) -> bool:
    """Whether there may be anything of it in what is said."""
    if incoming.kind is not Kind.TEXT or ctx.who.is_staff:
        return False
    return _besides(ctx.words) is not None or belonging.says(wording.ONLY_BUT, fold(ctx.words))


def noted(incoming: Incoming, ctx: Context, ticket: Ticket | None) -> Replies | None:
    """修好了，但是太暗, of what waits to be judged: whoever did it hears the words, and the question stands."""
    mine = ticket is not None and ticket.reporter_id in ctx.mine and ticket.status == Status.RESOLVED
    if ticket is None or not mine or not is_half(ctx.words):
        return None
    if _is_of_something_else(ctx, ticket):
        return None
    case.belongs(ctx, ticket)
    data = {"kind": incoming.kind}
    fact = case.record(ctx, ticket, FactKind.ADDED, body=ctx.keep(incoming.text), said_here=True, data=data)
    told = case.tell_workers(ctx, ticket, fact, report_wording.ADDED_STAFF, incoming.text)
    asked = Reply(wording.HALF.format(number=ticket.number), to=case.sender(ctx), ticket_id=ticket.id)
    return [asked, *told]


def _is_of_something_else(ctx: Context, ticket: Ticket) -> bool:
    """修好了，就是地上的垃圾没收: a report by itself, of another kind of thing."""
    if not ctx.reading.parts or own_open.named(ctx, [ticket], fold(ctx.words)):
        return False
    kinds = frozenset((ctx.reading.parts[0].category, ticket.category))
    return len(kinds) > 1 and kinds not in RELATED


def afterwards(incoming: Incoming, ctx: Context, ticket: Ticket | None) -> Replies | None:
    """The same once it is closed, and 就是太慢了 behind 好了: kept with what they said of it."""
    if ticket is None or ctx.group is not None or not _may_grumble(ctx, ticket):
        return None
    found = reason(ctx.words)
    if found is None and belonging.says(wording.ONLY_BUT, fold(ctx.words)):
        found = _grumble(fold(ctx.words))
    if found is None:
        return None
    case.belongs(ctx, ticket)
    ticket.rating = ticket.rating or "satisfied"
    fact = keep(ctx, ticket, found, incoming.text)
    answer = Reply(wording.GRUMBLE_KEPT, to=case.sender(ctx), ticket_id=ticket.id)
    return [answer, *told(ctx, ticket, fact, wording.GRUMBLE_STAFF, incoming.text)]


def _may_grumble(ctx: Context, ticket: Ticket) -> bool:
    content = ticket.status == Status.CLOSED and ticket.closing == Closing.SOLVED and ticket.rating != "dissatisfied"
    return content and ticket.rating_reason is None and ticket.reporter_id in ctx.mine and ctx.reading.band != "high"


def keep(ctx: Context, ticket: Ticket, found: str | None, said: str) -> Fact:
    """That it is well, with what they have against how it went; what is said of whoever came is no business of theirs,
    so that only what kind of grumble it is is kept."""
    ticket.rating_reason = found
    body = ctx.keep(said) if found == SLOW and said else None
    data = {"rating": "satisfied"} | ({"reason": found} if found else {})
    return case.record(ctx, ticket, FactKind.RATED, body=body, said_here=True, data=data)


def told(ctx: Context, ticket: Ticket, fact: Fact, form: str, said: str) -> Replies:
    """To whoever did it."""
    if ticket.holder_id is None or ticket.rating_reason == ATTITUDE:
        return []
    words = case.shown(said, hidden=case.hides(ctx.db, ticket))
    name = f"ticket:{ticket.number}:staff:{fact.id}"
    text = form.format(number=ticket.number, said=words)
    return [Reply(text, to=Member(ticket.holder_id), name=name, ticket_id=ticket.id)]
