"""The closing question: 好了谢谢 closes, 还是没修 goes on under the same number, silence closes on the stated date."""

from __future__ import annotations

import re

from sqlalchemy import select

from handlers import case, promising
from handlers.context import Context
from handlers.message import Incoming, Kind, Member, Replies, Reply
from handlers.rules import promises
from handlers.rules.sameness import RELATED
from handlers.rules.whereabouts import conflict
from handlers.wording import feedback as wording
from handlers.wording.commands import BLANKS
from nlp.normalise import normalise
from storage import tickets
from storage.deployment import Question
from storage.facts import FactKind
from storage.tickets import Ticket
from storage.workflow import Closing, Status

LOOKED_AT = 20  # of somebody's finished tickets
_CLAUSE = re.compile(r"[\s,，.。;；:：!！、…~～]")


def answer_closing(incoming: Incoming, ctx: Context) -> Replies | None:
    """What the reporter says after 办结. Counts at once, without a login, in whatever chat it is said."""
    verdict = _verdict(incoming, ctx)
    if verdict is None:
        return None
    if not verdict and _is_another_matter(incoming, ctx):
        return None
    question = _question(incoming, ctx)
    if question is None:
        return _late_complaint(incoming, ctx) if not verdict else _tapped_again(incoming, ctx)
    ticket = ctx.db.get_one(Ticket, question.ticket_id)
    if ticket.status != Status.RESOLVED:
        return None
    if verdict and ticket.reporter_id not in ctx.mine:
        return _supporter_content(ctx, ticket, question)
    return satisfied(ctx, ticket) if verdict else reopen(ctx, ticket, incoming.text)


def _tapped_again(incoming: Incoming, ctx: Context) -> Replies | None:
    """An old question stays on the screen: a tap on it changes nothing, and is answered."""
    number = incoming.data.get("ticket", "")
    ticket = tickets.by_number(ctx.db, int(number)) if incoming.kind is Kind.PRESS and number.isdigit() else None
    if ticket is None or ticket.reporter_id not in ctx.mine:
        return None
    form = wording.CLOSED_ALREADY if ticket.status == Status.CLOSED else wording.NOT_DONE_YET
    return [Reply(form.format(number=ticket.number), to=case.sender(ctx), ticket_id=ticket.id)]


def _supporter_content(ctx: Context, ticket: Ticket, question: Question) -> Replies:
    """It is well for one of the households: noted; the reporter's word closes it for all."""
    ctx.db.delete(question)
    case.belongs(ctx, ticket)
    case.record(ctx, ticket, FactKind.RATED, said_here=True, data={"rating": "satisfied", "by": "supporter"})
    return [Reply(wording.THANKS_SUPPORTER.format(number=ticket.number), to=case.sender(ctx), ticket_id=ticket.id)]


def _verdict(incoming: Incoming, ctx: Context) -> bool | None:
    """True: good; False: not good; None: it says neither."""
    if incoming.kind is Kind.PRESS:
        return {"answer:good": True, "answer:bad": False}.get(incoming.event)
    if incoming.kind is not Kind.TEXT:
        return None
    words = ctx.words.strip("。.!！~～ ")
    if words in wording.BAD or "still_broken" in ctx.reading.cues or _begins_badly(ctx, words):
        return False
    if words in wording.GOOD or "solved" in ctx.reading.cues:
        return True
    return True if "thanks" in ctx.reading.cues and len(words) <= 12 else None


def _begins_badly(ctx: Context, words: str) -> bool:
    """不满意，拖了三天: an answer with its reason, where it was asked for; elsewhere these words mean anything."""
    begins = _CLAUSE.split(words, maxsplit=1)[0] in wording.BAD
    return begins and case.asked(ctx, "closing", anywhere=True) is not None


def _is_another_matter(incoming: Incoming, ctx: Context) -> bool:
    """又堵了 said of something else is a new report: another category, or another place, than what was last done."""
    if not ctx.reading.parts:
        return False
    ticket = _last_done(ctx)
    if ticket is None:
        return True
    told = ctx.reading.parts[0]
    kinds = frozenset((told.category, ticket.category))  # one trouble may go by two names: a light, a dark staircase
    return (len(kinds) > 1 and kinds not in RELATED) or conflict(told.place, ticket.place) is not None


