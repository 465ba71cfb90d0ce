"""Front doors of a notice that somebody has to walk to, and the visits there.

``Ledger.knocked_at`` is the first visit that stands and told somebody; only taking a visit back clears it. A visit for
a reminder or a correction counts for the notice it follows too. Times are business time; everything runs inside the
caller's transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from storage import listening
from storage.base import JsonObject
from storage.listening import Change
from storage.notice_audience import tagged
from storage.notice_groups import said_to_be_read
from storage.notice_people import Knock
from storage.notices import Ledger, LedgerState, Notice, NoticeState
from storage.people import Building, Household, Resident, Unit


class Found(StrEnum):
    """What a visit found."""

    TOLD = "told"
    ABSENT = "absent"  # nobody opened: a visit, and nobody was told
    MOVED = "moved"  # nobody lives there
    TENANT = "tenant"  # other people live there, and were told
    ALONE = "alone"
    ELDERLY = "elderly"


TELLS = frozenset({Found.TOLD, Found.TENANT, Found.ALONE, Found.ELDERLY})
NOBODY_LIVES_THERE = "vacant"  # a tag of a household, and why it has no way
SPARED = ("opted_out", "cancelled")  # skipped, and nobody is to come to the door for it
NOT_REACHED = (LedgerState.FAILED, LedgerState.UNKNOWN, LedgerState.NO_WAY)
ISSUED = (NoticeState.CONFIRMED, NoticeState.SENDING, NoticeState.DONE)
LOOK_BACK = timedelta(days=30)  # an older notice is meant only by its number
MOST_NOTICES = 30
SAME_LOOK = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Door:
    """A front door on somebody's list. ``mark`` names it in a form, and says nothing about it."""

    mark: str
    household_id: int
    estate_id: int
    building: str
    entrance: str
    room: str
    tags: frozenset[str]
    state: str
    knocked_at: datetime | None
    contact: Resident | None
    visits: int  # ever, those taken back too: the number of the next one
    last: Knock | None  # the latest that stands
    said_read: bool = False  # somebody in a group said that they live there and read it; nobody has checked that


# --- which notice, which doors


def issued(db: Session, now: datetime) -> Sequence[Notice]:
    """What may still be told at a door, newest first: neither cancelled nor over, and not of long ago."""
    still = or_(Notice.valid_until.is_(None), Notice.valid_until > now)
    lately = (Notice.state.in_(ISSUED), Notice.confirmed_at >= now - LOOK_BACK, still)
    return db.scalars(select(Notice).where(*lately).order_by(Notice.id.desc()).limit(MOST_NOTICES)).all()


def vacant() -> ColumnElement[bool]:
    """Nobody lives there: somebody found it so, and nobody was bound since."""
    return and_(tagged(NOBODY_LIVES_THERE), Household.contact_id.is_(None))


def is_open() -> ColumnElement[bool]:
    """Whether somebody has to go there: not reached or not read, not told at the door, and not left in peace."""
    skipped = and_(Ledger.state == LedgerState.SKIPPED, func.coalesce(Ledger.reason, "").not_in(SPARED))
    left = or_(Ledger.state.in_((*NOT_REACHED, LedgerState.SENT)), skipped)
    return and_(Ledger.knocked_at.is_(None), Ledger.seen_at.is_(None), left, ~vacant())


def has_open(db: Session, notice_id: int, estate_ids: Collection[int]) -> bool:
    """Whether any door of these estates is left."""
    rows = select(Ledger.id).join(Household, Household.id == Ledger.household_id)
    here = (Ledger.notice_id == notice_id, _within(estate_ids), is_open())
    return db.scalar(select(exists(rows.where(*here)))) or False


def open_for(db: Session, notice_id: int, household_id: int) -> bool | None:
    """Whether this door is left; None where the notice did not concern it."""
    rows = select(is_open()).select_from(Ledger).join(Household, Household.id == Ledger.household_id)
    return db.scalar(rows.where(Ledger.notice_id == notice_id, Ledger.household_id == household_id))


def doors(db: Session, notice: Notice, estate_ids: Collection[int], since: datetime | None = None) -> list[Door]:
    """The doors of these estates that are left, and those visited after ``since``; in no order."""
    meant = [is_open()]
    if since is not None:
        visited = select(Knock.household_id).where(Knock.notice_id == notice.id, Knock.undone_at.is_(None))
        meant += [Ledger.knocked_at >= since, Ledger.household_id.in_(visited.where(Knock.at >= since))]
    query = (
        select(Ledger, Household, Building.name, Resident)
        .join(Household, Household.id == Ledger.household_id)
        .join(Building, Building.id == Household.building_id)
        .outerjoin(Resident, Resident.id == Household.contact_id)
        .where(Ledger.notice_id == notice.id, _within(estate_ids), or_(*meant))
    )
    visits, said_read = _visits(db, notice, estate_ids), said_to_be_read(db, notice.id)
    found = (_door(*row, visits.get(row[1].id, [])) for row in db.execute(query))
    return [replace(door, said_read=door.household_id in said_read) for door in found]


def _door(row: Ledger, home: Household, building: str, contact: Resident | None, visits: Sequence[Knock]) -> Door:
    standing = [visit for visit in visits if visit.undone_at is None]
    tags = frozenset((home.tags or "").split())
    place = (home.estate_id, building, home.entrance, home.room)
    last = standing[-1] if standing else None
    return Door(row.link_hash, home.id, *place, tags, row.state, row.knocked_at, contact, len(visits), last)


