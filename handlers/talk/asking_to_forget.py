"""删掉我的原话: whoever reported wants nothing of it to be left. The community erases it; talk goes by itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import select

from handlers.context import Context
from handlers.matter import belonging
from handlers.message import Incoming, Member, Replies, Reply
from handlers.orders import Order
from handlers.registry import on
from handlers.rosters import turning_to
from handlers.ticket import case, judges
from handlers.wording import erasing as wording
from nlp.normalise import fold
from storage import directory, erasing, tickets
from storage.people import Role, Staff
from storage.tickets import Ticket

MOST = 10  # numbers in one answer


@on("erase_mine")
def ask(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """Answered to the person, also where it was said in a group; the secretary of each ticket's place is asked."""
    mine = _mine(ctx)
    over = [ticket for ticket in mine if ticket.status in erasing.OVER]
    still = [ticket for ticket in mine if ticket.status not in erasing.OVER]
    requests = list(_requests(ctx, over))
    lines = [_answer(ctx, over, heard=bool(requests))]
    lines += [wording.STILL_OPEN.format(numbers=_numbers(still))] if still else []
    lines.append(wording.TALK_GOES)
    return [Reply("\n".join(lines), to=case.sender(ctx)), *requests]


def _answer(ctx: Context, over: Sequence[Ticket], *, heard: bool) -> str:
    """``heard``: there is a secretary who can be asked; else nothing is promised."""
    if not over:
        return wording.NOTHING_OVER
    form = wording.ASKED if heard else wording.NOBODY
    return "\n".join([form.format(numbers=_numbers(over)), *([] if heard else turning_to.desk_lines(ctx))])


def in_other_words(incoming: Incoming, ctx: Context) -> Replies | None:
    """把我的信息删了: said to the bot, and nothing besides."""
    text = fold(ctx.words)
    if not incoming.addressed or len(text) > wording.LONGEST or ctx.reading.band == "high":
        return None
    return ask(incoming, ctx, Order("erase_mine")) if belonging.says(wording.ASKS, text) else None


def _mine(ctx: Context) -> Sequence[Ticket]:
    """What they reported and still has words, oldest first, each once."""
    told = select(Ticket).where(Ticket.reporter_id.in_(ctx.mine), Ticket.erased_at.is_(None)).order_by(Ticket.id)
    return list(dict.fromkeys(tickets.lead(ctx.db, ticket) for ticket in ctx.db.scalars(told)))


def _numbers(rows: Sequence[Ticket]) -> str:
    shown = wording.APART.join(wording.NUMBER.format(number=ticket.number) for ticket in rows[:MOST])
    return shown if len(rows) <= MOST else wording.AND_MORE.format(numbers=shown, count=len(rows))


def _requests(ctx: Context, over: Sequence[Ticket]) -> Iterator[Reply]:
    """To each secretary once a day, and of what may be seen by them only."""
    theirs: dict[int, list[Ticket]] = {}
    for ticket in over:
        for one in _secretaries(ctx, ticket):
            theirs.setdefault(one.id, []).append(ticket)
    for staff_id, rows in theirs.items():
        text = wording.REQUEST.format(numbers=_numbers(rows), first=rows[0].number)
        name = f"erase:{ctx.who.account.id}:{rows[-1].id}:{ctx.now:%Y%m%d}:{staff_id}"
        yield Reply(text, to=Member(staff_id), name=name)


def _secretaries(ctx: Context, ticket: Ticket) -> Sequence[Staff]:
    return directory.with_role_above(ctx.db, judges.community_of(ctx.db, ticket), Role.COMMUNITY)
