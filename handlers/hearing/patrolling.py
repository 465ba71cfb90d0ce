"""巡查: in a staff group somebody tells of what they found, and later how it ended. All else there is work."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from handlers.context import Context
from handlers.matter import belonging, open_here
from handlers.matter.belonging import Match
from handlers.matter.gathering import gather
from handlers.matter.taking import open_parts
from handlers.message import DeskOf, Incoming, Member, Replies, Reply
from handlers.orders import called
from handlers.permissions import ChatKind
from handlers.rules import finds, sameness, weighing, whereabouts
from handlers.rules.deadlines import EMERGENCY
from handlers.rules.likeness import Known
from handlers.ticket import case
from handlers.wording import joining
from handlers.wording import patrolling as wording
from nlp.forward import from_paste
from nlp.normalise import fold, normalise
from nlp.places import find
from nlp.reading import Part, Reading, ReadingContext, read
from storage import tickets
from storage.origins import PATROL
from storage.tickets import Ticket

Found = tuple[Context, Part]
Walk = list[tuple[Ticket, Known]]


def patrolled(incoming: Incoming, ctx: Context) -> Replies | None:
    """Opens what was found, unless it was told before; what is said of an own find goes there."""
    if ctx.chat_kind is not ChatKind.STAFF_GROUP or not ctx.who.is_staff or not belonging.has_words(incoming):
        return None
    walk = _walk(incoming, ctx)
    found = _found(incoming, ctx, walk)
    return _taken(incoming, ctx, found) if found else _told_on(incoming, ctx)


def _walk(incoming: Incoming, ctx: Context) -> Walk:
    """What the speaker found on the walk that they are on, newest first."""
    own = [pair for pair in open_here.threads(incoming, ctx, fold(ctx.words)) if pair[1].mine]
    return [pair for pair in own if pair[1].own_quiet is not None and pair[1].own_quiet <= sameness.ADDITIONS]


# --- what is found


def _found(incoming: Incoming, ctx: Context, walk: Walk) -> list[Found]:
    """Each find of the message, as if it had been told alone."""
    text = called(incoming.text.strip())
    told = finds.items(text)
    if len(told) > 1 and not from_paste(text):  # a record of somebody's chat is not taken apart in a group
        found = [pair for item in told for pair in _item(incoming, ctx, item)]
        if len(found) > 1:
            return found
    then = _as_meant(incoming, ctx, walk)
    if _is_find(incoming, then, fold(ctx.words), walk):
        return [(then, replace(part, place=_placed(then, part, walk))) for part in then.reading.parts]
    return _too(ctx, text, walk)


def _as_meant(incoming: Incoming, ctx: Context, walk: Walk) -> Context:
    """What may be danger, what is said on a walk, and what somebody asked to be passed on from somewhere, is read as if
    it were meant for the bot."""
    for_somebody = belonging.says(wording.FOR_A_RESIDENT, fold(ctx.words)) and bool(find(fold(ctx.words)))
    if ctx.reading.doubtful or for_somebody or (walk and ctx.reading.band == "middle"):
        return replace(ctx, reading=_read(ctx, incoming.text))
    return ctx


def _read(ctx: Context, text: str) -> Reading:
    return read(text, ReadingContext(group_place=(ctx.group.place if ctx.group else None) or "", addressed=True))


def _item(incoming: Incoming, ctx: Context, item: finds.Item) -> Iterator[Found]:
    reading = _read(ctx, item.text)
    if reading.parts:
        one = replace(reading.parts[0], place=finds.within(item.place, reading.parts[0].place), text=item.text)
        then = replace(ctx, reading=replace(reading, parts=(one,)), words=normalise(item.text))
        if _is_find(incoming, then, fold(ctx.words), []):
            yield then, one


def _is_find(incoming: Incoming, ctx: Context, told: str, walk: Walk) -> bool:
    """A problem, not over, not under a number already: found on patrol, told for somebody, said to the bot, grave, or
    plainly told with its place, as whoever walks a beat writes it down. ``told``: the whole message."""
    text = fold(ctx.words)
    if ctx.reading.band == "low" or "solved" in ctx.reading.cues or belonging.says(joining.ANOTHER_CASE, text):
        return False
    if incoming.addressed or belonging.says(joining.PATROL, told) or belonging.says(wording.FOR_A_RESIDENT, text):
        return True
    high = ctx.reading.band == "high"
    said = belonging.said_of(incoming, ctx, ctx.reading.parts[0])
    if high and any(part.urgency == EMERGENCY for part in ctx.reading.parts):
        return not said.asks
    sure = ctx.reading.confidence >= weighing.CLEARLY and bool(said.places)
    going_on = bool(walk) and high and bool(said.places or said.besides)
    return (sure or going_on) and not (said.aside or said.asks)


def _placed(ctx: Context, part: Part, walk: Walk) -> tuple[str, ...]:
    """还有三楼的窗户碎了: in the building in which they are."""
    if not walk or not belonging.says(joining.BESIDES, fold(ctx.words)):
        return part.place
    return finds.within(walk[0][0].place, part.place)


def _too(ctx: Context, text: str, walk: Walk) -> list[Found]:
    """3号楼也有: the same once more, elsewhere."""
    place = belonging.places(ctx)
    if not walk or not belonging.says(wording.TOO, fold(text)) or "building" not in whereabouts.levels(place):
        return []
    alike = wording.LIKE.partition("{told}")[0].rpartition("{number}")[2]
    ticket = next((one for one, _ in walk if alike not in case.said(ctx, one)), walk[0][0])
    if whereabouts.conflict(place, ticket.place) != "building":
        return []
    like = wording.LIKE.format(said=text, number=ticket.number, told=case.said(ctx, ticket))
    part = Part(ticket.category, ticket.urgency, place, like)
    return [(replace(ctx, reading=replace(ctx.reading, parts=(part,), kind=ticket.kind), words=normalise(like)), part)]


# --- what becomes of it


def _taken(incoming: Incoming, ctx: Context, found: Sequence[Found]) -> Replies:
    replies: list[Reply] = []
    fresh: list[Found] = []
    for then, part in found:
        known = belonging.match(incoming, then, part, finds.judge)
        if known is None:
            fresh.append((then, part))
            continue
        known = replace(known, verdict=replace(known.verdict, affected=False))
        number = tickets.lead(ctx.db, known.ticket).number
        replies.append(Reply(wording.ALREADY.format(number=number), ticket_id=known.ticket.id))
        replies += _beyond(ctx, known.ticket, gather(incoming, then, known, part))
    if not fresh:
        return replies
    alone = len(found) == 1 and fresh[0][0].words != ctx.words
    said = replace(incoming, text=fresh[0][1].text) if alone else incoming
    return [*replies, *open_parts(said, fresh[0][0], [part for _, part in fresh], source=PATROL)]


def _told_on(incoming: Incoming, ctx: Context) -> Replies | None:
    """What a member of staff found, when they speak of the same thing again."""
    text = fold(ctx.words)
    if belonging.says(joining.ANOTHER_CASE, text):
        return None
    said = belonging.said_of(incoming, ctx, None)
    for ticket, known in open_here.threads(incoming, ctx, text):
        verdict = finds.goes_on(said, known)
        if verdict is not None:
            told = _beyond(ctx, ticket, gather(incoming, ctx, Match(ticket, verdict, mine=True), None))
            return [*_may_end(ctx, ticket), *told]
    return None


def _may_end(ctx: Context, ticket: Ticket) -> Iterator[Reply]:
    """已清理: how that ends the ticket."""
    if "solved" in ctx.reading.cues:
        number = tickets.lead(ctx.db, ticket).number
        yield Reply(wording.MAY_END.format(number=number), to=case.sender(ctx), ticket_id=ticket.id)


def _beyond(ctx: Context, ticket: Ticket, replies: Sequence[Reply]) -> Replies:
    """The news without what this very group and the speaker have just read; of an emergency everybody hears."""
    if tickets.lead(ctx.db, ticket).urgency == EMERGENCY:
        return replies
    return [reply for reply in replies if reply.card is not None or not _read_here(ctx, reply)]


def _read_here(ctx: Context, reply: Reply) -> bool:
    if isinstance(reply.to, DeskOf):
        return case.is_desks_group(ctx, reply.to.unit_id)
    return ctx.who.staff is not None and reply.to == Member(ctx.who.staff.id)
