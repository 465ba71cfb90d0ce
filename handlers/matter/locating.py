"""Where a ticket is: looks up what is known and asks ``rules.location``. What stays in doubt is asked once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select

from handlers.context import Context
from handlers.matter.estate_map import estate_map, estate_of
from handlers.rules import location, whereabouts
from handlers.rules.location import Candidate, Finding, Known, Landmark, Said, Why
from handlers.wording import locating as wording
from handlers.wording import waiting
from handlers.wording.taxonomy import OUTSIDE_AREA
from nlp.normalise import fold
from nlp.reading import Part
from storage import households, listening
from storage.inbox import Inbox
from storage.people import Group, UnitKind
from storage.streets import Place, streets_of
from storage.tickets import Ticket

NARROW = frozenset({UnitKind.ESTATE, UnitKind.GRID})  # of a wider place nobody knows which 3 号楼 is meant
FEW = 6  # estates named in a question
OF_THE_HOUSE, INSIDE = "building", frozenset({"unit", "floor", "room"})
BESIDE = 3  # other estates of the neighbourhood offered for 对面小区


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to where it is. ``unit_id`` None: nowhere that we know."""

    label: str
    unit_id: int | None = None
    building_id: int | None = None


@dataclass(frozen=True, slots=True)
class Doubt:
    """What has to be asked: which estate, whether it is elsewhere, or which building there is."""

    kind: Literal["estate", "elsewhere", "building"]
    options: tuple[Option, ...]
    said: str = ""
    estate: str = ""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a ticket is: the unit (estate or below), perhaps the building, the kind of ground where it is not the
    unit's own, and what has to be asked."""

    unit_id: int | None
    building_id: int | None
    area: str | None = None
    doubt: Doubt | None = None


def spot(ctx: Context, part: Part) -> Spot:
    """The estate that is named, else the group's own place, the reporter's home, the code they came by."""
    places = tuple(fold(word) for word in part.place)
    finding = _finding(ctx, part, places)
    area = OUTSIDE_AREA if finding.outside else None
    best = finding.candidates[0] if finding.candidates else None
    if best is None or not _is_narrow(ctx, best.unit_id):
        best = _by_building(ctx, best, places) or best
    if best is None:
        street = streets_of(ctx.db).only(UnitKind.STREET)
        best = Candidate(street.id, None, Why.HEARD) if street is not None else None
    unit_id = best.unit_id if best is not None else None
    building_id = _building(ctx, best, finding, places) or _own_house(ctx, part, unit_id, places)
    doubt = None if finding.outside else _doubt(ctx, finding, unit_id, building_id, places)
    return Spot(unit_id, building_id, area, doubt)


def is_in_estate(ctx: Context, unit_id: int | None) -> bool:
    """Whether it is known whose ground this is. What a group or a member of staff speaks of counts as known."""
    return ctx.group is not None or ctx.who.is_staff or _is_narrow(ctx, unit_id)


def _is_narrow(ctx: Context, unit_id: int | None) -> bool:
    unit = streets_of(ctx.db).unit(unit_id)
    return unit is not None and unit.kind in NARROW


def _finding(ctx: Context, part: Part, places: tuple[str, ...]) -> Finding:
    """What the words of this problem say; where they name nothing and it was told with others, what they all say."""
    whole = fold(ctx.words)
    several = len(ctx.reading.parts) > 1 and part.text
    known = Known(_here(ctx), estate_map(ctx.db).estates, _landmarks(ctx, part, places))
    finding = location.resolve(Said(part.text if several else whole, places), known)
    if several and not any(one.why is Why.NAMED for one in finding.candidates):
        named = location.resolve(Said(whole, places), known).candidates
        return Finding(named, finding.elsewhere, finding.outside)
    return finding


def _landmarks(ctx: Context, part: Part, places: Sequence[str]) -> list[Landmark]:
    """Those named, as they were entered or folded."""
    if not places:
        return []
    mark = listening.Landmark
    rows = ctx.db.scalars(select(mark).where(mark.name.in_({*places, *part.place})).order_by(mark.id))
    return [Landmark(fold(row.name), row.unit_id, row.building_id, row.outside) for row in rows]


# --- where the speaker is


