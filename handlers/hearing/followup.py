"""Further words about something told already: additions, corrections, withdrawals, recalls."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import select

from handlers.context import Context
from handlers.matter import belonging, burst, calling_off, own_open
from handlers.message import Incoming, Kind, Member, Replies, Reply
from handlers.orders import Order
from handlers.registry import on
from handlers.rosters import on_duty
from handlers.rules import whereabouts
from handlers.rules.deadlines import EMERGENCY
from handlers.ticket import cards, case
from handlers.whistles import hands
from handlers.wording import delicate, joining, merging, stamps
from handlers.wording import report as wording
from nlp.normalise import fold
from nlp.places import find
from storage import incidents, tickets
from storage.facts import Fact, FactKind
from storage.inbox import Inbox
from storage.people import Account
from storage.tickets import Ticket
from storage.workflow import OPEN, Status
from storage.workflow import Closing as ClosingKind

WITHDRAWABLE = OPEN - {Status.RESOLVED} | {Status.MERGED}
SPOKEN = frozenset({Kind.TEXT, Kind.VOICE})
WHICH = "withdraw"  # the question
ANSWERED_WITHIN = timedelta(minutes=3)  # a bare yes answers what staff asked just before


@on("withdraw")
def withdraw_by_word(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """没事了: the reporter takes a report back."""
    mine = _mine(ctx)
    if order.number is not None:
        return _withdraw_numbered(ctx, order.number, mine)
    if ctx.group is not None:
        mine = [ticket for ticket in mine if ticket.group_id == ctx.group.id]
    if not mine:
        return [] if ctx.group is not None else [Reply(wording.NOTHING_TO_WITHDRAW)]
    recent = burst.recent_ticket(ctx, ctx.policy.additions)
    if len(mine) > 1 and recent is not None and recent in mine:
        return withdraw(ctx, recent, wording.WITHDRAWN_OF_SEVERAL.replace("{what}", case.what(recent)))
    return withdraw(ctx, mine[0]) if len(mine) == 1 else [_which(ctx, mine)]


def _which(ctx: Context, mine: list[Ticket]) -> Reply:
    """Which of several: asked, and remembered for as long as somebody may look for the answer."""
    case.ask_in_private(ctx, ctx.who.account, WHICH, ticket=None, until=ctx.now + ctx.policy.burst)
    numbers = "、".join(f"{ticket.number}（{case.what(ticket)}）" for ticket in mine)
    return Reply(wording.WHICH_WITHDRAW.format(numbers=numbers, first=mine[0].number), to=case.sender(ctx))


def which(incoming: Incoming, ctx: Context) -> Replies | None:
    """2, or 垃圾那个: the answer to which is to be taken back."""
    if ctx.group is not None or ctx.reading.parts or not belonging.has_words(incoming):
        return None
    question = case.asked(ctx, WHICH) if ctx.who.is_attentive(ctx.now) else None
    if question is None:
        return None
    text = fold(ctx.words)
    mine = _mine(ctx)
    said = belonging.each(r"\d+", text)
    meant = [ticket for ticket in mine if str(ticket.number) in said] or own_open.named(ctx, mine, text)
    if len(meant) != 1:
        return None
    ctx.db.delete(question)
    return withdraw(ctx, meant[0])


def _mine(ctx: Context) -> list[Ticket]:
    mine = select(Ticket).where(Ticket.reporter_id.in_(ctx.mine), Ticket.status.in_(WITHDRAWABLE))
    return list(burst.still_open(ctx, ctx.db.scalars(mine.order_by(Ticket.id.desc()))))


def _withdraw_numbered(ctx: Context, number: int, mine: list[Ticket]) -> Replies:
    ticket = next((row for row in mine if row.number == number), None)
    if ticket is None:
        return [Reply(wording.CANNOT_WITHDRAW.format(number=number), to=case.sender(ctx))]
    return withdraw(ctx, ticket)


def withdraw(ctx: Context, ticket: Ticket, form: str = wording.WITHDRAWN) -> Replies:
    """Closes it as the reporter's own wish, tells whoever was on the way and whoever joined.

    Where others reported the same, only the reporter leaves: the trouble is theirs too.
    """
    if ticket.status == Status.MERGED or incidents.parts(ctx.db, ticket):
        return _leave(ctx, ticket)
    if ticket.confidential and ticket.urgency == EMERGENCY:
        return _make_sure(ctx, ticket)
    tickets.move(ticket, Status.WITHDRAWN)
    ticket.closing, ticket.closed_at = ClosingKind.WITHDRAWN, ctx.now
    case.belongs(ctx, ticket)
    fact = case.record(ctx, ticket, FactKind.WITHDRAWN, said_here=True)
    case.stop_timers(ctx.db, ticket)
    hands.ended(ctx, ticket)
    text = form.format(number=ticket.number)
    to_staff = wording.WITHDRAWN_STAFF.format(number=ticket.number)
    return [
        Reply(text, to=case.sender(ctx), ticket_id=ticket.id),
        cards.stamped(ctx, ticket, stamps.WITHDRAWN),
        *case.tell_members(ctx, ticket, fact, wording.WITHDRAWN.format(number=ticket.number)),
        *(_call_back(ctx, ticket, fact) if ticket.urgency == EMERGENCY else _tell_holder(ctx, ticket, to_staff)),
    ]


def _call_back(ctx: Context, ticket: Ticket, fact: Fact) -> Iterator[Reply]:
    """Whoever was rung is on the way: they read the words, and judge for themselves whether to turn back."""
    words = ctx.words if ctx.inbox.kind in SPOKEN else ""
    form = wording.WITHDRAWN_URGENT if words else wording.WITHDRAWN_URGENT_SILENT
    yield from case.tell_workers(ctx, ticket, fact, form, words)
    yield from tell_rung(ctx, ticket, fact, form, words)


def tell_rung(ctx: Context, ticket: Ticket, fact: Fact, form: str, words: str) -> Iterator[Reply]:
    """The same words to whoever is on duty, who was rung besides those that work on it."""
    text = form.format(number=ticket.number, said=case.shown(words, hidden=case.hides(ctx.db, ticket)))
    rung = cards.on_duty_of(ctx, ticket) if ticket.desk_id is not None else on_duty.last_resort(ctx.db, ctx.now)
    for one in rung:
        name = f"ticket:{ticket.number}:staff:{fact.id}"
        yield Reply(text, to=Member(one.id), name=name, ticket_id=ticket.id)


def _make_sure(ctx: Context, ticket: Ticket) -> Replies:
    """没事了 after blows or a cry for help may be said for somebody who reads along: it ends nothing, and what is
    answered tells nothing."""
    case.belongs(ctx, ticket)
    fact = case.record(ctx, ticket, FactKind.ADDED, said_here=True, data={"over": True})
    quiet = ctx.inbox.kind == Kind.RECALL
    answer = [] if quiet else [Reply(delicate.HEARD, to=case.sender(ctx), ticket_id=ticket.id)]
    return [*answer, *case.tell_workers(ctx, ticket, fact, delicate.MAKE_SURE)]


def _leave(ctx: Context, ticket: Ticket) -> Replies:
    lead = tickets.lead(ctx.db, ticket)
    case.belongs(ctx, ticket)
    fact = case.record(ctx, ticket, FactKind.WITHDRAWN, said_here=True, data={"left": True})
    tickets.leave(ctx.db, lead, ctx.mine)
    answer = Reply(merging.LEFT.format(number=lead.number), to=case.sender(ctx), ticket_id=ticket.id)
    first = ticket.id == lead.id
    return [answer, *(case.tell_workers(ctx, lead, fact, merging.LEFT_STAFF) if first else ())]


def _tell_holder(ctx: Context, ticket: Ticket, text: str) -> Iterator[Reply]:
    """Whoever works on it hears of it; before acceptance the card on the desk speaks for itself."""
    if ticket.holder_id is not None:
        yield Reply(text, to=Member(ticket.holder_id), ticket_id=ticket.id)


def withdraw_in_talk(incoming: Incoming, ctx: Context) -> Replies | None:
    """没事了，弄错了: said soon after the report, in the reporter's own words."""
    if ctx.who.is_staff or not calling_off.is_called_off(ctx):
        return None
    recent = _quoted_ticket(incoming, ctx) or burst.recent_ticket(ctx, ctx.policy.support) or _told_elsewhere(ctx)
    if recent is None:
        return _explained(ctx)
    mine = recent.reporter_id in ctx.mine and recent.status in WITHDRAWABLE
    clear = recent.urgency != EMERGENCY or calling_off.says_why(ctx)
    return withdraw(ctx, recent) if mine and clear else None