def _visits(db: Session, notice: Notice, estate_ids: Collection[int]) -> dict[int, list[Knock]]:
    query = select(Knock).join(Household, Household.id == Knock.household_id)
    found: dict[int, list[Knock]] = {}
    for knock in db.scalars(query.where(Knock.notice_id == notice.id, _within(estate_ids)).order_by(Knock.id)):
        found.setdefault(knock.household_id, []).append(knock)
    return found


def _within(estate_ids: Collection[int]) -> ColumnElement[bool]:
    """By the buildings, of which front doors have an index."""
    return Household.building_id.in_(select(Building.id).where(Building.estate_id.in_(sorted(estate_ids))))


def household_of(db: Session, notice: Notice, mark: str) -> Household | None:
    """The door that a form names."""
    mine = (Ledger.notice_id == notice.id, Ledger.link_hash == mark)
    return db.scalars(select(Household).join(Ledger, Ledger.household_id == Household.id).where(*mine)).one_or_none()


def alike(db: Session, estate_ids: Collection[int]) -> Iterator[tuple[str, str, str]]:
    """Building, entrance and room of every door of these estates: what somebody may have meant."""
    query = select(Building.name, Household.entrance, Household.room)
    for row in db.execute(query.join(Building, Building.id == Household.building_id).where(_within(estate_ids))):
        yield row[0], row[1], row[2]


# --- visits


def add_visit(
    db: Session, notice: Notice, household_id: int, found: Found, staff_id: int, now: datetime, number: int | None
) -> Knock | None:
    """Writes a visit; None where it stands there already: tapped twice, or by two people. Raises LookupError where the
    notice did not concern this door. ``number``: how many visits there were when whoever knocks saw the list.
    """
    rows = _locked(db, notice, household_id)
    mine = select(Knock).where(Knock.notice_id == notice.id, Knock.household_id == household_id)
    before = db.scalars(mine.order_by(Knock.id)).all()
    since = before[number:] if number is not None else ()
    if any(visit.found == found and visit.undone_at is None for visit in since):
        return None
    name = f"knock:{notice.number}:{household_id}:{len(before)}"
    visit = Knock(name=name, notice_id=notice.id, household_id=household_id, staff_id=staff_id, at=now, found=found)
    db.add(visit)
    db.flush()
    _settle(db, rows, household_id)
    return visit


def latest_visit(db: Session, household_id: int, notice: Notice | None = None) -> Knock | None:
    """The last one that stands at a door; for this notice or what reminded of it or corrected it, if one is named."""
    query = select(Knock).where(Knock.household_id == household_id, Knock.undone_at.is_(None))
    if notice is not None:
        query = query.where(Knock.notice_id.in_(_with_followers(notice.id)))
    return db.scalars(query.order_by(Knock.at.desc(), Knock.id.desc()).limit(1)).one_or_none()


def take_back(db: Session, visit: Knock, now: datetime) -> bool:
    """The visit was a mistake: it stays, and counts no more. False where somebody was quicker."""
    rows = _locked(db, db.get_one(Notice, visit.notice_id), visit.household_id)
    db.refresh(visit)
    if visit.undone_at is not None:
        return False
    visit.undone_at = now
    db.flush()
    _settle(db, rows, visit.household_id)
    return True


def _locked(db: Session, notice: Notice, household_id: int) -> Sequence[Ledger]:
    """The rows of this door under the notice and all that it follows, in one order for everybody: two visits at once
    wait for each other here."""
    ids = [notice.id]
    above = notice.of_id
    while above is not None and above not in ids:
        ids.append(above)
        above = db.scalar(select(Notice.of_id).where(Notice.id == above))
    query = select(Ledger).where(Ledger.notice_id.in_(ids), Ledger.household_id == household_id).order_by(Ledger.id)
    rows = db.scalars(query.with_for_update().execution_options(populate_existing=True)).all()
    if all(row.notice_id != notice.id for row in rows):
        raise LookupError(f"notice {notice.number} does not concern this door")
    return rows


def _settle(db: Session, rows: Sequence[Ledger], household_id: int) -> None:
    told = (Knock.household_id == household_id, Knock.undone_at.is_(None), Knock.found.in_(sorted(TELLS)))
    for row in rows:
        first = select(func.min(Knock.at)).where(Knock.notice_id.in_(_with_followers(row.notice_id)), *told)
        row.knocked_at = db.scalar(first)
    db.flush()


def _with_followers(notice_id: int) -> Select[int]:
    """A notice, what followed it, and what followed that."""
    family = select(Notice.id).where(Notice.id == notice_id).cte("family", recursive=True)
    following = family.union(select(Notice.id).join(family, Notice.of_id == family.c.id))
    return select(following.c.id)


# --- looks


def note_look(db: Session, notice: Notice, unit: Unit, staff_id: int | None, by: str, now: datetime) -> None:
    """Who looked at whose doors, when and by what; a page that is opened again within minutes is one look."""
    about, data = f"notice:{notice.number}", {"unit": unit.id, "by": by}
    same = (Change.about == about, Change.kind == "read_doors", Change.staff_id == staff_id)
    lately = select(Change.data).where(*same, Change.at > now - SAME_LOOK)
    seen: Sequence[JsonObject] = db.scalars(lately).all()
    if data not in seen:
        listening.note_change(db, about, "read_doors", now, staff_id=staff_id, data=data)
