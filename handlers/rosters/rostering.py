"""The roster: 值班, 带班, 值班表, 换班, 取消值班. Written down by whoever keeps it; the people concerned are told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from handlers.context import Context
from handlers.message import Incoming, Replies, Reply
from handlers.orders import Order
from handlers.registry import on
from handlers.rosters import colleagues, roster_keeping, roster_lines
from handlers.rosters.roster_lines import line, said_behind
from handlers.rules import spoken_stretches
from handlers.rules.spoken_stretches import Stretch
from handlers.wording import rosters as wording
from handlers.wording.commands import COMMANDS as SAID
from storage import directory, rosters
from storage.people import Staff, Unit
from storage.presence import DUTY, LEADER
from storage.rosters import Duty

AHEAD = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Said:
    """A line of a roster as it was said: when, and the names in their order."""

    stretch: Stretch
    names: list[str]


@on("duty")
def duty(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """值班 今晚 20:00-08:00 小赵."""
    return _write(ctx, "duty", DUTY)


@on("duty_lead")
def lead(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """带班 周六 周书记."""
    return _write(ctx, "duty_lead", LEADER)


def _read(ctx: Context, command: str) -> Said | None:
    found = spoken_stretches.duty(said_behind(ctx, command), ctx.now, ctx.policy.duty_starts, ctx.policy.duty_ends)
    if found is None:
        return None
    names = [wording.UNSPOKEN.sub("", word) for word in found.rest.replace("：", " ").replace(":", " ").split()]
    return Said(found, [name for name in names if name])


def _write(ctx: Context, command: str, part: str) -> Replies:
    word = SAID[command].words[0]
    said = _read(ctx, command)
    if said is None or not said.names or said.stretch.end is None:
        silent = ctx.group is not None and said is None
        return [] if silent else [Reply(wording.DUTY_HELP.format(word=word))]
    unit = _unit(ctx, said.names[:-1])
    staff = colleagues.one_named(ctx, said.names[-1])
    refused = _refused(ctx, said.stretch, part, unit, staff)
    if refused is not None or isinstance(unit, Reply) or isinstance(staff, Reply):
        return [refused] if refused is not None else []
    return roster_keeping.put_down(ctx, ctx.who.staff, unit, staff, part, said.stretch.start, said.stretch.end)


def _refused(ctx: Context, stretch: Stretch, part: str, unit: Unit | Reply, staff: Staff | Reply) -> Reply | None:
    if isinstance(unit, Reply):
        return unit
    if isinstance(staff, Reply):
        return staff
    if stretch.end is not None and stretch.end <= ctx.now:
        return Reply(wording.PAST)
    return roster_keeping.unfit(ctx, unit, staff, part)


def _unit(ctx: Context, names: Sequence[str]) -> Unit | Reply:
    """The unit that was named, else the widest whose roster the speaker keeps."""
    mine = colleagues.keeps_for(ctx)
    shown = wording.AND.join(unit.name for unit in mine)
    if not names:
        return mine[0] if mine else Reply(wording.WHOSE.format(units=shown))
    below = [unit for one in mine for unit in directory.units_below(ctx.db, one.path)]
    found = [unit for unit in below if unit.kind in colleagues.HAVE_ROSTERS and names[0] in unit.name]
    exact = [unit for unit in found if unit.name == names[0]] or found
    if len({unit.id for unit in exact}) != 1:
        return Reply(wording.NOT_YOUR_UNIT.format(unit=names[0], units=shown))
    return exact[0]


@on("duty_list")
def show(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """值班表: of my own units and the nearest above them that have one."""
    named = said_behind(ctx, "duty_list").split()
    unit = _shown_unit(ctx, named)
    if unit is None:
        return [Reply(wording.NOT_YOUR_UNIT.format(unit=" ".join(named), units=_units_shown(ctx)))]
    return [Reply(roster_lines.listed(ctx, unit))]


def _units_shown(ctx: Context) -> str:
    levels = (level for post in ctx.who.posts for level in directory.ancestors(ctx.db, post.unit))
    return wording.AND.join(dict.fromkeys(level.name for level in levels if level.kind in colleagues.HAVE_ROSTERS))


def _shown_unit(ctx: Context, named: Sequence[str]) -> Unit | None:
    """The unit that was named, of one's own street; else the nearest upwards that has a roster, or could have one."""
    levels = [level for post in ctx.who.posts for level in directory.ancestors(ctx.db, post.unit)]
    if named:
        below = directory.units_below(ctx.db, levels[-1].path) if levels else []
        found = [unit for unit in below if unit.kind in colleagues.HAVE_ROSTERS and named[0] in unit.name]
        return found[0] if found else None
    mine = [level for level in levels if level.kind in colleagues.HAVE_ROSTERS]
    kept = [level for level in mine if rosters.duties_between(ctx.db, [level.id], ctx.now, ctx.now + AHEAD)]
    keeps = colleagues.keeps_for(ctx)
    return next(iter([*kept, *keeps, *mine]), None)


@on("duty_drop")
def drop(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """取消值班 今晚 小赵."""
    said = _read(ctx, "duty_drop")
    if said is None:
        return [Reply(wording.DROP_HELP)]
    row = _meant(ctx, said, said.names[-1:])
    if isinstance(row, Reply):
        return [row]
    return roster_keeping.drop(ctx, ctx.who.staff, row)


def _meant(ctx: Context, said: Said, names: Sequence[str]) -> Duty | Reply:
    """The one line of a roster that was meant: kept by the speaker, or their own."""
    stretch = said.stretch
    within = [unit for one in colleagues.keeps_for(ctx) for unit in directory.units_below(ctx.db, one.path)]
    own = [level for post in ctx.who.posts for level in directory.ancestors(ctx.db, post.unit)]
    me = ctx.who.staff.id if ctx.who.staff is not None else 0
    kept = {unit.id for unit in within}
    units = kept | {unit.id for unit in own}
    rows = rosters.duties_between(ctx.db, sorted(units), stretch.start, stretch.end or stretch.start)
    people = {staff.id for name in names for staff in colleagues.named(ctx, name)}
    found = [row for row in rows if not people or row.staff_id in people]
    mine = [row for row in found if row.unit_id in kept or row.staff_id == me]
    if len(mine) == 1:
        return mine[0]
    if not mine:
        return Reply(wording.CHANGE_NOT_YOURS if found else wording.DROP_NONE)
    return Reply(wording.DROP_WHICH.format(lines="\n".join(line(ctx, row) for row in mine[:8])))


@on("duty_change")
def change(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """换班 今晚 小钱; 换班 今晚 小赵 小钱: by whoever keeps the roster, or of one's own duty."""
    said = _read(ctx, "duty_change")
    if said is None or not said.names:
        return [Reply(wording.CHANGE_HELP)]
    staff = colleagues.one_named(ctx, said.names[-1])
    if isinstance(staff, Reply):
        return [staff]
    row = _meant(ctx, said, said.names[-2:-1])
    if isinstance(row, Reply):
        return [row]
    unit = ctx.db.get_one(Unit, row.unit_id)
    if (refused := roster_keeping.unfit(ctx, unit, staff, row.part)) is not None:
        return [refused]
    return roster_keeping.give(ctx, ctx.who.staff, row, staff)
