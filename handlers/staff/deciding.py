"""同意 1043, 不同意 1043 原因: by whoever is asked, tapped or said. Of two at once one decides, the other hears who."""

from __future__ import annotations

from collections.abc import Iterator

from handlers.context import Context
from handlers.message import Incoming, Member, Replies, Reply
from handlers.orders import Order
from handlers.registry import on
from handlers.rosters import deciders
from handlers.rules import returns
from handlers.staff import asking_up
from handlers.ticket import acting, cards, case
from handlers.ticket.choosing import quoted_ticket
from handlers.ticket.working import me
from handlers.wording import deciding as wording
from handlers.wording import desk as desk_wording
from handlers.wording import taxonomy
from storage import decisions, directory, tickets
from storage.decisions import Decision, DecisionState, Wanted
from storage.facts import FactKind
from storage.people import Staff, Unit
from storage.tickets import Ticket


@on("agree")
def agree(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """同意: what was asked for happens now; of 退单, with the unit that is to have it where another one is meant."""
    return _decide(incoming, ctx, order, agreed=True)


@on("disagree")
def disagree(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """不同意: everything stays as it is, and whoever asked hears why."""
    return _decide(incoming, ctx, order, agreed=False)


def _decide(incoming: Incoming, ctx: Context, order: Order, *, agreed: bool) -> Replies:
    found = _meant(incoming, ctx, order)
    if isinstance(found, Reply):
        return [found]
    decision, ticket = found
    acting.note(ctx, ticket)
    if not deciders.may_decide(ctx, decision):
        return [_not_theirs(ctx, decision, ticket)]
    if ticket.status not in asking_up.POSSIBLE[Wanted(decision.kind)]:
        decisions.take_back(ctx.db, ticket.id)
        status = taxonomy.status_staff(ticket.status, ticket.desk_id is not None)
        return [Reply(wording.MOVED_ON.format(number=ticket.number, status=status), ticket_id=ticket.id)]
    rest = "" if order.tapped else order.rest
    return _granted(ctx, ticket, decision, rest) if agreed else _refused(ctx, ticket, decision, rest)


def _meant(incoming: Incoming, ctx: Context, order: Order) -> tuple[Decision, Ticket] | Reply:
    """What waits, by its number, the card that was quoted, or as the only one that waits for this person."""
    ticket = tickets.by_number(ctx.db, order.number) if order.number is not None else quoted_ticket(incoming, ctx)
    if order.number is not None and ticket is None:
        return Reply(desk_wording.NO_SUCH.format(number=order.number))
    if ticket is not None:
        decision = decisions.waiting(ctx.db, ticket.id)
        return (decision, ticket) if decision is not None else _over(ctx, ticket)
    mine = asking_up.mine(ctx)
    if len(mine) == 1:
        return mine[0]
    if not mine:
        return Reply(wording.NOTHING)
    numbers = "、".join(f"{ticket.number}（{wording.WANTED[decision.kind]}）" for decision, ticket in mine)
    return Reply(wording.WHICH.format(numbers=numbers, first=mine[0][1].number))


def _over(ctx: Context, ticket: Ticket) -> Reply:
    """Nothing waits any longer: whoever was asked hears what became of it, everybody else that there is nothing."""
    last = decisions.latest(ctx.db, ticket.id)
    if last is None or last.decided_by_id is None or not deciders.may_decide(ctx, last):
        return Reply(wording.NOTHING_ON.format(number=ticket.number))
    return _already(ctx, last, ticket)


def _already(ctx: Context, decision: Decision, ticket: Ticket) -> Reply:
    staff = ctx.db.get(Staff, decision.decided_by_id) if decision.decided_by_id is not None else None
    name = directory.name_of(ctx.vault, staff) or ctx.db.get_one(Unit, decision.judge_id).name
    values = {"number": ticket.number, "what": wording.WANTED[decision.kind], "name": name}
    verdict = wording.VERDICT.get(decision.state, wording.VERDICT["refused"])
    return Reply(wording.ALREADY.format(**values, verdict=verdict), ticket_id=ticket.id)


def _not_theirs(ctx: Context, decision: Decision, ticket: Ticket) -> Reply:
    staff = ctx.who.staff
    own = staff is not None and staff.id == decision.asked_by_id
    form = wording.NOT_OWN if own else wording.NOT_YOURS
    judge = ctx.db.get_one(Unit, decision.judge_id).name
    return Reply(form.format(number=ticket.number, what=wording.WANTED[decision.kind], judge=judge))


def _settle(ctx: Context, ticket: Ticket, decision: Decision, state: DecisionState, reason: str) -> bool:
    """Decides, and writes it down. False where somebody else was first."""
    judge = ctx.db.get_one(Unit, decision.judge_id)
    final = returns.is_final(judge.kind, top=deciders.is_top(ctx.db, decision, ctx.now))
    body = ctx.keep(reason) if reason and state == DecisionState.REFUSED else None
    answer = body.id if body is not None else None
    if not decisions.settle(ctx.db, decision, state, by=me(ctx).id, at=ctx.now, answer=answer, final=final):
        return False
    data = {"decision": decision.id, "wanted": decision.kind, "granted": state == DecisionState.GRANTED}
    data |= {"judge": judge.id, "final": final, "rung": decision.rung}
    case.record(ctx, ticket, FactKind.DECIDED, body=body, said_here=True, data=data)
    case.belongs(ctx, ticket)
    return True


def _granted(ctx: Context, ticket: Ticket, decision: Decision, rest: str) -> Replies:
    decisions.lock(ctx.db, ticket)
    way = asking_up.WAYS[decision.kind]
    cannot = way.check(ctx, ticket, decision, rest)
    if cannot is not None:
        return [cannot]
    if not _settle(ctx, ticket, decision, DecisionState.GRANTED, rest):
        return [_already(ctx, decision, ticket)]
    return [*way.grant(ctx, ticket, decision, rest), cards.stamped(ctx, ticket, wording.STAMP[True])]


def _refused(ctx: Context, ticket: Ticket, decision: Decision, reason: str) -> Replies:
    decisions.lock(ctx.db, ticket)
    district = _of_the_quarrel(ctx, decision)
    if district is not None:
        return _to_the_district(ctx, ticket, decision, district, reason)
    if not _settle(ctx, ticket, decision, DecisionState.REFUSED, reason):
        return [_already(ctx, decision, ticket)]
    values = {"number": ticket.number, "what": wording.WANTED[decision.kind]}
    text = wording.DISAGREED.format(**values)
    final = decision.final and decision.kind == Wanted.RETURN
    form = wording.TOLD_FINAL if final else wording.TOLD_DISAGREED
    judge = ctx.db.get_one(Unit, decision.judge_id).name
    told = form.format(**values, judge=judge, reason=_because(reason))
    return [
        Reply(text, ticket_id=ticket.id, stamp=wording.STAMP[False]),
        cards.stamped(ctx, ticket, wording.STAMP[False]),
        *_tell(ctx, ticket, decision, told),
    ]


def _of_the_quarrel(ctx: Context, decision: Decision) -> Unit | None:
    """The district, where a street refuses what its department returns."""
    judge, asker = ctx.db.get_one(Unit, decision.judge_id), ctx.db.get_one(Unit, decision.unit_id)
    if decision.kind != Wanted.RETURN or not returns.is_quarrel(judge.kind, asker.kind):
        return None
    return deciders.district(ctx.db, judge, ctx.now, decision.asked_by_id)


def _to_the_district(ctx: Context, ticket: Ticket, decision: Decision, district: Unit, reason: str) -> Replies:
    below = ctx.db.get_one(Unit, decision.judge_id)
    form = wording.QUESTION_QUARREL
    asked = asking_up.pass_on(ctx.db, ctx.vault, ctx.now, ctx.policy, decision, district, form)
    if asked is None:
        return [_already(ctx, decision, ticket)]
    body = ctx.keep(reason) if reason else None
    data = {"decision": decision.id, "wanted": decision.kind, "granted": False, "judge": below.id, "to": district.id}
    case.record(ctx, ticket, FactKind.DECIDED, body=body, said_here=True, data=data)
    case.belongs(ctx, ticket)
    values = {"number": ticket.number, "below": below.name, "judge": district.name, "reason": _because(reason)}
    return [
        Reply(wording.PASSED_UP.format(judge=district.name), ticket_id=ticket.id, stamp=wording.STAMP[False]),
        *asked,
        *_tell(ctx, ticket, decision, wording.TOLD_QUARREL.format(**values)),
    ]


def _because(reason: str) -> str:
    return wording.REASON.format(reason=reason) if reason else ""


def _tell(ctx: Context, ticket: Ticket, decision: Decision, text: str) -> Iterator[Reply]:
    """Whoever asked, and whoever has it."""
    for staff_id in sorted({decision.asked_by_id, ticket.holder_id or decision.asked_by_id} - {me(ctx).id}):
        name = f"decision:{decision.id}:told:{decision.rung}:{staff_id}"
        yield Reply(text, to=Member(staff_id), name=name, ticket_id=ticket.id)
