"""How rosters and stretches of time are said to staff."""

from __future__ import annotations

from datetime import datetime, timedelta

from handlers import colleagues
from handlers.context import Context
from handlers.orders import MENTION
from handlers.rules.deadlines import LOCAL
from handlers.wording import rosters as wording
from handlers.wording.commands import BLANKS
from handlers.wording.commands import COMMANDS as SAID
from handlers.wording.times import clock, when
from storage import rosters
from storage.people import Staff, Unit
from storage.presence import presence_of
from storage.rosters import Duty

DAYS = timedelta(days=14)
LINES = 20


def said_behind(ctx: Context, command: str) -> str:
    """What was said behind the command's word, its digits with it: 12月1日 begins with no ticket's number."""
    text = MENTION.sub("", ctx.words.strip()).strip()
    for word in sorted(SAID[command].words, key=len, reverse=True):
        if text.startswith(word):
            return text[len(word) :].strip(BLANKS)
    return text


def span(start: datetime, end: datetime, now: datetime) -> str:
    """``今天 20:00–明天 08:00``; the second day is left out where it is the same."""
    same = start.astimezone(LOCAL).date() == end.astimezone(LOCAL).date()
    return f"{when(start, now)}–{clock(end) if same else when(end, now)}"


def day(moment: datetime) -> str:
    """``3月2日``: as it can be said again any day."""
    local = moment.astimezone(LOCAL)
    return f"{local.month}月{local.day}日"


def shown(ctx: Context, row: Duty) -> dict[str, str]:
    """The parts of a line."""
    return {
        "span": span(row.starts_at, row.ends_at, ctx.now),
        "part": wording.PARTS[row.part],
        "name": colleagues.full_name(ctx, ctx.db.get(Staff, row.staff_id)),
    }


def line(ctx: Context, row: Duty) -> str:
    """One line of a roster: when, what, who, and who comes instead."""
    now = wording.LIST_NOW if row.starts_at <= ctx.now < row.ends_at else ""
    text = wording.LIST_LINE.format(now=now, **shown(ctx, row))
    presence = presence_of(ctx.db, ctx.now)
    moment = max(row.starts_at, ctx.now)
    if presence.away(row.staff_id, moment) is None:
        return text
    other = presence.who_gets(row.staff_id, moment)
    name = colleagues.full_name(ctx, ctx.db.get(Staff, other)) if other is not None else ""
    substitute = wording.LIST_SUBSTITUTE.format(name=name) if name else ""
    return text + wording.LIST_AWAY.format(substitute=substitute)


def listed(ctx: Context, unit: Unit) -> str:
    """A unit's roster of the next two weeks."""
    rows = rosters.duties_between(ctx.db, [unit.id], ctx.now, ctx.now + DAYS)
    if not rows:
        return wording.LIST_NONE.format(unit=unit.name)
    return "\n".join([wording.LIST_HEAD.format(unit=unit.name), *(line(ctx, row) for row in rows[:LINES])])
