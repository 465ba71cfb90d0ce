"""本群 影子, 绑定本群, 审核清单: staff say how the bot behaves in a group, where it belongs, and who reads its list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select

from handlers.context import Context
from handlers.groups import changing_modes, nightly, ticking
from handlers.groups.changing_modes import Doing, name_of
from handlers.groups.nightly import Sending
from handlers.message import Incoming, Member, Replies, Reply
from handlers.orders import Order
from handlers.permissions import may_in
from handlers.registry import on
from handlers.ticket import case
from handlers.wording import reviewing as wording
from nlp.normalise import fold
from storage import candidates, directory, households, listening
from storage.people import Building, Group, Unit, UnitKind

PLACES = frozenset({UnitKind.ESTATE, UnitKind.GRID, UnitKind.COMMUNITY})
MOST_NAMES = 8  # in a question


@on("group_mode")
def change_mode(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """本群 影子, in the group; in private or among colleagues with the group's name. Answered in private: the group
    hears nothing of it."""
    mode, name = _mode_of(order.rest)
    elsewhere = ctx.group is None or (bool(name) and mode is not None and ctx.group.kind == "staff")
    if ctx.group is not None and name and not elsewhere:  # talk about this group, or about another
        return [_aside(ctx, wording.WHICH_MODE.format(mode=wording.MODE[ctx.group.mode]))] if incoming.addressed else []
    group = _named(ctx, name, mode) if elsewhere or ctx.group is None else ctx.group
    if isinstance(group, Reply):
        return [replace(group, to=case.sender(ctx))]
    refusal = _not_to_be_switched(ctx, group)
    if refusal:
        return [_aside(ctx, refusal)]
    if mode is None:
        return [_aside(ctx, wording.WHICH_MODE.format(mode=wording.MODE[group.mode]))]
    if mode == group.mode:
        same = wording.SAME_MODE.format(group=name_of(group), mode=wording.MODE[mode], means=wording.MODE_MEANS[mode])
        return [_aside(ctx, same)]
    text, told = changing_modes.switch(_doing(ctx), group, mode)
    return [_aside(ctx, text), *told]


def _mode_of(said: str) -> tuple[str | None, str]:
    """The mode and the rest, which names a group: 影子, 模式 先审后说, 直接模式 二群."""
    said = said.removeprefix(wording.MODE_WORD).strip(wording.AROUND_NAMES)
    for word, mode in wording.MODE_WORDS.items():
        if said.startswith(word):
            return mode, said.removeprefix(word).strip(wording.AROUND_NAMES)
    return None, said


def _not_to_be_switched(ctx: Context, group: Group) -> str:
    if group.kind == "staff":
        return wording.STAFF_GROUP
    unit = directory.unit_of(ctx.db, group.unit_id)
    if unit is None:
        return wording.NOT_BOUND
    return "" if _reaches(ctx, "group_mode", unit) else wording.NOT_YOUR_GROUP


def _reaches(ctx: Context, command: str, unit: Unit) -> bool:
    """Whether a post of the speaker's reaches a unit: from above, or as the grid of an estate."""
    return may_in(ctx.who, command, unit.path, unit.grid_id)


def _named(ctx: Context, name: str, mode: str | None) -> Group | Reply:
    """The group of this name among those within reach; without a name the only one."""
    rows = ctx.db.scalars(select(Group).where(Group.kind == "residents", Group.unit_id.is_not(None)).order_by(Group.id))
    within = [row for row in rows if _reaches(ctx, "group_mode", ctx.db.get_one(Unit, row.unit_id))]
    if not within:
        return Reply(wording.NO_GROUPS)
    exact = [row for row in within if fold(name) == fold(row.name)] if name else []
    found = exact or [row for row in within if fold(name) in fold(row.name)]
    if len(found) == 1:
        return found[0]
    if not found:
        return Reply(wording.NO_GROUP)
    names = "、".join(name_of(row) for row in found[:MOST_NAMES])
    word = wording.MODE[mode or candidates.REVIEW]
    return Reply(wording.WHICH_GROUP.format(mode=word, first=name_of(found[0]), names=names))


def _doing(ctx: Context) -> Doing:
    name = directory.name_of(ctx.vault, ctx.who.staff) or wording.SOMEBODY
    return Doing(ctx.db, ctx.now, ctx.policy, ctx.who.staff, name)


def _aside(ctx: Context, text: str) -> Reply:
    return Reply(text, to=case.sender(ctx))


# --- where a group belongs


