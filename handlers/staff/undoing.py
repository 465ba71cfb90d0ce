"""撤销: one's own last act is taken back within a minute; later the counter-command with a reason is named.

The ticket goes back exactly, history keeps both, colleagues are told, and the resident only where they had heard of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from handlers.context import QUESTIONS, Context
from handlers.message import Incoming, Member, Replies, Reply
from handlers.orders import Order
from handlers.registry import on
from handlers.rosters import leave_undoing, shift_undoing
from handlers.rules.privacy import discreet_place
from handlers.ticket import acting, cards, case, promising
from handlers.ticket.choosing import quoted_ticket
from handlers.whistles import taking_back
from handlers.wording import desk as desk_wording
from handlers.wording import history, taxonomy
from handlers.wording import undoing as wording
from handlers.wording.times import span, when
from storage import directory, facts, listening, persons, tickets, undos
from storage.decisions import Undo
from storage.facts import Fact, FactKind
from storage.people import Staff
from storage.tickets import Ticket
from storage.workflow import Status

SPOKEN_OF = timedelta(hours=1)  # how long an act without a number is still the one that is meant
TAUGHT = frozenset({FactKind.RECATEGORISED, FactKind.NOT_REPORT})
# Of two tickets at once: both go back, or neither.
TOGETHER = frozenset({FactKind.MERGED, FactKind.SPLIT, FactKind.DECIDED})
# What leaves a ticket where it is: nobody is told that it waits again.
BESIDE = frozenset({
    FactKind.ASKED, FactKind.DECIDED, FactKind.WHISTLED, FactKind.WHISTLE_SIGNED, FactKind.WHISTLE_OVER,
    FactKind.HAND_ASKED, FactKind.HAND_DONE, FactKind.MERGED, FactKind.SPLIT, FactKind.LANE,
})  # fmt: skip
MOVED = frozenset({"status", "desk_id", "holder_id"})  # fields


@on("undo")
def undo(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """撤销, 撤销 1043: what one message did is taken back as one."""
    staff_id = ctx.who.staff.id if ctx.who.staff is not None else 0
    named = _named(incoming, ctx, order)
    if isinstance(named, Reply):
        return [named]
    if named is not None:
        act = undos.newest_on(ctx.db, staff_id, named.id)
    else:
        act = undos.newest_of(ctx.db, staff_id, ctx.now - SPOKEN_OF)
    other = _something_else(ctx, named, act)
    if other is not None:
        return other
    if act is None:
        nothing = Reply(wording.NOTHING.format(span=span(ctx.policy.undo_within)))
        return [_not_mine(ctx, named) if named is not None else nothing]
    return _all(ctx, [act] if named is not None and act.command not in TOGETHER else undos.together_with(ctx.db, act))


def _something_else(ctx: Context, named: Ticket | None, act: Undo | None) -> Replies | None:
    """What somebody did later than that, and is no act on a ticket, or none that is ever taken back."""
    later = act.fact_id if act is not None else 0
    own = undos.last_said(ctx.db, ctx.mine, wording.NOT_TAKEN_BACK, ctx.now - SPOKEN_OF)
    if own is not None and own.id > later and (named is None or own.ticket_id == named.id):
        number = ctx.db.get_one(Ticket, own.ticket_id).number
        return [Reply(wording.NOT_TAKEN_BACK[own.kind].format(number=number), ticket_id=own.ticket_id)]
    if named is not None:
        return None
    at = act.at if act is not None else None
    return leave_undoing.taken_back(ctx, ctx.now - SPOKEN_OF, at) or shift_undoing.taken_back(ctx, at)


def _all(ctx: Context, acts: Sequence[Undo]) -> Replies:
    """What one message did. Where two tickets were made one, or one two, nothing goes back unless both can."""
    if any(act.command in TOGETHER for act in acts):
        for act in acts:
            if not _is_open(ctx, _of(ctx, act), act):
                return [_refused(ctx, _of(ctx, act), act)]
    over = [act.at for act in acts if act.command == FactKind.HANDED_OVER and _is_open(ctx, _of(ctx, act), act)]
    replies = [reply for act in acts for reply in _take_back(ctx, act)]
    return [*replies, *(leave_undoing.handed_back(ctx, over[0]) if over else ())]


def _of(ctx: Context, act: Undo) -> Ticket:
    return ctx.db.get_one(Ticket, act.ticket_id)


def _is_open(ctx: Context, ticket: Ticket, act: Undo) -> bool:
    return act.state == undos.OPEN and ctx.now <= act.until and undos.stands_as_left(ctx.db, ticket, act)


def _named(incoming: Incoming, ctx: Context, order: Order) -> Ticket | Reply | None:
    if order.number is None:
        return quoted_ticket(incoming, ctx)
    ticket = tickets.by_number(ctx.db, order.number)
    return ticket if ticket is not None else Reply(desk_wording.NO_SUCH.format(number=order.number))


def _not_mine(ctx: Context, ticket: Ticket) -> Reply:
    """Of an act that is somebody else's: whose. Of what is said in confidence nothing."""
    last = facts.newest_act(ctx.db, ticket.id, acting.MAY_BE_UNDONE)
    who = _name(ctx, last)
    if last is None or not who or ticket.confidential:
        return Reply(wording.NO_ACT.format(number=ticket.number))
    return Reply(wording.NOT_YOURS.format(number=ticket.number, who=who, act=_act(last.kind)), ticket_id=ticket.id)


