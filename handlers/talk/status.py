"""进度: where my reports stand. By number it answers only the reporter, supporters and the unit's staff."""

from __future__ import annotations

from sqlalchemy import select

from handlers.context import Context
from handlers.matter import belonging
from handlers.matter.gathering import gather
from handlers.message import Incoming, Replies, Reply
from handlers.orders import Order
from handlers.registry import on
from handlers.ticket import cards, case, choosing
from handlers.wording import status as wording
from storage import tickets
from storage.tickets import Member, Ticket
from storage.workflow import OPEN

SHOWN = 5


@on("status")
def status(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """进度, 进度 1043, 咋样了, 有人管没: one plain sentence a report."""
    if order.number is not None:
        return _numbered(ctx, order.number)
    quoted = choosing.quoted_ticket(incoming, ctx)
    mine = [quoted] if quoted is not None and _may_see(ctx, quoted) else _mine(ctx)
    if not mine:
        return [Reply(wording.NONE, to=case.sender(ctx))]
    lines = [cards.status_line(ctx, ticket) for ticket in mine[:SHOWN]]
    if len(mine) > SHOWN:
        lines.append(wording.MORE.format(count=len(mine) - SHOWN))
    return _said(ctx, mine[0], "\n".join(lines))


def _said(ctx: Context, ticket: Ticket, text: str) -> Replies:
    """A group hears of what was told there in the open; that somebody told something elsewhere is theirs to say."""
    if ctx.group is None:
        return [Reply(text, ticket_id=ticket.id)]
    private = Reply(text, to=case.sender(ctx), ticket_id=ticket.id)
    if ticket.confidential or ticket.group_id != ctx.group.id:
        return [private]
    return [Reply(wording.line_in_group(ticket.number, ticket.status), ticket_id=ticket.id), private]


def _numbered(ctx: Context, number: int) -> Replies:
    ticket = tickets.by_number(ctx.db, number)
    if ticket is None or not _may_see(ctx, ticket):
        # the same words whether it exists or not: numbers can be guessed
        return [Reply(wording.NOT_SHOWN.format(number=number), to=case.sender(ctx))]
    return _said(ctx, ticket, cards.status_line(ctx, ticket))


def _may_see(ctx: Context, ticket: Ticket) -> bool:
    if any(member.account_id in ctx.mine for member in tickets.members(ctx.db, ticket)):
        return True
    return ctx.who.is_staff and choosing.reaches(ctx, ticket, "look")


def _mine(ctx: Context) -> list[Ticket]:
    mine = select(Member.ticket_id).where(Member.account_id.in_(ctx.mine))
    rows = ctx.db.scalars(select(Ticket).where(Ticket.id.in_(mine)).order_by(Ticket.id.desc()).limit(20)).all()
    led = {tickets.lead(ctx.db, row).id: row for row in reversed(rows) if tickets.lead(ctx.db, row).status in OPEN}
    return sorted(led.values(), key=lambda row: -row.id) or list(rows[:1])


def asks(incoming: Incoming, ctx: Context) -> Replies | None:
    """咋样了, 有人管没, 那个灯: asked in everyday words by somebody who has a report to ask about."""
    if "status_question" not in ctx.reading.cues or ctx.who.is_staff or ctx.reading.parts:
        return None
    if not (incoming.addressed or _mine(ctx)):
        return None
    said = belonging.match(incoming, ctx) if belonging.places(ctx) else None
    where = gather(incoming, ctx, said, None) if said is not None and said.mine else []  # 5号楼2单元，有人管吗
    return [*status(incoming, ctx, Order("status")), *where]
