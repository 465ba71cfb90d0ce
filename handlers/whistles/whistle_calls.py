"""A whistle: who may call whom, who signs, when it is answered, and what happens the moment it is blown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from handlers.context import Context
from handlers.message import Replies, Reply
from handlers.rosters import on_duty
from handlers.rules.counted_hours import Span
from handlers.rules.deadlines import Policy
from handlers.ticket import beside, case
from handlers.whistles import whistle_cards
from handlers.whistles.whistle_cards import mark as mark
from handlers.wording import whistles as wording
from handlers.wording.times import when
from storage import directory, tickets, whistles
from storage.facts import FactKind
from storage.inserts import insert_one
from storage.people import Staff, Unit, UnitKind
from storage.tickets import Ticket
from storage.timers import Timer
from storage.whistles import Answer, Decided, Whistle, WhistleCall, WhistleKind, WhistleState
from storage.workflow import Status

ABOVE_STREET = (UnitKind.DISTRICT, UnitKind.CITY)
YELLOW, RED, SIGN, DECIDE = "whistle:yellow", "whistle:red", "whistle:sign", "whistle:decide"
HEAD, DISTRICT = 1, 2  # rungs: who is asked instead of a unit that does not answer


def level(db: Session, ticket: Ticket, kind: UnitKind) -> Unit | None:
    """The unit of a kind that a ticket's place lies in."""
    here = directory.unit_of(db, ticket.unit_id or ticket.desk_id)
    return next((unit for unit in directory.ancestors(db, here) if unit.kind == kind), None)


def street(db: Session, ticket: Ticket) -> Unit | None:
    """The street that whistles, or whatever stands at the top where there is none."""
    here = directory.unit_of(db, ticket.unit_id or ticket.desk_id)
    return level(db, ticket, UnitKind.STREET) or next(iter(directory.ancestors(db, here)[::-1]), None)


def district(db: Session, street_unit: Unit | None) -> Unit | None:
    """The level above a street that has anybody; None where the street is the top."""
    above = directory.ancestors(db, street_unit)[1:]
    return next((unit for unit in above if unit.kind in ABOVE_STREET and directory.staff_of(db, unit.id)), None)


def signers(db: Session, whistle: Whistle, now: datetime) -> list[Staff]:
    """带班领导 of the street now."""
    return on_duty.leader_on_duty(db, directory.unit_of(db, whistle.signer_unit_id), now)


def span(whistle: Whistle, policy: Policy) -> Span:
    """Within which a department answers."""
    return policy.whistle_emergency if whistle.kind == WhistleKind.EMERGENCY else policy.whistle_usual


def sign_span(whistle: Whistle, policy: Policy) -> Span:
    """Within which a whistle is signed."""
    return policy.whistle_sign_emergency if whistle.kind == WhistleKind.EMERGENCY else policy.whistle_sign


def arm(db: Session, name: str, kind: str, due: datetime, **data: object) -> None:
    """One timer. It is no ticket's: a change of hands must not silence it."""
    insert_one(db, Timer, {"name": name, "kind": kind, "due_at": due, "data": data})


def arm_call(db: Session, call: WhistleCall, until: beside.Until, again: str = "") -> None:
    """The lights of a unit that has to answer."""
    arm(db, f"{mark(call)}{again}yellow", YELLOW, until.yellow, call=call.id)
    arm(db, f"{mark(call)}{again}red:1", RED, until.due, call=call.id, rung=HEAD, again=again)


def blow(ctx: Context, whistle: Whistle, ticket: Ticket) -> tuple[datetime, Replies]:
    """Signed: everybody is called, and the clocks begin. The state was changed by the caller."""
    policy = beside.policy_of(ctx, ticket)
    until = beside.until(ctx.now, span(whistle, policy), policy)
    called = whistles.calls(ctx.db, whistle.id)
    for call in called:
        call.due_at = until.due
        arm_call(ctx.db, call, until)
    data = {"whistle": whistle.id, "kind": whistle.kind, "units": [call.unit_id for call in called]}
    fact = case.record(ctx, ticket, FactKind.WHISTLE_SIGNED, said_here=True, data=data)
    if ticket.status == Status.ACCEPTED:
        tickets.move(ticket, Status.IN_PROGRESS)
        ticket.progress_at = ticket.progress_at or ctx.now
        case.stop_timers(ctx.db, ticket, "progress:due")
    told = beside.to_resident_once(ctx, ticket, fact, wording.TOLD_RESIDENT.format(number=ticket.number), "together")
    cards = [reply for call in called for reply in whistle_cards.call_card(ctx, whistle, call, ticket, fact.id)]
    return until.due, [*cards, *told]


def close(ctx: Context, whistle: Whistle, ticket: Ticket) -> Replies:
    """收哨: whoever has not come need not come. The caller has made sure that it was blown."""
    if not whistles.take(ctx.db, whistle, "state", {"state": WhistleState.OVER, "over_at": ctx.now}):
        return []
    whistles.stop(ctx.db, mark(whistle))
    fact = case.record(ctx, ticket, FactKind.WHISTLE_OVER, data={"whistle": whistle.id})
    text = wording.TOLD_OVER.format(number=ticket.number)
    name = f"{mark(whistle)}over:{fact.id}"
    return [
        reply
        for call in not_there(ctx.db, whistle)
        for reply in beside.to_unit(ctx, ticket, call.unit_id, Reply(text, name=name, ticket_id=ticket.id))
    ]


def not_there(db: Session, whistle: Whistle) -> Sequence[WhistleCall]:
    """Whom it still waits for."""
    return [call for call in whistles.calls(db, whistle.id) if whistles.waits(call)]


def answer_in_words(call: WhistleCall, light: str, now: datetime) -> str:
    """What a unit has answered, and who is asked by now."""
    key = Answer.WAITING if whistles.waits(call) else call.answer
    if call.decided == Decided.EXCUSED:
        key = Answer.DECLINED
    at = when(call.answered_at, now) if call.answered_at is not None else ""
    due = when(call.due_at, now) if call.due_at is not None else ""
    said = wording.ANSWERS[key].format(light=light, at=at, due=due, late=wording.LATE if call.late else "")
    if key == Answer.WAITING:
        said += wording.LOOK_ASKED.get(call.rung, "")
    if key == Answer.DECLINED and call.decided is not None:
        said += wording.LOOK_DECIDED.format(decision=wording.DECISIONS[call.decided])
    return said + (wording.LOOK_RATING.format(rating=call.rating) if call.rating is not None else "")
