"""办结: whoever works on a ticket says that it is done, with a sentence or a photo; what follows is in ``ended``."""

from __future__ import annotations

import re
from datetime import timedelta

from handlers.closing import answering, self_handled
from handlers.closing.ended import finish
from handlers.context import Context
from handlers.message import Incoming, Kind, Replies, Reply
from handlers.orders import Order, as_typed, parse, parse_soft
from handlers.registry import on
from handlers.rules import deadlines
from handlers.ticket import acting, case, evidence
from handlers.ticket.choosing import choose, not_now, reaches
from handlers.whistles import hands
from handlers.wording import closing as wording
from handlers.wording import desk as desk_wording
from handlers.wording import feedback, joining, taxonomy
from handlers.wording.commands import COMMANDS
from nlp.normalise import fold, normalise
from storage.inbox import Inbox
from storage.origins import ROOT_CAUSE
from storage.tickets import Ticket
from storage.workflow import WAITING_FOR_STAFF, Closing

REALLY = timedelta(minutes=30)
SHORTEST_NOTE = 2  # letters: 了 is none
SHORTEST_ANSWER, LONGEST_ANSWER = 3, 60  # characters of a sentence that answers how it was mended
NOT_HOW = frozenset({*feedback.GOOD, *feedback.BAD, *joining.NODS})
SAYS_NOTHING = (NOT_HOW - {*wording.SAYS_HOW}) | {*wording.SAYS_NOTHING, *COMMANDS["resolve"].soft}
_NO_LETTER = re.compile(r"[\W\d_]+")


@on("resolve")
def resolve(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """办结: needs a sentence or a photo; everyday words are asked for one unless a photo stands beside them."""
    ticket = choose(incoming, ctx, order)
    if isinstance(ticket, Reply):
        return [ticket]
    if ticket.kind in deadlines.WITHOUT_LIGHTS:
        refused = ticket.status not in WAITING_FOR_STAFF
        return [not_now(ticket, "resolve")] if refused else answering.answer(ctx, ticket, order.rest)
    photo = _photo(incoming, ctx, ticket)
    if order.soft and photo is None:
        return [_really(ctx, ticket, order.rest)]
    return _finish_as(ctx, ticket, order.rest, photo)


def _photo(incoming: Incoming, ctx: Context, ticket: Ticket) -> Inbox | None:
    return evidence.photo(incoming, ctx) or self_handled.photo_since(ctx, ticket)


def closed_as(rest: str) -> tuple[Closing, str]:
    """As what it is to be closed, by the first word, and the note behind it; without such a word it is mended."""
    for word, kind in wording.AS.items():
        if rest.startswith(word):
            return Closing(kind), rest[len(word) :].strip(wording.PAUSES)
    return Closing.SOLVED, rest


def _missing(ticket: Ticket, kind: Closing, note: str, photo: Inbox | None) -> str | None:
    """What to say where the evidence is not there."""
    if kind is Closing.HANDED_OVER:
        return wording.HANDED_OVER.format(number=ticket.number)
    if kind is not Closing.SOLVED and not note:
        name = taxonomy.CLOSING[kind]
        return wording.EXPLAIN_HOW.format(number=ticket.number, kind=name, word=name)
    if ticket.source == ROOT_CAUSE and not note:
        return wording.ROOT_HOW.format(number=ticket.number)
    if photo is not None or (note and _says_something(note)):
        return None
    return desk_wording.RESOLVE_EVIDENCE.format(number=ticket.number)


def _says_something(note: str) -> bool:
    """Whether a note tells anybody how it was mended: 完成, 好的 and a smiling face do not."""
    said = _NO_LETTER.sub("", fold(note)).lower()
    return len(said) >= SHORTEST_NOTE and said not in SAYS_NOTHING


def _really(ctx: Context, ticket: Ticket, note: str) -> Reply:
    """Everyday words may have meant anything: with a note they are confirmed, without one it is asked for."""
    until, data = ctx.now + REALLY, {"said": ctx.inbox.id}
    case.ask(ctx, ctx.who.account.id, ctx.address, "resolve", ticket=ticket, until=until, data=data)
    form = wording.REALLY_WITH_NOTE if note else wording.RESOLVE_HOW
    return Reply(form.format(number=ticket.number, what=case.what(ticket), note=note), ticket_id=ticket.id)


def answer_really(incoming: Incoming, ctx: Context) -> Replies | None:
    """How it was mended, in a sentence or a photo; 是 is enough where a note stood beside the everyday words."""
    question = case.asked(ctx, "resolve") if ctx.who.is_staff else None
    ticket = ctx.db.get(Ticket, question.ticket_id) if question is not None else None
    if question is None or ticket is None or incoming.kind not in (Kind.TEXT, Kind.IMAGE):
        return None
    said = ctx.db.get(Inbox, question.data.get("said"))
    note = _answered(incoming, ctx, _note_behind(ctx, said))
    if note is None:
        return None
    if incoming.kind is Kind.TEXT and not note and _word(ctx) in desk_wording.YES:
        return [Reply(wording.RESOLVE_HOW_AGAIN.format(number=ticket.number), ticket_id=ticket.id)]
    ctx.db.delete(question)
    if incoming.kind is Kind.TEXT and not note:
        return [Reply(wording.RESOLVE_KEPT.format(number=ticket.number), ticket_id=ticket.id)]
    acting.note(ctx, ticket)
    if not reaches(ctx, ticket, "resolve"):  # it has changed hands since the question
        return [not_now(ticket, "resolve")]
    if said is not None:
        said.ticket_id, said.forget_at = ticket.id, None
    return _finish_as(ctx, ticket, note, _photo(incoming, ctx, ticket))


def _finish_as(ctx: Context, ticket: Ticket, rest: str, photo: Inbox | None) -> Replies:
    kind, note = closed_as(rest)
    if (missing := _missing(ticket, kind, note, photo)) is not None:
        return [Reply(missing, ticket_id=ticket.id)]
    replies = finish(ctx, ticket, note, photo, kind)
    if ticket.status not in WAITING_FOR_STAFF:
        hands.ended(ctx, ticket)
    return replies


def _word(ctx: Context) -> str:
    return ctx.words.strip("。.!！ ")


def _answered(incoming: Incoming, ctx: Context, note: str) -> str | None:
    """The note to close with, as the answer leaves it: empty for a mere yes, for a no and for a photo; None where it is
    no answer."""
    if incoming.kind is not Kind.TEXT or _word(ctx) in desk_wording.YES:
        return note
    if _word(ctx) in desk_wording.NO:
        return ""
    return incoming.text.strip() if _tells_how(incoming, ctx) else None


def _note_behind(ctx: Context, said: Inbox | None) -> str:
    """What stood behind the everyday words: 好了，灯泡换了."""
    words = ctx.vault.open(said.text, "inbox.text", said.ref) if said is not None and said.text else ""
    order = parse_soft(normalise(words)) if words else None
    return as_typed(words, order.rest) if order is not None else ""


def _tells_how(incoming: Incoming, ctx: Context) -> bool:
    """Whether a sentence answers the question: neither a command nor a report nor a question of its own."""
    talk = ctx.group is not None and not incoming.addressed and incoming.quoted is None
    asks = incoming.text.rstrip().endswith(("?", "\uff1f"))
    if talk or asks or ctx.reading.parts or parse(ctx.words) is not None or parse_soft(ctx.words) is not None:
        return False
    if _word(ctx) in NOT_HOW:
        return False
    return SHORTEST_ANSWER <= len(ctx.words.strip()) <= LONGEST_ANSWER
