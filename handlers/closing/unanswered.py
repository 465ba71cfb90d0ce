"""Nobody answered whether it is well now: what becomes of a ticket on the stated date. 未评价, and never 满意."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from handlers.message import Person, Replies, Reply
from handlers.rules.deadlines import Policy
from handlers.ticket import promising, second_looks
from handlers.wording import closing
from handlers.wording import feedback as wording
from handlers.wording.times import when
from storage import endings, persons, tickets
from storage.deployment import Question
from storage.facts import Fact, FactKind
from storage.tickets import Ticket
from storage.timers import Timer
from storage.workflow import Closing, Status

CLOSE = "close"  # the timer


def ring(timer: Timer, ticket: Ticket, db: Session, now: datetime, policy: Policy) -> Replies:
    """The stated date has come: it closes by itself, unless a neighbour said that it is not well with them."""
    if ticket.status != Status.RESOLVED:
        return []
    if count := endings.dissenters(db, ticket):
        why = closing.WHY_DISSENT.format(count=count)
        later = now + promising.policy_at(db, policy, ticket.unit_id).reopen_within
        still = update(Question).where(Question.ticket_id == ticket.id, Question.kind == "closing")
        db.execute(still.values(expires_at=later))  # the reporter may still say so
        return second_looks.ask_to_check(db, policy, now, ticket, why, timer.id)
    tickets.move(ticket, Status.CLOSED)
    ticket.closing, ticket.closed_at = Closing.SOLVED, now
    fact = Fact(ticket_id=ticket.id, kind=FactKind.CLOSED, at=now, data={"closing": Closing.SOLVED, "silent": True})
    db.add(fact)
    db.flush()
    for question in db.scalars(select(Question).where(Question.ticket_id == ticket.id)):
        db.delete(question)
    until = when(now + promising.policy_at(db, policy, ticket.unit_id).reopen_within, now)
    text = wording.CLOSED_SILENT.format(number=ticket.number, until=until)
    mark = f"ticket:{ticket.number}:told:{fact.id}"
    return [
        Reply(text, to=Person(member.account_id), name=f"{mark}:{member.account_id}", ticket_id=ticket.id)
        for member in persons.one_each(db, tickets.members(db, ticket))
    ]
