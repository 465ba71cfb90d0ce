"""查 超时, 查 热线, 查 昨晚, 查 转出去的: tickets that are named by no place; 查 我管的: what one's own desks see to.

All of it as far as whoever asks reaches it. Times are business time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import select

from handlers.context import Context
from handlers.rules.deadlines import LOCAL
from handlers.staff import late_ones, of_states
from handlers.ticket import choosing, extent, following
from handlers.wording import looking as wording
from handlers.wording.times import until, when
from nlp.normalise import fold
from storage import directory, hotline
from storage.people import Building, Unit, UnitKind
from storage.streets import streets_of
from storage.tickets import Ticket
from storage.workflow import OPEN, Status

MOST = 500  # tickets that are looked through
A_DAY = timedelta(days=1)
EVENING, MORNING = time(18), time(8)
NOT_TOLD = (Status.MERGED, Status.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Found:
    """The tickets, and what is said above them, with ``{count}``; or in place of them where there are none."""

    rows: list[Ticket]
    head: str


def of(ctx: Context, said: str) -> Found | None:
    """None where the words are none of these."""
    words = fold(said)
    if words in wording.PASSED_ON:
        return _found(following.passed_on(ctx), wording.PASSED_ON_HEAD, wording.PASSED_ON_NONE)
    if words in wording.LATE_ONES:
        return _found(late_ones.of(ctx), wording.LATE_HEAD, wording.LATE_NONE)
    if words in wording.HOTLINE_ONES:
        return _found(_hotlines(ctx), wording.HOTLINE_HEAD, wording.HOTLINE_NONE)
    if words in wording.STATES:
        state = wording.STATES[words]
        return _found(of_states.of(ctx, state), *wording.STATE_HEADS[state])
    if words in wording.LATELY_TOLD:
        return _told(ctx, words)
    if units := late_ones.desks(ctx, said):
        name = wording.APART.join(unit.name for unit in units)
        rows = late_ones.at_desks(ctx, units)
        return Found(rows, (wording.HOLDS if rows else wording.HOLDS_NOTHING).replace("{name}", name))
    return None


def _found(rows: list[Ticket], head: str, none: str) -> Found:
    return Found(rows, head if rows else none)


def of_the_hotline(ctx: Context, said: str) -> int | None:
    """查 A-1043: the number of the ticket of an order, by the hotline's own."""
    row = hotline.by_number(ctx.db, said.upper())
    return ctx.db.get_one(Ticket, row.ticket_id).number if row is not None else None


def _hotlines(ctx: Context) -> list[Ticket]:
    wanted = Ticket.source == hotline.SOURCE, Ticket.status.in_(OPEN)
    rows = ctx.db.scalars(select(Ticket).where(*wanted).order_by(Ticket.accept_due, Ticket.id).limit(MOST))
    return [row for row in rows if choosing.reaches(ctx, row, "look")]


def _told(ctx: Context, words: str) -> Found:
    """What came in within a stretch of time, whatever became of it."""
    begin, end = _stretch(wording.LATELY_TOLD[words], ctx.now)
    told = Ticket.opened_at >= begin, Ticket.opened_at < end, Ticket.status.not_in(NOT_TOLD)
    rows = ctx.db.scalars(select(Ticket).where(*told).order_by(Ticket.opened_at, Ticket.id).limit(MOST))
    span = wording.SPAN.format(said=words, begin=when(begin, ctx.now), end=until(end, ctx.now))
    form = _found([row for row in rows if choosing.reaches(ctx, row, "look")], wording.TOLD_HEAD, wording.TOLD_NONE)
    return Found(form.rows, form.head.replace("{span}", span))


def _stretch(name: str, now: datetime) -> tuple[datetime, datetime]:
    """From when until when; nothing of it lies ahead."""
    today = datetime.combine(now.astimezone(LOCAL).date(), time(), LOCAL)
    saturday = today - A_DAY * ((today.weekday() + 2) % 7)
    begin, end = {
        "night": (datetime.combine((today - A_DAY).date(), EVENING, LOCAL), datetime.combine(today, MORNING, LOCAL)),
        "weekend": (saturday, saturday + 2 * A_DAY),
        "yesterday": (today - A_DAY, today),
        "today": (today, now),
    }[name]
    return begin, min(end, now)


def area(ctx: Context) -> str:
    """The estates and buildings of each of one's own desks."""
    units = [unit for unit_id in ctx.who.desks if (unit := directory.unit_of(ctx.db, unit_id)) is not None]
    return "\n".join(wording.AREA.format(unit=unit.name, estates=_estates(ctx, unit)) for unit in units)


def _estates(ctx: Context, unit: Unit) -> str:
    below = [one for one in directory.units_below(ctx.db, unit.path) if one.kind == UnitKind.ESTATE]
    ids = dict.fromkeys([one.id for one in below])
    walked = streets_of(ctx.db).estates_below([one.id for one in directory.units_below(ctx.db, unit.path)])
    ids |= dict.fromkeys(estate.id for estate in walked)
    estates = (directory.unit_of(ctx.db, estate) for estate in ids)
    return wording.AREA_APART.join(_estate(ctx, one) for one in estates if one is not None) or wording.NO_ESTATES


def _estate(ctx: Context, estate: Unit) -> str:
    names = list(_buildings(ctx, estate))
    if not names:
        return estate.name
    shown = wording.IN_AREA.join(names[: wording.MOST_BUILDINGS])
    return wording.ESTATE.format(name=estate.name, buildings=wording.BUILDINGS.format(names=shown, count=len(names)))


def _buildings(ctx: Context, estate: Unit) -> Iterator[str]:
    rows = ctx.db.scalars(select(Building.name).where(Building.estate_id == estate.id).order_by(Building.id))
    yield from map(extent.called, rows)
