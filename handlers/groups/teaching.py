"""改类, 不是报事, 是报事: staff put right what the bot understood, and each correction is an example to learn from."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from handlers.context import Context
from handlers.groups import learning
from handlers.matter import lanes
from handlers.matter.opening import desk_for
from handlers.message import Incoming, Kind, Member, Person, Replies, Reply
from handlers.orders import Order
from handlers.registry import on
from handlers.rules.naming import Called, called
from handlers.rules.privacy import discreet
from handlers.ticket import acting, cards, case
from handlers.ticket.changing_hands import back_to_desk, is_taken_down
from handlers.ticket.choosing import choose, choose_eligible, not_now, reaches
from handlers.whistles import hands
from handlers.wording import desk as desk_wording
from handlers.wording import stamps, taxonomy
from handlers.wording import teaching as wording
from handlers.wording.commands import BLANKS
from handlers.wording.times import when
from storage import directory, persons, tickets
from storage.facts import Fact, FactKind
from storage.tickets import Ticket
from storage.workflow import Closing, Status

ASK_WITHIN = timedelta(minutes=10)
LONGEST_NAME = 12
UNDER_WAY = frozenset({Status.REPORTED, Status.ACCEPTED, Status.IN_PROGRESS})


@on("recategorise")
def recategorise(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """改类: another category, another desk if the table says so. The promise stays; the reporter is not bothered."""
    ticket = choose_eligible(incoming, ctx, order)
    if isinstance(ticket, Reply):
        return [ticket]
    word = order.rest.lstrip(wording.BEFORE_A_CATEGORY).strip(BLANKS)
    if not word:
        return [_to_which(ctx, ticket)]
    return _named(ctx, ticket, word, called(word))


def _all_names() -> str:
    return "、".join(taxonomy.CATEGORY.values())


def _to_which(ctx: Context, ticket: Ticket) -> Reply:
    """A tap names nothing: the next words in private do."""
    if ctx.group is not None:
        return Reply(wording.TO_WHICH.format(number=ticket.number, names=_all_names()), ticket_id=ticket.id)
    _await(ctx, ticket, None)
    return Reply(wording.WHICH_CATEGORY.format(number=ticket.number, names=_all_names()), ticket_id=ticket.id)


def _await(ctx: Context, ticket: Ticket, suggested: str | None) -> None:
    until = ctx.now + ASK_WITHIN
    data = {"suggested": suggested}
    case.ask(ctx, ctx.who.account.id, ctx.address, "recategorise", ticket=ticket, until=until, data=data)
    persons.attend(ctx.db, ctx.who.account, until)


def _named(ctx: Context, ticket: Ticket, word: str, found: Called) -> Replies:
    if found.category is not None:
        return change(ctx, ticket, found.category)
    shown = {"number": ticket.number, "word": discreet(word[:LONGEST_NAME])}
    if not found.maybe:
        return [Reply(wording.UNKNOWN.format(names=_all_names(), **shown), ticket_id=ticket.id)]
    names = [taxonomy.CATEGORY[key] for key in found.maybe]
    if len(names) > 1:
        text = wording.MEANT_SOME.format(names="、".join(names), first=names[0], **shown)
    else:
        _await(ctx, ticket, found.maybe[0])
        text = wording.MEANT_ONE.format(name=names[0], **shown)
    return [Reply(text, ticket_id=ticket.id)]


def named(incoming: Incoming, ctx: Context) -> Replies | None:
    """排水, right after 改类 was pressed, or 是 to "did you mean". What is neither leaves the question open."""
    word = ctx.words.strip(BLANKS)
    if incoming.kind is not Kind.TEXT or not ctx.who.is_staff or not 0 < len(word) <= LONGEST_NAME:
        return None
    if not ctx.who.is_attentive(ctx.now):
        return None
    question = case.asked(ctx, "recategorise")
    ticket = ctx.db.get(Ticket, question.ticket_id) if question is not None else None
    if question is None or ticket is None:
        return None
    suggested = question.data.get("suggested")
    yes = suggested is not None and word in desk_wording.YES
    found = Called(suggested) if yes else called(word)
    if word not in desk_wording.NO and found.category is None:
        return None
    ctx.db.delete(question)
    acting.note(ctx, ticket)
    if found.category is None:
        return [Reply(wording.KEPT.format(number=ticket.number, what=case.what(ticket)), ticket_id=ticket.id)]
    if ticket.status not in UNDER_WAY | {Status.RESOLVED} or not reaches(ctx, ticket, "recategorise"):
        return [not_now(ticket, "recategorise")]
    return change(ctx, ticket, found.category)


def change(ctx: Context, ticket: Ticket, category: str) -> Replies:
    """Gives a ticket another category. Where somebody dispatched it by hand it stays."""
    before = ticket.category
    what = taxonomy.CATEGORY[category]
    if before == category:
        return [Reply(wording.SAME.format(number=ticket.number, what=what), ticket_id=ticket.id)]
    desk_before, by_table, holder_id = ticket.desk_id, desk_for(ctx, ticket), ticket.holder_id
    ticket.category = category
    lanes.give_again(ctx, ticket)
    wanted = desk_for(ctx, ticket)
    moves = wanted != by_table and ticket.desk_id == by_table and ticket.status in UNDER_WAY
    if moves:
        back_to_desk(ctx, ticket, wanted)
    data = {
        "before": {"category": before, "desk": desk_before},
        "after": {"category": category, "desk": ticket.desk_id},
    }
    case.record(ctx, ticket, FactKind.RECATEGORISED, said_here=True, data=data)
    learning.of_ticket(ctx, ticket, category, "recategorised", before)
    if not moves:
        return [Reply(wording.CHANGED.format(number=ticket.number, what=what), ticket_id=ticket.id)]
    case.arm_acceptance(ctx.db, ticket, ctx.policy, ctx.now)
    return [*_told_moved(ctx, ticket, what, holder_id), *cards.card_to_desk(ctx, ticket)]


def _told_moved(ctx: Context, ticket: Ticket, what: str, holder_id: int | None) -> Iterator[Reply]:
    desk = directory.unit_of(ctx.db, ticket.desk_id)
    unit = desk.name if desk is not None else wording.NOBODYS
    form = wording.CHANGED_AND_MOVED if desk is not None else wording.CHANGED_NO_DESK
    due = when(ticket.accept_due, ctx.now)
    stamp = stamps.stamp(stamps.MOVED, unit=unit)
    yield Reply(form.format(number=ticket.number, what=what, unit=unit, due=due), ticket_id=ticket.id, stamp=stamp)
    yield cards.stamped(ctx, ticket, stamp)
    yield from cards.taken_back(ctx, ticket)
    if holder_id is not None and (ctx.who.staff is None or ctx.who.staff.id != holder_id):
        text = wording.HOLDER_MOVED.format(number=ticket.number, what=what, unit=unit)
        yield Reply(text, to=Member(holder_id), ticket_id=ticket.id)


@on("not_report")
def not_report(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """不是报事: the ticket is taken down. The group hears nothing more, the reporter one kind line in private."""
    ticket = choose(incoming, ctx, order)
    if isinstance(ticket, Reply):
        return [ticket]
    if is_taken_down(ticket):
        text = wording.TAKEN_DOWN_ALREADY.format(number=ticket.number)
        return [Reply(text, ticket_id=ticket.id, stamp=wording.STAMP_TAKEN_DOWN)]
    if ticket.status not in (Status.REPORTED, Status.ACCEPTED):
        return [not_now(ticket, "not_report")]
    holder_id = ticket.holder_id
    tickets.move(ticket, Status.REJECTED)
    ticket.closing, ticket.closed_at, ticket.holder_id = Closing.NOT_REPORT, ctx.now, None
    case.stop_timers(ctx.db, ticket)
    hands.ended(ctx, ticket)
    case.drop_closing_questions(ctx, ticket)
    fact = case.record(ctx, ticket, FactKind.NOT_REPORT, said_here=True, data={"holder": holder_id})
    learning.of_ticket(ctx, ticket, None, "not_report", ticket.category)
    text = wording.TAKEN_DOWN.format(number=ticket.number)
    return [
        Reply(text, ticket_id=ticket.id, stamp=wording.STAMP_TAKEN_DOWN),
        cards.stamped(ctx, ticket, wording.STAMP_TAKEN_DOWN),
        *cards.taken_back(ctx, ticket),
        *_told_holder(ctx, ticket, holder_id),
        *_told_members(ctx, ticket, fact),
    ]


def _told_holder(ctx: Context, ticket: Ticket, holder_id: int | None) -> Iterator[Reply]:
    if holder_id is not None and (ctx.who.staff is None or ctx.who.staff.id != holder_id):
        yield Reply(wording.HOLDER_TAKEN_DOWN.format(number=ticket.number), to=Member(holder_id), ticket_id=ticket.id)


def _told_members(ctx: Context, ticket: Ticket, fact: Fact) -> Iterator[Reply]:
    """The reporter reads their own words; who joined, or reported what was merged into it, only where to turn."""
    said = case.said(ctx, ticket).strip()
    short = said if len(said) <= wording.LONGEST_SAID else said[: wording.LONGEST_SAID - 1] + "…"
    own = wording.TOLD_TAKEN_DOWN if said else wording.TOLD_TAKEN_DOWN_BARE
    for member in persons.one_each(ctx.db, tickets.members(ctx.db, ticket)):
        if member.account_id not in ctx.mine:
            form = wording.TOLD_JOINED_TAKEN_DOWN if tickets.supports(ticket, member) else own
            yield Reply(
                form.format(number=ticket.number, said=short),
                to=Person(member.account_id),
                name=f"ticket:{ticket.number}:told:{fact.id}:{member.account_id}",
                ticket_id=ticket.id,
            )
