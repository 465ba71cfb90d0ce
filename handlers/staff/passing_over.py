"""交班: what is in somebody's hands goes to a colleague, with its reminders; no deadline moves.

With the whole of it new work goes there too until the next shift; with tickets that are named only those. Whoever got
them gives back what came from a colleague by 交班 还给. The resident hears one line, where their contact changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from handlers.context import Context
from handlers.message import Incoming, Member, Replies, Reply
from handlers.orders import Order
from handlers.permissions import Who
from handlers.registry import on
from handlers.rosters import colleagues
from handlers.rules import deadlines, routing
from handlers.ticket import acting, case, confiding
from handlers.wording import rosters as wording
from handlers.wording import taxonomy, times
from storage import directory, rosters
from storage.facts import Fact, FactKind
from storage.people import Staff
from storage.presence import presence_of
from storage.rosters import SHIFT, Absence
from storage.tickets import Ticket
from storage.timers import Reminder
from storage.workflow import Status

S = Status
IN_HAND = (S.ACCEPTED, S.IN_PROGRESS, S.RESOLVED, S.SUSPENDED)
CONTACT = frozenset(
    {S.ACCEPTED, S.IN_PROGRESS, S.SUSPENDED}
)  # while somebody works on it the reporter may turn to them
LINES = 12
TO_WHOM, ASK_WITHIN = "hand_over", timedelta(minutes=10)  # the question, which a name alone answers
WITHIN = timedelta(days=3)  # a next duty later than that is no next shift


@on("hand_over")
def hand_over(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """交班 给小李; 交班 1043 1044 给小李; 交班 还给小赵; 交班 alone: to whoever is next on the roster."""
    me = ctx.who.staff
    assert me is not None
    found = wording.HAND_TO.match(order.rest)
    if found is None:
        return [Reply(wording.HAND_WHO)]
    to = colleagues.one_named(ctx, found["name"]) if found["name"] else _next(ctx, me)
    if to is None:
        case.ask_in_private(ctx, ctx.who.account, TO_WHOM, ticket=None, until=ctx.now + ASK_WITHIN)
    if to is None or isinstance(to, Reply):
        return [to or Reply(wording.HAND_WHO)]
    if to.id == me.id:
        return [Reply(wording.HAND_SELF)]
    if not colleagues.may_take_over(me, to):
        return [Reply(wording.HAND_MAY_NOT.format(name=colleagues.full_name(ctx, to)))]
    mine = _mine(ctx)
    if found["back"]:
        return _give_back(ctx, me, to, mine)
    if order.numbers:
        return _named_ones(ctx, me, to, mine, order.numbers)
    return _whole_shift(ctx, me, to, mine)


def _next(ctx: Context, me: Staff) -> Staff | None:
    """Whoever is on duty, or next on duty, where the speaker works."""
    levels = [level.id for post in ctx.who.posts for level in directory.ancestors(ctx.db, post.unit)]
    found = presence_of(ctx.db, ctx.now).next_on_duty(list(dict.fromkeys(levels)), me.id, ctx.now)
    return ctx.db.get(Staff, found.staff_id) if found is not None else None


def _mine(ctx: Context) -> list[Ticket]:
    """What is in these hands, and what they do for whom they stand in for, nearest deadline first."""
    query = select(Ticket).where(Ticket.holder_id.in_(ctx.who.hands), Ticket.status.in_(IN_HAND))
    return sorted(ctx.db.scalars(query), key=lambda row: (row.resolve_due or row.accept_due, row.id))


def _give_back(ctx: Context, me: Staff, to: Staff, mine: Sequence[Ticket]) -> Replies:
    theirs = [ticket for ticket in mine if _came_from(ctx, ticket, me) == to.id]
    name = colleagues.full_name(ctx, to)
    if not theirs:
        return [Reply(wording.HAND_NONE_BACK.format(name=name))]
    for row in rosters.absences_of(ctx.db, [to.id], ctx.now):
        if row.kind == SHIFT and row.substitute_id == me.id:
            row.ended_at = ctx.now
    return _move(ctx, me, to, theirs, wording.GOT_BACK)


def _came_from(ctx: Context, ticket: Ticket, me: Staff) -> int | None:
    """Who handed this ticket to the speaker last."""
    over = select(Fact).where(Fact.ticket_id == ticket.id, Fact.kind == FactKind.HANDED_OVER)
    last = ctx.db.scalars(over.order_by(Fact.id.desc()).limit(1)).first()
    return int(last.data["from"]) if last is not None and last.data.get("to") == me.id else None


def _named_ones(ctx: Context, me: Staff, to: Staff, mine: Sequence[Ticket], numbers: Sequence[int]) -> Replies:
    held = {ticket.number: ticket for ticket in mine}
    wrong = [number for number in numbers if number not in held]
    replies = [Reply(wording.HAND_NOT_YOURS.format(number=number)) for number in wrong]
    chosen = [held[number] for number in dict.fromkeys(numbers) if number in held]
    return [*replies, *_move(ctx, me, to, chosen, wording.GOT)] if chosen else replies


def _whole_shift(ctx: Context, me: Staff, to: Staff, mine: Sequence[Ticket]) -> Replies:
    until = _until(ctx, me)
    away = presence_of(ctx.db, ctx.now).away(me.id, ctx.now)
    if away is None:
        row = Absence(
            staff_id=me.id, substitute_id=to.id, kind=SHIFT, starts_at=ctx.now, ends_at=until, made_at=ctx.now
        )
        row.made_by_id = me.id
        ctx.db.add(row)
        ctx.db.flush()
    names = {"name": colleagues.full_name(ctx, to), "me": colleagues.full_name(ctx, me)}
    shown = names | {"until": times.until(until, ctx.now)}
    shift = (wording.HANDED_SHIFT.format(**shown), wording.GOT_SHIFT.format(**shown))
    if not mine:
        told = Reply(shift[1], to=Member(to.id, in_person=True), name=f"shift:{ctx.inbox.id}:told")
        return [Reply(f"{wording.HAND_NONE}{shift[0]}"), told]
    return _move(ctx, me, to, mine, wording.GOT, shift)


def _until(ctx: Context, me: Staff) -> datetime:
    """The speaker's own next duty, else the next morning on which a day's duty begins."""
    own = presence_of(ctx.db, ctx.now).own_next(me.id, ctx.now)
    if own is not None and own.starts_at <= ctx.now + WITHIN:
        return own.starts_at
    return deadlines.next_at(ctx.policy.duty_starts, ctx.now + timedelta(minutes=1))


def _move(
    ctx: Context, me: Staff, to: Staff, chosen: Sequence[Ticket], form: str, shift: tuple[str, str] = ("", "")
) -> Replies:
    """Changes hands: one fact a ticket, a list for both, and a line for each resident whose contact this was."""
    name, mine = colleagues.full_name(ctx, to), colleagues.full_name(ctx, me)
    may = [ticket for ticket in chosen if _may_have(ctx, ticket, to)]
    kept = [str(ticket.number) for ticket in chosen if ticket not in may]
    left = [Reply(wording.HAND_KEPT.format(name=name, numbers=wording.AND.join(kept)))] if kept else []
    if not may:
        return left
    told: list[Reply] = []
    for ticket in may:
        told += _hand(ctx, ticket, to, name)
    lines = "\n".join(_line(ctx, ticket) for ticket in may[:LINES])
    answer = wording.HANDED.format(name=name, me=mine, count=len(may), lines=lines)
    got = form.format(me=mine, count=len(may), lines=lines)
    news = Reply(
        "\n".join(filter(None, [got, shift[1]])),
        to=Member(to.id, in_person=True),
        name=f"shift:{ctx.inbox.id}:got",
    )
    return [Reply("\n".join(filter(None, [answer, shift[0]])), to=case.sender(ctx)), *left, news, *told]


def _may_have(ctx: Context, ticket: Ticket, to: Staff) -> bool:
    """Whether the colleague may have this ticket at all: by its category, and by whom a tip-off is about."""
    kinds = {post.unit.kind for post in to.posts}
    own = any(routing.may_own(ticket.category, kind, ticket.kind) for kind in kinds)
    if ticket.holder_id is not None:
        before = ctx.db.get_one(Staff, ticket.holder_id)
        same = {post.unit_id for post in before.posts} & {post.unit_id for post in to.posts}
        own = own or bool(same)
    return own and confiding.may_see(Who(ctx.who.account, to), ticket)


def _hand(ctx: Context, ticket: Ticket, to: Staff, name: str) -> Iterator[Reply]:
    acting.note(ctx, ticket)
    before = ticket.holder_id
    ticket.holder_id = to.id
    fact = case.record(ctx, ticket, FactKind.HANDED_OVER, said_here=True, data={"from": before, "to": to.id})
    _reminders(ctx, ticket, before, to, fact)
    if ticket.status in CONTACT and not ticket.confidential:
        text = wording.TOLD_CONTACT.format(number=ticket.number, name=name)
        yield from case.tell_members(ctx, ticket, fact, text)


def _reminders(ctx: Context, ticket: Ticket, before: int | None, to: Staff, fact: Fact) -> None:
    """What was still to be said to whoever had it is said to whoever has it now."""
    waiting = select(Reminder).where(Reminder.ticket_id == ticket.id, Reminder.state == "waiting")
    for row in ctx.db.scalars(waiting.where(Reminder.staff_id == before)):
        row.state = "stopped"
        fresh = {key: getattr(row, key) for key in ("kind", "ticket_id", "due_at", "say_after")}
        ctx.db.add(Reminder(name=f"{row.name}:over{fact.id}", staff_id=to.id, **fresh))
    ctx.db.flush()


def _line(ctx: Context, ticket: Ticket) -> str:
    due = {S.ACCEPTED: ticket.progress_due}.get(Status(ticket.status)) or ticket.resolve_due or ticket.accept_due
    return wording.HAND_LINE.format(
        number=ticket.number,
        what=case.what(ticket),
        place=case.where(ctx.db, ticket),
        status=taxonomy.status_staff(ticket.status, ticket.desk_id is not None),
        due=times.when(due, ctx.now),
    )