def _name(ctx: Context, fact: Fact | None) -> str:
    staff = ctx.db.get(Staff, fact.staff_id) if fact is not None and fact.staff_id is not None else None
    return directory.name_of(ctx.vault, staff)


def _act(kind: str) -> str:
    return history.FACTS[kind]


def _take_back(ctx: Context, act: Undo) -> Replies:
    ticket = ctx.db.get_one(Ticket, act.ticket_id)
    if not _is_open(ctx, ticket, act) or not undos.settle(ctx.db, act.id, undos.DONE):
        return [_refused(ctx, ticket, act)]
    there = (ticket.desk_id, ticket.holder_id)
    heard = _heard(ctx, ticket, act)
    unheard = undos.unsay(ctx.db, ticket.id)
    undos.give_back(ctx.db, ticket, act, ctx.now, ctx.inbox.forget_at)
    ctx.look_anew(QUESTIONS)  # what was answered stands again
    if act.command in TAUGHT:
        listening.unlearn_example(ctx.db, f"{listening.OF_TICKET}{ticket.id}")
    data = {"undid": act.fact_id, "act": act.command}
    if promising.KEPT in act.before:
        data[promising.KEPT] = act.before[promising.KEPT]
    fact = case.record(ctx, ticket, FactKind.UNDONE, said_here=True, data=data)
    case.belongs(ctx, ticket)
    answer = wording.UNDONE.format(number=ticket.number, act=_act(act.command), status=_status(ticket))
    answer += wording.UNDONE_QUIETLY if unheard else ""
    told = wording.TOLD.get(act.command, "").format(number=ticket.number) if heard and not unheard else ""
    return [
        Reply(answer, ticket_id=ticket.id),
        *taking_back.news(ctx, ticket, act),
        *_colleagues(ctx, ticket, act, there),
        *(case.tell_members(ctx, ticket, fact, told) if told else ()),
    ]


def _heard(ctx: Context, ticket: Ticket, act: Undo) -> bool:
    """Whether anybody whom it concerns was told of an act, or will be by a way of their own."""
    members = [member.account_id for member in tickets.members(ctx.db, ticket)]
    people = {one for number in members for one in persons.ids_of(ctx.db, case.account(ctx, number))}
    return undos.was_told(ctx.db, act, people)


def _status(ticket: Ticket) -> str:
    return taxonomy.status_staff(ticket.status, ticket.desk_id is not None)


