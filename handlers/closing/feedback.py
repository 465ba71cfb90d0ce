"""满意 or 不满意, after 办结 and later, by whoever it concerns, in the chat or on the page: one tap or one word counts.

The reporter's word closes or reopens; a neighbour's is noted and looked at, and decides nothing for them. 谢谢 alone
neither reopens nor opens anything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import select

from handlers.closing import elsewhere, grumbling, late_complaints, own_work, reopening, telling_why
from handlers.context import Context
from handlers.matter import own_open
from handlers.message import Incoming, Kind, Replies, Reply
from handlers.rules.likeness import RELATED
from handlers.rules.whereabouts import conflict
from handlers.ticket import case, judges, promising
from handlers.wording import closing
from handlers.wording import feedback as wording
from handlers.wording import reopening as reopening_wording
from handlers.wording import waiting as waiting_wording
from handlers.wording.commands import BLANKS
from nlp.normalise import fold, normalise
from storage import endings, tickets
from storage.deployment import Question
from storage.facts import FactKind
from storage.origins import ROOT_CAUSE
from storage.tickets import Member as Concerned
from storage.tickets import Ticket
from storage.workflow import Closing, Status

LOOKED_AT = 20  # of somebody's finished tickets
DONE = (Status.RESOLVED, Status.CLOSED, Status.REJECTED, Status.TRANSFERRED)
_CLAUSE = re.compile(r"[\s,，.。;；:：!！、…~～]")


@dataclass(frozen=True, slots=True)
class Said:
    """An answer: well or not, of which ticket, by its reporter or by somebody who joined."""

    good: bool
    ticket: Ticket
    question: Question | None
    mine: bool
    words: str
    reason: str | None


def answer_closing(incoming: Incoming, ctx: Context) -> Replies | None:
    """What is said after 办结. Counts at once, without a login, in whatever chat it is said."""
    if ctx.alarms:
        return None  # 路灯还没人修，电线冒火花了: whatever it is said of, it rings
    if (given := telling_why.reason(incoming, ctx)) is not None:
        return given
    verdict = _verdict(incoming, ctx)
    if verdict is None:
        return _besides(incoming, ctx)
    question = _question(incoming, ctx)
    ticket = _meant(incoming, ctx, question, good=verdict)
    tapped = incoming.kind is Kind.PRESS
    if ticket is None or not (verdict or tapped or not _is_another_matter(ctx, ticket)):
        return _besides(incoming, ctx)
    mine = ticket.reporter_id in ctx.mine
    if not mine and not any(member.account_id in ctx.mine for member in tickets.members(ctx.db, ticket)):
        return None
    words = "" if normalise(incoming.text).strip(BLANKS) in ("", *wording.BAD) else incoming.text
    reason = incoming.data.get("reason") or reopening.reason_in(incoming.text)
    return _weigh(incoming, ctx, Said(verdict, ticket, question, mine, words, reason))


def _besides(incoming: Incoming, ctx: Context) -> Replies | None:
    """What is neither: well, but; a grumble after the end; a word about what lies outside."""
    if (grumbles := grumbling.begins(incoming, ctx)) and (question := _question(incoming, ctx)) is not None:
        return grumbling.noted(incoming, ctx, ctx.db.get_one(Ticket, question.ticket_id))
    found = grumbling.afterwards(incoming, ctx, _last_done(ctx)) if grumbles else None
    return found if found is not None else elsewhere.said(incoming, ctx)


def _weigh(incoming: Incoming, ctx: Context, said: Said) -> Replies | None:
    status = said.ticket.status
    if status == Status.RESOLVED:
        return _of_resolved(ctx, said)
    if said.good or status not in DONE or (status == Status.TRANSFERRED and not said.mine):
        return _tapped_again(incoming, ctx, said)
    if status == Status.REJECTED:
        objects = said.mine and said.ticket.closing != Closing.NOT_REPORT
        return reopening.object_to_rejection(ctx, said.ticket, said.words) if objects else None
    if said.mine and elsewhere.is_waited_for(ctx, said.ticket):
        return elsewhere.still_bad(incoming, ctx, said.ticket)
    return _of_closed(incoming, ctx, said)


def _of_resolved(ctx: Context, said: Said) -> Replies:
    if said.good:
        return satisfied(ctx, said.ticket, said.words) if said.mine else _supporter(ctx, said, "satisfied")
    if not said.mine:
        return _supporter(ctx, said, "dissatisfied")
    return reopening.reopen(ctx, said.ticket, said.words, said.reason)


def _of_closed(incoming: Incoming, ctx: Context, said: Said) -> Replies | None:
    """Within the window the same number; afterwards, and by a neighbour, a new one that is linked to it."""
    if said.ticket.confidential and not said.mine:
        return None
    if not said.mine or not _may_reopen(ctx, said.ticket):
        return late_complaints.open_linked(incoming, ctx, said.ticket)
    if _was_talked_over(ctx, said.ticket):
        return _final(ctx, said)
    return reopening.reopen(ctx, said.ticket, said.words, said.reason)


def _was_talked_over(ctx: Context, ticket: Ticket) -> bool:
    """The street talked to them, and closed it with an explanation: that is the end of this number."""
    explained = ticket.closing != Closing.SOLVED
    return explained and endings.of_this_round(ctx.db, ticket, FactKind.TALKED) is not None


def _final(ctx: Context, said: Said) -> Replies:
    ticket = said.ticket
    ticket.rating, ticket.rating_reason = "dissatisfied", said.reason
    case.belongs(ctx, ticket)
    data = {"rating": "dissatisfied", "reason": said.reason}
    case.record(ctx, ticket, FactKind.RATED, said_here=True, data=data)
    street = judges.street_of(ctx.db, ticket)
    phone = street.phone if street is not None and street.phone else closing.HOTLINE
    text = reopening_wording.FINAL.format(number=ticket.number, phone=phone)
    return [Reply(text, to=case.sender(ctx), ticket_id=ticket.id)]


def _tapped_again(incoming: Incoming, ctx: Context, said: Said) -> Replies | None:
    """An old question stays on the screen: a tap on it is answered; 满意 after silence still counts."""
    ticket = said.ticket
    if incoming.kind is not Kind.PRESS or not said.mine:
        return None
    if ticket.status == Status.CLOSED and ticket.rating is None and not own_work.is_own(ctx, ticket):
        ticket.rating = "satisfied"
        case.record(ctx, ticket, FactKind.RATED, said_here=True, data={"rating": "satisfied"})
    form = wording.CLOSED_ALREADY if ticket.status == Status.CLOSED else wording.NOT_DONE_YET
    return [Reply(form.format(number=ticket.number), to=case.sender(ctx), ticket_id=ticket.id)]


def _supporter(ctx: Context, said: Said, rating: str) -> Replies:
    """How it is with one of the households: noted, and told where it is not well; the reporter's word closes it."""
    ticket = said.ticket
    if said.question is not None:
        ctx.db.delete(said.question)
    case.belongs(ctx, ticket)
    content = rating == "satisfied"
    body = ctx.keep(said.words) if said.words and not content else None
    data = {"rating": rating, "by": "supporter"} | ({} if content else {"reason": said.reason})
    fact = case.record(ctx, ticket, FactKind.RATED, body=body, said_here=True, data=data)
    form = wording.THANKS_SUPPORTER if content else reopening_wording.SUPPORTER_NOT_CONTENT
    answer = Reply(form.format(number=ticket.number), to=case.sender(ctx), ticket_id=ticket.id)
    if content:
        return [answer]
    told = reopening_wording.SUPPORTER_STAFF if said.words else reopening_wording.SUPPORTER_STAFF_BARE
    return [answer, *case.tell_workers(ctx, ticket, fact, told, said.words)]


