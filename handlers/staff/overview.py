"""待办 and 查: what staff read on a phone, nearest deadline first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import or_, select

from handlers.context import Context
from handlers.matter import root_causes
from handlers.message import Incoming, Replies, Reply
from handlers.orders import Order
from handlers.permissions import may, told_who
from handlers.registry import on
from handlers.rosters import colleagues
from handlers.rules.privacy import discreet_place
from handlers.staff import in_charge, late_ones, listing, of_many, opinions, round_a_place
from handlers.staff.asking_up import waiting_lines
from handlers.staff.listing import Spoken
from handlers.staff.round_a_place import Round
from handlers.ticket import case, choosing, traces
from handlers.ticket.extent import extent_of
from handlers.whistles import beside_shown
from handlers.wording import desk as wording
from handlers.wording import erasing, looking, merging, passing_on, taxonomy
from handlers.wording.times import when
from nlp.normalise import fold
from storage import directory, facts, incidents, unsaid
from storage.origins import PATROL
from storage.people import Role
from storage.tickets import Ticket
from storage.workflow import OPEN, WAITING_FOR_STAFF, Status

TO_PASS_ON = 5
WAITED_FOR = OPEN - {Status.RESOLVED}
DISPATCHERS = frozenset({Role.COMMUNITY, Role.DISPATCHER})


@on("todo")
def todo(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """待办: mine, and what waits for my desk."""
    desks = ctx.who.desks
    staff_id = ctx.who.staff.id if ctx.who.staff is not None else None
    rows = ctx.db.scalars(
        select(Ticket).where(
            Ticket.status.in_(WAITING_FOR_STAFF),
            or_(Ticket.holder_id.in_(ctx.who.hands), (Ticket.status == Status.REPORTED) & Ticket.desk_id.in_(desks)),
        )
    ).all()
    rows = [*rows, *_undispatched(ctx)]
    ordered = sorted(rows, key=lambda row: (listing.due(row), row.id))
    left = [*waiting_lines(ctx), *_to_pass_on(ctx, staff_id or 0, desks), *late_ones.hint(ctx)]
    in_group = _list(ctx, _open_to_all(ordered), discreet_place)
    return [
        Reply(
            _whole(_list(ctx, ordered), [*beside_shown.todo(ctx), *left]),
            in_group=_whole(in_group, [*beside_shown.todo(ctx, aloud=True), *left]),
        )
    ]


def _whole(own: str, more: list[str]) -> str:
    """Nothing of one's own is not worth a line where there is something else."""
    return "\n".join(more if more and own == wording.TODO_NONE else [own, *more])


def _to_pass_on(ctx: Context, staff_id: int, desks: list[int]) -> list[str]:
    """News that could not be sent to residents. Numbers alone: it may be read in a group."""
    found = unsaid.tickets_of(ctx.db, staff_id, desks, TO_PASS_ON + 1)
    lines = [passing_on.LEFT.format(number=number, count=count) for number, count in found[:TO_PASS_ON]]
    return [*lines, passing_on.LEFT_MORE] if len(found) > TO_PASS_ON else lines


def _list(ctx: Context, rows: list[Ticket], spoken: Spoken = str) -> str:
    if not rows:
        return wording.TODO_NONE
    return "\n".join([wording.TODO_HEAD.format(count=len(rows)), *listing.lines(ctx, rows, spoken)])


def _open_to_all(rows: list[Ticket]) -> list[Ticket]:
    """Without what was said in confidence: a staff group has many readers."""
    return [row for row in rows if not row.confidential]


def _undispatched(ctx: Context) -> list[Ticket]:
    """待派单: tickets no desk fits, for those who dispatch where they are."""
    if not ctx.who.roles & DISPATCHERS:
        return []
    rows = ctx.db.scalars(select(Ticket).where(Ticket.status == Status.REPORTED, Ticket.desk_id.is_(None))).all()
    return [row for row in rows if choosing.reaches(ctx, row, "reassign")]


