"""上门名单, 已上门, 撤销上门: the last metre of a notice, said by whoever walks it. Only in private."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence

from handlers.context import Context
from handlers.households import doorstep
from handlers.message import Incoming, Replies, Reply
from handlers.notice import door_words, rounds, visiting
from handlers.notice.visiting import Learnt, Round
from handlers.orders import Order
from handlers.registry import on
from handlers.wording import knocking as wording
from nlp import front_door
from nlp.front_door import FrontDoor
from storage import door_changes, knocking, notice_ledger
from storage.knocking import Door, Found
from storage.notices import Notice
from storage.people import Household, Staff, Unit

FIRST_DOORS = 10  # in the chat; the page has them all
FEW = 3  # likeliest doors


# --- the list


@on("knock_list")
def doors_left(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """上门名单 3, or of the newest notice that has doors left: the first doors, and the page with all of them."""
    staff = _me(ctx)
    estates = rounds.estates_of(ctx.db, staff)
    if not estates:
        return [Reply(wording.NO_ESTATE)]
    notice = _notice(ctx, order, estates)
    if isinstance(notice, Reply):
        return [notice]
    left = [door for door in rounds.in_order(knocking.doors(ctx.db, notice, _ids(estates))) if rounds.is_left(door)]
    if not left:
        return [Reply(wording.ALL_DONE.format(number=notice.number))]
    walks = rounds.walks(ctx.db, estates)
    for walk in walks:
        knocking.note_look(ctx.db, notice, walk.unit, staff.id, "chat", ctx.now)
    return [Reply("\n".join(_list(ctx, notice, left, [walk.unit.name for walk in walks])))]


def _notice(ctx: Context, order: Order, estates: Sequence[Unit]) -> Notice | Reply:
    if order.no_number:
        return Reply(wording.NO_SUCH.format(number=order.no_number))
    if order.number is None:
        return rounds.newest_with_doors(ctx.db, _ids(estates), ctx.now) or Reply(wording.NONE_LEFT)
    return _numbered(ctx, order.number, estates)


def _numbered(ctx: Context, number: int, estates: Sequence[Unit]) -> Notice | Reply:
    notice = notice_ledger.by_number(ctx.db, number)
    if notice is None or not rounds.concerns(ctx.db, notice, estates):
        return Reply(wording.NO_SUCH.format(number=number))
    refusal = rounds.not_now(notice)
    return Reply(refusal) if refusal is not None else notice


def _list(ctx: Context, notice: Notice, left: Sequence[Door], places: Sequence[str]) -> Iterator[str]:
    first = sum(rounds.is_first(door) for door in left)
    form = wording.HEAD if first else wording.HEAD_PLAIN
    yield form.format(
        number=notice.number,
        over=wording.OVER if rounds.is_over(notice, ctx.now) else "",
        places=wording.listed(places),
        count=len(left),
        first=wording.FIRST.format(count=first),
    )
    for door in left[:FIRST_DOORS]:
        yield wording.LINE.format(
            door=rounds.in_short(door.building, door.entrance, door.room),
            name=wording.spaced(rounds.half_name(ctx.vault, door)),
            tags=wording.spaced(wording.listed([word for tag, word in wording.TAGS.items() if tag in door.tags])),
            why=rounds.why(door, ctx.now),
        )
    if len(left) > FIRST_DOORS:
        yield wording.MORE.format(count=len(left) - FIRST_DOORS)
    yield wording.LINK.format(link=f"{ctx.public_url}/console/notices/{notice.number}/doors")
    yield wording.AFTER.format(door=rounds.in_short(left[0].building, left[0].entrance, left[0].room))


# --- a visit


@on("knocked")
def knocked(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """已上门 3-2-501, several doors at once, with what was found there; a number in front says for which notice."""
    ctx.inbox.text = None  # a door and what its people are: not kept where it was typed
    staff = _me(ctx)
    estates = rounds.estates_of(ctx.db, staff)
    said = door_words.read(ctx.db, order)
    if not estates or said is None:
        return [Reply(wording.HOW if estates else wording.NO_ESTATE)]
    learnt, unread = door_words.learnt_from(said.words)
    if learnt is None:
        return [Reply(wording.UNKNOWN_WORDS.format(words=" ".join(said.words)))]
    notice = _numbered(ctx, order.number, estates) if order.number is not None else None
    if isinstance(notice, Reply):
        return [notice]
    at = Round(ctx.db, ctx.vault, ctx.now, staff)
    walker = _Walker(ctx, at, estates, notice)
    for door in said.doors:
        walker.go(door, said.estate, learnt)
    return walker.told(wording.UNKEPT.format(words=unread) if unread else "")


def is_said_of_a_door(order: Order) -> bool:
    """Whether somebody means a visit by it, and not that the plumber came."""
    return not order.rest or front_door.read(order.rest) is not None


class _Walker:
    """One message's doors, one after another, and what is answered to all of them together."""

    def __init__(self, ctx: Context, at: Round, estates: Sequence[Unit], notice: Notice | None) -> None:
        self._ctx, self._at, self._estates, self._notice = ctx, at, estates, notice
        self._noted: dict[Notice, list[str]] = {}
        self._lines: list[str] = []
        self._news: list[Reply] = []

    def go(self, door: FrontDoor, estate: Unit | None, learnt: Learnt) -> None:
        home = _home(self._ctx, door, estate, self._estates)
        if isinstance(home, str):
            self._lines.append(home)
            return
        short = rounds.short_of(self._ctx.db, home)
        notice = self._notice or rounds.newest_for(self._ctx.db, home.id, self._ctx.now)
        if notice is None:
            self._lines.append(wording.NO_NOTICE.format(door=short))
            return
        try:
            news = visiting.visit(self._at, notice, home, learnt)
        except LookupError:
            self._lines.append(wording.NOT_CONCERNED.format(door=short, number=notice.number))
            return
        if news is None:
            self._lines.append(wording.ALREADY.format(door=short))
            return
        found = wording.NOTED_DOOR.format(door=short, found=wording.FOUND[learnt.found])
        self._noted.setdefault(notice, []).append(found)
        self._lines += _consequences(self._ctx, home, short, learnt)
        self._news += news

    def told(self, besides: str) -> list[Reply]:
        head = [
            wording.NOTED.format(number=notice.number, doors=wording.listed(doors))
            for notice, doors in self._noted.items()
        ]
        tail = [_how_many_left(self._ctx, notice, self._estates) for notice in list(self._noted)[:1]]
        lines = [*head, *self._lines, *tail, *([besides] if besides and head else [])]
        return [Reply("\n".join(lines)), *self._news]


