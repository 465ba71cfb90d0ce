"""Manners in a residents' group: a few lines an hour, one summary in the morning, silence where it was asked for or
where people quarrel. An emergency always passes; nothing is lost: what is not said aloud is said in private.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from handlers.context import Context
from handlers.message import Here, Incoming, InGroup, Person, Replies, Reply
from handlers.rules import deadlines
from handlers.rules.deadlines import Policy
from handlers.ticket import case
from handlers.wording import manners as wording
from handlers.wording.times import when
from storage.conflict import insert_new
from storage.outbox import Outbox, OutboxState
from storage.people import Group
from storage.tickets import Ticket
from storage.timers import Timer
from storage.workflow import OPEN

SUMMARY = "group:summary"  # a timer
HOUR = timedelta(hours=1)
NAMED = 6  # tickets in a summary
NOT_SAID = (OutboxState.DEAD, OutboxState.NO_WAY)


def well_behaved(incoming: Incoming, ctx: Context, replies: Replies) -> Replies:
    """The replies with those lines turned aside that a group should not read now."""
    kept: list[Reply] = []
    said = 0
    for reply in replies:
        group = _read_by(ctx, reply)
        if group is None or reply.urgent:
            kept.append(reply)
        elif _is_quiet(group, ctx.now):
            kept += _aside(ctx, reply)
        elif _must_wait(incoming, ctx, group, reply, said):
            _sum_up(ctx, group, reply)
            kept += _aside(ctx, reply)
        else:
            said += 1
            kept.append(reply)
    return kept


def _read_by(ctx: Context, reply: Reply) -> Group | None:
    """The residents' group that would read this."""
    if reply.way != "message":
        return None
    group = ctx.group if isinstance(reply.to, Here) else None
    if isinstance(reply.to, InGroup):
        group = ctx.db.get(Group, reply.to.group_id)
    return group if group is not None and group.kind == "residents" else None


def _is_quiet(group: Group, now: datetime) -> bool:
    return any(until is not None and until > now for until in (group.muted_until, group.hushed_until))


def _must_wait(incoming: Incoming, ctx: Context, group: Group, reply: Reply, said: int) -> bool:
    """At night what nobody asked for; at any hour what would be one line too many."""
    asked = incoming.addressed and isinstance(reply.to, Here)
    if not asked and _by_day(ctx.now, ctx.policy) > ctx.now:
        return True
    return lines_said(ctx.db, group.id, ctx.now) + said >= ctx.policy.group_lines


def lines_said(db: Session, group_id: int, now: datetime) -> int:
    """How many lines a group was owed within the hour; emergencies do not count."""
    lines = select(func.count(Outbox.id)).where(
        Outbox.address == f"g:{group_id}",
        Outbox.created_at > now - HOUR,
        Outbox.urgent.is_(False),
        Outbox.state.not_in(NOT_SAID),
    )
    return db.scalar(lines) or 0


def _aside(ctx: Context, reply: Reply) -> Iterator[Reply]:
    """The same in private: to whoever is speaking, or to whose ticket it is."""
    if isinstance(reply.to, Here):
        yield replace(reply, to=case.sender(ctx))
        return
    ticket = ctx.db.get(Ticket, reply.ticket_id) if reply.ticket_id is not None else None
    if ticket is not None:
        yield replace(reply, to=Person(ticket.reporter_id))


def _sum_up(ctx: Context, group: Group, reply: Reply) -> None:
    """The ticket is named in one line later: in the morning, or when the hour is over."""
    if reply.ticket_id is None:
        return
    timer = _waiting(ctx.db, group.id) or _armed(ctx.db, group.id, _summed_up_at(ctx))
    numbers = [*timer.data["tickets"], reply.ticket_id]
    timer.data = {**timer.data, "tickets": list(dict.fromkeys(numbers))}


def _summed_up_at(ctx: Context) -> datetime:
    morning = _by_day(ctx.now, ctx.policy)
    return morning if morning > ctx.now else _by_day(ctx.now + HOUR, ctx.policy)


def _by_day(at: datetime, policy: Policy) -> datetime:
    """Neighbours still talk when reminders are over for the day: a group has an evening of its own."""
    return deadlines.say_after(at, policy, policy.group_ends)


def _waiting(db: Session, group_id: int) -> Timer | None:
    mine = Timer.name.startswith(f"group:{group_id}:summary:", autoescape=True)
    waiting = select(Timer).where(Timer.kind == SUMMARY, Timer.state == "waiting", mine)
    return db.scalars(waiting.order_by(Timer.id).limit(1).with_for_update()).one_or_none()


def _armed(db: Session, group_id: int, due: datetime) -> Timer:
    name = f"group:{group_id}:summary:{due.isoformat()}"
    data = {"group": group_id, "tickets": []}
    row = {"name": name, "kind": SUMMARY, "due_at": due, "state": "waiting", "data": data}
    insert_new(db, Timer, [row], "name")
    return db.scalars(select(Timer).where(Timer.name == name).with_for_update()).one()


def sum_up(timer: Timer, db: Session, now: datetime, policy: Policy) -> Replies:
    """The one line, unless the group wants none now. What was withdrawn meanwhile is left out."""
    group = db.get(Group, int(timer.data["group"]))
    if group is None or _is_quiet(group, now):
        return []
    wanted = select(Ticket).where(Ticket.id.in_(timer.data["tickets"]), Ticket.status.in_(OPEN))
    rows = db.scalars(wanted.where(Ticket.confidential.is_(False)).order_by(Ticket.id)).all()
    if not rows:
        return []
    named = wording.JOIN.join(wording.ONE.format(number=row.number, what=case.what(row)) for row in rows[:NAMED])
    more = wording.MORE if len(rows) > NAMED else ""
    waiting = [row.accept_due for row in rows if row.accepted_at is None and row.accept_due > now]
    due = wording.DUE.format(due=when(max(waiting), now)) if waiting else ""
    text = wording.SUMMARY.format(count=len(rows), named=named, more=more, due=due)
    return [Reply(text, to=InGroup(group.id), name=timer.name)]
