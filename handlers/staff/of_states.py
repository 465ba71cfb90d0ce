"""查 挂账, 查 没接, 查 不满意, 查 明天到期: tickets by how they stand, as far as whoever asks reaches them."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, or_, select

from handlers.context import Context
from handlers.rules.deadlines import LOCAL
from handlers.ticket import choosing
from storage.tickets import Ticket
from storage.workflow import OPEN, WAITING_FOR_STAFF, Status

MOST = 500  # tickets that are looked through
A_DAY = timedelta(days=1)
JUDGED_WITHIN, ENDED_WITHIN = timedelta(days=30), timedelta(days=7)


def of(ctx: Context, state: str) -> list[Ticket]:
    """Those of a state, by when they were told."""
    rows = ctx.db.scalars(select(Ticket).where(_wanted(state, ctx.now)).order_by(Ticket.id.desc()).limit(MOST))
    return [row for row in rows if choosing.reaches(ctx, row, "look")]


def _wanted(state: str, now: datetime) -> ColumnElement[bool]:
    is_open = Ticket.status.in_(OPEN)
    tonight = datetime.combine(now.astimezone(LOCAL).date(), time(), LOCAL) + A_DAY
    return {
        "suspended": Ticket.status == Status.SUSPENDED,
        "resolved": Ticket.status == Status.RESOLVED,
        "transferred": Ticket.status == Status.TRANSFERRED,
        "reported": (Ticket.status == Status.REPORTED) & Ticket.desk_id.is_not(None),
        "undispatched": (Ticket.status == Status.REPORTED) & Ticket.desk_id.is_(None),
        "returned": is_open & (Ticket.returns > 0),
        "dissatisfied": (Ticket.rating == "dissatisfied") & (Ticket.opened_at >= now - JUDGED_WITHIN),
        "reopened": is_open & (Ticket.reopenings > 0),
        "extended": is_open & (Ticket.extensions > 0),
        "due_today": _due(now, tonight),
        "due_tomorrow": _due(tonight, tonight + A_DAY),
        "ended": Ticket.closed_at.is_not(None) & (Ticket.closed_at >= now - ENDED_WITHIN) & Ticket.status.not_in(OPEN),
    }[state]


def _due(begin: datetime, end: datetime) -> ColumnElement[bool]:
    accept = and_(Ticket.status == Status.REPORTED, Ticket.accept_due > begin, Ticket.accept_due <= end)
    resolve = and_(Ticket.status.in_(WAITING_FOR_STAFF), Ticket.resolve_due > begin, Ticket.resolve_due <= end)
    return or_(accept, resolve)
