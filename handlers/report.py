"""随手拍: a sentence, a photo, a voice becomes a ticket; what belongs to one told problem stays together."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from handlers import belonging, burst, case
from handlers.context import Context
from handlers.gathering import gather, pinned
from handlers.message import Incoming, Kind, Person, Replies, Reply
from handlers.opening import open_ticket
from handlers.permissions import ChatKind
from handlers.rules import deadlines, sameness, whereabouts
from handlers.wording import desk as desk_wording
from handlers.wording import joining
from handlers.wording import report as wording
from nlp.normalise import fold, normalise
from nlp.places import find
from nlp.reading import Part, ReadingContext, read
from storage.facts import FactKind
from storage.inbox import Inbox
from storage.people import Group
from storage.tickets import Ticket

ASK_WITHIN = timedelta(minutes=10)


def report(incoming: Incoming, ctx: Context) -> Replies | None:
    """Adds what was said to the ticket it belongs to, else opens one for what was reported. None: it is neither."""
    if not belonging.has_words(incoming) or (ctx.who.is_staff and ctx.group is not None):
        return None
    replies: list[Reply] = []
    fresh: list[Part] = []
    joined = False
    for part in ctx.reading.parts or (None,):
        found = belonging.match(incoming, ctx, part)
        if found is not None:
            joined = True
            replies += gather(incoming, ctx, found, part)
        elif part is not None:
            fresh.append(part)
    if fresh and _is_meant(ctx, incoming, fresh):
        return [*replies, *open_parts(incoming, ctx, fresh)]
    return replies if joined else _perhaps(incoming, ctx)


def _is_meant(ctx: Context, incoming: Incoming, parts: list[Part]) -> bool:
    """High opens; middle opens when it was said to the bot; an emergency always opens."""
    if incoming.addressed or any(part.urgency == deadlines.EMERGENCY for part in parts):
        return True
    said = belonging.said_of(incoming, ctx, parts[0])
    return ctx.reading.band == "high" and not sameness.aside_of_wake(said, belonging.newest(ctx))


def patrolled(incoming: Incoming, ctx: Context) -> Replies | None:
    """巡查: in a staff group somebody tells of their own find, and later how it ended. All else there is work."""
    if ctx.chat_kind is not ChatKind.STAFF_GROUP or not ctx.who.is_staff or not belonging.has_words(incoming):
        return None
    text = fold(ctx.words)
    own = belonging.own_find(ctx, text)
    if own is not None:
        return gather(incoming, ctx, own, None)
    is_find = belonging.says(joining.PATROL, text) and not belonging.says(joining.ANOTHER_CASE, text)
    if not is_find or ctx.reading.band != "high" or "solved" in ctx.reading.cues:
        return None
    return open_parts(incoming, ctx, list(ctx.reading.parts))


def open_parts(incoming: Incoming, ctx: Context, parts: list[Part], flagged: str | None = None) -> Replies:
    """One ticket a problem, with the photos just before, the thanks to the reporter and the cards to the desks."""
    body = ctx.keep(incoming.text)
    parts = [_at_home(incoming, ctx, part) for part in parts]
    kind = ctx.reading.kind or "fault"
    opened = [open_ticket(ctx, part, body, kind=kind, flagged=flagged or _flag(ctx, part)) for part in parts]
    burst.gather_earlier(ctx, opened[0])
    burst.gather_quoted(ctx, opened[0], incoming.quoted)
    if incoming.media:
        case.record(ctx, opened[0], FactKind.ADDED, said_here=True, data={"kind": incoming.kind})
    return [*_acknowledge(ctx, opened), *(card for ticket in opened for card in case.card_to_desk(ctx, ticket))]


def _at_home(incoming: Incoming, ctx: Context, part: Part) -> Part:
    """我家 in a group whose members carry their building in their names: that building, never the door."""
    if part.place or ctx.group is None or not belonging.says(joining.AT_HOME, fold(ctx.words)):
        return part
    named = [span.text for span in find(fold(incoming.shown_name))]
    place = tuple(word for word in named if set(whereabouts.levels([word])) & {"building", "unit"})
    if any("room" in whereabouts.levels([word]) for word in place):
        return part
    return replace(part, place=place[:2])


def _flag(ctx: Context, part: Part) -> str | None:
    if ctx.reading.band == "middle":
        return "unsure"
    if not part.place and not ctx.reading.place and (ctx.group is None or not ctx.group.place):
        return "no_place"
    return None


def _acknowledge(ctx: Context, opened: list[Ticket]) -> Replies:
    first = opened[0]
    if first.confidential:
        return [Reply(wording.TIPOFF_KEPT.format(number=first.number), to=_sender(ctx), ticket_id=first.id)]
    emergency = next((ticket for ticket in opened if ticket.urgency == deadlines.EMERGENCY), None)
    if emergency is not None:
        text = wording.emergency(emergency.number, emergency.category)
        return [Reply(text, ticket_id=emergency.id, urgent=True)]
    if len(opened) > 1:
        text = wording.registered_two([ticket.number for ticket in opened], first.accept_due, ctx.now)
    elif ctx.group is not None:
        text = wording.registered(first.number, first.accept_due, ctx.now)
    else:
        place = "".join(first.place)
        text = wording.registered_private(first.number, case.what(first), place, first.accept_due, ctx.now)
        if first.flagged == "no_place":
            text += wording.where_please(first.number)
    return [Reply(text, ticket_id=first.id)]


def _sender(ctx: Context) -> Person:
    return case.sender(ctx)


def _perhaps(incoming: Incoming, ctx: Context) -> Replies | None:
    """The middle band in a group: asks the sender privately, once, and opens nothing without an answer."""
    reading = ctx.reading
    if reading.band == "low" or not reading.parts or incoming.kind is not Kind.TEXT or ctx.who.is_staff:
        return None
    if ctx.group is None or burst.recent_ticket(ctx, ctx.policy.additions) is not None:
        return None
    address = f"a:{ctx.who.account.id}"
    case.ask(
        ctx,
        ctx.who.account.id,
        address,
        "report",
        ticket=None,
        until=ctx.now + ASK_WITHIN,
        data={"inbox": ctx.inbox.id},
    )
    ctx.inbox.forget_at = ctx.now + timedelta(days=1) if ctx.inbox.forget_at is None else ctx.inbox.forget_at
    burst.expect_words(ctx)
    return [Reply(wording.REALLY_REPORT.format(said=_short(incoming.text)), to=_sender(ctx))]


def _short(text: str) -> str:
    return text if len(text) <= 30 else text[:29] + "…"


def hold_media(incoming: Incoming, ctx: Context) -> Replies | None:
    """A photo, voice or pin: added to what was just told, or kept a while for the words that follow."""
    if incoming.kind not in burst.PHOTOLIKE or (incoming.kind is Kind.VOICE and incoming.text):
        return None
    ticket = _meant_by_media(incoming, ctx)
    if ticket is not None:
        return [*burst.add_media(incoming, ctx, ticket), *pinned(incoming, ctx, ticket)]
    if ctx.who.is_staff:
        return None
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
        return ticket if ticket is not None and ticket.reporter_id == ctx.who.account.id else None
    if ticket is None and incoming.kind is Kind.VOICE:
        return belonging.emergency_here(ctx)
    return ticket


def _open_voice(ctx: Context) -> Replies:
    """A voice without recognition counts: flagged, so that staff listen."""
    part = Part("other", "ordinary", (), "")
    ticket = open_ticket(ctx, part, None, kind="fault", flagged="unheard_voice")
    answer = Reply(wording.VOICE_ONLY.format(number=ticket.number), ticket_id=ticket.id)
    return [answer, *case.card_to_desk(ctx, ticket)]


def _ask_for_words(incoming: Incoming, ctx: Context) -> Replies:
    """Five photos get one question."""
    if case.asked(ctx, "words") is not None:
        return []
    case.ask(ctx, ctx.who.account.id, ctx.address, "words", ticket=None, until=ctx.now + ctx.policy.burst)
    return [Reply(wording.PLACE_ONLY if incoming.kind is Kind.LOCATION else wording.PHOTO_ONLY)]


def answer_offer(incoming: Incoming, ctx: Context) -> Replies | None:
    """是 or 不 to "shall I register what you said": opens it with the words and the place of then."""
    question = case.asked(ctx, "report")
    word = ctx.words.strip("。.!！ ")
    if question is None or word not in desk_wording.YES + desk_wording.NO:
        return None
    original = ctx.db.get(Inbox, question.data["inbox"])
    ctx.db.delete(question)
    if word in desk_wording.NO or original is None or original.text is None:
        return [Reply(wording.NOT_REPORTED)]
    return _open_then(incoming, ctx, original)


def _open_then(incoming: Incoming, ctx: Context, original: Inbox) -> Replies:
    """Opens what was said earlier, with the words, the place and the moment of then."""
    words = ctx.vault.open(original.text or "", "inbox.text", original.ref)
    group = ctx.db.get(Group, original.group_id) if original.group_id is not None else None
    place = (group.place if group is not None else None) or ""
    reading = read(words, ReadingContext(group_place=place, addressed=True))
    then = replace(ctx, inbox=original, group=group, reading=reading, words=normalise(words))
    if not reading.parts:
        return [Reply(wording.NOT_REPORTED)]
    return open_parts(replace(incoming, text=words, kind=Kind.TEXT, media=None), then, list(reading.parts))
