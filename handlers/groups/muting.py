"""机器人 静音, 取消静音: the group's owner, its administrators or staff of the place want no talk."""

from __future__ import annotations

import re
from datetime import timedelta

from handlers.context import Context
from handlers.message import Incoming, Replies, Reply
from handlers.orders import MENTION, Order
from handlers.permissions import may_in
from handlers.registry import on
from handlers.ticket import case
from handlers.wording import manners as wording
from handlers.wording.commands import BLANKS, COMMANDS
from handlers.wording.times import when
from storage import directory
from storage.listening import note_change
from storage.people import Group, Role

USUAL, LONGEST = timedelta(hours=24), timedelta(days=30)
STAFF_WHO_MAY = frozenset({Role.GRID_WORKER, Role.GRID_LEAD, Role.COMMUNITY, Role.DISPATCHER, Role.ADMIN, Role.DUTY})
OWNERS = frozenset({"owner", "admin"})  # what a platform says of a member, where it does
MINE = frozenset({"mute", "unmute"})
_WORDS = re.compile("|".join(sorted((word for name in MINE for word in COMMANDS[name].words), key=len, reverse=True)))


def is_meant(incoming: Incoming) -> bool:
    """静音 in a group, said to nobody, is about somebody's telephone."""
    return incoming.addressed or incoming.text.lstrip("@").strip().startswith(wording.NAMES)


@on("mute")
def mute(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """Silent in this group for a day, or for as long as was said. Emergencies still pass."""
    group = ctx.group
    if group is None or not _may(incoming, ctx, "mute"):
        return [Reply(wording.ONLY_IN_GROUPS if group is None else wording.WHO_MAY_MUTE, to=case.sender(ctx))]
    span = _span(ctx.words)
    if span is None:
        return [Reply(wording.HOW_LONG, to=case.sender(ctx))]
    group.muted_until = ctx.now + span
    _note(ctx, group, "muted", group.muted_until.isoformat())
    return [Reply(wording.MUTED.format(until=when(group.muted_until, ctx.now)), to=case.sender(ctx))]


@on("unmute")
def unmute(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """Speaks again."""
    group = ctx.group
    if group is None or not _may(incoming, ctx, "unmute"):
        return [Reply(wording.ONLY_IN_GROUPS if group is None else wording.WHO_MAY_MUTE, to=case.sender(ctx))]
    if group.muted_until is None or group.muted_until <= ctx.now:
        return [Reply(wording.NOT_MUTED, to=case.sender(ctx))]
    group.muted_until = None
    _note(ctx, group, "unmuted", None)
    return [Reply(wording.UNMUTED, to=case.sender(ctx))]


def _may(incoming: Incoming, ctx: Context, command: str) -> bool:
    if incoming.data.get("member_role") in OWNERS:
        return True
    unit = directory.unit_of(ctx.db, ctx.group.unit_id) if ctx.group is not None else None
    if not ctx.who.roles & STAFF_WHO_MAY:
        return False
    return unit is not None and may_in(ctx.who, command, unit.path, unit.grid_id)


def _span(words: str) -> timedelta | None:
    """How long: a day unless something else is said; None where that is not understood."""
    rest = _WORDS.sub("", MENTION.sub("", words), count=1).strip(BLANKS)
    if not rest:
        return USUAL
    found = wording.SPAN.match(rest)
    if found is None:
        return None
    count = float(found["count"]) if found["count"].isdigit() else _numeral(found["count"])
    hours = (count + (0.5 if found["half"] else 0.0)) * wording.HOURS[found["unit"]]
    return timedelta(hours=hours) if 0 < hours <= LONGEST / timedelta(hours=1) else None


def _numeral(said: str) -> float:
    """Up to 十九; anything longer is no length of time anybody says."""
    if len(said) == 1:
        return wording.NUMERALS[said]
    return 10 + wording.NUMERALS[said[1]] if said[0] == wording.TEN and len(said) == 2 else 0.0


def _note(ctx: Context, group: Group, kind: str, until: str | None) -> None:
    staff_id = ctx.who.staff.id if ctx.who.staff is not None else None
    data = {"after": until, "by": "staff" if staff_id is not None else "group"}
    note_change(ctx.db, f"group:{group.id}", kind, ctx.now, staff_id=staff_id, data=data)
