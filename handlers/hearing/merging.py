"""并案, 拆分, 我说的是另一件: staff make several tickets one or take one out; whoever reported or joined may object."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from sqlalchemy import select

from handlers.context import Context
from handlers.hearing import offering
from handlers.matter import belonging, burst, incident
from handlers.matter.taking import open_parts
from handlers.message import Incoming, Replies, Reply
from handlers.orders import Order
from handlers.registry import on
from handlers.rules.incidents import KINDS
from handlers.ticket import acting, case
from handlers.ticket.choosing import choose, not_now, quoted_ticket
from handlers.ticket.extent import extent_of
from handlers.wording import merging as wording
from handlers.wording.times import when
from nlp.normalise import fold
from nlp.reading import Reading, ReadingContext, read
from storage import tickets
from storage.facts import Fact, FactKind
from storage.inbox import Inbox
from storage.origins import ROOT_CAUSE
from storage.outbox import Outbox
from storage.tickets import Ticket
from storage.workflow import WAITING_FOR_STAFF, Status

_TARGET = re.compile(wording.TARGET)


@on("merge")
def merge(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """并案 18 17, 并案 18 19 到 17: the earliest leads; everybody who told of it hears what becomes of it."""
    named = _named(incoming, ctx, order)
    if isinstance(named, Reply):
        return [named]
    leads = list({lead.id: lead for lead in (tickets.lead(ctx.db, ticket) for ticket in named)}.values())
    if len(leads) < 2:
        return [_nothing_to_merge(ctx, named)]
    for ticket in leads:
        acting.note(ctx, ticket)
        if (refusal := _refusal(ticket)) is not None:
            return [refusal]
    lead = incident.first_of(leads)
    due = lead.accept_due
    parts = [ticket for ticket in leads if ticket.id != lead.id]
    merged = [made for part in parts if (made := incident.merge(ctx, part, lead, ["staff"], by_hand=True)) is not None]
    if not merged:
        return [_nothing_to_merge(ctx, named)]
    return [_made_one(ctx, merged), *_sooner(ctx, merged[0].lead, due), *_news(ctx, merged)]


def _named(incoming: Incoming, ctx: Context, order: Order) -> list[Ticket] | Reply:
    """The tickets by number, and the one whose card is quoted."""
    target = _TARGET.match(order.rest)
    numbers = list(dict.fromkeys([*order.numbers, *([int(target[1])] if target else [])]))
    if not numbers or (order.rest and not target):
        return Reply(wording.MERGE_HELP)
    found: list[Ticket] = []
    for number in numbers:
        ticket = choose(incoming, ctx, replace(order, numbers=(number,)))
        if isinstance(ticket, Reply):
            return ticket
        found.append(ticket)
    quoted = quoted_ticket(incoming, ctx) if len(found) == 1 else None
    if quoted is not None:
        ticket = choose(incoming, ctx, replace(order, numbers=()))
        if isinstance(ticket, Reply):
            return ticket
        found.append(ticket)
    return found


def _nothing_to_merge(ctx: Context, named: Sequence[Ticket]) -> Reply:
    part = next((ticket for ticket in named if ticket.status == Status.MERGED), None)
    if part is None:
        return Reply(wording.MERGE_HELP)
    lead = tickets.lead(ctx.db, part)
    return Reply(wording.MERGED_ALREADY.format(number=part.number, lead=lead.number), ticket_id=lead.id)


def _refusal(ticket: Ticket) -> Reply | None:
    if ticket.confidential:
        return Reply(wording.MERGE_SECRET.format(number=ticket.number), ticket_id=ticket.id)
    if ticket.kind not in KINDS or ticket.source == ROOT_CAUSE:
        return Reply(wording.MERGE_KIND.format(number=ticket.number), ticket_id=ticket.id)
    return None if ticket.status in WAITING_FOR_STAFF else not_now(ticket, "merge")


def _made_one(ctx: Context, merged: Sequence[incident.Merged]) -> Reply:
    lead = merged[0].lead
    extent = extent_of(ctx.db, lead)
    text = wording.MERGED_STAFF.format(
        numbers=wording.AND.join(str(one.part.number) for one in merged),
        lead=lead.number,
        what=case.what(lead),
        extent=f"{wording.EXTENT.format(extent=extent.short())}{wording.STOP}" if extent.wide else "",
    )
    return Reply(text, ticket_id=lead.id)


def _sooner(ctx: Context, lead: Ticket, due: object) -> Iterator[Reply]:
    """The promise of what leads came nearer: said to whoever made it so."""
    if lead.accept_due != due and lead.status == Status.REPORTED:
        text = wording.RAISED_STAFF.format(number=lead.number, due=when(lead.accept_due, ctx.now))
        yield Reply(text, ticket_id=lead.id)


def _news(ctx: Context, merged: Sequence[incident.Merged]) -> Iterator[Reply]:
    for one in merged:
        text = wording.MERGED_BY_STAFF.format(number=one.part.number, lead=one.lead.number)
        yield incident.stamped(ctx, one.part, one.lead)
        yield from case.tell_members(ctx, one.part, one.fact, text)
        yield from one.replies


@on("split")
def split(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """拆分 18: it is a matter of its own again, with its own desk and its own promise."""
    if order.number is None and quoted_ticket(incoming, ctx) is None:
        return [Reply(wording.SPLIT_HELP)]
    ticket = choose(incoming, ctx, order)
    if isinstance(ticket, Reply):
        return [ticket]
    made = incident.split(ctx, ticket)
    if made is None:
        return [Reply(wording.SPLIT_NOT.format(number=ticket.number), ticket_id=ticket.id)]
    lead, replies = made
    due = when(ticket.accept_due, ctx.now)
    text = wording.SPLIT.format(number=ticket.number, lead=lead.number, due=due)
    return [Reply(text, ticket_id=ticket.id), *replies]


def another_matter(incoming: Incoming, ctx: Context) -> Replies | None:
    """我说的是另一件, by somebody whose words were taken for a part of something: they become a ticket again."""
    if not belonging.has_words(incoming) or ctx.who.is_staff:
        return None
    if not belonging.says(wording.ANOTHER_MATTER, fold(ctx.words)):
        return None
    row = _meant(incoming, ctx)
    ticket = ctx.db.get(Ticket, row.ticket_id) if row is not None and row.ticket_id is not None else None
    if row is None or ticket is None:
        return None
    if ticket.status == Status.MERGED and ticket.reporter_id in ctx.mine:
        return _take_out(ctx, ticket)
    if _opened_by(ctx, ticket, row):
        return [] if _was_taken_out(ctx, ticket) else None
    return _set_apart(incoming, ctx, ticket, row)


def _meant(incoming: Incoming, ctx: Context) -> Inbox | None:
    """Their message: the one that the quoted line answers, the quoted one itself, or the last that was taken up."""
    mine = select(Inbox).where(Inbox.sender_id.in_(ctx.mine), Inbox.ticket_id.is_not(None), Inbox.id != ctx.inbox.id)
    if incoming.quoted is not None:
        line = ctx.db.scalars(select(Outbox).where(Outbox.platform_id == incoming.quoted)).first()
        if line is None:
            return ctx.db.scalars(mine.where(Inbox.key == incoming.quoted)).first()
        answered = ctx.db.scalars(mine.where(Inbox.id == line.inbox_id)).first()
        about = mine.where(Inbox.ticket_id == line.ticket_id).order_by(Inbox.id)
        return answered or ctx.db.scalars(about).first() or _of_part(ctx, line)
    if ctx.group is not None:
        mine = mine.where(burst.same_chat(ctx))
    lately = mine.where(Inbox.said_at >= ctx.inbox.said_at - ctx.policy.support, Inbox.recalled_at.is_(None))
    return ctx.db.scalars(lately.order_by(Inbox.said_at.desc(), Inbox.id.desc())).first()


def _of_part(ctx: Context, line: Outbox) -> Inbox | None:
    """News of the ticket that leads, heard by somebody whose own was merged into it."""
    if line.ticket_id is None:
        return None
    inside = select(Inbox).where(Inbox.ticket_id.in_(tickets.whole(line.ticket_id)), Inbox.sender_id.in_(ctx.mine))
    return ctx.db.scalars(inside.order_by(Inbox.id)).first()


def _take_out(ctx: Context, ticket: Ticket) -> Replies | None:
    made = incident.split(ctx, ticket, asked=True)
    if made is None:
        return None
    case.belongs(ctx, ticket)
    text = wording.TOLD_SPLIT_ASKED.format(number=ticket.number, due=when(ticket.accept_due, ctx.now))
    return [Reply(text, ticket_id=ticket.id), *made[1]]


def _opened_by(ctx: Context, ticket: Ticket, row: Inbox) -> bool:
    opened = select(Fact.id).where(Fact.ticket_id == ticket.id, Fact.inbox_id == row.id, Fact.kind == FactKind.OPENED)
    return ctx.db.scalar(opened) is not None


def _was_taken_out(ctx: Context, ticket: Ticket) -> bool:
    """They have said so before: once is enough."""
    asked = select(Fact.id).where(Fact.ticket_id == ticket.id, Fact.kind == FactKind.SPLIT)
    return ctx.db.scalar(asked.limit(1)) is not None


def _set_apart(incoming: Incoming, ctx: Context, ticket: Ticket, row: Inbox) -> Replies:
    """What somebody said was added to a ticket, or joined it: it is taken out and opened with the words of now, where
    they tell a problem, else with those of then; where neither do, they are asked."""
    case.record(ctx, ticket, FactKind.SPLIT, said_here=True, data={"message": row.id, "asked": True})
    if ticket.reporter_id not in ctx.mine:
        tickets.leave(ctx.db, ticket, ctx.mine)
    row.ticket_id = None
    lead = tickets.lead(ctx.db, ticket)
    opened = _opened_anew(incoming, ctx, row, {ticket.id, lead.id})
    if opened is not None:
        return opened
    row.ticket_id = ticket.id
    case.belongs(ctx, ticket)
    burst.expect_words(ctx)
    return [Reply(wording.APART.format(number=lead.number), to=case.sender(ctx), ticket_id=ticket.id)]


def _rest(ctx: Context) -> Reading:
    """What is said besides 我说的是另一件, read as meant for the bot."""
    place = (ctx.group.place if ctx.group is not None else None) or ""
    text = belonging.cut(wording.ANOTHER_MATTER, fold(ctx.words))
    return read(text, ReadingContext(group_place=place, addressed=True))


def _opened_anew(incoming: Incoming, ctx: Context, row: Inbox, apart: Collection[int]) -> Replies | None:
    """What it is about stands in the words of now, else in those of then; both belong to the new ticket."""
    now = _rest(ctx)
    if now.parts:
        opened = open_parts(incoming, replace(ctx, reading=now), list(now.parts), apart=apart)
        row.ticket_id = ctx.inbox.ticket_id
        return opened
    if not offering.tells(ctx, row):
        return None
    opened = offering.open_then(incoming, ctx, row, apart)
    ctx.inbox.ticket_id, ctx.inbox.forget_at = row.ticket_id, None
    return opened