def _own_house(ctx: Context, part: Part, unit_id: int | None, places: Sequence[str]) -> int | None:
    """电梯坏了, in a group of the whole estate: of the house where the speaker is known to live, where nothing else is
    said. It is never shown: only what is told of the same house is one with it."""
    inside = all(set(whereabouts.levels([word])) & INSIDE for word in places)
    if part.category != OF_THE_HOUSE or ctx.group is None or ctx.who.is_staff or not inside:
        return None
    if re.search(waiting.ELSEWHERE, fold(part.text or ctx.words)) or "building" in whereabouts.levels(places):
        return None
    home = households.home_of(ctx.db, ctx.who.account)
    return home.building_id if home is not None and home.estate_id == unit_id else None


def _here(ctx: Context) -> Candidate | None:
    """The group's own place; of a wider one the only estate in it. In private where the speaker is."""
    if ctx.group is None:
        return _known(ctx)
    if ctx.group.unit_id is None:
        return None
    if not _is_narrow(ctx, ctx.group.unit_id):
        below = streets_of(ctx.db).estates_below([ctx.group.unit_id])
        if len(below) == 1:
            return Candidate(below[0].id, None, Why.GROUP)
    return Candidate(ctx.group.unit_id, ctx.group.building_id, Why.GROUP)


def _known(ctx: Context) -> Candidate | None:
    """Where somebody is who speaks in private: at home, where the code they came by hangs, where they were heard last,
    where what they told of a moment ago is, or where they work."""
    home = households.home_of(ctx.db, ctx.who.account)
    if home is not None:
        return Candidate(home.estate_id, home.building_id, Why.HOME)
    if ctx.who.account.unit_id is not None:
        return Candidate(ctx.who.account.unit_id, None, Why.HEARD)
    last = _last_group(ctx)
    if last is not None and last.unit_id is not None:
        return Candidate(last.unit_id, last.building_id, Why.HEARD)
    told = _last_told(ctx)
    if told is not None and _is_narrow(ctx, told):
        return Candidate(told, None, Why.HEARD)
    served = streets_of(ctx.db).estates_below([post.unit_id for post in ctx.who.posts])
    return Candidate(served[0].id, None, Why.HEARD) if len(served) == 1 else None


def _last_group(ctx: Context) -> Group | None:
    """Where somebody who is bound to no household was heard last."""
    if not streets_of(ctx.db).has_groups(ctx.who.account.door):
        return None
    return ctx.db.scalars(
        select(Group)
        .join(Inbox, Inbox.group_id == Group.id)
        .where(Inbox.sender_id.in_(ctx.mine), Group.kind == "residents", Group.unit_id.is_not(None))
        .order_by(Inbox.said_at.desc())
    ).first()


def _last_told(ctx: Context) -> int | None:
    """Where what they told of a moment ago is: nobody says the estate in each sentence."""
    since = ctx.inbox.said_at - ctx.policy.additions
    mine = Ticket.reporter_id.in_(ctx.mine), Ticket.opened_at >= since, Ticket.flagged.is_distinct_from("elsewhere")
    return ctx.db.scalar(select(Ticket.unit_id).where(*mine).order_by(Ticket.id.desc()).limit(1))


# --- buildings


def building_named(ctx: Context, estate_id: int, place: tuple[str, ...]) -> int | None:
    """The building of an estate that words of place name, by its name, a nickname or its number."""
    said, numbers = "".join(place), location.building_numbers(fold(word) for word in place)
    for building in estate_map(ctx.db).buildings(estate_id):
        if building.number in numbers or any(_names(known, said) for known in building.names):
            return building.id
    return None


def _names(known: str, said: str) -> bool:
    """Whether the building is named: 3号楼 stands in 3号楼2单元, but not in 13号楼. A bare number (3) is no name."""
    return not known.isnumeric() and location.stands_in(known, said)


def _building(ctx: Context, best: Candidate | None, finding: Finding, places: tuple[str, ...]) -> int | None:
    if best is None:
        return None
    named = building_named(ctx, best.unit_id, places) if places else None
    if named is not None or (best.building_id is not None and best.why is Why.LANDMARK):
        return named or best.building_id
    if location.building_numbers(places):
        return None  # another building, that nobody registered
    own = (one.building_id for one in finding.candidates if one.unit_id == best.unit_id)
    return next((number for number in own if number is not None), None)


