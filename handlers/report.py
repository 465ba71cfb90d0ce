"""随手拍: a sentence, a photo, a voice becomes a ticket; what belongs to one told problem stays together."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from handlers import burst, case
from handlers.context import Context
from handlers.message import Incoming, Kind, Person, Replies, Reply
from handlers.opening import open_ticket
from handlers.rules import deadlines
from handlers.wording import desk as desk_wording
from handlers.wording import report as wording
from nlp.normalise import normalise
from nlp.reading import Part, ReadingContext, read
from storage import tickets
from storage.facts import FactKind
from storage.inbox import Inbox
from storage.people import Group
from storage.tickets import Member, Ticket
from storage.workflow import OPEN

ASK_WITHIN = timedelta(minutes=10)


def report(incoming: Incoming, ctx: Context) -> Replies | None:
    """Opens a ticket for what was reported, or adds it to the one it belongs to. None: it is no report."""
    if incoming.kind not in (Kind.TEXT, Kind.VOICE):
        return None  # the label of a pin is a place, whatever words it has
    if not _is_meant(ctx, incoming):
        return _perhaps(incoming, ctx)
    return _open(incoming, ctx)


def _is_meant(ctx: Context, incoming: Incoming) -> bool:
    """High opens; middle opens when it was said to the bot; an emergency always opens."""
    reading = ctx.reading
    if not reading.parts:
        return False
    urgent = any(part.urgency == deadlines.EMERGENCY for part in reading.parts)
    return reading.band == "high" or incoming.addressed or urgent


def _open(incoming: Incoming, ctx: Context) -> Replies | None:
    parts = [part for part in ctx.reading.parts if not _told_already(ctx, part)]
    if not parts:
        return None
    body = ctx.keep(incoming.text)
    opened = [open_ticket(ctx, part, body, kind=ctx.reading.kind or "fault", flagged=_flag(ctx)) for part in parts]
    burst.gather_earlier(ctx, opened[0])
    if incoming.media:
        case.record(ctx, opened[0], FactKind.ADDED, said_here=True, data={"kind": incoming.kind})
    return [*_acknowledge(ctx, opened), *(card for ticket in opened for card in case.card_to_desk(ctx, ticket))]


def _flag(ctx: Context) -> str | None:
    if ctx.reading.band == "middle":
        return "unsure"
    if not ctx.reading.place and (ctx.group is None or not ctx.group.place):
        return "no_place"
    return None


def _told_already(ctx: Context, part: Part) -> bool:
    """The same person, chat and category within a burst is the same problem told on, unless it became an emergency."""
    known = burst.recent_ticket(ctx, ctx.policy.burst)
    if known is None or known.category != part.category:
        return False
    return known.urgency == part.urgency or part.urgency != deadlines.EMERGENCY


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
    if reading.band != "middle" or not reading.parts or incoming.kind is not Kind.TEXT or ctx.who.is_staff:
        return None
    if burst.recent_ticket(ctx, ctx.policy.additions) is not None:
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
    if incoming.kind not in burst.PHOTOLIKE or ctx.who.is_staff:
        return None
    ticket = burst.recent_ticket(ctx, ctx.policy.burst)
    if ticket is not None:
        return burst.add_media(incoming, ctx, ticket)
    burst.expect_words(ctx)
    if ctx.group is not None:
        return []
    if incoming.kind is Kind.VOICE:
        return _open_voice(ctx)
    return _ask_for_words(incoming, ctx)


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


def support(incoming: Incoming, ctx: Context) -> Replies | None:
    """我家也是: joins the sender to the report it answers, as another affected household."""
    if "agreement" not in ctx.reading.cues or ctx.group is None or ctx.who.is_staff:
        return None
    ticket = _supported(incoming, ctx)
    if ticket is None or ticket.confidential or ticket.reporter_id == ctx.who.account.id:
        return None
    return join(ctx, ticket)


def join(ctx: Context, ticket: Ticket) -> Replies:
    """Another affected household: hears the result too. A repeat changes nothing."""
    case.belongs(ctx, ticket)
    members = {member.account_id for member in tickets.members(ctx.db, ticket)}
    if ctx.who.account.id in members:
        return []
    ctx.db.add(Member(ticket_id=ticket.id, account_id=ctx.who.account.id, role="supporter", joined_at=ctx.now))
    case.record(ctx, ticket, FactKind.SUPPORTED, said_here=True)
    burst.stay_attentive(ctx)
    return [Reply(wording.SUPPORTED.format(number=ticket.number), to=_sender(ctx), ticket_id=ticket.id)]


def _supported(incoming: Incoming, ctx: Context) -> Ticket | None:
    if incoming.quoted:
        quoted = ctx.db.scalars(select(Inbox).where(Inbox.key == incoming.quoted)).one_or_none()
        if quoted is not None:
            return ctx.db.get(Ticket, quoted.ticket_id) if quoted.ticket_id is not None else None
    since = ctx.inbox.said_at - ctx.policy.support
    return ctx.db.scalars(
        select(Ticket)
        .where(Ticket.group_id == ctx.inbox.group_id, Ticket.opened_at >= since, Ticket.status.in_(OPEN))
        .order_by(Ticket.opened_at.desc(), Ticket.id.desc())
    ).first()


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
    return _open(replace(incoming, text=words, kind=Kind.TEXT, media=None), then) or []
