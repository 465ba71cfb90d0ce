"""统计 最多: at which buildings, in which estates, of which kinds most is told. Of nobody: people are not ranked.

Nothing that was said in confidence is counted, and what is counted names no door.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import select

from handlers.context import Context
from handlers.counting.figures import Asked
from handlers.rules import periods_said, whereabouts
from handlers.ticket import extent
from handlers.wording import statistics as wording
from handlers.wording.taxonomy import CATEGORY
from storage import directory
from storage.people import Building, Unit, UnitKind
from storage.statistics import NOT_VALID
from storage.tickets import Ticket

AT_MOST = 2000  # tickets that are looked through, the newest first


def said(ctx: Context, asked: Asked, unit: Unit) -> str:
    """A line of each, the most first."""
    wanted = [*asked.scope(unit).holds(ctx.db), Ticket.status.not_in(NOT_VALID), Ticket.confidential.is_(False)]
    rows = ctx.db.scalars(select(Ticket).where(*wanted).order_by(Ticket.id.desc()).limit(AT_MOST)).all()
    names = {"unit": unit.name, "period": periods_said.in_words(asked.period)}
    if not rows:
        return wording.MOST_NONE.format(**names)
    counters: dict[str, Counter[str]] = {name: Counter() for name, _ in wording.MOST_LINES}
    for row in rows:
        for name, one in _of(ctx, row):
            counters[name][one] += 1
    lines = (
        _line(name, counters[name], most)
        for name, most in wording.MOST_LINES
        if len(counters[name]) > (name in wording.OF_SEVERAL)
    )
    return "\n".join([wording.MOST_HEAD.format(**names), *lines])


def _line(name: str, counter: Counter[str], most: int) -> str:
    found = [wording.MOST_ONE.format(name=one, count=count) for one, count in counter.most_common(most)]
    return wording.MOST_LINE.format(name=name, found=wording.AND.join(found))


def _of(ctx: Context, row: Ticket) -> Iterator[tuple[str, str]]:
    houses, estates, kinds, desks = (name for name, _ in wording.MOST_LINES)
    place = directory.unit_of(ctx.db, row.unit_id)
    estate = place.name if place is not None and place.kind == UnitKind.ESTATE else ""
    if estate:
        yield estates, estate
    if house := _house(ctx, row):
        yield houses, f"{estate}{house}"
    yield kinds, CATEGORY[row.category]
    if (desk := directory.unit_of(ctx.db, row.desk_id)) is not None:
        yield desks, desk.name


def _house(ctx: Context, row: Ticket) -> str:
    """The building as the book has it, or as it was said."""
    if row.building_id is not None:
        return extent.called(ctx.db.get_one(Building, row.building_id).name)
    numbers = sorted(whereabouts.levels(row.place).get("building", ()))
    return extent.called(numbers[0]) if len(numbers) == 1 and numbers[0].isdigit() else ""
