"""这个谁管, put to the bot in a group: what it means is what is quoted, else what was last told or shown there.

A ticket: how it stands, and whoever asks hears of it too. A photo, or words that nobody had opened: they are reported,
as when they are quoted. Nothing: then the bot asks which matter, and never opens an empty ticket.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select

from handlers.context import Context
from handlers.groups import holding
from handlers.hearing import offering, quoting
from handlers.hearing.report import report
from handlers.matter import belonging, burst, open_here, own_open
from handlers.matter.gathering import join
from handlers.message import Incoming, Kind, Replies, Reply
from handlers.orders import called, parse
from handlers.permissions import ChatKind
from handlers.rules import sameness
from handlers.rules.sameness import Why
from handlers.rules.unnamed import points
from handlers.ticket import cards, case, choosing
from handlers.wording import pointing as wording
from handlers.wording import status as status_wording
from nlp.normalise import fold, normalise
from nlp.reading import ReadingContext, read
from storage import directory, tickets
from storage.inbox import Inbox
from storage.outbox import Outbox
from storage.people import Account, Staff
from storage.tickets import Member, Ticket
from storage.workflow import OPEN

FEW = 8  # messages that are looked at
WORDLESS = (Kind.IMAGE.value, Kind.VIDEO.value, Kind.VOICE.value)


def asked(incoming: Incoming, ctx: Context) -> Replies | None:
    """Answers whoever asks about this or that without a word of what it is."""
    if ctx.group is None or not incoming.addressed or not belonging.has_words(incoming):
        return None
    text = fold(ctx.words)
    if not points(text):
        return _of_named(incoming, ctx, text)
    if ctx.who.is_staff:
        if parse(ctx.words) is not None:
            return None  # 进度: what is theirs
        return _of_work(incoming, ctx) if ctx.chat_kind is ChatKind.STAFF_GROUP else None
    if incoming.quoted is not None:
        return _of_quoted(incoming, ctx)
    if belonging.says(wording.STANDS, text) and _has_own(ctx):
        return None  # it is their own that they ask about
    return _of_last(incoming, ctx)


def _of_named(incoming: Incoming, ctx: Context, text: str) -> Replies | None:
    """1号到哪了, 电梯修得咋样了: how it stands, to a neighbour of whoever told it here."""
    stands = "status_question" in ctx.reading.cues or belonging.says(wording.STANDS, text)
    if ctx.who.is_staff or not stands or ctx.alarms or len(text) > wording.LONGEST:
        return None
    numbers = belonging.each(wording.NUMBER, text)
    told = [ticket for ticket in open_here.lately(ctx) if _is_told_here(ctx, ticket)]
    by_number = [ticket for ticket in told if str(tickets.lead(ctx.db, ticket).number) in numbers]
    meant = by_number if numbers else own_open.named(ctx, told, text)
    return _stands(incoming, ctx, meant[0]) if meant and meant[0].reporter_id not in ctx.mine else None


def _has_own(ctx: Context) -> bool:
    mine = select(Ticket.id).join(Member, Member.ticket_id == Ticket.id).where(Member.account_id.in_(ctx.mine))
    return ctx.db.scalar(mine.where(Ticket.status.in_(OPEN)).limit(1)) is not None


def _of_quoted(incoming: Incoming, ctx: Context) -> Replies:
    ticket = choosing.quoted_ticket(incoming, ctx)
    if ticket is not None:
        return _stands(incoming, ctx, ticket) if _is_told_here(ctx, ticket) else _which()
    row = ctx.db.scalars(select(Inbox).where(Inbox.key == incoming.quoted)).one_or_none()
    return _reported(incoming, ctx, row) if row is not None else _which()


def _of_last(incoming: Incoming, ctx: Context) -> Replies:
    """Of what was told or shown here within the hour or two, the newest."""
    told = _last_told(ctx)
    for row in _unopened(ctx):
        if told is not None and told[0] >= row.said_at:
            break
        if row.kind in WORDLESS or _tells(ctx, row):
            return _reported(incoming, ctx, row)
    return _stands(incoming, ctx, told[1]) if told is not None else _which()


def _last_told(ctx: Context) -> tuple[datetime, Ticket] | None:
    since = ctx.inbox.said_at - sameness.HOURS
    still_open = {ticket.id: ticket for ticket in open_here.lately(ctx) if _is_told_here(ctx, ticket)}
    query = select(Inbox).where(Inbox.ticket_id.in_(still_open), Inbox.said_at >= since, *_not_this(ctx))
    row = ctx.db.scalars(query.order_by(Inbox.said_at.desc(), Inbox.id.desc()).limit(1)).first()
    return (row.said_at, still_open[row.ticket_id]) if row is not None and row.ticket_id is not None else None


def _not_this(ctx: Context) -> tuple[ColumnElement[bool], ...]:
    return Inbox.group_id == ctx.inbox.group_id, Inbox.id != ctx.inbox.id, Inbox.recalled_at.is_(None)


def _unopened(ctx: Context) -> Sequence[Inbox]:
    """What residents said or showed here just now and nobody opened, newest first."""
    since: timedelta = sameness.WAKE
    query = (
        select(Inbox)
        .join(Account, Account.id == Inbox.sender_id)
        .where(*_not_this(ctx), Inbox.ticket_id.is_(None), Inbox.said_at >= ctx.inbox.said_at - since)
        .where(Account.staff_id.is_(None), Inbox.kind.in_([Kind.TEXT.value, *WORDLESS]))
    )
    return ctx.db.scalars(query.order_by(Inbox.said_at.desc(), Inbox.id.desc()).limit(FEW)).all()


def _tells(ctx: Context, row: Inbox) -> bool:
    """Whether it tells of a trouble, and of none that is to be spoken of in private."""
    words = ctx.vault.open(row.text, "inbox.text", row.ref) if row.text else ""
    if points(fold(called(normalise(words)))):
        return False
    place = (ctx.group.place if ctx.group is not None else None) or ""
    reading = read(words, ReadingContext(group_place=place, addressed=True))
    then = replace(ctx, reading=reading, words=normalise(words))
    return bool(reading.parts) and not holding.is_confidential(then)


def _reported(incoming: Incoming, ctx: Context, row: Inbox) -> Replies:
    """As if it were quoted: opened, also where it waits for its sender or for a person."""
    if not quoting.is_free(ctx, row):
        return _which()
    quoting_it = replace(incoming, quoted=row.key)
    if offering.is_pending(ctx, row) or holding.is_held(ctx, row):
        return report(quoting_it, replace(ctx, reading=replace(ctx.reading, parts=()))) or _which()
    return quoting.open_quoted(quoting_it, ctx, row) or _which()


def _is_told_here(ctx: Context, ticket: Ticket) -> bool:
    """Nobody hears of what was told elsewhere or in confidence."""
    return ticket.group_id == ctx.inbox.group_id and not ticket.confidential


def _stands(incoming: Incoming, ctx: Context, ticket: Ticket) -> Replies:
    """In the group how it stands, with nothing private; whoever asks hears more, and from now on with the others."""
    lead = tickets.lead(ctx.db, ticket)
    if lead.status not in OPEN:
        return [Reply(wording.STANDS_HERE.format(line=status_wording.short(lead.number, lead.status)))]
    joined = join(incoming, ctx, [ticket], why=Why.QUOTED)
    line = Reply(status_wording.line_in_group(lead.number, lead.status), ticket_id=lead.id)
    private = Reply(cards.status_line(ctx, lead), to=case.sender(ctx), ticket_id=lead.id)
    news = [reply for reply in joined if reply.to != private.to]
    if len(news) < len(joined):
        first = next(reply for reply in joined if reply.to == private.to)
        private = replace(first, text=f"{first.text}\n{private.text}")
    burst.stay_attentive(ctx)
    return [line, private, *news]


def _of_work(incoming: Incoming, ctx: Context) -> Replies:
    """In a staff group: whose the ticket is that was quoted, or whose card was read here last."""
    ticket = choosing.quoted_ticket(incoming, ctx) or _last_card(ctx)
    if ticket is None or ticket.confidential or not choosing.reaches(ctx, ticket, "look"):
        return _which()
    lead = tickets.lead(ctx.db, ticket)
    holder = ctx.db.get(Staff, lead.holder_id) if lead.holder_id is not None else None
    form = wording.STANDS_HERE if holder is None else wording.HELD
    line = status_wording.short(lead.number, lead.status)
    return [Reply(form.format(line=line, holder=directory.name_of(ctx.vault, holder)), ticket_id=lead.id)]


def _last_card(ctx: Context) -> Ticket | None:
    since = ctx.now - sameness.HOURS
    said = select(Outbox.ticket_id).where(Outbox.address == ctx.address, Outbox.ticket_id.is_not(None))
    found = ctx.db.scalar(said.where(Outbox.created_at >= since).order_by(Outbox.id.desc()).limit(1))
    return ctx.db.get(Ticket, found) if found is not None else None


def _which() -> Replies:
    return [Reply(wording.WHICH)]
