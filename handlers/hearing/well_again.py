"""灯又亮了: the trouble is over, says whoever reported it, or a neighbour: staff hear it before they set out.

And 又堵了 behind it: what was taken back begins again, and is told as it was told before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from handlers.closing import feedback, late_complaints, reopening
from handlers.context import Context
from handlers.hearing import followup
from handlers.matter import belonging, calling_off, open_here, own_open
from handlers.message import Incoming, Replies, Reply
from handlers.rules import sameness
from handlers.rules.deadlines import EMERGENCY
from handlers.rules.subjects import apart, subjects_of
from handlers.ticket import case
from handlers.wording import report as report_wording
from handlers.wording import waiting as wording
from nlp.normalise import fold
from storage import facts, tickets
from storage.facts import Fact, FactKind
from storage.inbox import Inbox
from storage.tickets import Ticket
from storage.workflow import Status

LONGEST = 30  # characters; whoever says more tells a story
BESIDE = 3  # characters of a neighbour's that may stand for what was moved: 那辆白车
SHORT = 8  # 又堵了: says of what only to whoever remembers it


def told(incoming: Incoming, ctx: Context) -> Replies | None:
    """By the reporter it ends what nobody took on yet; else whoever works on it hears of it."""
    if ctx.who.is_staff or not belonging.has_words(incoming) or not calling_off.is_over(ctx):
        return None
    own = _own(incoming, ctx)
    if own is None:
        return _neighbours(incoming, ctx)
    if own.status == Status.RESOLVED and own.reporter_id in ctx.mine:
        return feedback.satisfied(ctx, own, incoming.text)
    return _ended(ctx, own) if _is_theirs_to_end(ctx, own) else _noted(incoming, ctx, own)


def not_yet(incoming: Incoming, ctx: Context) -> Replies | None:
    """没有啊还是有水, in private, of what was said to be done: it goes on."""
    if ctx.group is not None or ctx.who.is_staff or ctx.alarms or not belonging.has_words(incoming):
        return None
    text = fold(ctx.words)
    if len(text) > LONGEST or not ctx.who.is_attentive(ctx.now) or not belonging.says(wording.NOT_YET, text):
        return None
    found = own_open.reported(ctx)
    done = [ticket for ticket in found if ticket.status == Status.RESOLVED]
    meant = own_open.named(ctx, found, text) or (done if len(found) == 1 else [])
    ticket = next(iter(meant), None)
    if ticket is None or ticket.status != Status.RESOLVED:
        return None
    return reopening.reopen(ctx, ticket, incoming.text, reopening.reason_in(incoming.text))


def _own(incoming: Incoming, ctx: Context) -> Ticket | None:
    """What the words name; where they name nothing, what the speaker told of just before."""
    text = fold(ctx.words)
    found = own_open.reported(ctx)
    if ctx.group is not None:
        found = [ticket for ticket in found if ticket.group_id == ctx.group.id and not ticket.confidential]
    elif not found:
        found = own_open.concerned(ctx)  # their neighbours may still be without
    if not found:
        return None
    if named := own_open.named(ctx, found, text) or _by_its_end(ctx, found, text, 0):
        return named[0]
    rest = wording.AROUND_IT.sub("", belonging.cut(wording.THANKED, belonging.cut(wording.OVER, text)))
    bare = sum(char.isalnum() for char in rest) <= (3 if "thanks" in ctx.reading.cues else 1)  # 谢谢小赵
    within = ctx.policy.burst if ctx.group is not None or len(found) > 1 else ctx.policy.answer_within
    lately = _spoke_of(ctx, found[0], within)
    return found[0] if bare and lately and not apart(subjects_of(text), own_open.subjects(ctx, found[0])) else None


def _by_its_end(ctx: Context, found: Sequence[Ticket], text: str, beside: int) -> list[Ticket]:
    """挪走了 is said of a car, 通了 of a drain: the one that may end so, if nothing else told here lately may.
    ``beside``: so few characters may be said besides."""
    so = [(pattern, names) for pattern, names in wording.ENDS if belonging.says(pattern, text)]
    left = wording.AROUND_IT.sub("", belonging.cut(wording.THANKED, belonging.cut(so[0][0], text))) if so else text
    if ctx.group is None or sum(map(str.isalnum, left)) > beside:
        return []
    since = ctx.inbox.said_at - sameness.HOURS * 2
    fitting = [ticket for ticket in found if ticket.opened_at >= since and any(ticket.category in one for _, one in so)]
    return fitting if len(fitting) == 1 else []


def _spoke_of(ctx: Context, ticket: Ticket, within: timedelta) -> bool:
    since = Inbox.said_at >= ctx.inbox.said_at - within, Inbox.sender_id.in_(ctx.mine)
    return ctx.db.scalar(select(Inbox.id).where(Inbox.ticket_id == ticket.id, *since).limit(1)) is not None


def _is_theirs_to_end(ctx: Context, ticket: Ticket) -> bool:
    """Nobody took it on or mended it, nobody else is affected, and it is none of which somebody should make sure."""
    if belonging.says(wording.MENDED, fold(ctx.words)):
        return False
    mine = ticket.reporter_id in ctx.mine
    untouched = ticket.status == Status.REPORTED and ticket.handovers == 0 and not ticket.reopenings
    return mine and untouched and ticket.urgency != EMERGENCY and len(tickets.members(ctx.db, ticket)) == 1


def _ended(ctx: Context, ticket: Ticket) -> Replies:
    return followup.withdraw(ctx, ticket, wording.OVER_TO_REPORTER)


def _noted(incoming: Incoming, ctx: Context, ticket: Ticket) -> Replies:
    """It stays with whoever has it, who hears the words."""
    lead = tickets.lead(ctx.db, ticket)
    case.belongs(ctx, ticket)
    data = {"over": True, "kind": incoming.kind}
    fact = case.record(ctx, ticket, FactKind.ADDED, body=ctx.keep(incoming.text), said_here=True, data=data)
    mine = ticket.reporter_id in ctx.mine
    text = (wording.OVER_NOTED if mine else wording.OVER_AT_YOURS).format(number=lead.number)
    answer = Reply(text, to=case.sender(ctx), ticket_id=ticket.id)
    rings = mine and lead.urgency == EMERGENCY
    rung = followup.tell_rung(ctx, lead, fact, wording.OVER_STAFF, incoming.text) if rings else []
    return [answer, *_to_staff(incoming, ctx, ticket, fact, mine=mine), *rung]


def _to_staff(incoming: Incoming, ctx: Context, ticket: Ticket, fact: Fact, *, mine: bool) -> list[Reply]:
    """The words to whoever works on it; a group reads whose they are."""
    briefly = wording.OVER_IN_GROUP if mine else wording.OVER_NEIGHBOUR_IN_GROUP
    in_group = briefly.format(number=tickets.lead(ctx.db, ticket).number)
    form = wording.OVER_STAFF if mine else report_wording.NEIGHBOUR_STAFF
    return [replace(reply, in_group=in_group) for reply in case.tell_workers(ctx, ticket, fact, form, incoming.text)]


def _neighbours(incoming: Incoming, ctx: Context) -> Replies | None:
    """Not theirs to end: news for whoever works on it, once in a while."""
    if ctx.group is None:
        return None
    theirs = [ticket for ticket in open_here.lately(ctx) if ticket.reporter_id not in ctx.mine]
    theirs = [ticket for ticket in theirs if not ticket.confidential]
    text = fold(ctx.words)
    ticket = next(iter(own_open.named(ctx, theirs, text) or _by_its_end(ctx, theirs, text, BESIDE)), None)
    if ticket is None:
        return None
    again = _said_lately(ctx, ticket)
    case.belongs(ctx, ticket)
    data = {"over": True, "by": "neighbour"}
    fact = case.record(ctx, ticket, FactKind.ADDED, body=ctx.keep(incoming.text), said_here=True, data=data)
    return [] if again else _to_staff(incoming, ctx, ticket, fact, mine=False)


def _said_lately(ctx: Context, ticket: Ticket) -> bool:
    since = ctx.now - ctx.policy.additions
    return any(fact.at > since and fact.data.get("over") for fact in facts.of_ticket(ctx.db, ticket.id))


def relapsed(incoming: Incoming, ctx: Context) -> Replies | None:
    """又堵了, by whoever took it back because it was over: as it was told then, linked to that."""
    text = fold(ctx.words)
    again = "still_broken" in ctx.reading.cues or belonging.says(wording.RELAPSED, text)
    if ctx.who.is_staff or not again or ctx.alarms or not belonging.has_words(incoming):
        return None
    old = _taken_back(ctx)
    if old is None:
        return None
    bare = len(text) <= SHORT and not subjects_of(text) and not belonging.places(ctx)
    if not bare and not own_open.named(ctx, [old], text):
        return None
    then = replace(ctx, reading=replace(ctx.reading, parts=())) if bare else ctx
    return late_complaints.open_linked(incoming, then, old, meant=True)


def _taken_back(ctx: Context) -> Ticket | None:
    """What this person withdrew last in this chat, as long as they told nothing else since."""
    here = Ticket.group_id == ctx.inbox.group_id if ctx.inbox.group_id is not None else Ticket.group_id.is_(None)
    mine = select(Ticket).where(here, Ticket.reporter_id.in_(ctx.mine), Ticket.opened_at <= ctx.inbox.said_at)
    last = ctx.db.scalars(mine.order_by(Ticket.id.desc()).limit(1)).first()
    if last is None or last.status != Status.WITHDRAWN or last.closed_at is None or last.confidential:
        return None
    return last if ctx.now - last.closed_at <= sameness.HOURS * 6 else None
