"""巡查: staff tell of what they found themselves."""

from __future__ import annotations

from dataclasses import replace

from handlers.context import Context
from handlers.matter.taking import open_parts
from handlers.message import Incoming, Replies, Reply
from handlers.orders import Order
from handlers.registry import on
from handlers.ticket import case
from handlers.wording import on_behalf as wording
from handlers.wording.commands import COMMANDS
from nlp.normalise import normalise
from nlp.reading import ReadingContext, read
from storage.origins import PATROL
from storage.tickets import Ticket


@on("patrol")
def patrol(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """巡查 3号楼消火栓没水."""
    said = " ".join([*(str(number) for number in order.numbers), order.rest]).strip()
    if not said:
        return [Reply(wording.FOUND_HOW, to=case.sender(ctx))]
    place = (ctx.group.place if ctx.group is not None else None) or ""
    reading = read(said, ReadingContext(group_place=place, addressed=True))
    if not reading.parts:
        return [Reply(wording.NOTHING_HEARD.format(example=COMMANDS["patrol"].example), to=case.sender(ctx))]
    mine = replace(ctx, reading=reading, words=normalise(said))
    replies = open_parts(replace(incoming, text=said), mine, list(reading.parts), source=PATROL)
    number = next((ctx.db.get_one(Ticket, reply.ticket_id).number for reply in replies if reply.ticket_id), None)
    return replies if number is None else [*replies, Reply(wording.FOUND.format(number=number), to=case.sender(ctx))]