@on("look")
def look(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """查 1043 shows a ticket's history; 查 3号楼 what there is of a place."""
    if order.number is None and order.rest:
        number = of_many.of_the_hotline(ctx, order.rest)
        return _look_at_place(ctx, order.rest) if number is None else look(incoming, ctx, Order("look", (number,)))
    if order.number is None and choosing.quoted_ticket(incoming, ctx) is None:
        return [Reply(wording.LOOK_HELP)]
    ticket = choosing.choose(incoming, ctx, order)
    if isinstance(ticket, Reply):
        return [ticket]
    first = looking.NOT_KEPT.format(number=ticket.number) if order.rest.startswith(looking.WHO_LOOKED) else ""
    told = f"{first}{_history(ctx, ticket, _words(ctx, ticket))}"
    if ctx.group is None:
        return [Reply(told, ticket_id=ticket.id)]
    private = Reply(told, to=case.sender(ctx), ticket_id=ticket.id)
    if ticket.confidential:
        return [private]
    return [Reply(_history(ctx, ticket, "", discreet_place), ticket_id=ticket.id), private]


def _words(ctx: Context, ticket: Ticket) -> str:
    return case.shown(case.said(ctx, ticket), hidden=_is_hidden(ctx, ticket))


def _is_hidden(ctx: Context, ticket: Ticket) -> bool:
    """Whether whoever asks is not to learn who reported it."""
    return ticket.kind == "tipoff" or ctx.who.staff is None or not told_who(ctx.who.staff)


def _history(ctx: Context, ticket: Ticket, words: str, spoken: Spoken = str) -> str:
    closing = f"（{taxonomy.CLOSING[ticket.closing]}）" if ticket.closing else ""
    head = wording.LOOK_HEAD.format(
        number=ticket.number,
        what=case.what(ticket),
        place=spoken(listing.where(ctx, ticket)),
        status=taxonomy.status_staff(ticket.status, ticket.desk_id is not None),
        closing=closing,
        whose=listing.whose_of(ctx, ticket),
    )
    lines = [head]
    if words:
        form = wording.FOUND_WORDS if ticket.source == PATROL else wording.LOOK_WORDS
        lines.append(form.format(said=words))
    elif ticket.erased_at is not None:
        lines.append(erasing.GONE)
    if ticket.status in WAITED_FOR and (waited := listing.waited(ctx, ticket, wording.LOOK_WAITED)):
        lines.append(waited)
    lines += [*_reach(ctx, ticket), *root_causes.related(ctx.db, ticket)]
    lines += beside_shown.of_ticket(ctx, ticket)
    lines += opinions.lines(ctx, ticket, hidden=_is_hidden(ctx, ticket)) if spoken is str else ()
    hidden = spoken is not str or _is_hidden(ctx, ticket)
    lines += [
        _step(ctx, ticket, *step, hidden=hidden) for step in [*traces.steps(ctx.db, ticket, ctx.now)][-listing.LINES :]
    ]
    if (left := unsaid.count(ctx.db, ticket.id)) > 0:
        lines.append(passing_on.LOOK.format(number=ticket.number, count=left))
    return "\n".join(lines)


def _reach(ctx: Context, ticket: Ticket) -> list[str]:
    """Households by building, and the numbers of what was merged into it."""
    extent, parts = extent_of(ctx.db, ticket), incidents.parts(ctx.db, ticket)
    lines = [merging.EXTENT.format(extent=extent.full())] if extent.wide else []
    numbers = merging.AND.join(str(part.number) for part in parts)
    return [*lines, merging.PARTS_LINE.format(numbers=numbers)] if parts else lines


def _step(ctx: Context, ticket: Ticket, fact: facts.Fact, name: str, *, hidden: bool) -> str:
    by = traces.by_whom(ctx.db, ctx.vault, ticket, fact, hidden=hidden)
    return " ".join(filter(None, (when(fact.at, ctx.now), name, by)))


def _look_at_place(ctx: Context, place: str) -> Replies:
    if fold(place) in looking.OWN_AREA:
        return [Reply(of_many.area(ctx))]
    if place == looking.GO_ON:
        return [listing.go_on(ctx) or Reply(wording.TODO_NONE_LEFT)]
    if place.startswith(looking.SEES_TO_IS_ASKED):
        return [in_charge.told(ctx, place.removeprefix(looking.SEES_TO_IS_ASKED).strip())]
    if (many := of_many.of(ctx, place)) is not None:
        return [_those(ctx, many.rows, many.head)]
    found = round_a_place.of(ctx, place)
    none = Reply((wording.LOOK_CALM if _is_a_unit(ctx, place) else wording.LOOK_NONE).format(what=place))
    if not found:
        return _look_at_colleague(ctx, place) or [none]
    aloud = found.aloud()
    in_group = "\n".join(_round(ctx, place, aloud, discreet_place)) if aloud else none.text
    return [Reply("\n".join(_round(ctx, place, found)), in_group=in_group)]


def _those(ctx: Context, rows: list[Ticket], head: str) -> Reply:
    """查 转出去的, 查 超时: to whoever asks alone, by their deadline, with who has each; then what has ended."""
    ahead = sorted((row for row in rows if row.status in OPEN), key=lambda row: (listing.due(row), row.id))
    lines = listing.lines(ctx, ahead, whose=True)
    ended = [_ended(ctx, row, str) for row in rows if row.status not in OPEN][: looking.MOST_LATELY]
    return Reply("\n".join([head.format(count=len(rows)), *lines, *ended]), to=case.sender(ctx))


def _round(ctx: Context, place: str, found: Round, spoken: Spoken = str) -> Iterator[str]:
    """A head that counts, what is open by its deadline, what comes again, what ended lately."""
    days_back = ctx.policy.look_back.days
    yield looking.HEAD.format(place=spoken(place), open=len(found.open), days=days_back, lately=len(found.lately))
    rows = sorted(found.open, key=lambda row: (listing.due(row), row.id))
    yield from listing.lines(ctx, rows, spoken, whose=True)
    if found.again:
        yield looking.AGAIN_HEAD
        yield from (_again(ctx, rows, spoken) for rows in found.again[: looking.MOST_AGAIN])
    if found.lately:
        yield looking.LATELY_HEAD
        yield from (_ended(ctx, row, spoken) for row in found.lately[: looking.MOST_LATELY])


def _again(ctx: Context, rows: Sequence[Ticket], spoken: Spoken) -> str:
    numbers = looking.APART.join(str(row.number) for row in rows[: looking.NUMBERS])
    given = {"what": case.what(rows[0]), "place": spoken(listing.where(ctx, rows[0]))}
    return looking.AGAIN.format(**given, days=ctx.policy.root_within.days, times=len(rows), numbers=numbers)


def _ended(ctx: Context, row: Ticket, spoken: Spoken) -> str:
    return looking.LATELY.format(
        number=row.number,
        what=case.what(row),
        place=spoken(listing.where(ctx, row)),
        status=taxonomy.status_staff(row.status, row.desk_id is not None),
        closing=f"（{taxonomy.CLOSING[row.closing]}）" if row.closing else "",
        day=when(row.closed_at or row.opened_at, ctx.now).split(" ")[0],
    )


def _is_a_unit(ctx: Context, name: str) -> bool:
    return any(unit.name == name for post in ctx.who.posts for unit in directory.units_below(ctx.db, post.unit.path))


def _look_at_colleague(ctx: Context, name: str) -> Replies:
    """查 小赵: what a colleague has in hand, as far as whoever asks reaches it. Numbers alone are said to a group."""
    people = colleagues.named(ctx, name)
    if len(people) != 1:
        return []
    full = colleagues.full_name(ctx, people[0])
    held = select(Ticket).where(Ticket.holder_id == people[0].id, Ticket.status.in_(WAITING_FOR_STAFF))
    rows = [row for row in ctx.db.scalars(held) if choosing.reaches(ctx, row, "look")]
    if not rows:
        return [Reply(looking.HOLDS_NOTHING.format(name=full), to=case.sender(ctx))]
    lines = [
        looking.HOLDS.format(name=full, count=len(rows)),
        *listing.lines(ctx, sorted(rows, key=lambda row: (listing.due(row), row.id))),
    ]
    if may(ctx.who, "reassign", ctx.chat_kind):
        numbers = " ".join(str(row.number) for row in rows[: listing.LINES])
        lines.append(looking.HAND_ON.format(numbers=numbers))
    return [Reply("\n".join(lines), to=case.sender(ctx))]
