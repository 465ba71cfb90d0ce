"""What is asked of the level above about a ticket: put to whoever decides, passed one level up where nobody answers.

Until somebody has decided, everything stays as it was: whoever has the ticket keeps it, its clock and lights run on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.context import Context, words_of
from handlers.message import Button, Card, Incoming, Member, Replies, Reply
from handlers.orders import Order
from handlers.rosters import deciders, on_duty
from handlers.rules import promises
from handlers.rules.deadlines import Policy
from handlers.ticket import acting, case, promising
from handlers.ticket.choosing import choose_eligible
from handlers.ticket.ringing import Ringing, note_lateness
from handlers.ticket.working import me
from handlers.wording import deciding as wording
from handlers.wording import reasons
from handlers.wording.times import days, when
from storage import decisions
from storage.base import JsonObject
from storage.decisions import Decision, DecisionState, Wanted
from storage.facts import Fact, FactKind
from storage.inbox import Body
from storage.people import Unit
from storage.tickets import Ticket
from storage.timers import Timer
from storage.vault import Vault
from storage.workflow import WAITING_FOR_STAFF, Status

DUE = "decision:due"  # a timer
WORDS = frozenset({"agree", "disagree"})  # commands that count only where something waits
IN_HAND = frozenset({Status.ACCEPTED, Status.IN_PROGRESS})
POSSIBLE = {
    Wanted.RETURN: WAITING_FOR_STAFF,
    Wanted.EXTENSION: IN_HAND,
    Wanted.SUSPENSION: IN_HAND,
    Wanted.DATE: IN_HAND,
}


@dataclass(frozen=True, slots=True)
class Asking:
    """What somebody wants, and why."""

    kind: Wanted
    judge: Unit
    code: str | None = None
    article: str | None = None
    reason: Body | None = None
    proposed: Unit | None = None
    until: datetime | None = None
    same_as: int | None = None  # the number of the ticket it repeats


@dataclass(frozen=True, slots=True)
class Way:
    """What becomes of a ticket when something is granted. ``check`` says why it cannot be, before anybody has decided;
    both are given what was said behind 同意."""

    check: Callable[[Context, Ticket, Decision, str], Reply | None]
    grant: Callable[[Context, Ticket, Decision, str], Replies]


WAYS: dict[str, Way] = {}  # by what is wanted; each feature puts its own here


def about(incoming: Incoming, ctx: Context, order: Order) -> Ticket | Reply:
    """The ticket about which whoever is speaking may ask, or why there is nothing to ask. It is locked from here on."""
    ticket = choose_eligible(incoming, ctx, order)
    if isinstance(ticket, Reply):
        return ticket
    return refusal(ctx, ticket) or ticket


def refusal(ctx: Context, ticket: Ticket) -> Reply | None:
    """Why nothing can be asked about a ticket by whoever is speaking: another's desk, or something waits already.

    The ticket is locked from here on.
    """
    decisions.lock(ctx.db, ticket)
    acting.note(ctx, ticket)
    if ticket.desk_id not in ctx.who.desks and ticket.holder_id not in ctx.who.hands:
        desk = ctx.db.get(Unit, ticket.desk_id) if ticket.desk_id is not None else None
        name = desk.name if desk is not None else wording.NO_DESK
        return Reply(wording.NOT_YOUR_DESK.format(number=ticket.number, desk=name), ticket_id=ticket.id)
    asked = decisions.waiting(ctx.db, ticket.id)
    if asked is None:
        return None
    values = {"number": ticket.number, "what": wording.WANTED[asked.kind], "judge": _judge(ctx.db, asked).name}
    return Reply(wording.PENDING.format(**values), ticket_id=ticket.id)


def ask(ctx: Context, ticket: Ticket, asking: Asking) -> Replies:
    """Puts it to whoever decides. The caller has asked ``refusal``."""
    assert ticket.desk_id is not None
    policy = promising.policy_of(ctx, ticket)
    decision = Decision(
        ticket_id=ticket.id,
        kind=asking.kind,
        code=asking.code,
        article=asking.article,
        body_id=asking.reason.id if asking.reason is not None else None,
        unit_id=ticket.desk_id,
        proposed_id=asking.proposed.id if asking.proposed is not None else None,
        until=asking.until,
        asked_by_id=me(ctx).id,
        asked_at=ctx.now,
        judge_id=asking.judge.id,
        due_at=_due(ctx.now, policy),
    )
    ctx.db.add(decision)
    ctx.db.flush()
    data = _as_data(decision) | ({"same_as": asking.same_as} if asking.same_as is not None else {})
    case.record(ctx, ticket, FactKind.ASKED, body=asking.reason, said_here=True, data=data)
    case.belongs(ctx, ticket)
    _arm(ctx.db, decision)
    due = when(decision.due_at, ctx.now)
    values = {"number": ticket.number, "what": wording.WANTED[asking.kind], "judge": asking.judge.name, "due": due}
    answer = Reply(wording.ASKED.format(**values), ticket_id=ticket.id, stamp=wording.STAMP_ASKED)
    return [answer, *put(ctx.db, ctx.vault, ctx.now, decision, ticket)]


def _as_data(decision: Decision) -> JsonObject:
    kept: JsonObject = {"decision": decision.id, "wanted": decision.kind, "judge": decision.judge_id}
    kept |= {"due": decision.due_at.isoformat(), "unit": decision.unit_id}
    kept |= {"until": decision.until.isoformat()} if decision.until is not None else {}
    kept |= {"proposed": decision.proposed_id} if decision.proposed_id is not None else {}
    return kept | ({"code": decision.code} if decision.code is not None else {})


def _due(now: datetime, policy: Policy) -> datetime:
    return promises.promised(now, policy.decision, policy, promises.SAID).due


def _arm(db: Session, decision: Decision) -> None:
    name = f"decision:{decision.id}:due:{decision.rung}"
    data = {"decision": decision.id, "rung": decision.rung}
    db.add(Timer(name=name, kind=DUE, ticket_id=decision.ticket_id, due_at=decision.due_at, data=data))
    db.flush()


def _judge(db: Session, decision: Decision) -> Unit:
    return db.get_one(Unit, decision.judge_id)


def put(
    db: Session,
    vault: Vault,
    now: datetime,
    decision: Decision,
    ticket: Ticket,
    form: str = wording.QUESTION,
    below: str = "",
) -> Iterator[Reply]:
    """The question to each who may decide, in private: a group reads no reasons. With a card to tap."""
    text, card = _question(db, vault, now, decision, ticket, form, below)
    for staff in deciders.people(db, decision.kind, _judge(db, decision), now, decision.asked_by_id):
        name = f"decision:{decision.id}:asked:{decision.rung}:{staff.id}"
        yield Reply(text, Member(staff.id), card, name, ticket.id, urgent=form == wording.ALARM)


def _question(
    db: Session, vault: Vault, now: datetime, decision: Decision, ticket: Ticket, form: str, below: str
) -> tuple[str, Card]:
    wanted, asker = wording.WANTED[decision.kind], db.get_one(Unit, decision.unit_id).name
    due = when(decision.due_at, now)
    said = {"number": ticket.number, "place": case.where(db, ticket), "what": case.what(ticket)}
    lines = [form.format(**said, asker=asker, wanted=wanted, due=due, below=below)]
    if reason := words_of(vault, db.get(Body, decision.body_id) if decision.body_id is not None else None):
        lines.append(wording.QUESTION_REASON.format(reason=reason))
    if decision.kind == Wanted.RETURN and decision.code != reasons.DUPLICATE:
        lines.append(wording.QUESTION_OWNER.format(number=ticket.number))
    card = Card(
        title=wording.CARD_TITLE.format(number=ticket.number, what=wanted),
        fields=tuple(_fields(db, decision, ticket, now, asker)),
        buttons=tuple(Button(label, action) for action, label in wording.BUTTONS.items()),
        ticket=ticket.number,
    )
    return "\n".join(lines), card


def _fields(db: Session, decision: Decision, ticket: Ticket, now: datetime, asker: str) -> Iterator[tuple[str, str]]:
    yield wording.CARD_ASKER, asker
    if decision.code is not None:
        yield wording.CARD_CODE, reasons.NAMES[decision.code]
    if decision.article is not None:
        yield wording.CARD_ARTICLE, decision.article
    if (other := same_as(db, decision)) is not None:
        yield wording.CARD_SAME, str(other)
    elif decision.kind == Wanted.RETURN:
        proposed = db.get(Unit, decision.proposed_id) if decision.proposed_id is not None else None
        yield wording.CARD_OWNER, proposed.name if proposed is not None else wording.NO_OWNER
    if decision.until is not None:
        name = wording.CARD_LOOK if decision.kind == Wanted.SUSPENSION else wording.CARD_UNTIL
        yield name, when(decision.until, now)
    yield wording.CARD_DUE, when(decision.due_at, now)
    if waited := days(ticket.opened_at, now):
        yield wording.CARD_WAITED, wording.DAYS.format(days=waited)


def same_as(db: Session, decision: Decision) -> int | None:
    """The number of the ticket that this one is said to repeat."""
    asked = select(Fact.data).where(Fact.ticket_id == decision.ticket_id, Fact.kind == FactKind.ASKED)
    return next((data.get("same_as") for data in db.scalars(asked) if data.get("decision") == decision.id), None)


def pass_on(
    db: Session, vault: Vault, now: datetime, policy: Policy, decision: Decision, judge: Unit, form: str
) -> Replies | None:
    """Another unit is asked, from now on and by a new time; None where somebody was first."""
    ticket, below = db.get_one(Ticket, decision.ticket_id), _judge(db, decision).name
    due = _due(now, promising.policy_at(db, policy, ticket.unit_id))
    if not decisions.pass_up(db, decision, judge.id, due):
        return None
    _arm(db, decision)
    return list(put(db, vault, now, decision, ticket, form, below))


def unanswered(timer: Timer, ticket: Ticket, at: Ringing) -> Replies:
    """Nobody decided in time: the level above is asked; at the top it is an alarm, each period again."""
    decision = at.db.get(Decision, int(timer.data["decision"]))
    if decision is None or decision.state != DecisionState.WAITING or decision.rung != timer.data["rung"]:
        return []
    if ticket.status not in POSSIBLE[Wanted(decision.kind)]:
        decisions.take_back(at.db, ticket.id)
        return []
    data = {"light": DUE, "rung": decision.rung, "decision": decision.id, "judge": decision.judge_id}
    note_lateness(timer, ticket, at, data)
    judge = deciders.above(at.db, decision, at.now)
    if judge is not None:
        return pass_on(at.db, at.vault, at.now, at.policy, decision, judge, wording.QUESTION_UP) or []
    if decision.rung >= at.policy_of(ticket).highest_rung:
        return []
    asked = pass_on(at.db, at.vault, at.now, at.policy, decision, _judge(at.db, decision), wording.ALARM) or []
    return [*asked, *_alarm(at.db, at.now, decision, ticket)]


def _alarm(db: Session, now: datetime, decision: Decision, ticket: Ticket) -> Iterator[Reply]:
    """By every way that those on duty at the top and those who keep the house have: whoever is asked reads more."""
    judge = _judge(db, decision)
    asked = {staff.id for staff in deciders.people(db, decision.kind, judge, now, decision.asked_by_id)}
    people = [*on_duty.people_on_duty(db, judge, now), *on_duty.last_resort(db, now)]
    text = wording.ALARM_ALL.format(number=ticket.number, wanted=wording.WANTED[decision.kind], judge=judge.name)
    for staff_id in dict.fromkeys(staff.id for staff in people if staff.id not in asked):
        name = f"decision:{decision.id}:alarm:{decision.rung}:{staff_id}"
        yield Reply(text, to=Member(staff_id), name=name, ticket_id=ticket.id, urgent=True)


def mine(ctx: Context) -> list[tuple[Decision, Ticket]]:
    """What waits for the word of whoever is speaking, earliest first."""
    return [row for row in decisions.asked_of(ctx.db, deciders.units_of(ctx)) if deciders.may_decide(ctx, row[0])]


def is_meant(ctx: Context, *, named: bool) -> bool:
    """Whether 同意 or 不同意 is said of something that waits, not in talk. ``named``: with a number, or to a card."""
    if not ctx.who.is_staff:
        return False
    return named or (ctx.group is None and bool(mine(ctx)))


def waiting_lines(ctx: Context) -> list[str]:
    """The same for 待办. Numbers and kinds alone: a group may read it."""
    lines = [
        wording.TODO_LINE.format(
            number=ticket.number,
            what=case.what(ticket),
            wanted=wording.WANTED[decision.kind],
            due=when(decision.due_at, ctx.now),
        )
        for decision, ticket in mine(ctx)
    ]
    return [wording.TODO_HEAD.format(count=len(lines)), *lines] if lines else []