def _last_done(ctx: Context) -> Ticket | None:
    """The newest ticket of this person that waits for an answer or was closed within the window."""
    done = select(Ticket).where(Ticket.reporter_id.in_(ctx.mine), Ticket.status.in_((Status.RESOLVED, Status.CLOSED)))
    newest = ctx.db.scalars(done.order_by(Ticket.resolved_at.desc(), Ticket.id.desc()).limit(LOOKED_AT))
    return next((ticket for ticket in newest if _may_reopen(ctx, ticket)), None)


def _may_reopen(ctx: Context, ticket: Ticket) -> bool:
    """It waits for an answer, or closed so lately that a complaint opens it again."""
    if ticket.status == Status.RESOLVED:
        return True
    return ticket.closed_at is not None and ticket.closed_at >= ctx.now - promising.policy_of(ctx, ticket).reopen_within


def _question(incoming: Incoming, ctx: Context) -> Question | None:
    number = incoming.data.get("ticket", "")
    if number.isdigit():
        ticket = tickets.by_number(ctx.db, int(number))
        return _of_ticket(ctx, ticket) if ticket is not None else None
    return case.asked(ctx, "closing", anywhere=True)


def _of_ticket(ctx: Context, ticket: Ticket) -> Question | None:
    return ctx.db.scalars(
        select(Question).where(
            Question.account_id.in_(ctx.mine), Question.kind == "closing", Question.ticket_id == ticket.id
        )
    ).first()


def satisfied(ctx: Context, ticket: Ticket) -> Replies:
    """满意: solved, with the reporter's own word."""
    ticket.rating = "satisfied"
    case.belongs(ctx, ticket)
    fact = case.record(ctx, ticket, FactKind.RATED, said_here=True, data={"rating": "satisfied"})
    case.close(ctx, ticket, Closing.SOLVED)
    answer = Reply(wording.THANKS.format(number=ticket.number), to=case.sender(ctx), ticket_id=ticket.id)
    holder = (
        Reply(
            wording.GOOD_STAFF.format(number=ticket.number),
            to=Member(ticket.holder_id),
            name=f"ticket:{ticket.number}:staff:{fact.id}",
            ticket_id=ticket.id,
        )
        if ticket.holder_id is not None
        else None
    )
    others = case.tell_members(ctx, ticket, fact, wording.CLOSED_OTHERS.format(number=ticket.number))
    return [answer, *([holder] if holder is not None else []), *others]


def reopen(ctx: Context, ticket: Ticket, said: str) -> Replies:
    """还是没修: the same number, the same holder; the deadline of a new round counts from now."""
    ticket.rating = "dissatisfied"
    ticket.reopenings += 1
    tickets.move(ticket, Status.IN_PROGRESS if ticket.status == Status.RESOLVED else Status.REPORTED)
    ticket.closing, ticket.closed_at, ticket.resolved_at = None, None, None
    case.stop_timers(ctx.db, ticket)
    case.drop_closing_questions(ctx, ticket)
    case.belongs(ctx, ticket)
    body = ctx.keep(said) if said else None
    made = promising.at_reopening(ctx, ticket)
    fact = case.record(ctx, ticket, FactKind.REOPENED, body=body, said_here=True, data=promising.kept(made))
    if ticket.status == Status.REPORTED:
        ticket.holder_id = None
        case.arm_acceptance(ctx.db, ticket, ctx.policy, ctx.now, promise=made[promises.ACCEPT])
    else:
        case.arm(ctx.db, ticket, "progress:due", made[promises.PROGRESS].due, step=fact.id)
    answer = Reply(wording.REOPENED.format(number=ticket.number), to=case.sender(ctx), ticket_id=ticket.id)
    if normalise(said).strip(BLANKS) in ("", *wording.BAD):
        return [answer, *case.tell_workers(ctx, ticket, fact, wording.REOPENED_STAFF_BARE)]
    return [answer, *case.tell_workers(ctx, ticket, fact, wording.REOPENED_STAFF, said)]


def _late_complaint(incoming: Incoming, ctx: Context) -> Replies | None:
    """又坏了 about a ticket that closed within the window reopens it; later it is a new case (behaviour 14)."""
    ticket = _last_done(ctx)
    if ticket is None or ticket.status != Status.CLOSED:
        return None
    return reopen(ctx, ticket, incoming.text)
