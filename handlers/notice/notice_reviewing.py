"""送审, 采用, 审核通过, 退回通知: a notice is looked at by somebody who did not write it."""

from __future__ import annotations

from datetime import timedelta

from handlers.context import Context
from handlers.message import Incoming, Kind, Replies, Reply
from handlers.notice import issuing, notice_drafting, notice_passing
from handlers.notice.notice_drafting import Writer
from handlers.orders import Order, parse
from handlers.registry import on
from handlers.ticket import case
from handlers.wording import notice_dialogue as wording
from handlers.wording import notice_words as patterns
from nlp.normalise import fold
from storage import notice_ledger as ledger
from storage.notices import Notice, NoticeState
from storage.people import Unit

WHY = "notice_why"  # a question: what is wrong with it
ASKED_FOR = timedelta(minutes=30)


@on("notice_submit")
def submit(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """送审 3, 送审 3 张敏: whoever may issue it, or the one who is named, is asked to look at it."""
    writer = notice_drafting.writer_of(ctx)
    if writer is None or order.number is None:
        return [Reply(wording.CHANGE_WHICH)]
    notice = ledger.by_number(ctx.db, order.number, lock=True)
    if notice is None:
        return [Reply(wording.NO_SUCH.format(number=order.number))]
    unit = ctx.db.get_one(Unit, notice.unit_id)
    if not issuing.may_change(writer.staff, notice, unit):
        return [Reply(wording.NOT_DECIDING.format(number=notice.number, unit=unit.name))]
    if notice.state not in (NoticeState.DRAFT, NoticeState.PROPOSED):
        return [Reply(notice_passing.too_late(notice))]
    wrong = notice_drafting.problems(writer, notice)
    return [Reply(wrong[0].sentence)] if wrong else notice_passing.pass_on(writer, notice, order.rest.strip())


@on("notice_adopt")
def adopt(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """采用 3, 审核通过 3: it may be confirmed now, and by whom is said."""
    writer = notice_drafting.writer_of(ctx)
    found = _which(ctx, writer, order)
    if isinstance(found, Reply) or writer is None:
        return [found] if isinstance(found, Reply) else []
    return notice_passing.adopt(writer, found)


@on("notice_return")
def give_back(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """退回通知 3 时间不对: its author reads why and changes it."""
    writer = notice_drafting.writer_of(ctx)
    found = _which(ctx, writer, order)
    if isinstance(found, Reply) or writer is None:
        return [found] if isinstance(found, Reply) else []
    why = "" if order.tapped else order.rest.strip()
    replies = notice_passing.give_back(writer, found, why)
    if not why and found.state == NoticeState.PROPOSED:
        until = ctx.now + ASKED_FOR
        case.ask(ctx, ctx.who.account.id, ctx.address, WHY, ticket=None, until=until, data={"notice": found.number})
    return replies


def reason(incoming: Incoming, ctx: Context, why: str) -> Replies | None:
    """时间不对，是周日: from whoever tapped 退回 in private and was asked. Any command is one."""
    asked = case.asked(ctx, WHY) if incoming.kind is Kind.TEXT else None
    if asked is None or parse(ctx.words) is not None:
        return None
    ctx.db.delete(asked)
    if patterns.LEAVE.match(fold(why)):
        return [Reply(wording.NOT_RETURNED.format(number=asked.data["notice"]))]
    return give_back(incoming, ctx, Order("notice_return", (asked.data["notice"],), why))


def _which(ctx: Context, writer: Writer | None, order: Order) -> Notice | Reply:
    """The notice of the number, or the only one that waits for whoever is speaking."""
    if writer is None:
        return Reply(wording.NOTHING_WAITS)
    if order.number is not None:
        return ledger.by_number(ctx.db, order.number, lock=True) or Reply(wording.NO_SUCH.format(number=order.number))
    waiting = [
        notice
        for notice, unit in ledger.proposed(ctx.db)
        if issuing.may_issue(writer.posts, unit, notice.kind) and notice.author_id != writer.staff.id
    ]
    if len(waiting) == 1:
        return waiting[0]
    numbers = wording.AND.join(str(notice.number) for notice in waiting)
    return Reply(
        wording.WHICH_WAITS.format(numbers=numbers, first=waiting[0].number) if waiting else wording.NOTHING_WAITS
    )
