"""确认发送, 签发, 电话请示: what was shown is confirmed with its count, and above a size by a second person."""

from __future__ import annotations

import re

from handlers.context import Context
from handlers.message import Incoming, Replies, Reply
from handlers.notice import notice_drafting, notice_showing, notice_signing
from handlers.notice.notice_signing import Signed
from handlers.orders import Order
from handlers.registry import on
from handlers.wording import notice_signing as wording
from storage import notice_ledger as ledger
from storage.notices import Notice

CONSENT = re.compile(wording.WHO_AND_YES)


@on("notice_confirm")
def confirm(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """Starts a notice, if number and count are those of the preview and nothing has changed. Of two at once, one."""
    writer = notice_drafting.writer_of(ctx)
    if not order.numbers or writer is None:
        return [Reply(wording.CONFIRM_WHICH)]
    number, *counts = order.numbers
    notice = ledger.by_number(ctx.db, number, lock=True)
    if notice is None:
        return [Reply(wording.NO_SUCH.format(number=number))]
    signed = notice_signing.sign(writer, notice, counts[0] if len(counts) == 1 else None, tapped=order.tapped)
    if signed.again:
        return notice_showing.shown(writer, notice, signed.said)
    return _said(ctx, signed)


def _said(ctx: Context, signed: Signed) -> Replies:
    if signed.starts:
        ctx.bells.add("bulk")
    return [Reply(signed.said, stamp=wording.STAMP if signed.starts else None), *signed.others]


@on("notice_consent")
def consent(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """电话请示 张书记 同意: at night, once those who were asked to sign had their three minutes."""
    writer = notice_drafting.writer_of(ctx)
    if writer is None:
        return [Reply(wording.NOTHING_WAITS)]
    number = order.number
    notice: Notice | None
    if number is not None:
        notice = ledger.by_number(ctx.db, number, lock=True)
    else:
        notice = ledger.latest_signing(ctx.db, writer.staff.id)
    if notice is None:
        return [Reply(wording.NOTHING_WAITS if number is None else wording.NO_SUCH.format(number=number))]
    found = CONSENT.match(order.rest.strip())
    if found is None:
        return [Reply(wording.CONSENT_HOW)]
    if found["word"] not in wording.YES:
        return [Reply(wording.CONSENT_REFUSED.format(number=notice.number))]
    if re.search(wording.DOUBTFUL, order.rest):
        return [Reply(wording.CONSENT_HOW)]
    return _said(ctx, notice_signing.consent(writer, notice, found["who"], order.rest.strip()))