def satisfied(ctx: Context, ticket: Ticket, said: str = "") -> Replies:
    """满意: closed with the reporter's own word, as what it was said to be. Nobody says so of their own work."""
    if own_work.is_own(ctx, ticket) and not ticket.self_handled:
        return [Reply(closing.OWN_WORD.format(number=ticket.number), to=case.sender(ctx), ticket_id=ticket.id)]
    ticket.rating = "satisfied"
    case.belongs(ctx, ticket)
    kind = endings.kind_of(ctx.db, ticket)
    grumble = grumbling.reason(said)
    fact = grumbling.keep(ctx, ticket, grumble, said)
    case.close(ctx, ticket, kind)
    thanks = wording.THANKS_BUT if grumble else wording.THANKS
    answer = Reply(thanks.format(number=ticket.number), to=case.sender(ctx), ticket_id=ticket.id)
    form = wording.GOOD_STAFF_BUT if grumble else wording.GOOD_STAFF
    holder = grumbling.told(ctx, ticket, fact, form, said)
    others = case.tell_members(ctx, ticket, fact, wording.CLOSED_OTHERS.format(number=ticket.number))
    return [answer, *holder, *others]


# --- what was said, and of which ticket


def _verdict(incoming: Incoming, ctx: Context) -> bool | None:
    """True: good; False: not good; None: it says neither."""
    if incoming.kind is Kind.PRESS:
        return {"answer:good": True, "answer:bad": False}.get(incoming.event)
    if incoming.kind is not Kind.TEXT:
        return None
    words = ctx.words.strip("。.!！~～ ")
    if words in wording.BAD or "still_broken" in ctx.reading.cues or _begins_badly(ctx, words):
        return False
    if words in reopening_wording.OBJECTS:
        return False
    if grumbling.is_half(words):
        return None
    if grumbling.reason(words) is not None:
        return True
    if words in wording.GOOD or "solved" in ctx.reading.cues:
        return True
    however = re.search(waiting_wording.HOWEVER, words) is not None
    return True if "thanks" in ctx.reading.cues and len(words) <= 12 and not however else None