@on("group_bind")
def bind(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """绑定本群 梧桐里小区, said in the group by somebody who works for that place; a building may follow."""
    if ctx.group is None:
        return [Reply(wording.BIND_IN_GROUP)]
    if ctx.group.kind == "staff":
        return [_aside(ctx, wording.STAFF_GROUP)]
    bound = directory.unit_of(ctx.db, ctx.group.unit_id)
    if bound is not None and not _reaches(ctx, "group_bind", bound):
        return [_aside(ctx, wording.NOT_YOUR_GROUP)]
    mine = [
        unit for unit in directory.units_below(ctx.db, "/") if unit.kind in PLACES and _reaches(ctx, "group_bind", unit)
    ]
    if not mine:
        return [_aside(ctx, wording.BIND_NONE)]
    said = " ".join([*(str(number) for number in order.numbers), order.rest]).strip()
    unit = _unit_said(mine, said) if said else None
    if unit is None:
        names = "、".join(unit.name for unit in mine[:MOST_NAMES])
        form = wording.BIND_UNKNOWN if said else wording.BIND_HOW
        return [_aside(ctx, form.format(word=said[:20], first=mine[0].name, names=names))]
    building = _building_said(ctx, unit, said)
    number = building.id if building is not None else None
    if (ctx.group.unit_id, ctx.group.building_id) == (unit.id, number):
        return [_aside(ctx, wording.BOUND_ALREADY.format(group=name_of(ctx.group), place=ctx.group.place))]
    text, told = changing_modes.bind(_doing(ctx), ctx.group, unit, building, kind=ctx.group.kind)
    return [_aside(ctx, text), *told]


def _unit_said(units: Sequence[Unit], said: str) -> Unit | None:
    """The unit whose name or nickname the words begin with; the longest counts."""
    names = [(len(name), unit) for unit in units for name in (unit.name, *(unit.nicknames or "").split())
             if fold(said).startswith(fold(name))]  # fmt: skip
    return max(names, key=lambda pair: pair[0])[1] if names else None


def _building_said(ctx: Context, unit: Unit, said: str) -> Building | None:
    rows = households.buildings(ctx.db, unit.id)
    named = [
        row
        for row in rows
        if any(fold(said).endswith(fold(name)) for name in (row.name, *(row.nicknames or "").split()))
    ]
    return max(named, key=lambda row: len(row.name)) if named else None


# --- the list of what was heard in shadow


@on("review_list")
def review_list(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """审核清单: reads it, noted; 审核清单 开 or 关 switches it for a unit. It is one role's alone."""
    units = ticking.my_units(ctx)
    if not units:
        return [Reply(wording.LIST_NOT_YOURS.format(role=changing_modes.role_name(ctx.policy)))]
    word, _, name = order.rest.partition(" ")
    switches = word in wording.REVIEW_ON + wording.REVIEW_OFF
    name = name if switches else order.rest
    named = [unit for unit in units if name.strip() in unit.name]
    if len(named) != 1:
        names = "、".join(unit.name for unit in units[:MOST_NAMES])
        return [Reply(wording.LIST_WHICH_UNIT.format(first=units[0].name, names=names))]
    if switches:
        return [Reply(changing_modes.set_review_list(_doing(ctx), named[0], word in wording.REVIEW_ON))]
    return [_read(ctx, named[0])]


def _read(ctx: Context, unit: Unit) -> Reply:
    """The lists that are still there. Reading is noted with who and when."""
    assert ctx.who.staff is not None
    if not unit.review_list:
        return Reply(wording.LIST_IS_OFF.format(unit=unit.name))
    text, mark = nightly.overview(Sending(ctx.db, ctx.vault, ctx.now, ctx.policy), unit)
    by = ctx.who.staff.id
    listening.note_change(ctx.db, f"unit:{unit.id}", "read_list", ctx.now, staff_id=by, data={"by": "word"})
    # Not an answer within the platform's request: those are kept longer than a list.
    return Reply(text, to=Member(by), name=f"{mark}>read:{ctx.inbox.id}" if mark else None)


def is_plain(order: Order) -> bool:
    """Whether this can be nothing else, whoever says it: 本群 影子, but not 本群 电梯坏了."""
    mode = order.command == "group_mode" and _mode_of(order.rest)[0] is not None
    return mode or order.command in ("group_bind", "review_list")


def is_mine(order: Order | None) -> bool:
    """What staff may say in a group in shadow too."""
    return order is not None and order.command in ("group_mode", "group_bind")
