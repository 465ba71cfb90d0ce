"""对 1 3 4, 错 2, 全对: the answer to a nightly list, by whoever it was sent to."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlalchemy import select

from handlers.context import Context
from handlers.groups import nightly, reviewers
from handlers.groups.nightly import Sending
from handlers.message import Incoming, Kind, Replies, Reply
from handlers.permissions import may
from handlers.wording import reviewing as wording
from handlers.wording.times import day
from storage.candidates import LIST
from storage.directory import of_kind
from storage.listening import Candidate
from storage.outbox import Outbox
from storage.people import Unit, UnitKind

_TICK = re.compile(wording.TICK)
_PART = re.compile(wording.TICK_PART)
_NAMED_ALL = re.compile(wording.TICK_NAMED_ALL)
_NUMBER = re.compile(r"\d{1,3}")
Verdicts = list[tuple[bool, Sequence[int] | None, str]]
"""Right or wrong, of which places (None: all that are left), and the unit that was named."""


def ticked(incoming: Incoming, ctx: Context) -> Replies | None:
    """Ticks a list. None where it is none, or nobody has sent this person one."""
    if incoming.kind is not Kind.TEXT or ctx.group is not None or not may(ctx.who, "review_tick", ctx.chat_kind):
        return None
    said = verdicts(ctx.words.strip(wording.AROUND))
    lists = open_lists(ctx) if said else {}
    if not said or not lists:
        return None
    chosen = _chosen(incoming, ctx, lists, said[0][2])
    if isinstance(chosen, Reply):
        return [chosen]
    return [_tick(ctx, chosen, said)]


def verdicts(text: str) -> Verdicts:
    """What was said of which places; nothing where the words are no answer to a list."""
    if text in wording.ALL_RIGHT or text in wording.ALL_WRONG:
        return [(text in wording.ALL_RIGHT, None, "")]
    if (whole := _NAMED_ALL.fullmatch(text)) is not None:
        return [(whole[1] not in wording.WRONG, None, whole[2])]
    if _TICK.fullmatch(text) is None:
        return []
    found = _PART.findall(text)
    return [
        (word not in wording.WRONG, [int(one) for one in _NUMBER.findall(places)], name.strip(" :："))
        for word, name, places in found
    ]


def my_units(ctx: Context) -> list[Unit]:
    """The units whose list is this person's: communities, or the units themselves where there is none."""
    own = [post.unit for post in ctx.who.posts if post.role == ctx.policy.list_role]
    below = [
        unit for unit in of_kind(ctx.db, UnitKind.COMMUNITY) if reviewers.reads_list_of(ctx.who.posts, unit, ctx.policy)
    ]
    return below or own


def open_lists(ctx: Context) -> dict[str, list[Candidate]]:
    """The lists that this person may tick, the latest night first."""
    return nightly.open_lists(ctx.db, ctx.policy, my_units(ctx), ctx.now)


def _chosen(
    incoming: Incoming, ctx: Context, lists: dict[str, list[Candidate]], name: str
) -> tuple[str, list[Candidate]] | Reply:
    """The list that was quoted, or named, or the last one."""
    quoted = _quoted(incoming, ctx)
    if quoted in lists:
        return quoted, lists[quoted]
    night = next(iter(lists)).rpartition(":")[2]
    names = {mark: _unit_name(ctx, mark) for mark in lists if mark.endswith(night)}
    if name:
        names = {mark: unit for mark, unit in names.items() if name in unit or unit in name} or names
    if len(names) == 1:
        mark = next(iter(names))
        return mark, lists[mark]
    first = next(iter(names.values()))
    return Reply(wording.TICK_WHICH.format(day=day(night, ctx.now), names="、".join(names.values()), first=first))


def _quoted(incoming: Incoming, ctx: Context) -> str:
    if incoming.quoted is None:
        return ""
    sent = ctx.db.scalars(select(Outbox.name).where(Outbox.platform_id == incoming.quoted)).first()
    return sent.partition(">")[0] if sent is not None and sent.startswith(LIST) else ""


def _unit_name(ctx: Context, mark: str) -> str:
    return ctx.db.get_one(Unit, int(mark.removeprefix(LIST).partition(":")[0])).name


def _tick(ctx: Context, chosen: tuple[str, list[Candidate]], said: Verdicts) -> Reply:
    mark, rows = chosen
    by_place = {int(row.reading["place_in_list"]): row for row in rows}
    date = day(mark.rpartition(":")[2], ctx.now)
    named = [place for _, places, _ in said for place in places or ()]
    unknown = [str(place) for place in dict.fromkeys(named) if place not in by_place]
    if unknown:
        return Reply(wording.TICK_UNKNOWN.format(numbers="、".join(unknown), day=date, count=max(by_place)))
    at = Sending(ctx.db, ctx.vault, ctx.now, ctx.policy)
    staff_id = ctx.who.staff.id if ctx.who.staff is not None else None
    for right, places, _ in said:
        chosen_rows = (
            [row for row in rows if row.state == "waiting"] if places is None else [by_place[p] for p in places]
        )
        for row in chosen_rows:
            nightly.tick(at, row, right, staff_id)
    return Reply(_summary(date, rows))


def _summary(date: str, rows: Sequence[Candidate]) -> str:
    """How the whole list stands now."""
    right, wrong, left = (sum(row.state == state for row in rows) for state in ("right", "wrong", "waiting"))
    told = [
        form.format(count=count)
        for form, count in ((wording.TICKED_RIGHT, right), (wording.TICKED_WRONG, wrong))
        if count
    ]
    ending = wording.TICKED_LEFT.format(count=left) if left else wording.TICKED_ALL
    return wording.TICKED.format(day=date, told=wording.TICK_AND.join(told), left=ending)
