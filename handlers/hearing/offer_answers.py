"""要的，麻烦了; 嗯嗯是的，3号楼2单元; 不用了: what people answer when they are asked whether it is to be registered."""

from __future__ import annotations

from sqlalchemy import select

from handlers.context import Context
from handlers.hearing import offering
from handlers.matter import belonging, burst, pieces
from handlers.message import Incoming, Kind, Replies, Reply
from handlers.orders import MENTION
from handlers.rules import yes_or_no
from handlers.rules.yes_or_no import Answer
from handlers.ticket import case
from handlers.wording import desk as desk_wording
from handlers.wording import joining, offered
from handlers.wording import report as wording
from nlp.normalise import fold
from storage.deployment import Question
from storage.inbox import Inbox
from storage.people import Account
from storage.tickets import Ticket

LOOKED_AT = 6  # messages since the question
BARE = 2  # characters of a yes that says nothing else


def answered(incoming: Incoming, ctx: Context) -> Replies | None:
    """是 or 不, in private in any words: opens what was asked about with the words and the place of then, and with what
    is said beside the yes."""
    said = _answer(incoming, ctx)
    question = _asked(ctx) if said is not None else None
    if question is None:
        return None
    original = ctx.db.get(Inbox, question.data["inbox"])
    if said == "yes" and (again := _asked_again(ctx, question, original)) is not None:
        return again
    ctx.db.delete(question)
    if said == "no":
        return [Reply(wording.NOT_REPORTED)]
    if original is None or original.text is None:
        return [Reply(offered.GONE)]
    known = ctx.db.get_one(Ticket, original.ticket_id).category if original.ticket_id is not None else None
    opened = offering.open_then(incoming, ctx, original, known=known, place=belonging.places(ctx))
    return [*opened, *offering.beside(incoming, ctx, opened)]


def _asked_again(ctx: Context, question: Question, original: Inbox | None) -> Replies | None:
    known = original is not None and original.text is not None and _is_vague(ctx, question)
    words = offering.calmly(ctx, original) if known and original is not None else None
    if words is None:
        return None
    question.asked_at, question.data = ctx.now, {**question.data, "again": True}
    return [Reply(offered.YES_TO_WHAT.format(said=words), to=case.sender(ctx))]


def _is_vague(ctx: Context, question: Question) -> bool:
    """是, and since the question something else was said here that nobody understood: it may be a yes to anything."""
    if len(ctx.words.strip("。.!！ ")) > BARE or ctx.group is not None or "again" in question.data:
        return False
    between = Inbox.id > question.data["inbox"], Inbox.id < ctx.inbox.id, Inbox.ticket_id.is_(None)
    spoken = Inbox.kind.in_([Kind.TEXT.value, Kind.VOICE.value])
    said = ctx.db.scalars(select(Inbox).where(burst.same_chat(ctx), spoken, *between).limit(LOOKED_AT))
    return any(not belonging.says(offered.ASKS_OF_IT, fold(pieces.words_of(ctx, row))) for row in said)


def _answer(incoming: Incoming, ctx: Context) -> Answer:
    word = ctx.words.strip("。.!！ ")
    if word in desk_wording.YES + desk_wording.NO:
        return "yes" if word in desk_wording.YES else "no"
    if ctx.group is not None or ctx.alarms or not belonging.has_words(incoming) or not ctx.who.is_attentive(ctx.now):
        return None
    return yes_or_no.answer(fold(ctx.words), belonging.places(ctx), tells=bool(ctx.reading.parts))


def _asked(ctx: Context) -> Question | None:
    """The question that is open; where it was asked a while ago, as long as nothing else was asked since."""
    question = case.asked(ctx, "report")
    late = question is not None and question.asked_at <= ctx.now - offering.ASK_ALONE
    return None if question is None or (late and case.asked_since(ctx, question)) else question


def acknowledged(incoming: Incoming, ctx: Context) -> Replies | None:
    """Staff answer the very person who was not sure to report: 收到，马上去. Then it was a report."""
    words = MENTION.sub("", fold(ctx.words))
    if ctx.group is None or not ctx.who.is_staff or not belonging.says(joining.SEEN_TO, words):
        return None
    for question, original in offering.pending(ctx):
        name = offering.name_of(ctx, ctx.db.get_one(Account, original.sender_id))
        if incoming.quoted == original.key or name in incoming.mentions or (name and f"@{name}" in incoming.text):
            ctx.db.delete(question)
            return offering.open_then(incoming, ctx, original)
    return None
