"""核查 and 面谈 that are owed: who looks at a ticket or talks to the resident, until when, and what if nobody does.

Asked for where 办结 is not simply mended, or where nobody but the handler could say that it is well; and where somebody
was not content twice. Each has a clock of its own, which climbs a level each further period.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.message import InGroup, Member, Replies, Reply, To
from handlers.permissions import who_may
from handlers.rules import deadlines
from handlers.rules.counted_hours import Span
from handlers.rules.deadlines import Policy
from handlers.rules.privacy import discreet_place
from handlers.ticket import cards, case, judges, promising
from handlers.wording import closing as wording
from storage import directory, endings
from storage.facts import Fact, FactKind
from storage.people import Role, Staff, Unit
from storage.presence import presence_of
from storage.streets import streets_of
from storage.tickets import Ticket
from storage.timers import Reminder, Timer
from storage.workflow import OPEN, Status

CHECK, TALK = "check:due", "talk:due"  # the timers
COMMAND = {CHECK: "verify", TALK: "talked"}  # who is told is who may give it


def ask_to_check(db: Session, policy: Policy, now: datetime, ticket: Ticket, why: str, step: int) -> Replies:
    """The card to whoever looks at it, and its clock. ``step`` is the fact that asked for it."""
    unit = judges.judge_of(db, ticket)
    if unit is None:
        return []
    policy = promising.policy_at(db, policy, ticket.unit_id)
    _arm(db, policy, now, ticket, CHECK, policy.check_within, step)
    place, what = case.where(db, ticket), case.what(ticket)
    card = Reply(
        wording.CHECK_CARD.format(number=ticket.number, place=place, what=what, why=why),
        in_group=wording.CHECK_IN_GROUP.format(number=ticket.number, place=discreet_place(place), what=what),
        card=cards.card_of(db, ticket, now, buttons=("verify_pass", "verify")),
        name=f"ticket:{ticket.number}:check:{step}",
        ticket_id=ticket.id,
    )
    return [replace(card, to=to) for to in _asked(db, ticket, unit, CHECK, now)]


def _asked(db: Session, ticket: Ticket, unit: Unit, kind: str, now: datetime) -> list[To]:
    """The group of the unit, and who of it may do so; all of it where nobody may."""
    may = [staff.id for staff in directory.staff_of(db, unit.id) if _may(staff, kind)]
    people = presence_of(db, now).there(may, now)
    group = streets_of(db).staff_group(unit.id)
    if not people:
        return case.at_desk(db, ticket, unit.id)
    aloud: list[To] = [InGroup(group.id)] if group is not None and not ticket.confidential else []
    return [*aloud, *map(Member, people)]


def _may(staff: Staff, kind: str) -> bool:
    return any(Role(post.role) in who_may(COMMAND[kind]) for post in staff.posts)


def arm_talk(db: Session, policy: Policy, now: datetime, ticket: Ticket, step: int) -> None:
    """The street has until then to talk to the resident."""
    policy = promising.policy_at(db, policy, ticket.unit_id)
    _arm(db, policy, now, ticket, TALK, policy.talk_within, step)


def _arm(db: Session, policy: Policy, now: datetime, ticket: Ticket, kind: str, span: Span, step: int) -> None:
    """The first of a row of timers: their names end in the fact and the rung."""
    clock = policy.counted(span)
    due = clock.after(now, span.on(clock)).astimezone(UTC)
    name = f"ticket:{ticket.number}:h{ticket.handovers}:{kind}:{step}:1"
    if db.scalar(select(Timer.id).where(Timer.name == name)) is None:
        db.add(Timer(name=name, kind=kind, ticket_id=ticket.id, due_at=due, data={"rung": 1}))
        db.flush()


def ring(timer: Timer, ticket: Ticket, db: Session, now: datetime, policy: Policy) -> Replies:
    """Nobody has looked, or talked, by then: recorded, said by day, and a level further up the next time."""
    if not _is_owed(db, timer, ticket):
        return []
    policy = promising.policy_at(db, policy, ticket.unit_id)
    rung = int(timer.data["rung"])
    late = max((now - timer.due_at).total_seconds(), 0)
    data = {"light": timer.kind, "rung": rung, "clock_late_s": round(late)}
    db.add(Fact(ticket_id=ticket.id, kind=FactKind.LATE, name=f"{timer.name}:late", at=timer.due_at, data=data))
    unit = directory.nth_level(db, _owed_by(db, timer, ticket), rung - 1)
    people = directory.staff_of(db, unit.id) if unit is not None else []
    for staff in [one for one in people if _may(one, timer.kind)] or people:
        db.add(
            Reminder(
                name=f"{timer.name}:{staff.id}",
                kind=timer.kind,
                ticket_id=ticket.id,
                staff_id=staff.id,
                due_at=timer.due_at,
                say_after=deadlines.say_after(timer.due_at, policy),
            )
        )
    if rung < policy.highest_rung:
        span = policy.check_within if timer.kind == CHECK else policy.talk_within
        clock = policy.counted(span)
        again = clock.after(timer.due_at, span.on(clock)).astimezone(UTC)
        name = f"{timer.name.rpartition(':')[0]}:{rung + 1}"
        db.add(Timer(name=name, kind=timer.kind, ticket_id=ticket.id, due_at=again, data={"rung": rung + 1}))
    return []


def _is_owed(db: Session, timer: Timer, ticket: Ticket) -> bool:
    if timer.kind == CHECK:
        return ticket.status == Status.RESOLVED
    talked = endings.of_this_round(db, ticket, FactKind.TALKED)
    return ticket.status in OPEN and talked is None


def _owed_by(db: Session, timer: Timer, ticket: Ticket) -> Unit | None:
    return judges.judge_of(db, ticket) if timer.kind == CHECK else judges.street_of(db, ticket)


KINDS: Sequence[str] = (CHECK, TALK)
