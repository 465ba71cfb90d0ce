"""What somebody may do with a ticket now, as a page offers it. Whether it is really done each command says itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from handlers.closing import own_work
from handlers.context import Context
from handlers.permissions import ChatKind, may
from handlers.registry import COMMANDS
from handlers.rosters import deciders
from handlers.ticket.beside import my_units, works_beside
from handlers.ticket.choosing import ELIGIBLE, reaches
from handlers.whistles import whistle_calls
from storage import decisions, endings, hotline, undos, unsaid, whistles
from storage.tickets import Ticket
from storage.whistles import Answer, WhistleState
from storage.workflow import OPEN, Status

# In the order in which a page offers them: the daily ones first.
OFFERED = (
    "agree", "disagree", "whistle_sign", "whistle_refuse",
    "accept", "progress", "resolve", "reassign", "undo", "verify", "redo", "talked", "respond", "decline",
    "whistle_excuse", "whistle_must", "look_back", "resume", "assist", "coordinate", "whistle", "whistle_over",
    "whistle_rate", "task_force", "return", "extend", "set_date", "suspend", "nudge", "supervise", "comment",
    "recategorise", "lane", "not_report", "is_report", "reject", "hand_off", "take_up", "passed_on", "hotline_result",
    "erase",
)  # fmt: skip


def offered(ctx: Context, ticket: Ticket) -> list[str]:
    """The commands that somebody may give about a ticket as it stands."""
    return [name for name in OFFERED if is_open(ctx, ticket, name)]


def is_open(ctx: Context, ticket: Ticket, command: str) -> bool:
    """Whether a command fits the person, the state of the ticket and what happened to it."""
    if command not in COMMANDS or not may(ctx.who, command, ChatKind.PRIVATE):
        return False
    if ticket.status not in ELIGIBLE.get(command, OPEN):
        return False
    if not reaches(ctx, ticket, command) and not works_beside(ctx, ticket, command):
        return False
    fits = FITS.get(command)
    return fits is None or fits(ctx, ticket)


def _may_ask(ctx: Context, ticket: Ticket) -> bool:
    """Only whose desk or hands it is in asks the level above, and one thing at a time."""
    theirs = ticket.desk_id in ctx.who.desks or ticket.holder_id in ctx.who.hands
    return theirs and decisions.waiting(ctx.db, ticket.id) is None


def _may_ask_for_time(ctx: Context, ticket: Ticket) -> bool:
    return ticket.resolve_due is not None and ctx.now < ticket.resolve_due and _may_ask(ctx, ticket)


def _may_set_a_date(ctx: Context, ticket: Ticket) -> bool:
    return ticket.resolve_due is None and _may_ask(ctx, ticket)


def _is_asked(ctx: Context, ticket: Ticket) -> bool:
    """Something about it waits for the word of whoever looks."""
    asked = decisions.waiting(ctx.db, ticket.id)
    return asked is not None and deciders.may_decide(ctx, asked)


def _may_sign(ctx: Context, ticket: Ticket) -> bool:
    found = whistles.latest(ctx.db, ticket.id)
    if found is None or found.state != WhistleState.DRAFTED or found.needs_id is None or ctx.who.staff is None:
        return False
    return ctx.who.staff.id in [staff.id for staff in whistle_calls.signers(ctx.db, found, ctx.now)]


def _is_called(ctx: Context, ticket: Ticket) -> bool:
    mine = my_units(ctx)
    return any(call.unit_id in mine and whistles.waits(call) for call in whistles.calls_about(ctx.db, ticket.id))


def _is_declined(ctx: Context, ticket: Ticket) -> bool:
    """Somebody who was called said that they cannot come, and nobody has decided yet."""
    calls = whistles.calls_about(ctx.db, ticket.id)
    return any(call.answer == Answer.DECLINED and call.decided is None for call in calls)


def _has_answered(ctx: Context, ticket: Ticket) -> bool:
    return any(call.answer != Answer.WAITING for call in whistles.calls_about(ctx.db, ticket.id))


def _is_whistled(ctx: Context, ticket: Ticket) -> bool:
    found = whistles.latest(ctx.db, ticket.id)
    return found is not None and found.state == WhistleState.BLOWN


def _may_undo(ctx: Context, ticket: Ticket) -> bool:
    act = undos.newest_on(ctx.db, ctx.who.staff.id, ticket.id) if ctx.who.staff is not None else None
    return act is not None and act.state == "open" and ctx.now < act.until


def _may_nudge(ctx: Context, ticket: Ticket) -> bool:
    return ticket.holder_id not in ctx.who.hands and (ticket.holder_id, ticket.desk_id) != (None, None)


FITS: Mapping[str, Callable[[Context, Ticket], bool]] = {
    "agree": _is_asked,
    "disagree": _is_asked,
    "whistle_sign": _may_sign,
    "whistle_refuse": _may_sign,
    "verify": lambda ctx, ticket: not own_work.is_own(ctx, ticket),
    "redo": lambda ctx, ticket: endings.awaits_judgement(ctx.db, ticket) is not None,
    "talked": lambda ctx, ticket: ticket.reopenings > 0,
    "return": _may_ask,
    "suspend": _may_ask,
    "extend": _may_ask_for_time,
    "set_date": _may_set_a_date,
    "respond": _is_called,
    "decline": _is_called,
    "whistle_excuse": _is_declined,
    "whistle_must": _is_declined,
    "whistle_over": _is_whistled,
    "whistle_rate": _has_answered,
    "undo": _may_undo,
    "nudge": _may_nudge,
    "lane": lambda ctx, ticket: not ticket.confidential,
    "take_up": lambda ctx, ticket: ticket.status in (Status.REJECTED, Status.TRANSFERRED),
    "passed_on": lambda ctx, ticket: unsaid.count(ctx.db, ticket.id) > 0,
    "hotline_result": lambda ctx, ticket: hotline.of_ticket(ctx.db, ticket.id) is not None,
    "erase": lambda ctx, ticket: ticket.erased_at is None,
}