def _refused(ctx: Context, ticket: Ticket, act: Undo) -> Reply:
    """Why not: it was taken back before, somebody did something since, or it is too late."""
    given = {"number": ticket.number, "act": _act(act.command)}
    if act.state == undos.DONE:
        return Reply(wording.ALREADY.format(**given), ticket_id=ticket.id)
    newer = facts.newest_act(ctx.db, ticket.id, facts.MOVES, after=act.fact_id)
    say = wording.COUNTER.get(act.command, "").format(number=ticket.number)
    if newer is not None:
        text = wording.MOVED_ON.format(number=ticket.number, mine=_act(act.command))
        text = _newer(ctx, ticket, act, newer) if newer.staff_id != act.staff_id else text
        text += wording.INSTEAD.format(say=say) if say and act.command in BESIDE else ""
        return Reply(text, ticket_id=ticket.id)
    form = wording.LATE if say else wording.LATE_BARE
    length = span(promising.policy_of(ctx, ticket).undo_within)
    otherwise = wording.OTHERWISE.get(act.command, "").format(number=ticket.number)
    return Reply(form.format(**given, span=length, say=say) + otherwise, ticket_id=ticket.id)


def _newer(ctx: Context, ticket: Ticket, act: Undo, newer: Fact) -> str:
    given = {"number": ticket.number, "mine": _act(act.command)}
    who = _name(ctx, newer)
    return (
        wording.NEWER.format(**given, who=who, act=_act(newer.kind)) if who else wording.NEWER_RESIDENT.format(**given)
    )


def _colleagues(ctx: Context, ticket: Ticket, act: Undo, there: tuple[int | None, int | None]) -> Iterator[Reply]:
    """Whoever had heard of it: the desk it had gone to, the holder it comes back to, the desk where it waits again."""
    desk_then, holder_then = there
    mine = ctx.who.staff.id if ctx.who.staff is not None else None
    if act.command in BESIDE and not MOVED & act.before["fields"].keys():
        return
    yield cards.stamped(ctx, ticket, wording.STAMP)
    if desk_then is not None and desk_then != ticket.desk_id:
        yield from _other_desk(ctx, ticket, act, desk_then)
    elif holder_then is not None and holder_then not in (mine, ticket.holder_id):
        yield _to_holder(ctx, ticket, act, holder_then, wording.TO_OTHER_DESK)
    if ticket.status == Status.REPORTED:
        yield from _waits_again(ctx, ticket, act)
    elif ticket.holder_id is not None and ticket.holder_id != mine:
        yield _to_holder(ctx, ticket, act, ticket.holder_id, wording.TO_HOLDER)


def _other_desk(ctx: Context, ticket: Ticket, act: Undo, desk_id: int) -> Iterator[Reply]:
    yield from cards.taken_back(ctx, ticket)
    text = wording.TO_OTHER_DESK.format(number=ticket.number, act=_act(act.command), unit=_unit(ctx, ticket))
    name = f"ticket:{ticket.number}:undone:{act.id}:desk"
    for to in case.at_desk(ctx.db, ticket, desk_id):
        yield Reply(text, to=to, name=name, ticket_id=ticket.id)


def _unit(ctx: Context, ticket: Ticket) -> str:
    unit = directory.unit_of(ctx.db, ticket.desk_id)
    return unit.name if unit is not None else wording.BACK_AT_DISPATCH


def _to_holder(ctx: Context, ticket: Ticket, act: Undo, holder_id: int, form: str) -> Reply:
    given = {"number": ticket.number, "act": _act(act.command), "unit": _unit(ctx, ticket), "status": _status(ticket)}
    name = f"ticket:{ticket.number}:undone:{act.id}:holder"
    return Reply(form.format(**given), to=Member(holder_id), name=name, ticket_id=ticket.id)


def _waits_again(ctx: Context, ticket: Ticket, act: Undo) -> Iterator[Reply]:
    """The card once more: the buttons of the one before say that there is nothing to press."""
    place = case.where(ctx.db, ticket)
    given = {"number": ticket.number, "act": _act(act.command), "what": case.what(ticket)}
    due = when(ticket.accept_due, ctx.now)
    text = wording.TO_DESK.format(**given, place=place, due=due)
    in_group = wording.TO_DESK.format(**given, place=discreet_place(place), due=due)
    yield from cards.card_to_desk(ctx, ticket, text, in_group)
