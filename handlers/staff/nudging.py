"""催办: the office above asks whoever holds a ticket to move; a resident's 催 is said on to whoever works on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from handlers.context import Context
from handlers.matter import burst, talked_of
from handlers.message import Incoming, Member, Replies, Reply
from handlers.orders import Order
from handlers.registry import on
from handlers.rules.privacy import discreet_place
from handlers.ticket import cards, case, following, promising
from handlers.ticket.choosing import ELIGIBLE, ask_which, candidates, choose, not_now, quoted_ticket, reaches
from handlers.wording import nudging as wording
from handlers.wording import report as report_wording
from handlers.wording import taxonomy
from handlers.wording.times import span, when
from storage import directory, facts, tickets
from storage.facts import Fact, FactKind
from storage.people import Staff
from storage.tickets import Ticket
from storage.workflow import OPEN, Status


@on("nudge")
def nudge(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """催办 1043: one line to the holder, or to the desk that has not accepted; again only after a while."""
    ticket = choose(incoming, ctx, order)
    if isinstance(ticket, Reply):
        return [ticket]
    if ticket.status not in ELIGIBLE["nudge"]:
        return [not_now(ticket, "nudge")]
    if ctx.who.staff is not None and ticket.holder_id == ctx.who.staff.id:
        return [Reply(wording.OWN.format(number=ticket.number), ticket_id=ticket.id)]
    if ticket.holder_id is None and ticket.desk_id is None:
        return [Reply(wording.NO_DESK.format(number=ticket.number), ticket_id=ticket.id)]
    if (last := lately(ctx, ticket)) is not None:
        return [_lately(ctx, ticket, last)]
    fact = case.record(ctx, ticket, FactKind.NUDGED, said_here=True, data={"holder": ticket.holder_id})
    answer = Reply(wording.NUDGED.format(number=ticket.number, who=_whom(ctx, ticket)), ticket_id=ticket.id)
    return [answer, *_nudged(ctx, ticket, fact)]


def lately(ctx: Context, ticket: Ticket) -> Fact | None:
    """That it was urged, so lately that it is not urged again."""
    last = facts.newest_act(ctx.db, ticket.id, [FactKind.NUDGED])
    return last if last is not None and ctx.now - last.at < promising.policy_of(ctx, ticket).nudge_every else None


def _lately(ctx: Context, ticket: Ticket, last: Fact) -> Reply:
    staff = ctx.db.get(Staff, last.staff_id) if last.staff_id is not None else None
    who = wording.YOURSELF if staff is not None and staff is ctx.who.staff else directory.name_of(ctx.vault, staff)
    since = ctx.now - last.at
    ago = wording.AGO.format(span=span(since)) if since >= timedelta(minutes=1) else wording.JUST_NOW
    return Reply(wording.NUDGED_LATELY.format(number=ticket.number, who=who, ago=ago), ticket_id=ticket.id)


def _whom(ctx: Context, ticket: Ticket) -> str:
    if ticket.holder_id is not None:
        return directory.name_of(ctx.vault, ctx.db.get(Staff, ticket.holder_id))
    desk = directory.unit_of(ctx.db, ticket.desk_id)
    return desk.name if desk is not None else taxonomy.ROLE["community"]


def _nudged(ctx: Context, ticket: Ticket, fact: Fact) -> Iterator[Reply]:
    place = case.where(ctx.db, ticket)
    name = f"ticket:{ticket.number}:nudge:{fact.id}"
    if ticket.holder_id is not None:
        text = _text(ctx, ticket, wording.TO_HOLDER, place)
        card = cards.card_of(ctx.db, ticket, ctx.now, ("progress",))
        yield Reply(text, to=Member(ticket.holder_id), name=name, ticket_id=ticket.id, card=card)
        return
    text = _text(ctx, ticket, wording.TO_DESK, place)
    in_group = _text(ctx, ticket, wording.TO_DESK, discreet_place(place))
    card = cards.card_of(ctx.db, ticket, ctx.now)
    for to in case.at_desk(ctx.db, ticket, ticket.desk_id or 0):
        yield Reply(text, to=to, in_group=in_group, name=name, ticket_id=ticket.id, card=card)


def _text(ctx: Context, ticket: Ticket, form: str, place: str) -> str:
    unit = next((post.unit.name for post in ctx.who.posts), taxonomy.ROLE["community"])
    dues = {Status.REPORTED: ticket.accept_due, Status.ACCEPTED: ticket.progress_due}
    due = dues.get(Status(ticket.status), ticket.resolve_due) or ticket.resolve_due or ticket.accept_due
    given = {"number": ticket.number, "unit": unit, "what": case.what(ticket), "place": place}
    return form.format(**given, due=when(due, ctx.now), step=wording.STEPS.get(ticket.status, ""))


@on("hurry")
def hurry(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """催一下, 催办 1043 by the reporter: whoever works on it hears it, at most once within the time of additions."""
    meant = _meant(incoming, ctx, order)
    if isinstance(meant, Reply):
        return [meant]
    order = meant
    ticket = _mine(ctx, order)
    if isinstance(ticket, Reply):
        urging = replace(order, command="nudge")
        return nudge(incoming, ctx, urging) if following.may_give(ctx, urging) else [ticket]
    again = _urged_lately(ctx, ticket)
    case.belongs(ctx, ticket)
    fact = case.record(ctx, ticket, FactKind.ADDED, said_here=True, data={"urged": True})
    answer = Reply(f"{report_wording.URGED}{cards.status_line(ctx, ticket)}", to=case.sender(ctx), ticket_id=ticket.id)
    return [answer, *(() if again else case.tell_workers(ctx, ticket, fact, wording.URGED_STAFF))]


def _meant(incoming: Incoming, ctx: Context, order: Order) -> Order | Reply:
    """Which one, where no number was said: what was quoted, or what staff talked of last. Whoever has told of something
    themselves and sees to others' tickets is asked."""
    if order.number is not None:
        return order
    spoken_of = quoted_ticket(incoming, ctx)
    if spoken_of is None and ctx.who.is_staff:
        spoken_of = talked_of.last(ctx, ctx.policy.additions)
    if spoken_of is not None and (_tells_of(ctx, spoken_of) or _may_urge(ctx, spoken_of)):
        return replace(order, numbers=(spoken_of.number,))
    own = burst.recent_ticket(ctx, ctx.policy.answer_within) if ctx.who.is_staff else None
    sees = own is not None and following.may_give(ctx, replace(order, command="nudge"))
    others = [row for row in candidates(ctx, "nudge") if row is not own] if sees else []
    return ask_which(ctx, order.command, [own, *others]) if own is not None and others else order


