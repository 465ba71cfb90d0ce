"""What follows when somebody says that a ticket is done: mended, explained, or that nothing could be found out.

Mended: the reporter is asked, and silence closes it on the stated date. Anything else closes by the reporter's word or
after 核查 alone, and never counts as solved. After the street has talked to the resident it may close as explained.
"""

from __future__ import annotations

from datetime import datetime

from handlers.closing import own_work, self_handled
from handlers.context import Context
from handlers.message import Replies, Reply
from handlers.ticket import cards, case, evidence, judges, promising, second_looks
from handlers.ticket.working import me, work_on
from handlers.wording import closing as wording
from handlers.wording import desk as desk_wording
from handlers.wording import taxonomy
from handlers.wording.times import when
from storage import endings, tickets
from storage.facts import Fact, FactKind
from storage.inbox import Inbox
from storage.origins import ROOT_CAUSE
from storage.people import UnitKind
from storage.tickets import Ticket
from storage.workflow import Closing, Status

ABOVE_COMMUNITIES = frozenset({UnitKind.STREET, UnitKind.DISTRICT, UnitKind.CITY})


def finish(ctx: Context, ticket: Ticket, note: str, photo: Inbox | None, kind: Closing = Closing.SOLVED) -> Replies:
    """Says that it is done. The caller has seen to the evidence: a note or a photo, for all but 已解决 a note."""
    after_talk = kind is not Closing.SOLVED and judges.is_the_streets(ctx.db, ctx.policy, ticket)
    if after_talk and endings.of_this_round(ctx.db, ticket, FactKind.TALKED) is None:
        return [Reply(wording.TALK_FIRST.format(number=ticket.number), ticket_id=ticket.id)]
    refusal = work_on(ctx, ticket, "resolve")
    if refusal is not None:
        return [refusal]
    tickets.move(ticket, Status.RESOLVED)
    ticket.resolved_at = ctx.now
    media_id = evidence.use(ctx, ticket, photo)
    body = ctx.keep(note) if note else None
    data = {"photo": photo is not None, "closing": kind}
    fact = case.record(ctx, ticket, FactKind.RESOLVED, body=body, said_here=True, media_id=media_id, data=data)
    case.belongs(ctx, ticket)
    case.stop_timers(ctx.db, ticket)
    if after_talk and _is_of_the_street(ctx):
        return _closed_after_talk(ctx, ticket, fact, note, kind)
    if kind is Closing.SOLVED and self_handled.is_mended_by_finder(ctx, ticket, photo):
        return self_handled.close(ctx, ticket)
    if (why := _for_somebody_else(ticket, note)) is not None:
        return _to_be_checked(ctx, ticket, fact, why)
    if kind is not Closing.SOLVED:
        return _explained(ctx, ticket, fact, note, kind)
    ctx.db.flush()
    if own_work.reported_by_its_handler(ctx.db, ticket, ctx.doors):
        return _to_be_checked(ctx, ticket, fact, wording.WHY_OWN)
    return _mended(ctx, ticket, fact, note, media_id)


def _for_somebody_else(ticket: Ticket, note: str) -> str | None:
    """Why only whoever checks it is asked: nobody in danger, or whose telephone another may hold, judges it."""
    if case.is_private_trouble(ticket):
        return wording.WHY_PRIVATE.format(note=desk_wording.TOLD_RESOLVED_NOTE.format(note=note) if note else "")
    return wording.WHY_ROOT.format(note=note) if ticket.source == ROOT_CAUSE else None


def _is_of_the_street(ctx: Context) -> bool:
    return any(post.unit.kind in ABOVE_COMMUNITIES for post in me(ctx).posts)


def _mended(ctx: Context, ticket: Ticket, fact: Fact, note: str, media_id: int | None) -> Replies:
    closes = ctx.now + promising.policy_of(ctx, ticket).answer_within
    case.arm(ctx.db, ticket, "close", closes, step=fact.id)
    _ask(ctx, ticket, closes)
    told = desk_wording.TOLD_RESOLVED.format(
        number=ticket.number,
        note=desk_wording.TOLD_RESOLVED_NOTE.format(note=note) if note else "",
        closes=when(closes, ctx.now),
    )
    answer = Reply(desk_wording.RESOLVED.format(number=ticket.number), ticket_id=ticket.id)
    return [answer, *case.tell_members(ctx, ticket, fact, told, media_id=media_id, card=cards.closing_card(ticket))]


def _ask(ctx: Context, ticket: Ticket, until: datetime) -> None:
    for member in tickets.members(ctx.db, ticket):
        case.ask_in_private(ctx, case.account(ctx, member.account_id), "closing", ticket=ticket, until=until)


def _judge(ctx: Context, ticket: Ticket) -> str:
    unit = judges.judge_of(ctx.db, ticket)
    return unit.name if unit is not None else taxonomy.ROLE["community"]


def _to_be_checked(ctx: Context, ticket: Ticket, fact: Fact, why: str) -> Replies:
    """Nobody is asked but whoever checks it."""
    text = wording.RESOLVED_TO_CHECK_ONLY.format(number=ticket.number, unit=_judge(ctx, ticket))
    asked = second_looks.ask_to_check(ctx.db, ctx.policy, ctx.now, ticket, why, fact.id)
    return [Reply(text, ticket_id=ticket.id), *asked]


def _explained(ctx: Context, ticket: Ticket, fact: Fact, note: str, kind: Closing) -> Replies:
    name = taxonomy.CLOSING[kind]
    why = wording.WHY_KIND.format(kind=name, note=note)
    asked = second_looks.ask_to_check(ctx.db, ctx.policy, ctx.now, ticket, why, fact.id)
    _ask(ctx, ticket, ctx.now + promising.policy_of(ctx, ticket).reopen_within)
    unit = _judge(ctx, ticket)
    form = wording.TOLD_EXPLAINED if kind is Closing.EXPLAINED else wording.TOLD_UNVERIFIABLE
    told = form.format(number=ticket.number, note=note, unit=unit)
    answer = Reply(wording.RESOLVED_TO_CHECK.format(number=ticket.number, kind=name, unit=unit), ticket_id=ticket.id)
    return [answer, *asked, *case.tell_members(ctx, ticket, fact, told, card=cards.closing_card(ticket))]


def _closed_after_talk(ctx: Context, ticket: Ticket, fact: Fact, note: str, kind: Closing) -> Replies:
    """The street has talked to the resident: what it says is the end of this number."""
    case.close(ctx, ticket, kind)
    street = judges.street_of(ctx.db, ticket)
    phone = street.phone if street is not None and street.phone else wording.HOTLINE
    told = wording.TOLD_AFTER_TALK.format(number=ticket.number, note=note, phone=phone)
    answer = Reply(wording.CLOSED_AFTER_TALK.format(number=ticket.number), ticket_id=ticket.id)
    return [answer, *case.tell_members(ctx, ticket, fact, told)]