def _consequences(ctx: Context, home: Household, short: str, learnt: Learnt) -> Iterator[str]:
    if learnt.found == Found.MOVED:
        yield wording.MOVED_OUT.format(door=short)
    if learnt.found == Found.TENANT:
        yield wording.NEW_PEOPLE.format(door=short, estate=ctx.db.get_one(Unit, home.estate_id).name)
        waiting = [wording.CLAIM.format(number=number) for number in door_changes.claims_waiting(ctx.db, home.id)]
        if waiting:
            yield wording.CLAIMS.format(orders=wording.listed(waiting))
    if learnt.tags:
        yield wording.TAGGED.format(door=short, tags=wording.listed([wording.TAGS[tag] for tag in learnt.tags]))


def _how_many_left(ctx: Context, notice: Notice, estates: Sequence[Unit]) -> str:
    left = sum(rounds.is_left(door) for door in knocking.doors(ctx.db, notice, _ids(estates)))
    return wording.LEFT.format(count=left) if left else wording.LEFT_NONE


# --- taking it back


@on("knock_undo")
def undo(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """撤销上门 3-2-501: the last visit there counts no more, and what it changed is as before."""
    ctx.inbox.text = None
    staff = _me(ctx)
    estates = rounds.estates_of(ctx.db, staff)
    said = door_words.read(ctx.db, order)
    if not estates or said is None:
        return [Reply(wording.HOW_BACK if estates else wording.NO_ESTATE)]
    notice = _numbered(ctx, order.number, estates) if order.number is not None else None
    if isinstance(notice, Reply):
        return [notice]
    at = Round(ctx.db, ctx.vault, ctx.now, staff)
    lines: list[str] = []
    news: list[Reply] = []
    for door in said.doors:
        home = _home(ctx, door, said.estate, estates)
        if isinstance(home, str):
            lines.append(home)
            continue
        line, others = _taken_back(at, home, notice)
        lines.append(line)
        news += others
    return [Reply("\n".join(lines)), *news]


def _taken_back(at: Round, home: Household, notice: Notice | None) -> tuple[str, Replies]:
    short = rounds.short_of(at.db, home)
    back = visiting.take_back(at, home, notice)
    if back is None:
        return wording.NOTHING_TO_TAKE_BACK.format(door=short), []
    line = wording.TAKEN_BACK.format(door=short, found=wording.FOUND[back.visit.found])
    if knocking.open_for(at.db, back.visit.notice_id, home.id):
        line += wording.ON_THE_LIST
    if back.blanked:
        line += wording.BLANKED
    elif back.replies:
        line += wording.BOUND_AGAIN
    return line, back.replies


def _me(ctx: Context) -> Staff:
    if ctx.who.staff is None:
        raise PermissionError("only staff reach this handler")
    return ctx.who.staff


def _ids(estates: Sequence[Unit]) -> list[int]:
    return [estate.id for estate in estates]


# --- which door


def _home(ctx: Context, door: FrontDoor, estate: Unit | None, estates: Sequence[Unit]) -> Household | str:
    """The one front door that is meant; else what is wrong with it, and which are like it."""
    if estate is not None and estate.id not in _ids(estates):
        return wording.NOT_YOUR_ESTATE.format(estate=estate.name)
    mine = [estate] if estate is not None else list(estates)
    found = [home for one in mine for home in doorstep.find(ctx, door, one)]
    if len(found) == 1:
        return found[0]
    short = doorstep.in_short(door)
    if found:
        names = wording.listed([_named(ctx, home) for home in found])
        return wording.SEVERAL.format(door=short, names=names)
    elsewhere = [one for one in rounds.others(ctx.db, estates) if doorstep.find(ctx, door, one)]
    form = wording.ELSEWHERE if elsewhere and estate is None else wording.NO_DOOR
    alike = _alike(ctx, door, mine)
    return form.format(door=short, alike=wording.ALIKE.format(names=wording.listed(alike)) if alike else "")


def _named(ctx: Context, home: Household) -> str:
    return f"{ctx.db.get_one(Unit, home.estate_id).name}{rounds.short_of(ctx.db, home)}"


def _alike(ctx: Context, door: FrontDoor, estates: Sequence[Unit]) -> list[str]:
    """The likeliest doors of these estates, as they are said."""
    known = list(dict.fromkeys(rounds.in_short(*row) for row in knocking.alike(ctx.db, _ids(estates))))
    return difflib.get_close_matches(doorstep.in_short(door), known, FEW, 0.6)
