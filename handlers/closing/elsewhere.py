"""还是不亮, said of what was handed to somebody outside: who has it, under which number, whom to call.

Said once more, it is an objection: the community looks again.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from handlers.closing import reopening
from handlers.context import Context
from handlers.matter import belonging, own_open
from handlers.message import Incoming, Kind, Replies, Reply
from handlers.rules import whereabouts
from handlers.rules.likeness import ABOUT_ANYTHING, RELATED
from handlers.rules.subjects import apart, subjects_of
from handlers.ticket import case, promising
from handlers.wording import outside as wording
from handlers.wording import waiting as waiting_wording
from nlp.normalise import fold, normalise
from storage import facts
from storage.facts import FactKind
from storage.tickets import Ticket
from storage.workflow import Closing, Status

Answer = Callable[[Incoming, Context, Ticket], Replies]
IMPATIENT = (waiting_wording.URGES, waiting_wording.ANGRY)
LONGEST = 30  # characters; whoever says more tells something, too
STILL = "still"  # in the data of a fact: not well yet, said of what lies outside


def is_waited_for(ctx: Context, ticket: Ticket) -> bool:
    """Whether somebody outside has it, and whoever told of it may still object."""
    if ticket.status == Status.TRANSFERRED:
        return True
    window = promising.policy_of(ctx, ticket).reopen_within
    over = ticket.status == Status.CLOSED and ticket.closing == Closing.HANDED_OVER
    return over and ticket.closed_at is not None and ticket.closed_at >= ctx.now - window


def said(incoming: Incoming, ctx: Context) -> Replies | None:
    """怎么还没人来, 打了没人接, 灯亮了, in private by whoever waits for somebody outside."""
    text = fold(ctx.words)
    if ctx.group is not None or ctx.who.is_staff or not belonging.has_words(incoming):
        return None
    says = next((one for one in (_well, still_bad, _asked) if _says(incoming, ctx, one)), None)
    if says is None or not ctx.who.is_attentive(ctx.now) or len(text) > LONGEST:
        return None
    ticket = _meant(ctx, text)
    return says(incoming, ctx, ticket) if ticket is not None else None


def _says(incoming: Incoming, ctx: Context, answer: Answer) -> bool:
    """Whether the words want this answer."""
    text = fold(ctx.words)
    if answer is _well:
        return "solved" in ctx.reading.cues
    if answer is _asked:
        return belonging.says(waiting_wording.ASKS, text)
    return _objects(incoming) or any(belonging.says(one, text) for one in IMPATIENT)


def _meant(ctx: Context, text: str) -> Ticket | None:
    """What the words name of what lies outside; where they name nothing, and nothing else is open, the newest."""
    mine = select(Ticket).where(Ticket.reporter_id.in_(ctx.mine)).order_by(Ticket.id.desc()).limit(own_open.LOOKED_AT)
    found = [ticket for ticket in ctx.db.scalars(mine) if is_waited_for(ctx, ticket) and _may_be_of(ctx, ticket)]
    if not found:
        return None
    waiting = own_open.concerned(ctx)
    named = own_open.named(ctx, [*found, *waiting], text)
    meant = next(iter(named or ([] if waiting else found)), None)
    return meant if meant in found else None


def _may_be_of(ctx: Context, ticket: Ticket) -> bool:
    """Whether nothing else is told besides: another trouble, another place."""
    pairs = (frozenset((part.category, ticket.category)) for part in ctx.reading.parts)
    alike = all(len(pair) == 1 or pair in RELATED or pair & ABOUT_ANYTHING for pair in pairs)
    another = apart(subjects_of(fold(ctx.words)), own_open.subjects(ctx, ticket))
    return alike and not another and whereabouts.conflict(ticket.place, belonging.places(ctx)) is None


def _objects(incoming: Incoming) -> bool:
    """不同意 alone, and 那边打不通 anywhere in it."""
    text = normalise(incoming.text)
    return text.strip("。.!！ ") in wording.OBJECTS or any(word in text for word in wording.OBJECTS_ANYWHERE)


def _well(incoming: Incoming, ctx: Context, ticket: Ticket) -> Replies:
    """It is over, whoever did it: for us it has ended, and still counts as handed over."""
    case.belongs(ctx, ticket)
    data = {"over": True, "kind": incoming.kind}
    case.record(ctx, ticket, FactKind.ADDED, body=ctx.keep(incoming.text), said_here=True, data=data)
    if ticket.status == Status.TRANSFERRED:
        case.close(ctx, ticket, Closing.HANDED_OVER)
    return [Reply(wording.WELL_OUTSIDE.format(number=ticket.number), to=case.sender(ctx), ticket_id=ticket.id)]


def still_bad(incoming: Incoming, ctx: Context, ticket: Ticket) -> Replies:
    """Where to ask; the second time, or with 不同意, it is ours again."""
    told = facts.newest_act(ctx.db, ticket.id, [FactKind.TRANSFERRED])
    since = told.id if told is not None else 0
    again = any(fact.id > since and fact.data.get(STILL) for fact in facts.of_ticket(ctx.db, ticket.id))
    if again or incoming.kind is Kind.PRESS or _objects(incoming):
        return reopening.object_to_rejection(ctx, ticket, incoming.text)
    case.belongs(ctx, ticket)
    body = ctx.keep(incoming.text)
    case.record(ctx, ticket, FactKind.ADDED, body=body, said_here=True, data={STILL: True, "kind": incoming.kind})
    return _asked(incoming, ctx, ticket)


def _asked(incoming: Incoming, ctx: Context, ticket: Ticket) -> Replies:
    """Who has it, and how to go on."""
    number = ticket.outside_number
    under = wording.OUTSIDE_NUMBER.format(number=number) if number is not None else ""
    shown = {"number": ticket.number, "body": ticket.outside, "outside": under}
    text = wording.STILL_OUTSIDE.format(**shown, phone=ticket.outside_phone or wording.HOTLINE)
    return [Reply(text, to=case.sender(ctx), ticket_id=ticket.id)]
