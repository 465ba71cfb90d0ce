"""建议, 表扬, said to the bot: a ticket without lights, answered within five working days. In group talk: nothing."""

from __future__ import annotations

from handlers.context import Context
from handlers.matter import belonging
from handlers.matter.opening import open_ticket
from handlers.message import Incoming, Replies, Reply
from handlers.rules.deadlines import EMERGENCY, WITHOUT_LIGHTS
from handlers.ticket import cards, case
from handlers.wording import advising as wording
from handlers.wording.times import when
from nlp.kinds import kind_of
from nlp.normalise import fold, tight
from nlp.reading import Part

ENOUGH = 6  # characters: 表扬 alone says nothing yet


def takes(incoming: Incoming, ctx: Context) -> Replies | None:
    """Writes down what somebody proposes or praises. A problem that is told besides is a report, and goes first."""
    if not incoming.addressed or ctx.who.is_staff or not belonging.has_words(incoming):
        return None
    kind = kind_of(tight(fold(ctx.words))[0], None)
    if kind not in WITHOUT_LIGHTS or _is_report(ctx):
        return None
    if len(ctx.words) < ENOUGH:
        return [Reply(wording.SAY_MORE[kind], to=case.sender(ctx))]
    part = Part("other", "ordinary", belonging.places(ctx), ctx.words)
    ticket = open_ticket(ctx, part, ctx.keep(incoming.text), kind=kind, flagged="")
    ticket.flagged = None
    text = wording.TAKEN[kind].format(number=ticket.number, due=when(ticket.accept_due, ctx.now))
    return [Reply(text, to=case.sender(ctx), ticket_id=ticket.id), *cards.card_to_desk(ctx, ticket)]


def _is_report(ctx: Context) -> bool:
    urgent = any(part.urgency == EMERGENCY for part in ctx.reading.parts)
    return urgent or (ctx.reading.band == "high" and ctx.reading.kind not in WITHOUT_LIGHTS)


def aside(incoming: Incoming, ctx: Context) -> Replies | None:
    """Unaddressed in a group, advice, praise and questions open nothing, however much they speak of."""
    if incoming.addressed or ctx.group is None or ctx.reading.kind not in WITHOUT_LIGHTS:
        return None
    return []
