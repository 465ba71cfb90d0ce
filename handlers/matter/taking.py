"""Opens what was told in one go: a ticket a problem, the photos just before, one acknowledgement, a card a desk."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from handlers.context import Context
from handlers.matter import belonging, burst, doubts, joining, lanes, own_place, pieces, points
from handlers.matter.joining import Settled
from handlers.matter.locating import is_in_estate
from handlers.matter.opening import open_ticket
from handlers.message import Here, Incoming, Replies, Reply
from handlers.orders import called
from handlers.rules import deadlines, whereabouts
from handlers.ticket import cards, case
from handlers.wording import delicate, discretion
from handlers.wording import joining as joining_wording
from handlers.wording import report as wording
from handlers.wording import waiting as waiting_wording
from nlp.normalise import fold
from nlp.places import find
from nlp.reading import Part
from storage.facts import FactKind
from storage.inbox import Body
from storage.origins import PATROL
from storage.tickets import Ticket


def open_parts(
    incoming: Incoming,
    ctx: Context,
    parts: list[Part],
    flagged: str | None = None,
    apart: Collection[int] = (),
    source: str | None = None,
) -> Replies:
    """One ticket a problem, with the photos just before, the thanks to the reporter and the cards to the desks.

    What others told elsewhere already is merged into that, but never into one of ``apart``.
    """
    again = burst.line_said(ctx)
    bodies = _bodies(incoming, ctx, parts, source)
    parts = [own_place.completed(ctx, _at_home(incoming, ctx, part)) for part in _where_it_comes_from(parts)]
    flags = [flagged or flag(ctx, part) for part in parts]
    opened = [
        open_ticket(ctx, part, body, kind=points.kind_of(ctx, part), flagged=first, source=source)
        for part, body, first in zip(parts, bodies, flags, strict=True)
    ]
    burst.gather_earlier(ctx, opened)
    burst.gather_quoted(ctx, opened[0], incoming.quoted)
    if incoming.media:
        case.record(ctx, opened[0], FactKind.ADDED, said_here=True, data={"kind": incoming.kind})
    texts = [part.text for part in parts] if len(parts) > 1 else [ctx.words]
    settled = joining.settle(ctx, opened, texts, apart)
    kindly = (reply for one in settled if one.lead is None for reply in lanes.kindly(ctx, one.ticket))
    staff = (reply for one in settled for reply in _for_staff(ctx, one))
    return [*_told(ctx, settled, again=again), *kindly, *staff]


def _bodies(incoming: Incoming, ctx: Context, parts: list[Part], source: str | None) -> list[Body]:
    """The words of each ticket: all of the message, but of a list the point that it is about."""
    if source == PATROL and len(parts) > 1:
        return [ctx.keep(part.text or incoming.text) for part in parts]
    told = called(incoming.text) if incoming.addressed and ctx.group is not None else incoming.text
    if ctx.group is None and not ctx.who.is_staff and ctx.alarms:
        before = pieces.said_before(ctx)
        told = pieces.joined(ctx, before, told)
    return points.bodies(ctx, told, parts)


def _told(ctx: Context, settled: list[Settled], *, again: bool) -> Replies:
    """One line in the chat, however many tickets; what follows within the burst is said in private."""
    fresh = [one.ticket for one in settled if one.lead is None]
    lines = acknowledge(ctx, fresh) if fresh else []
    if all(_card_is_here(ctx, ticket) for ticket in fresh):
        lines = [Reply(asked, ticket_id=one.id) for one in fresh if (asked := doubts.line(ctx, one))]
    if again:
        lines = [line if line.urgent or not isinstance(line.to, Here) else _aside(ctx, line) for line in lines]
    merged = [one for one in settled if one.lead is not None]
    aloud = ctx.group is None or not (fresh or again)
    return [*lines, *(joining.told(ctx, one, aloud=aloud and one is merged[0]) for one in merged)]


def _card_is_here(ctx: Context, ticket: Ticket) -> bool:
    """Found by staff in the very group of the desk: the card that this group reads says it all, except first aid."""
    calm = ticket.urgency != deadlines.EMERGENCY and not ticket.confidential
    return calm and ticket.desk_id is not None and case.is_desks_group(ctx, ticket.desk_id)


def _aside(ctx: Context, line: Reply) -> Reply:
    return replace(line, to=case.sender(ctx))


def _for_staff(ctx: Context, settled: Settled) -> Replies:
    """A card to the desk; of what was merged only what is new of the incident."""
    if settled.lead is not None:
        return settled.news
    return list(cards.card_to_desk(ctx, settled.ticket, like=settled.like, fresh=True))


def _where_it_comes_from(parts: list[Part]) -> list[Part]:
    """东门口小贩占道，把消防通道都堵了: what something leads to is where that is, unless a place of its own is said."""
    found: list[Part] = []
    for part in parts:
        follows = found and not part.place and wording.LEADS_TO.match(fold(part.text)) is not None
        found.append(replace(part, place=found[-1].place) if follows else part)
    return found


def _at_home(incoming: Incoming, ctx: Context, part: Part) -> Part:
    """我家 in a group whose members carry their building in their names: that building, never the door."""
    if part.place or ctx.group is None or not belonging.says(joining_wording.AT_HOME, fold(ctx.words)):
        return part
    named = [span.text for span in find(fold(incoming.shown_name))]
    place = tuple(word for word in named if set(whereabouts.levels([word])) & {"building", "unit"})
    if any("room" in whereabouts.levels([word]) for word in place):
        return part
    return replace(part, place=place[:2])


def flag(ctx: Context, part: Part) -> str | None:
    """What staff should look at first."""
    if ctx.reading.band == "middle":
        return "unsure"
    if not part.place and not ctx.reading.place and (ctx.group is None or not ctx.group.place):
        return "no_place"
    return None


def acknowledge(ctx: Context, opened: list[Ticket]) -> Replies:
    """The one answer to whoever reported, however many tickets it became; what is kept in confidence in private."""
    calm, kept = ([one for one in opened if one.confidential is kept] for kept in (False, True))
    if calm and kept:
        return [*acknowledge(ctx, calm), *acknowledge(ctx, kept)]
    first = opened[0]
    emergency = next((ticket for ticket in opened if ticket.urgency == deadlines.EMERGENCY), None)
    if emergency is not None:
        called = cards.somebody_to_call(ctx, emergency)
        if (trouble := belonging.private_trouble(ctx)) is not None:
            text = delicate.comfort(trouble, called=called)
            return [Reply(text, to=case.sender(ctx), ticket_id=emergency.id, urgent=True)]
        text = wording.emergency(emergency.number, emergency.category, ctx.words, called=called)
        text += _where(ctx, emergency)
        to = case.sender(ctx) if emergency.confidential else Here()
        return [Reply(text, to=to, ticket_id=emergency.id, urgent=True)]
    if first.confidential:
        numbers = "、".join(str(ticket.number) for ticket in opened)
        return [Reply(wording.TIPOFF_KEPT.format(number=numbers), to=case.sender(ctx), ticket_id=first.id)]
    if len(opened) > 1:
        text = wording.registered_two({ticket.number: ticket.accept_due for ticket in opened}, ctx.now)
        text += "".join(f"\n{question}" for ticket in opened if (question := doubts.line(ctx, ticket)))
    elif ctx.group is not None:
        text = wording.registered(first.number, first.accept_due, ctx.now) + _where(ctx, first)
    else:
        place = whereabouts.in_one(first.place)
        text = wording.registered_private(first.number, case.what(first), place, first.accept_due, ctx.now)
        wish = f"\n{discretion.KEPT_HERE}" if belonging.says(discretion.ASKED, fold(ctx.words)) else ""
        text = f"{text}{_where(ctx, first) or _from_before(ctx, first)}{wish}\n{cards.page_line(ctx, first)}"
    return [Reply(text, ticket_id=first.id)]


def _from_before(ctx: Context, ticket: Ticket) -> str:
    """That the place is not from these words, so that it can be put right."""
    said = fold(ctx.words)
    taken = bool(ticket.place) and not any(fold(word) in said for word in ticket.place)
    return f"\n{waiting_wording.FROM_BEFORE}" if taken else ""


def _where(ctx: Context, ticket: Ticket) -> str:
    """One short question, on a line of its own, where the desk or whoever goes there would not find it otherwise."""
    if question := doubts.line(ctx, ticket):
        return f"\n{question}"
    somewhere = ticket.flagged == "no_place" and ticket.category != "property_service"  # how somebody serves is nowhere
    if not somewhere or ctx.group is not None or not is_in_estate(ctx, ticket.unit_id):
        return ""
    return f"\n{wording.where_please(ticket.number)}"