def _by_building(ctx: Context, wide: Candidate | None, places: Sequence[str]) -> Candidate | None:
    """The only estate, below a wider place or of all, that has a building called so (电厂楼), or one of this number
    where all lists are whole."""
    streets, known = streets_of(ctx.db), estate_map(ctx.db)
    found = streets.of_kind(UnitKind.ESTATE) if wide is None else streets.estates_below([wide.unit_id])
    estates = {unit.id for unit in found}
    fitting = [pair for pair in known.called(places) if pair[0] in estates]
    numbers = location.building_numbers(places)
    if not fitting and numbers and known.all_whole(estates):
        fitting = [pair for pair in known.numbered(numbers) if pair[0] in estates]
    return Candidate(*fitting[0], Why.ONLY) if len(fitting) == 1 else None


# --- what has to be asked


def _doubt(
    ctx: Context, finding: Finding, unit_id: int | None, building_id: int | None, places: tuple[str, ...]
) -> Doubt | None:
    if finding.elsewhere is not None:
        return _elsewhere(ctx, finding.elsewhere, unit_id)
    if not _is_narrow(ctx, unit_id):
        return _which_estate(ctx, unit_id, places)
    return _no_building(ctx, unit_id, places) if building_id is None and unit_id is not None else None


def _elsewhere(ctx: Context, said: str, unit_id: int | None) -> Doubt | None:
    """Ours, one that sounds alike, or the one that was said; for 对面小区 those of the same community."""
    unit = streets_of(ctx.db).unit(unit_id)
    here = estate_of(unit) if unit is not None and unit.kind == UnitKind.ESTATE else None
    if said:
        near = estate_map(ctx.db).estates.alike(said)[:BESIDE]
        known = list(dict.fromkeys([*near, *((here,) if here is not None else ())]))
        options = [*(Option(one.name, one.id) for one in known), Option(said)]
        return Doubt("elsewhere", tuple(options), said) if known else _which_estate(ctx, unit_id, (), said)
    others = [one for one in _neighbours(ctx, unit_id) if one.id != unit_id][:BESIDE]
    if not others:
        return Doubt("elsewhere", (), "")
    return Doubt("elsewhere", (*(Option(one.name, one.id) for one in others), Option(wording.NEITHER_OPTION)), "")


def _neighbours(ctx: Context, unit_id: int | None) -> list[Place]:
    """The estates of the same community, else all."""
    streets = streets_of(ctx.db)
    above = [level.id for level in streets.upwards(unit_id) if level.kind == UnitKind.COMMUNITY]
    return streets.estates_below(above[:1]) if above else streets.of_kind(UnitKind.ESTATE)


def _which_estate(ctx: Context, unit_id: int | None, places: Sequence[str], said: str = "") -> Doubt | None:
    """Residents in private are asked which of all; who speaks in a wider group, or works there, which of those."""
    if ctx.group is not None or ctx.who.is_staff:
        found = streets_of(ctx.db).estates_below(_served(ctx))
        if len(found) < 2:
            return None
    else:
        found = streets_of(ctx.db).of_kind(UnitKind.ESTATE)
    numbers = location.building_numbers(places)
    having = {estate for estate, _ in estate_map(ctx.db).numbered(numbers)}
    likely = [one for one in found if one.id in having]
    found = likely if len(likely) > 1 else found
    few = found if len(found) <= FEW else []
    extra = (Option(said),) if said and few else ()
    return Doubt("elsewhere" if said else "estate", (*(Option(one.name, one.id) for one in few), *extra), said)


def _served(ctx: Context) -> list[int]:
    if ctx.group is not None:
        return [ctx.group.unit_id] if ctx.group.unit_id is not None else []
    return [post.unit_id for post in ctx.who.posts]


def _no_building(ctx: Context, estate_id: int, places: tuple[str, ...]) -> Doubt | None:
    """A number that the estate's list of buildings does not have."""
    numbers = location.building_numbers(places)
    unit = streets_of(ctx.db).unit(estate_id)
    if not numbers or unit is None:
        return None
    known = estate_map(ctx.db).numbers(estate_id)
    if not location.is_whole(list(known)) or any(number in known for number in numbers):
        return None
    near = location.likeliest(numbers[0], known)
    options = _buildings(estate_id, near, known)
    return Doubt("building", options, numbers[0], unit.name)


def _buildings(estate_id: int, near: Iterable[str], known: Mapping[str, int]) -> tuple[Option, ...]:
    return tuple(Option(wording.BUILDING.format(number=number), estate_id, known[number]) for number in near)
