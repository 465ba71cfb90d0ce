"""谁负责三号楼, 三号楼归谁管, asked by staff: the grid, the community and the property company of a house, with who is
there now, and who is on duty. In private with the desks' public numbers; a group reads none."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from handlers.context import Context
from handlers.matter.estate_map import estate_map
from handlers.message import Reply
from handlers.rosters import on_duty
from handlers.rules import whereabouts
from handlers.ticket import extent
from handlers.wording import looking as wording
from nlp.normalise import fold
from storage import directory
from storage.people import Staff, Unit, UnitKind
from storage.streets import streets_of

MOST = 4  # places that are told of at once
PEOPLE = 6  # of one desk
LEVELS = (UnitKind.GRID, UnitKind.STATION, UnitKind.COMMUNITY)


@dataclass(frozen=True, slots=True)
class Asked:
    """A place as it is called, and the estate or desk that it is of."""

    name: str
    unit: Unit


def told(ctx: Context, place: str) -> Reply:
    """Who sees to a house, an estate or a part of the street; what is not known is said."""
    found = _asked(ctx, fold(place).strip())
    if not found:
        return Reply(wording.SEES_TO_NOTHING.format(place=place))
    more = [wording.SEES_TO_MORE.format(count=len(found))] if len(found) > MOST else []
    private, aloud = (
        "\n".join([*(line for one in found[:MOST] for line in _lines(ctx, one, phones=phones)), *more])
        for phones in (True, False)
    )
    return Reply(private, in_group=aloud)


def _asked(ctx: Context, text: str) -> list[Asked]:
    """Of houses those of one's own desks before all of the street; else what has such a name."""
    near = _near(ctx)
    named = [
        unit for unit in near.values() if any(name in text for name in (unit.name, *(unit.nicknames or "").split()))
    ]
    numbers = whereabouts.levels([text]).get("building", frozenset())
    if not numbers and not estate_map(ctx.db).called([text]):
        return [Asked(unit.name, unit) for unit in named]
    name = wording.APART.join(map(extent.called, sorted(numbers))) or text
    return [Asked(f"{near[estate].name}{name}", near[estate]) for estate in _estates(ctx, near, named, numbers, text)]


def _near(ctx: Context) -> dict[int, Unit]:
    """The units of the speaker's street."""
    top = ctx.who.posts[0].unit.path.strip("/").split("/")[0] if ctx.who.posts else ""
    return {unit.id: unit for unit in directory.units_below(ctx.db, f"/{top}/")}


def _estates(
    ctx: Context, near: Collection[int], named: Sequence[Unit], numbers: Collection[str], text: str
) -> Sequence[int]:
    """The estates that have such a house; where none has it in the book, the only one that could."""
    streets, book = streets_of(ctx.db), estate_map(ctx.db)
    said = [unit.id for unit in streets.estates_below([unit.id for unit in named])]
    own = [unit.id for unit in streets.estates_below(ctx.who.desks)]
    every = [unit.id for unit in streets.of_kind(UnitKind.ESTATE) if unit.id in near]
    houses = book.numbered(numbers) if numbers else book.called([text])
    known = [estate for estate, _ in dict.fromkeys(houses) if estate in (said or every)]
    if known:
        return [estate for estate in known if estate in own] or known
    likely = next((some for some in (said, own, every) if some), [])
    return likely if len(likely) == 1 and not book.all_whole(likely) else []


def _lines(ctx: Context, one: Asked, *, phones: bool) -> Iterator[str]:
    yield wording.SEES_TO_HEAD.format(place=one.name)
    for unit in _desks(ctx, one.unit):
        people = wording.APART.join(_names(ctx, on_duty.staff_there(ctx.db, unit, ctx.now)))
        phone = wording.SEES_TO_PHONE.format(phone=unit.phone) if phones and unit.phone else ""
        yield wording.SEES_TO.format(unit=unit.name, people=people or wording.SEES_TO_NOBODY, phone=phone)
    if duty := _names(ctx, on_duty.people_on_duty(ctx.db, one.unit, ctx.now)):
        yield wording.SEES_TO_DUTY.format(people=wording.APART.join(duty))


def _desks(ctx: Context, unit: Unit) -> list[Unit]:
    """The desks of a place, nearest first: of an estate its grid, its company and those above; else its own."""
    if unit.kind not in (UnitKind.ESTATE, *LEVELS):
        return [unit]
    above = [level for level in directory.ancestors(ctx.db, unit) if level.kind in LEVELS]
    grid = directory.unit_of(ctx.db, unit.grid_id)
    is_estate = unit.kind == UnitKind.ESTATE
    company = streets_of(ctx.db).below(unit.id, UnitKind.PROPERTY, None) if is_estate else None
    first = [grid] if grid is not None and grid not in above else []
    beside = [ctx.db.get_one(Unit, company.id)] if company is not None else []
    return [*first, *above, *beside]


def _names(ctx: Context, people: Sequence[Staff]) -> list[str]:
    return [directory.name_of(ctx.vault, person) for person in people[:PEOPLE]]
