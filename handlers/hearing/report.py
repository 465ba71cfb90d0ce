"""随手拍: a sentence, a photo, a voice becomes a ticket; what belongs to one told problem stays together."""

from __future__ import annotations

from handlers.context import Context
from handlers.groups import apart, chiming, confirming, holding, proposing
from handlers.hearing import offering
from handlers.matter import belonging, burst, lasting
from handlers.matter.gathering import gather, pinned
from handlers.matter.opening import open_ticket
from handlers.matter.taking import open_parts
from handlers.message import Incoming, Kind, Replies, Reply
from handlers.ticket import cards, case
from handlers.wording import report as wording
from nlp.reading import Part
from storage.tickets import Ticket


def report(incoming: Incoming, ctx: Context) -> Replies | None:
    """Adds what was said to the ticket it belongs to, else opens one for what was reported. None: it is neither."""
    if not belonging.has_words(incoming) or (ctx.who.is_staff and ctx.group is not None):
        return None
    replies: list[Reply] = []
    fresh: list[Part] = []
    joined = False
    for part in ctx.reading.parts or (None,):
        said, known = _joined(incoming, ctx, part)
        replies += said
        joined = joined or known
        if part is not None and not known:
            fresh.append(part)
    if fresh and holding.is_meant(incoming, ctx, fresh):
        return [*replies, *_take(incoming, ctx, fresh)]
    asked = _unsure(incoming, ctx, fresh) if fresh else None
    return [*replies, *(asked or [])] if joined or replies or asked is not None else None


def _joined(incoming: Incoming, ctx: Context, part: Part | None) -> tuple[Replies, bool]:
    """What is said because the message belongs to something that was told before, open or not yet; and whether."""
    found = belonging.match(incoming, ctx, part) or lasting.match(incoming, ctx, part)
    seconded = offering.second_voice(incoming, ctx, part, found) or confirming.hastened(incoming, ctx, part, found)
    seconded = seconded or offering.placed(incoming, ctx)
    if seconded:
        found = belonging.match(incoming, ctx, part)
    chimed = chiming.chimed(incoming, ctx, part, found) if found is None or not seconded else None
    if chimed is not None:
        told = gather(incoming, ctx, chimed.ticket, part) if chimed.ticket is not None else []
        return [*seconded, *chimed.replies, *told], chimed.waits or chimed.ticket is not None
    if (held := holding.match(incoming, ctx, part, found)) is not None:
        holding.attach(ctx, held)
        return seconded, True
    if found is None:
        return seconded, False
    return [*seconded, *gather(incoming, ctx, found, part)], True


def _take(incoming: Incoming, ctx: Context, parts: list[Part]) -> Replies:
    """Opened at once, or first shown to a person, as the group is set."""
    offering.settle(ctx)
    if told := apart.calm(incoming, ctx, parts):
        kept = [part for part in parts if part not in told]
        return [
            *open_parts(incoming, ctx, kept),
            *proposing.propose(*apart.by_itself(incoming, ctx, told), told, holding.APART),
        ]
    take = proposing.propose if holding.holds(incoming, ctx, parts) else open_parts
    return take(incoming, ctx, parts)


def _unsure(incoming: Incoming, ctx: Context, parts: list[Part]) -> Replies | None:
    """The sender is asked in private; where a person confirms everything, that person is, but danger waits for none."""
    if not offering.is_unsure(incoming, ctx) or not holding.is_worth_asking(incoming, ctx, parts):
        return None
    if holding.holds(incoming, ctx, parts):
        return proposing.propose(incoming, ctx, parts)
    return offering.offer(incoming, ctx)


def hold_media(incoming: Incoming, ctx: Context) -> Replies | None:
    """A photo, voice or pin: added to what was just told, or kept a while for the words that follow."""
    if incoming.kind not in burst.PHOTOLIKE or (incoming.kind is Kind.VOICE and incoming.text):
        return None
    ticket = _meant_by_media(incoming, ctx)
    if ticket is not None:
        return [*burst.add_media(incoming, ctx, ticket), *pinned(incoming, ctx, ticket)]
    if ctx.who.is_staff:
        return None
    if proposing.hold_media(ctx):
        return []
    pictured = offering.pictured(ctx, incoming)
    if pictured is not None:
        return pictured
    burst.expect_words(ctx)
    if ctx.group is not None:
        return []
    if incoming.kind is Kind.VOICE:
        return _open_voice(ctx)
    return _ask_for_words(incoming, ctx)


def _meant_by_media(incoming: Incoming, ctx: Context) -> Ticket | None:
    """What the sender spoke of last; an unheard voice also long after, and anybody's while an emergency lasts."""
    wordless = incoming.kind is Kind.IMAGE or incoming.kind is Kind.VIDEO
    ticket = burst.spoken_in(ctx, ctx.policy.burst if wordless else ctx.policy.additions)
    if ctx.who.is_staff:
        return ticket if ticket is not None and ticket.reporter_id in ctx.mine else None
    if ticket is None and incoming.kind is Kind.VOICE:
        return belonging.emergency_here(ctx)
    return ticket


def _open_voice(ctx: Context) -> Replies:
    """A voice without recognition counts: flagged, so that staff listen."""
    part = Part("other", "ordinary", (), "")
    ticket = open_ticket(ctx, part, None, kind="fault", flagged="unheard_voice")
    answer = Reply(wording.VOICE_ONLY.format(number=ticket.number), ticket_id=ticket.id)
    return [answer, *cards.card_to_desk(ctx, ticket)]


def _ask_for_words(incoming: Incoming, ctx: Context) -> Replies:
    """Five photos get one question."""
    if case.asked(ctx, "words") is not None:
        return []
    case.ask(ctx, ctx.who.account.id, ctx.address, "words", ticket=None, until=ctx.now + ctx.policy.burst)
    return [Reply(wording.PLACE_ONLY if incoming.kind is Kind.LOCATION else wording.PHOTO_ONLY)]
