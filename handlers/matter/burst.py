"""What belongs to one told problem: recent tickets of the same person, their photos, the words that follow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import ColumnElement, bindparam, select

from handlers.context import Context
from handlers.message import Incoming, Kind, Replies, Reply
from handlers.ticket import case
from handlers.wording import report as wording
from storage import persons, tickets
from storage.facts import FactKind
from storage.inbox import Inbox
from storage.outbox import Outbox
from storage.tickets import Ticket
from storage.workflow import OPEN, Status

SEEN_BY_STAFF = {Kind.IMAGE: wording.PHOTO, Kind.VOICE: wording.VOICE, Kind.LOCATION: wording.LOCATION}
ALIVE = (*OPEN, Status.MERGED)  # as long as what they were merged into is open
FEW = 8  # that are looked at
PHOTOLIKE = frozenset({Kind.IMAGE, Kind.VIDEO, Kind.VOICE, Kind.LOCATION})
BREATH = timedelta(minutes=1)  # what one person says so close together wants one answer


def same_chat(ctx: Context) -> ColumnElement[bool]:
    """Said by the same person, by whatever account, in the same chat as the message being handled."""
    where = Inbox.group_id == ctx.inbox.group_id if ctx.inbox.group_id is not None else Inbox.group_id.is_(None)
    return Inbox.sender_id.in_(ctx.mine) & where


def stay_attentive(ctx: Context) -> None:
    """From now on everything this account says is read with its ticket in mind."""
    _attend(ctx, ctx.policy.answer_within)


def expect_words(ctx: Context) -> None:
    """Words are expected within the burst."""
    _attend(ctx, ctx.policy.additions)


def _attend(ctx: Context, span: timedelta) -> None:
    persons.attend(ctx.db, ctx.who.account, ctx.now + span)


def recent_ticket(ctx: Context, within: timedelta) -> Ticket | None:
    """The newest open ticket this person told in this chat, if they said something about it within the time."""
    since = ctx.inbox.said_at - within
    latest = select(Inbox.ticket_id).where(
        same_chat(ctx),
        Inbox.ticket_id.is_not(None),
        Inbox.said_at >= since,
    )
    mine = select(Ticket).where(Ticket.id.in_(latest), Ticket.reporter_id.in_(ctx.mine), Ticket.status.in_(ALIVE))
    return next(still_open(ctx, ctx.db.scalars(mine.order_by(Ticket.id.desc()).limit(FEW))), None)


def still_open(ctx: Context, found: Iterable[Ticket]) -> Iterator[Ticket]:
    """Of tickets that are open or merged those whose trouble is not over."""
    return (ticket for ticket in found if tickets.lead(ctx.db, ticket).status in OPEN)


def line_said(ctx: Context) -> bool:
    """Whether this group heard within the burst that something of this person was registered."""
    if ctx.group is None:
        return False
    just_now = select(Ticket.id).where(
        Ticket.group_id == ctx.group.id,
        Ticket.opened_at >= ctx.inbox.said_at - ctx.policy.burst,
        Ticket.reporter_id.in_(ctx.mine),
        Ticket.confidential.is_(False),
    )
    return ctx.db.scalar(just_now.limit(1)) is not None


def spoken_in(ctx: Context, within: timedelta) -> Ticket | None:
    """The open ticket of which this person spoke last in this chat, as reporter or not, within the time."""
    since = ctx.inbox.said_at - within
    query = (
        select(Ticket)
        .join(Inbox, Inbox.ticket_id == Ticket.id)
        .where(same_chat(ctx), Inbox.said_at >= since, Inbox.recalled_at.is_(None), Ticket.status.in_(ALIVE))
        .order_by(Inbox.said_at.desc(), Inbox.id.desc(), Ticket.id.desc())
    )
    return next(still_open(ctx, ctx.db.scalars(query.limit(FEW))), None)


def photo_waits(ctx: Context) -> bool:
    """Whether this person sent a photo just before that belongs to nothing yet."""
    earlier = select(Inbox.id).where(
        same_chat(ctx),
        Inbox.kind == Kind.IMAGE.value,
        Inbox.ticket_id.is_(None),
        Inbox.recalled_at.is_(None),
        Inbox.said_at >= ctx.inbox.said_at - ctx.policy.burst,
        Inbox.id != ctx.inbox.id,
    )
    return ctx.db.scalar(earlier.limit(1)) is not None


def heard_here(ctx: Context, row: Inbox) -> bool:
    """Whether a message was said in this very chat: what was said to the bot in private is its speaker's alone."""
    return row.group_id == ctx.inbox.group_id and (row.group_id is not None or row.sender_id in ctx.mine)