def _begins_badly(ctx: Context, words: str) -> bool:
    """不满意，拖了三天: an answer with its reason, where it was asked for; elsewhere these words mean anything."""
    begins = _CLAUSE.split(words, maxsplit=1)[0] in wording.BAD
    return begins and case.asked(ctx, "closing", anywhere=True) is not None


def _is_another_matter(ctx: Context, ticket: Ticket) -> bool:
    """又堵了 said of something else is a new report: another category, or another place, than what was last done."""
    if not ctx.reading.parts:
        return False
    told = ctx.reading.parts[0]
    kinds = frozenset((told.category, ticket.category))  # one trouble may go by two names: a light, a dark staircase
    return (len(kinds) > 1 and kinds not in RELATED) or conflict(told.place, ticket.place) is not None


def _meant(incoming: Incoming, ctx: Context, question: Question | None, *, good: bool) -> Ticket | None:
    """The ticket of the button, of the question, or what was done last. Good without a question means nothing."""
    number = incoming.data.get("ticket", "")
    if number.isdigit():
        return tickets.by_number(ctx.db, int(number))
    if question is not None:
        return ctx.db.get_one(Ticket, question.ticket_id)
    return None if good else _last_done(ctx)


def _last_done(ctx: Context) -> Ticket | None:
    """What this person reported or joined and that was finished last, while a word about it still means something."""
    joined = select(Concerned.ticket_id).where(Concerned.account_id.in_(ctx.mine))
    ended = select(Ticket).where(Ticket.id.in_(joined), Ticket.source != ROOT_CAUSE)
    newest = ctx.db.scalars(ended.order_by(Ticket.resolved_at.desc().nulls_last(), Ticket.id.desc()).limit(LOOKED_AT))
    found = [lead for ticket in newest if (lead := tickets.lead(ctx.db, ticket)).status in DONE]
    found = [ticket for ticket in found if _is_recent(ctx, ticket)]
    found = [ticket for ticket in found if not _is_another_matter(ctx, ticket)] or found
    found = own_open.named(ctx, found, fold(ctx.words)) or found
    return next((ticket for ticket in found if _may_reopen(ctx, ticket)), found[0] if found else None)


def _may_reopen(ctx: Context, ticket: Ticket) -> bool:
    """It waits for an answer, or closed so lately that a complaint opens it again."""
    if ticket.status in (Status.RESOLVED, Status.TRANSFERRED):
        return True
    window = promising.policy_of(ctx, ticket).reopen_within
    return ticket.closed_at is not None and ticket.closed_at >= ctx.now - window


def _is_recent(ctx: Context, ticket: Ticket) -> bool:
    policy = promising.policy_of(ctx, ticket)
    if ticket.status == Status.REJECTED:
        return ticket.closed_at is None or ticket.closed_at >= ctx.now - policy.reopen_within
    return ticket.closed_at is None or ticket.closed_at >= ctx.now - policy.linked_within


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
