"""Why somebody is not content, once they were asked: a button, or a few words in private."""

from __future__ import annotations

from sqlalchemy import select

from handlers.closing import reopening
from handlers.context import Context
from handlers.message import Incoming, Kind, Replies, Reply
from handlers.rules.likeness import ABOUT_ANYTHING
from handlers.ticket import case
from handlers.wording import reopening as wording
from storage import tickets
from storage.deployment import Question
from storage.tickets import Ticket
from storage.workflow import Status

LONGEST = 60  # characters
NO_REASON = frozenset({"thanks", "greeting", "status_question", "human", "solved", "withdraw", "trade", "notice"})


def reason(incoming: Incoming, ctx: Context) -> Replies | None:
    """Keeps a reason that is told; None where the message tells none."""
    if incoming.kind is Kind.PRESS:
        told = incoming.event.removeprefix("answer:")
        number = incoming.data.get("ticket", "")
        ticket = tickets.by_number(ctx.db, int(number)) if number.isdigit() else None
        tapped = told in wording.REASONS and incoming.event != told and ticket is not None
        if not tapped or ticket is None or ticket.reporter_id not in ctx.mine or ticket.rating != "dissatisfied":
            return None
        return _kept(ctx, ticket, told, "")
    question = case.asked(ctx, reopening.ASKED_WHY, anywhere=True) if _tells_why(incoming, ctx) else None
    ticket = ctx.db.get(Ticket, question.ticket_id) if question is not None else None
    if ticket is None or ticket.rating != "dissatisfied" or ticket.status == Status.RESOLVED:
        return None  # said to be done once more: what they say now is said of that
    return _kept(ctx, ticket, reopening.reason_in(incoming.text) or "other", incoming.text)


def _tells_why(incoming: Incoming, ctx: Context) -> bool:
    if incoming.kind is not Kind.TEXT or ctx.group is not None or _is_report(ctx):
        return False
    if not 1 < len(ctx.words.strip()) <= LONGEST or ctx.words.rstrip().endswith("?"):
        return False
    cues = ctx.reading.cues - {"solved"} if "still_broken" in ctx.reading.cues else ctx.reading.cues  # 没修好 has 修好
    return not cues & NO_REASON


def _is_report(ctx: Context) -> bool:
    """Whether a problem is told besides, by its name or at a place: 根本没人来过 is a reason and no new ticket."""
    sure = ctx.reading.band == "high"
    parts = ctx.reading.parts
    return any(part.place or (sure and part.category not in ABOUT_ANYTHING) for part in parts)


def _kept(ctx: Context, ticket: Ticket, told: str, said: str) -> Replies:
    asked = select(Question).where(Question.account_id.in_(ctx.mine), Question.kind == reopening.ASKED_WHY)
    for question in ctx.db.scalars(asked.where(Question.ticket_id == ticket.id)):
        ctx.db.delete(question)
    if ticket.rating_reason == told and not said:
        return [Reply(wording.NOTED, to=case.sender(ctx), ticket_id=ticket.id)]
    return reopening.give_reason(ctx, ticket, told, said)
