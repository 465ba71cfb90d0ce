"""One trouble told in several chats: tickets that may be one, and whom an incident concerns, as plain rows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from storage.facts import Fact, FactKind
from storage.origins import ROOT_CAUSE
from storage.people import Account, Building, Household, Resident
from storage.tickets import Member, Ticket, whole
from storage.workflow import WAITING_FOR_STAFF, Status

MOST = 40  # tickets that are compared


@dataclass(frozen=True, slots=True)
class Telling:
    """What is compared of a ticket near by."""

    id: int
    status: str
    merged_into_id: int | None
    kind: str
    category: str
    urgency: str
    place: list[str]
    unit_id: int | None
    building_id: int | None
    group_id: int | None
    reporter_id: int
    words_id: int | None
    opened_at: datetime


_COLUMNS = [getattr(Ticket, field.name) for field in fields(Telling)]
_NEAR = (
    select(*_COLUMNS)
    .where(
        Ticket.unit_id.in_(bindparam("units", expanding=True)),
        Ticket.opened_at >= bindparam("since"),
        Ticket.category.in_(bindparam("categories", expanding=True)),
        Ticket.status.in_([*sorted(WAITING_FOR_STAFF), Status.MERGED]),
        Ticket.confidential.is_(False),
        Ticket.source != ROOT_CAUSE,
    )
    .order_by(Ticket.opened_at.desc(), Ticket.id.desc())
    .limit(MOST)
)


def near(db: Session, unit_ids: Collection[int], categories: Collection[str], since: datetime) -> list[Telling]:
    """Tickets of these places and categories that somebody works on, or that were merged, told since; newest first."""
    wanted = {"units": list(unit_ids), "categories": sorted(categories), "since": since}
    return [Telling(*row) for row in db.connection().execute(_NEAR, wanted)]


def locked(db: Session, ids: Collection[int]) -> list[Ticket]:
    """These tickets as they are now, kept from anybody else until the transaction ends; in the order of their ids."""
    rows = select(Ticket).where(Ticket.id.in_(ids)).order_by(Ticket.id)
    db.flush()
    return list(db.scalars(rows.with_for_update().execution_options(populate_existing=True)))


def parts(db: Session, ticket: Ticket) -> Sequence[Ticket]:
    """What was merged into a ticket, oldest number first."""
    inside = Ticket.id.in_(whole(ticket.id)) & (Ticket.id != ticket.id)
    return db.scalars(select(Ticket).where(inside).order_by(Ticket.number)).all()


def told_by_several(db: Session, ids: Collection[int]) -> set[int]:
    """Which of these tickets concern more than one account, or have others merged into them."""
    members = select(Member.ticket_id).where(Member.ticket_id.in_(ids)).group_by(Member.ticket_id)
    joined = db.scalars(members.having(func.count() > 1))
    merged = db.scalars(select(Ticket.merged_into_id).where(Ticket.merged_into_id.in_(ids)).distinct())
    return {*joined, *(number for number in merged if number is not None)}


@dataclass(frozen=True, slots=True)
class Concerned:
    """Somebody whom an incident concerns, where they live if that is known, and what they said of the place.

    ``source`` is how their ticket came in; ``staff`` is for those who work here.
    """

    account_id: int
    person: str  # the same for every account of one person, and for everybody behind one door
    staff: bool
    source: str
    building: str | None  # of the household they are bound to
    reporter: bool
    place: tuple[str, ...]  # of their ticket
    said: tuple[str, ...]  # buildings they named when they joined
    households: int  # further ones, told on their behalf


def concerned(db: Session, ticket: Ticket) -> list[Concerned]:
    """Everybody whom a ticket and what was merged into it concerns, in the order they came."""
    ids = whole(ticket.id)
    rows = db.execute(
        select(Member, Account, Ticket.source, Ticket.place, Household.id, Building.name)
        .join(Account, Account.id == Member.account_id)
        .join(Ticket, Ticket.id == Member.ticket_id)
        .outerjoin(Resident, Resident.id == Account.resident_id)
        .outerjoin(Household, Household.id == Resident.household_id)
        .outerjoin(Building, Building.id == Household.building_id)
        .where(Member.ticket_id.in_(ids))
        .order_by(Member.ticket_id != ticket.id, Member.id)
    )
    told = _told(db, ticket)
    return [
        Concerned(
            account_id=account.id,
            person=_person(account, household_id),
            staff=account.staff_id is not None,
            source=source,
            building=building,
            reporter=member.role == "reporter",
            place=tuple(place),
            said=tuple(said),
            households=households,
        )
        for member, account, source, place, household_id, building in rows
        for said, households in (told.get((member.ticket_id, account.id), ((), 0)),)
    ]


def _person(account: Account, household_id: int | None) -> str:
    if household_id is not None:
        return f"household:{household_id}"
    if account.resident_id is not None:
        return f"resident:{account.resident_id}"
    return f"staff:{account.staff_id}" if account.staff_id is not None else f"account:{account.id}"


def _told(db: Session, ticket: Ticket) -> dict[tuple[int, int | None], tuple[list[str], int]]:
    """What those who joined said of their building, and how many households were passed on, by ticket and account."""
    kinds = (FactKind.SUPPORTED, FactKind.ADDED)
    rows = select(Fact).where(Fact.ticket_id.in_(whole(ticket.id)), Fact.kind.in_(kinds)).order_by(Fact.id)
    found: dict[tuple[int, int | None], tuple[list[str], int]] = {}
    for fact in db.scalars(rows):
        said, households = found.get((fact.ticket_id, fact.account_id), ([], 0))
        said = [*said, *fact.data.get("buildings", ())]
        found[fact.ticket_id, fact.account_id] = (said, households + int(fact.data.get("households", 0)))
    return found
