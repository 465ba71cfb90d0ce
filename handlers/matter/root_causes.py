"""The same place and category several times within the policy's days: a ticket of its own, to find the root of it.

Looked at some minutes after a report, when what belongs together has come together. There is at most one open for a
place and category; what happens there meanwhile is linked to it. It has an owner and no reporter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise

from sqlalchemy.orm import Session

from handlers.message import Member, Replies, Reply
from handlers.rules import promises, whereabouts
from handlers.rules.deadlines import LOCAL, Policy
from handlers.rules.privacy import discreet_place
from handlers.ticket import cards, case, judges, promising
from handlers.wording import root_causes as wording
from storage import links, root_causes, tickets
from storage.base import new_ref
from storage.facts import Fact, FactKind
from storage.inserts import insert_one
from storage.origins import ROOT_CAUSE, Link
from storage.people import Building, Unit
from storage.tickets import Ticket
from storage.timers import Timer
from storage.vault import Vault
from storage.workflow import OPEN

LOOK = "root_cause"  # the timer
COMPLEX = "complex"


def arm(db: Session, ticket: Ticket, now: datetime, policy: Policy) -> None:
    """Counted later; of no ticket, so that what stops a ticket's timers does not keep it from being counted."""
    name = f"ticket:{ticket.number}:recurring"
    row = {"name": name, "kind": LOOK, "due_at": now + policy.root_asked, "data": {"ticket": ticket.id}}
    insert_one(db, Timer, row)


def ring(timer: Timer, db: Session, vault: Vault, now: datetime, policy: Policy) -> Replies:
    """Opens the ticket where it is time for one, or links what happened to the one that is open."""
    ticket = db.get(Ticket, int(timer.data["ticket"]))
    if ticket is None or ticket.status in root_causes.NO_TIME or ticket.lane == "private":
        return []
    policy = promising.policy_at(db, policy, ticket.unit_id)
    if not _is_somewhere(ticket):
        return []
    last = next((root for root in root_causes.searches(db, ticket) if _same_spot(root, ticket)), None)
    if last is not None and last.status in OPEN:
        return list(_again(db, ticket, last, now))
    since = ticket.opened_at - policy.root_within
    if last is not None and last.closed_at is not None:
        since = max(since, last.closed_at)
    told = [row for row in root_causes.times(db, ticket, since) if _same_spot(row, ticket)]
    times = _apart(told)
    owner = judges.community_of(db, ticket)
    if times < policy.root_times or owner is None or ticket.id not in {row.id for row in told}:
        return []
    return list(_open(db, vault, now, policy, told, times, owner))


def _is_somewhere(ticket: Ticket) -> bool:
    """A building, or words that name a spot: an estate as a whole is no place."""
    return ticket.unit_id is not None and (ticket.building_id is not None or bool(ticket.place))


def _same_spot(one: Ticket, other: Ticket) -> bool:
    """In the same building; of what lies in none that is known, by the building that is named, else word by word."""
    if one.building_id is not None:
        return one.building_id == other.building_id
    named, also = (whereabouts.levels(ticket.place).get("building") for ticket in (one, other))
    return named == also if named or also else "".join(one.place) == "".join(other.place)


def _apart(told: Sequence[Ticket]) -> int:
    """How often it happened: on another day, or after it had been done; not how many told of it."""
    return len(told[:1]) + sum(_is_another_time(before, after) for before, after in pairwise(told))


def _is_another_time(before: Ticket, after: Ticket) -> bool:
    done = before.resolved_at is not None and before.resolved_at <= after.opened_at
    return done or before.opened_at.astimezone(LOCAL).date() != after.opened_at.astimezone(LOCAL).date()


