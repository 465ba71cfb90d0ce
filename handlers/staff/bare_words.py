"""电梯, 3号楼, 小赵, 2号呢: a name and nothing else, said by staff to the bot, looks at what there is of it.

Whoever walks the beat looks something up in one word. It is no report: nothing is said to be wrong with it.
"""

from __future__ import annotations

import re

from handlers.context import Context
from handlers.matter import own_open
from handlers.orders import Order
from handlers.permissions import may
from handlers.rosters import colleagues
from handlers.staff import late_ones
from handlers.staff.passing_over import TO_WHOM
from handlers.ticket import case
from handlers.wording import looking as wording
from handlers.wording.taxonomy import CATEGORY
from storage import tickets

_NUMBER, _THING, _HOUSE = (re.compile(text) for text in (wording.BARE_NUMBER, wording.BARE_THING, wording.BARE_HOUSE))
ROOM = 3  # digits that may be a room's
NAMES = range(2, 5)  # characters of a name


def looked_up(ctx: Context) -> Order | None:
    """What is to be looked at; None where the words say more, or answer what was asked."""
    words = ctx.words.strip(wording.AROUND_BARE)
    if (question := case.asked(ctx, TO_WHOM)) is not None and _is_of_colleagues(ctx, words):
        ctx.db.delete(question)
        return Order("hand_over", rest=words)
    if not may(ctx.who, "look", ctx.chat_kind) or any(one.kind != case.LIST_LEFT for one in ctx.questions):
        return None
    if (found := _NUMBER.fullmatch(words)) is not None:
        known = len(found["n"]) < ROOM or tickets.by_number(ctx.db, int(found["n"])) is not None
        return Order("look", (int(found["n"]),)) if known else None
    if _is_thing(words) or _is_of_colleagues(ctx, words):
        return Order("look", rest=words)
    house = _HOUSE.fullmatch(words) is not None and not own_open.reported(ctx)  # else it is where their own is
    return Order("look", rest=words) if house else None


def _is_thing(words: str) -> bool:
    return _THING.fullmatch(words) is not None or words in CATEGORY.values()


def _is_of_colleagues(ctx: Context, words: str) -> bool:
    """Somebody's name, or a company's or a department's."""
    if len(words) not in NAMES:
        return False
    return bool(late_ones.desks(ctx, words)) or len(colleagues.named(ctx, words)) == 1
