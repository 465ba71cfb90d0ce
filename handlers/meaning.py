"""您是不是要「接单 123」？: asked of staff whose words sound like a command; a tap or 是 gives it."""

from __future__ import annotations

import re
from datetime import timedelta

from handlers import case, commanding, sounding
from handlers.context import Context
from handlers.message import Button, Card, Incoming, Kind, Replies, Reply
from handlers.orders import Order, as_typed, parse, parse_soft
from handlers.permissions import may
from handlers.wording import desk as desk_wording
from handlers.wording import meaning as wording
from handlers.wording.commands import BLANKS, COMMANDS, NUMBER_BEFORE
from nlp.normalise import normalise
from storage.inbox import Inbox

ASK_WITHIN = timedelta(minutes=10)
QUESTION = "meant"
_NUMBERED = re.compile(NUMBER_BEFORE)


def asked(incoming: Incoming, ctx: Context) -> Replies | None:
    """接但 123: in private, or in a staff group with a number; to the person, never into the group."""
    if incoming.kind is not Kind.TEXT or not ctx.who.is_staff:
        return None
    corrected = _meant(ctx.words)
    order = parse(corrected) if corrected is not None else None
    if order is None or corrected is None or not may(ctx.who, order.command, ctx.chat_kind):
        return None
    if ctx.group is not None and order.number is None:
        return None
    until = ctx.now + ASK_WITHIN
    case.ask_in_private(ctx, ctx.who.account, QUESTION, ticket=None, until=until, data={"said": ctx.inbox.id})
    word = COMMANDS[order.command].words[0]
    say = " ".join([word, *(str(number) for number in order.numbers)])
    return [Reply(wording.MEANT.format(say=say), to=case.sender(ctx), card=_card(order, say, word))]


def _meant(words: str) -> str | None:
    """What sounds like a command, or says it in everyday words behind a number: 1号处理好了."""
    if (corrected := sounding.meant(words)) is not None:
        return corrected
    found = _NUMBERED.match(words)
    order = parse_soft(words[found.end() :]) if found is not None else None
    if found is None or order is None:
        return None
    return f"{COMMANDS[order.command].words[0]} {found[1]} {order.rest}".strip()


def _card(order: Order, say: str, word: str) -> Card | None:
    """A button for what one tap can say whole: nothing stands behind the number."""
    if order.number is None or len(order.numbers) > 1 or order.rest:
        return None
    return Card(title=say, buttons=(Button(word, order.command),), ticket=order.number)


def confirmed(incoming: Incoming, ctx: Context) -> Replies | None:
    """是: what was meant is done, with whatever stood behind it."""
    if incoming.kind is not Kind.TEXT or ctx.group is not None or not ctx.who.is_staff:
        return None
    word = ctx.words.strip(BLANKS)
    question = case.asked(ctx, QUESTION) if word in (*desk_wording.YES, *desk_wording.NO) else None
    if question is None:
        return None
    ctx.db.delete(question)
    row = ctx.db.get(Inbox, question.data["said"])
    said = ctx.vault.open(row.text, "inbox.text", row.ref) if row is not None and row.text else ""
    corrected = _meant(normalise(said))
    order = parse(corrected) if corrected is not None else None
    if order is None or word in desk_wording.NO:
        return [Reply(wording.LEFT)]
    return commanding.run(incoming, ctx, Order(order.command, order.numbers, as_typed(said, order.rest)))