def _again(db: Session, ticket: Ticket, root: Ticket, now: datetime) -> Iterator[Reply]:
    """Another time while somebody looks for the root: linked, and told to its owner."""
    if not _link(db, root, ticket, now):
        return
    shown = {"number": root.number, "what": case.category(root), "other": ticket.number}
    place = case.where(db, root)
    text = wording.AGAIN.format(place=place, **shown)
    name = f"ticket:{root.number}:again:{ticket.number}"
    if root.holder_id is not None:
        yield Reply(text, to=Member(root.holder_id), name=name, ticket_id=root.id)
    elif root.desk_id is not None:
        in_group = wording.AGAIN.format(place=discreet_place(place), **shown)
        said = Reply(text, name=name, ticket_id=root.id, in_group=in_group)
        yield from (replace(said, to=to) for to in case.at_desk(db, root, root.desk_id))


def _link(db: Session, root: Ticket, ticket: Ticket, now: datetime) -> bool:
    if not links.link(db, root, ticket, Link.CAUSE_OF, now):
        return False
    for one, other in ((root, ticket), (ticket, root)):
        data = {"kind": Link.CAUSE_OF, "other": other.number}
        db.add(Fact(ticket_id=one.id, kind=FactKind.LINKED, at=now, data=data))
    db.flush()
    return True


def _open(
    db: Session, vault: Vault, now: datetime, policy: Policy, told: Sequence[Ticket], times: int, owner: Unit
) -> Iterator[Reply]:
    like = told[-1]
    made = promising.new_round(now, COMPLEX, "fault", policy)
    building = db.get(Building, like.building_id) if like.building_id is not None else None
    root = Ticket(
        number=tickets.draw_number(db, now),
        ref=new_ref(),
        source=ROOT_CAUSE,
        kind="fault",
        category=like.category,
        urgency=COMPLEX,
        place=[building.name] if building is not None else list(like.place),
        unit_id=like.unit_id,
        building_id=like.building_id,
        area=like.area,
        desk_id=owner.id,
        reporter_id=root_causes.keeper(db, vault),
        opened_at=now,
        received_at=now,
        accept_due=made[promises.ACCEPT].due,
        policy=policy.mark,
    )
    tickets.make_link(vault, root)
    db.add(root)
    db.flush()
    numbers = [row.number for row in told]
    data = {"because": ["recurring"], "of": numbers, "desk": owner.id, **promising.kept(made)}
    name = f"root_cause:{like.category}:{like.unit_id}:{like.building_id or ''}:{told[0].number}"
    db.add(Fact(ticket_id=root.id, kind=FactKind.OPENED, name=name, at=now, data=data))
    db.flush()
    for row in told:
        _link(db, root, row, now)
    case.arm_acceptance(db, root, policy, now, promise=made[promises.ACCEPT])
    yield from _card(db, now, policy, root, numbers, times)


def _card(
    db: Session, now: datetime, policy: Policy, root: Ticket, numbers: Sequence[int], times: int
) -> Iterator[Reply]:
    place = case.where(db, root)
    shown = {
        "number": root.number,
        "what": case.category(root),
        "days": policy.root_within.days,
        "times": times,
        "numbers": wording.AND.join(map(str, numbers)),
    }
    card = Reply(
        wording.CARD.format(place=place, **shown),
        in_group=wording.CARD.format(place=discreet_place(place), **shown),
        card=cards.card_of(db, root, now),
        name=f"ticket:{root.number}:r0:h0:card",
        ticket_id=root.id,
    )
    if root.desk_id is not None:
        yield from (replace(card, to=to) for to in case.at_desk(db, root, root.desk_id))


def related(db: Session, ticket: Ticket) -> list[str]:
    """What staff read of the tickets that belong to one."""
    causes = links.others(db, ticket, Link.CAUSE_OF)
    late = links.others(db, ticket, Link.LATE_COMPLAINT)
    form = wording.CAUSE_OF if ticket.source == ROOT_CAUSE else wording.HAS_CAUSE
    lines = [form.format(numbers=_numbers(causes))] if causes else []
    return [*lines, *([wording.LATE.format(numbers=_numbers(late))] if late else [])]


def _numbers(found: Sequence[Ticket]) -> str:
    return wording.AND.join(str(ticket.number) for ticket in found)
