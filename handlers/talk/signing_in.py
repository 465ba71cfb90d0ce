"""控制台: a member of staff is sent a link that signs their browser in, once."""

from __future__ import annotations

from collections.abc import Iterable

from handlers.context import Context
from handlers.message import Incoming, Reply
from handlers.orders import Order
from handlers.registry import on
from handlers.wording import signing_in as wording


@on("console")
def console(incoming: Incoming, ctx: Context, order: Order) -> Iterable[Reply]:
    """Whoever reads this chat is who the account is bound to: the link proves no more than that, and for minutes."""
    address = ctx.sign_in(ctx.who.staff) if ctx.sign_in is not None and ctx.who.staff is not None else None
    return [Reply(wording.LINK.format(address=address) if address is not None else wording.ENOUGH)]