def spoken_of_in(ctx: Context, key: str) -> int | None:
    """The ticket that a quoted message belongs to, or of which the bot's own line spoke."""
    heard = ctx.db.scalar(select(Inbox.ticket_id).where(Inbox.key == key))
    said = select(Outbox.ticket_id).where(Outbox.platform_id == key).limit(1)
    return heard if heard is not None else ctx.db.scalar(said)


def gather_quoted(ctx: Context, ticket: Ticket, key: str | None) -> None:
    """What a report quotes is what it speaks of: somebody's photo, voice or words that nobody had taken up."""
    row = ctx.db.scalars(select(Inbox).where(Inbox.key == key)).one_or_none() if key is not None else None
    if row is None or row.ticket_id is not None or row.recalled_at is not None or not heard_here(ctx, row):
        return
    row.ticket_id, row.forget_at = ticket.id, None
    case.record(ctx, ticket, FactKind.ADDED, inbox_id=row.id, data={"kind": row.kind, "because": "quoted"})


def gather_earlier(ctx: Context, opened: Sequence[Ticket]) -> None:
    """Photos, voices and pins of the same person just before the words belong to what was opened: one to each in turn
    where there are as many, else all to all."""
    rows = earlier(ctx)
    for at, row in enumerate(rows):
        theirs = [opened[at]] if len(rows) == len(opened) else opened
        row.ticket_id, row.forget_at = theirs[0].id, None
        media_id = case.photo_id(ctx, row.media)
        for ticket in theirs:
            case.record(ctx, ticket, FactKind.ADDED, media_id=media_id, inbox_id=row.id, data={"kind": row.kind})


def earlier(ctx: Context) -> list[Inbox]:
    """Photos, voices and pins of the same person just before the words, which belong to nothing yet."""
    just_before = {
        "senders": sorted(ctx.mine),
        "chat": ctx.inbox.group_id,
        "since": ctx.inbox.said_at - ctx.policy.burst,
        "this": ctx.inbox.id,
    }
    return [ctx.db.get_one(Inbox, row_id) for row_id in ctx.db.connection().scalars(_EARLIER, just_before).all()]


_EARLIER = (
    select(Inbox.id)
    .where(
        Inbox.sender_id.in_(bindparam("senders", expanding=True)),
        Inbox.group_id.is_not_distinct_from(bindparam("chat")),
        Inbox.kind.in_([kind.value for kind in PHOTOLIKE]),
        Inbox.ticket_id.is_(None),
        Inbox.recalled_at.is_(None),
        Inbox.said_at >= bindparam("since"),
        Inbox.id != bindparam("this"),
    )
    .order_by(Inbox.id)
)


def add_media(incoming: Incoming, ctx: Context, ticket: Ticket) -> Replies:
    """Ties it to the ticket. Whoever works on it hears of it, once a burst; a voice is answered in private, where its
    speaker does not see that it was understood."""
    case.belongs(ctx, ticket)
    body = ctx.keep(incoming.text) if incoming.text else None
    again = _lately_added(ctx, ticket, incoming.kind)
    fact = case.record(ctx, ticket, FactKind.ADDED, body=body, said_here=True, data={"kind": incoming.kind})
    if again or incoming.kind not in SEEN_BY_STAFF:
        return []
    form = wording.ADDED_MEDIA_STAFF.replace("{what}", SEEN_BY_STAFF[incoming.kind])
    photo = fact.media_id if incoming.kind is Kind.IMAGE else None
    told = [replace(reply, media_id=photo) for reply in case.tell_workers(ctx, ticket, fact, form)]
    number = tickets.lead(ctx.db, ticket).number
    heard = Reply(wording.VOICE_ADDED.format(number=number), ticket_id=ticket.id)
    return [heard, *told] if incoming.kind is Kind.VOICE and ctx.group is None else told


def _lately_added(ctx: Context, ticket: Ticket, kind: Kind) -> bool:
    """Whether something of this kind was added within the burst: five photos are one piece of news."""
    earlier = select(Inbox.id).where(
        Inbox.ticket_id == ticket.id,
        Inbox.kind == kind.value,
        Inbox.said_at >= ctx.inbox.said_at - ctx.policy.burst,
        Inbox.id != ctx.inbox.id,
    )
    return ctx.db.scalar(earlier.limit(1)) is not None
