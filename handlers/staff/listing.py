"""Tickets as staff read them on a phone, a line each, so many at once; 还有呢 shows the next of a list in private."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from handlers.context import Context
from handlers.message import Reply
from handlers.rules.privacy import discreet_place
from handlers.ticket import case, choosing, lights
from handlers.ticket.extent import extent_of
from handlers.wording import desk as wording
from handlers.wording import merging, taxonomy
from handlers.wording.times import days, when
from storage import directory
from storage.people import Staff
from storage.tickets import Ticket
from storage.workflow import Status

Spoken = Callable[[str], str]
"""How a place is said: in full, or as a group may read it."""

LINES = 12
MOST_LEFT = 200  # of a list that are shown one by one
SHOWN_WITHIN = timedelta(minutes=10)


def lines(ctx: Context, rows: Sequence[Ticket], spoken: Spoken = str, *, whose: bool = False) -> list[str]:
    """``whose``: with who has each."""
    shown = [_line(ctx, row, spoken, whose_of(ctx, row) if whose else "") for row in rows[:LINES]]
    left = len(rows) - LINES
    to_them_alone = ctx.group is None and spoken is not discreet_place
    if to_them_alone:
        _remember(ctx, rows[LINES:], whose=whose)
    if left > 0:
        shown.append((wording.TODO_GO_ON if to_them_alone else wording.TODO_MORE).format(count=left))
    return shown


def _remember(ctx: Context, left: Sequence[Ticket], *, whose: bool) -> None:
    """What of the list was not shown; of the one before nothing is left to show."""
    if left or case.asked(ctx, case.LIST_LEFT) is not None:
        data = {"numbers": [row.number for row in left[:MOST_LEFT]], "whose": whose}
        until = ctx.now + SHOWN_WITHIN
        case.ask(ctx, ctx.who.account.id, ctx.address, case.LIST_LEFT, ticket=None, until=until, data=data)


def left(ctx: Context) -> list[int]:
    """The numbers of the list that was shown here lately and was too long."""
    shown = case.asked(ctx, case.LIST_LEFT)
    return list(shown.data["numbers"]) if shown is not None else []


def go_on(ctx: Context) -> Reply | None:
    """The next of it, as they stand now, as far as whoever asks still reaches them."""
    numbers, shown = left(ctx), case.asked(ctx, case.LIST_LEFT)
    if shown is None or not numbers:
        return None
    found = {row.number: row for row in ctx.db.scalars(select(Ticket).where(Ticket.number.in_(numbers)))}
    rows = [row for number in numbers if (row := found.get(number)) and choosing.reaches(ctx, row, "look")]
    return Reply("\n".join(lines(ctx, rows, whose=shown.data["whose"])), to=case.sender(ctx)) if rows else None


def due(ticket: Ticket) -> float:
    """When the next thing that was promised is due."""
    return _next(ticket).timestamp()


def whose_of(ctx: Context, ticket: Ticket) -> str:
    """Who has it, or at whose desk it waits."""
    unit = directory.unit_of(ctx.db, ticket.desk_id)
    holder = ctx.db.get(Staff, ticket.holder_id) if ticket.holder_id is not None else None
    return wording.WHOSE.format(unit=unit.name, person=directory.name_of(ctx.vault, holder)) if unit is not None else ""


def waited(ctx: Context, ticket: Ticket, form: str) -> str:
    """How many days the resident has really waited."""
    so_long = days(ticket.opened_at, ctx.now)
    return form.format(days=so_long) if so_long else ""


def where(ctx: Context, ticket: Ticket) -> str:
    """The place as whoever asks may read it."""
    return case.where_for(ctx.db, ticket, ctx.who.staff)


def _line(ctx: Context, ticket: Ticket, spoken: Spoken, whose: str) -> str:
    extent = extent_of(ctx.db, ticket)
    line = wording.TODO_LINE.format(
        light=wording.LIGHTS[lights.light(ctx.db, ticket, ctx.policy, ctx.now)],
        number=ticket.number,
        what=case.what(ticket),
        place=spoken(where(ctx, ticket)),
        status=taxonomy.status_staff(ticket.status, ticket.desk_id is not None),
        whose=whose,
        due=when(_next(ticket), ctx.now),
    )
    line += waited(ctx, ticket, wording.TODO_WAITED) if _is_late(ctx, ticket) else ""
    return f"{line}{merging.TODO_EXTENT.format(extent=extent.short())}" if extent.wide else line


def _next(ticket: Ticket) -> datetime:
    due = {Status.REPORTED: ticket.accept_due, Status.ACCEPTED: ticket.progress_due}.get(Status(ticket.status))
    return due or ticket.resolve_due or ticket.accept_due


def _is_late(ctx: Context, ticket: Ticket) -> bool:
    """Whether something that was promised is over."""
    due = {Status.REPORTED: ticket.accept_due}.get(Status(ticket.status)) or ticket.resolve_due
    return due is not None and ctx.now >= due
