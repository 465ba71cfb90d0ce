"""Steering a notice that is confirmed: which one somebody means, whether they may, and how far it is.

Whoever may confirm a notice may steer it: at the unit that issues it, or above.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from handlers.context import Context
from handlers.message import Member, Reply
from handlers.orders import Order
from handlers.permissions import may_in, who_may
from handlers.ticket import choosing
from handlers.wording import notice_control as wording
from handlers.wording.notices import NO_SUCH
from handlers.wording.times import when
from storage import directory, listening, notice_ledger
from storage.notice_figures import totals
from storage.notices import Notice, NoticeState
from storage.people import Staff, Unit

RUNNING = (NoticeState.CONFIRMED, NoticeState.SENDING)
MOST_NAMED = 9


class Meant(NamedTuple):
    """A notice that somebody may steer, its row locked, or what to answer instead."""

    notice: Notice | None
    answer: str = ""


def meant(ctx: Context, order: Order) -> Meant:
    """The notice that a command is about. Without a number: the only one that is being sent."""
    number = order.number
    if order.no_number:
        return Meant(None, NO_SUCH.format(number=order.no_number))
    if number is None:
        sending = running(ctx, order.command)
        if len(sending) != 1:
            return Meant(None, _which(order.command, sending))
        number = sending[0]
    notice = notice_ledger.by_number(ctx.db, number, lock=True)
    unit = directory.unit_of(ctx.db, notice.unit_id if notice is not None else None)
    if notice is None or unit is None:
        return Meant(None, NO_SUCH.format(number=number))
    if not may_in(ctx.who, order.command, unit.path, None):
        who = choosing.roles_in_words(who_may(order.command))
        return Meant(None, wording.MAY_NOT.format(number=number, unit=unit.name, who=who))
    return Meant(notice)


def running(ctx: Context, command: str) -> list[int]:
    """What is being sent and could be meant, the newest first."""
    query = select(Notice.number, Unit.path).join(Unit, Unit.id == Notice.unit_id).where(Notice.state.in_(RUNNING))
    rows = ctx.db.execute(query.order_by(Notice.id.desc())).all()
    return [number for number, path in rows if may_in(ctx.who, command, path, None)][:MOST_NAMED]


def _which(command: str, running: Collection[int]) -> str:
    ask = wording.WHICH[command]
    return wording.RUNNING.format(ask=ask, numbers=wording.numbers(list(running))) if running else ask


def tally(ctx: Context, notice: Notice, cannot: str = wording.PAUSE_CANNOT) -> str:
    """How far it got, in words. ``cannot``: what is said of those whose message a platform has."""
    total = totals(ctx.db, notice.id)
    return wording.tally(total.sent, total.seen, total.planned, total.submitted, cannot)


def left(ctx: Context, notice: Notice) -> int:
    """How many households have not had their turn."""
    return totals(ctx.db, notice.id).planned


def reached(ctx: Context, notice: Notice) -> bool:
    """Whether anybody has it, or may have it."""
    total = totals(ctx.db, notice.id)
    return bool(total.sent or total.unknown or total.submitted)


def at_and_by(ctx: Context, staff_id: int | None, at: datetime | None) -> dict[str, str]:
    """When something was done and by whom, for a sentence."""
    name = directory.name_of(ctx.vault, ctx.db.get(Staff, staff_id)) if staff_id is not None else ""
    return {"at": when(at, ctx.now) if at is not None else "", "by": wording.BY.format(who=name) if name else ""}


def note(ctx: Context, notice: Notice, what: str, **data: object) -> None:
    """The history of a notice: who did what to it when."""
    staff_id = ctx.who.staff.id if ctx.who.staff is not None else None
    listening.note_change(ctx.db, f"notice:{notice.number}", what, ctx.now, staff_id=staff_id, data=dict(data))


def told_author(ctx: Context, notice: Notice, command: str) -> list[Reply]:
    """Its author hears what somebody else did to it."""
    staff = ctx.who.staff
    if staff is None or staff.id == notice.author_id:
        return []
    words = wording.SOMEBODY[command].format(who=directory.name_of(ctx.vault, staff), number=notice.number)
    return [Reply(words, to=Member(notice.author_id))]