def _tells_of(ctx: Context, ticket: Ticket) -> bool:
    return any(member.account_id in ctx.mine for member in tickets.members(ctx.db, ticket))


def _may_urge(ctx: Context, ticket: Ticket) -> bool:
    """Whether it is somebody else's to do, and theirs to urge."""
    if not ctx.who.is_staff or ticket.holder_id in ctx.who.hands or not reaches(ctx, ticket, "nudge"):
        return False
    return following.may_give(ctx, Order("nudge", (ticket.number,)))


def _mine(ctx: Context, order: Order) -> Ticket | Reply:
    if order.number is None:
        ticket = burst.recent_ticket(ctx, ctx.policy.answer_within)
        return ticket if ticket is not None else Reply(wording.NOTHING_TO_URGE, to=case.sender(ctx))
    ticket = tickets.by_number(ctx.db, order.number)
    if ticket is None or not _tells_of(ctx, ticket):
        form = wording.NOT_YOURS_EITHER if ctx.who.is_staff else wording.NOT_YOURS
        return Reply(form.format(number=order.number), to=case.sender(ctx))
    lead = tickets.lead(ctx.db, ticket)
    if lead.status not in OPEN:
        return Reply(cards.status_line(ctx, ticket), to=case.sender(ctx), ticket_id=ticket.id)
    return ticket


def _urged_lately(ctx: Context, ticket: Ticket) -> bool:
    since = ctx.now - ctx.policy.additions
    urged = (fact for fact in facts.of_ticket(ctx.db, ticket.id) if fact.data.get("urged"))
    return any(fact.at > since for fact in urged)
