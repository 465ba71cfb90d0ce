"""是报事, said of a message that opened nothing: it is opened for whoever said it, with the place and time of then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from handlers.context import Context
from handlers.groups import learning
from handlers.matter import burst
from handlers.matter.opening import desk_for
from handlers.matter.taking import open_parts
from handlers.message import Here, Incoming, InGroup, Kind, Replies, Reply
from handlers.orders import Order, parse
from handlers.permissions import Who, may_in
from handlers.registry import on
from handlers.rules.naming import called
from handlers.ticket import cards, case
from handlers.ticket.changing_hands import back_to_desk, is_taken_down
from handlers.ticket.choosing import choose, quoted_ticket
from handlers.wording import teaching as wording
from handlers.wording.commands import BLANKS
from handlers.wording.times import when
from nlp.normalise import normalise
from nlp.reading import Part, Reading, ReadingContext, read
from storage import directory, tickets
from storage.facts import FactKind
from storage.inbox import Inbox
from storage.people import Account, Group, Unit
from storage.tickets import Ticket

JUST_NOW = timedelta(minutes=10)  # what a member of staff passed on right before the word
LOOKED_AT = 5  # of the messages before: what was a command itself is passed over
SEEN = frozenset({Kind.TEXT, Kind.IMAGE, Kind.VOICE})


@on("is_report")
def is_report(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """是报事: with a number (or a quoted card) undoes 不是报事; quoting a message opens it; in private also what was
    passed on just before, or stands behind the word."""
    if order.number is not None or quoted_ticket(incoming, ctx) is not None:
        return _numbered(incoming, ctx, order)
    row = _meant(incoming, ctx, order)
    if row is None:
        return [Reply(wording.QUOTE_IT, to=case.sender(ctx))]
    original = row if row.group_id is not None else (_heard_in_a_group(ctx, row) or row)
    if original.ticket_id is not None:
        return [_open_already(ctx, original)]
    if original.text is None and original.media is None:
        return [Reply(wording.GONE, to=case.sender(ctx))]
    if not _is_mine_to_open(ctx, original):
        return [Reply(wording.NOT_HERE, to=case.sender(ctx))]
    return _open(incoming, ctx, original, called(order.rest.strip(BLANKS)).category if order.rest else None)


def _numbered(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    ticket = choose(incoming, ctx, order)
    if isinstance(ticket, Reply):
        return [replace(ticket, to=case.sender(ctx))]
    if not is_taken_down(ticket):
        text = wording.OPEN_ALREADY.format(number=ticket.number)
        return [Reply(text, to=case.sender(ctx), ticket_id=ticket.id)]
    return _put_back(ctx, ticket)


def _put_back(ctx: Context, ticket: Ticket) -> Replies:
    """是报事 with the number of a ticket that was taken down: it waits at its desk again, promised as before."""
    before, category = ticket.closing, ticket.category
    back_to_desk(ctx, ticket, desk_for(ctx, ticket))
    ticket.closing, ticket.closed_at = None, None
    fact = case.record(ctx, ticket, FactKind.IS_REPORT, said_here=True, data={"closing": before})
    case.arm_acceptance(ctx.db, ticket, ctx.policy, ctx.now)
    learning.of_ticket(ctx, ticket, category, "is_report", category)
    desk = directory.unit_of(ctx.db, ticket.desk_id)
    unit = desk.name if desk is not None else wording.NOBODYS
    text = wording.PUT_BACK.format(number=ticket.number, unit=unit, due=when(ticket.accept_due, ctx.now))
    told = wording.TOLD_PUT_BACK.format(number=ticket.number)
    return [
        Reply(text, ticket_id=ticket.id),
        *cards.card_to_desk(ctx, ticket),
        *case.tell_members(ctx, ticket, fact, told),
    ]


def _meant(incoming: Incoming, ctx: Context, order: Order) -> Inbox | None:
    """The message that was quoted here; in private what was passed on just before."""
    if incoming.quoted is not None:
        row = ctx.db.scalars(select(Inbox).where(Inbox.key == incoming.quoted)).one_or_none()
        if row is None or not burst.heard_here(ctx, row) or row.recalled_at is not None:
            return None
        return row if row.kind in SEEN else None
    if ctx.group is not None:
        return None
    since = ctx.inbox.said_at - JUST_NOW
    mine = select(Inbox).where(burst.same_chat(ctx), Inbox.id != ctx.inbox.id, Inbox.said_at >= since)
    mine = mine.where(Inbox.kind == Kind.TEXT, Inbox.recalled_at.is_(None))
    newest = ctx.db.scalars(mine.order_by(Inbox.said_at.desc(), Inbox.id.desc()).limit(LOOKED_AT))
    return next((row for row in newest if parse(normalise(_words(ctx, row))) is None), None)


def _words(ctx: Context, row: Inbox) -> str:
    return ctx.vault.open(row.text, "inbox.text", row.ref) if row.text else ""


def _heard_in_a_group(ctx: Context, row: Inbox) -> Inbox | None:
    """The same words as a resident said them in a group, while they are remembered: passing on keeps every letter."""
    if row.text_hash is None:
        return None
    same = (
        select(Inbox)
        .join(Account, Account.id == Inbox.sender_id)
        .where(Inbox.forget_at.is_not(None), Inbox.text_hash == row.text_hash, Inbox.group_id.is_not(None))
        .where(Account.staff_id.is_(None), Inbox.recalled_at.is_(None), Inbox.said_at <= row.said_at)
    )
    found = ctx.db.scalars(same.order_by(Inbox.said_at.desc())).all()
    return next((one for one in found if _is_mine_to_open(ctx, one)), None)


def _is_mine_to_open(ctx: Context, row: Inbox) -> bool:
    if row.group_id is None:
        return row.sender_id in ctx.mine
    group = ctx.db.get_one(Group, row.group_id)
    unit = ctx.db.get(Unit, group.unit_id) if group.unit_id is not None else None
    return unit is not None and may_in(ctx.who, "is_report", unit.path, unit.grid_id or unit.id)


def _open_already(ctx: Context, row: Inbox) -> Reply:
    ticket = ctx.db.get_one(Ticket, row.ticket_id)
    return Reply(wording.OPEN_ALREADY.format(number=ticket.number), to=case.sender(ctx), ticket_id=ticket.id)


def _open(incoming: Incoming, ctx: Context, original: Inbox, category: str | None) -> Replies:
    words = _words(ctx, original)
    group = ctx.db.get(Group, original.group_id) if original.group_id is not None else None
    place = (group.place if group is not None else None) or ""
    reading = read(words, ReadingContext(group_place=place, addressed=True))
    account = ctx.db.get_one(Account, original.sender_id)
    who = ctx.who if account.id in ctx.mine else Who(account)
    then = replace(ctx, inbox=original, group=group, reading=reading, words=normalise(words), who=who)
    media = original.media if original.kind == Kind.IMAGE else None
    said = replace(incoming, text=words, kind=Kind.TEXT, media=media, quoted=None, shown_name="")
    replies = open_parts(said, then, _parts(reading, category))
    opened = _opened(ctx, original)
    for ticket in opened:
        case.record(ctx, ticket, FactKind.IS_REPORT, said_here=True)
        learning.of_ticket(ctx, ticket, ticket.category, "is_report", ticket.category)
    numbers = "、".join(str(ticket.number) for ticket in opened)
    done = Reply(wording.OPENED_FOR.format(numbers=numbers), to=case.sender(ctx), ticket_id=opened[0].id)
    return [done, *_where_it_was_said(replies, ctx, group)]


def _parts(reading: Reading, category: str | None) -> list[Part]:
    """What the words tell; where they told the bot nothing, one problem of the category that staff named, or other."""
    parts = list(reading.parts) or [Part("other", "ordinary", reading.place, "")]
    return [replace(parts[0], category=category), *parts[1:]] if category is not None else parts


def _opened(ctx: Context, original: Inbox) -> Sequence[Ticket]:
    newest = ctx.db.get_one(Ticket, original.ticket_id)
    return tickets.told_together(ctx.db, newest.id) or [newest]


def _where_it_was_said(replies: Replies, ctx: Context, group: Group | None) -> Replies:
    """The line about the ticket stands where the words stood, once."""
    if group is None or (ctx.group is not None and ctx.group.id == group.id):
        return replies if group is not None else [one for one in replies if not isinstance(one.to, Here)]
    return [replace(one, to=InGroup(group.id)) if isinstance(one.to, Here) else one for one in replies]