def _told_elsewhere(ctx: Context) -> Ticket | None:
    """In private somebody may take back what they told in a group, as long as it can be nothing else."""
    found = own_open.reported(ctx) if ctx.group is None and ctx.who.is_attentive(ctx.now) else []
    return found[0] if len(found) == 1 else None


def _explained(ctx: Context) -> Replies | None:
    """看错了, right after taking the message back: the reason belongs to what was withdrawn and opens nothing."""
    since = ctx.now - ctx.policy.burst
    here = Ticket.group_id == ctx.inbox.group_id if ctx.inbox.group_id is not None else Ticket.group_id.is_(None)
    ticket = ctx.db.scalars(
        select(Ticket)
        .where(here, Ticket.reporter_id.in_(ctx.mine), Ticket.status == Status.WITHDRAWN)
        .where(Ticket.closed_at >= since)
        .order_by(Ticket.id.desc())
    ).first()
    if ticket is None:
        return None
    case.belongs(ctx, ticket)
    case.record(ctx, ticket, FactKind.ADDED, said_here=True)
    return []


def confirmed(incoming: Incoming, ctx: Context) -> Replies | None:
    """对, right behind a member of staff who asked whether it is there: what they named is the place."""
    if not belonging.has_words(incoming) or ctx.group is None or not belonging.says(joining.YES, fold(ctx.words)):
        return None
    ticket = burst.recent_ticket(ctx, ctx.policy.burst)
    asked = _asked_by_staff(ctx) if ticket is not None and not ctx.who.is_staff else None
    if ticket is None or asked is None:
        return None
    case.belongs(ctx, ticket)
    place = whereabouts.completed(ticket.place, [span.text for span in find(fold(asked))])
    data = {"before": list(ticket.place), "after": place, "because": "asked"}
    ticket.place = place
    case.record(ctx, ticket, FactKind.PLACED, said_here=True, data=data)
    return []


def _asked_by_staff(ctx: Context) -> str | None:
    """What staff said last in this group, while it is still remembered."""
    row = ctx.db.scalars(
        select(Inbox)
        .join(Account, Account.id == Inbox.sender_id)
        .where(
            Inbox.group_id == ctx.inbox.group_id,
            Account.staff_id.is_not(None),
            Inbox.said_at >= ctx.inbox.said_at - ANSWERED_WITHIN,
            Inbox.id != ctx.inbox.id,
        )
        .order_by(Inbox.said_at.desc(), Inbox.id.desc())
    ).first()
    return ctx.vault.open(row.text, "inbox.text", row.ref) if row is not None and row.text else None


def _quoted_ticket(incoming: Incoming, ctx: Context) -> Ticket | None:
    if incoming.quoted is None:
        return None
    row = ctx.db.scalars(select(Inbox).where(Inbox.key == incoming.quoted)).one_or_none()
    return ctx.db.get(Ticket, row.ticket_id) if row is not None and row.ticket_id is not None else None
