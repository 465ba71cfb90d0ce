"""A household reads a notice: on its own page, on the one that everybody or a group is sent, or by a word in the chat.

A household's own link names it. The common page and a group's know nobody by themselves: where the platform says whose
phone it is, looking and 收到 are noted for their household, else for a person without a door (``notice_readers``).
Whom the platform says to live elsewhere never counts for the household whose link they hold.

What is read of a reminder or a correction is read of the notice it follows, too. ``now`` is business time.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, CursorResult, and_, func, literal, or_, select, update
from sqlalchemy.orm import Session

from storage import notice_readers, persons
from storage.base import UtcTime
from storage.notice_links import Correction, Link, correction_of, find
from storage.notice_sheet import Sheet, sheet_of
from storage.notices import Ledger, LedgerState, Notice, NoticeState, Slice
from storage.people import Account, Household, Resident
from storage.vault import Vault

AT_THE_PLATFORM = ("leased", "submitted")  # a slice that may be on people's screens before we hear of it

Reader = Literal["household", "person", "nobody"]


@dataclass(frozen=True, slots=True)
class Looks:
    """Who looks, as far as anybody knows. ``account``: whose phone the platform says it is.

    ``marks``: keyed hashes of whatever tells this person from others, under each key, the first one written;
    ``household_id``: the door that they say is theirs, which nobody has checked.
    """

    account: Account | None = None
    marks: tuple[str, ...] = ()
    household_id: int | None = None


NOBODY = Looks()


@dataclass(frozen=True, slots=True)
class Leaf:
    """A page with what is known of its reader. ``reader``: what looking and 收到 count for."""

    link: Link
    sheet: Sheet
    reader: Reader
    seen: bool = False
    confirmed_at: datetime | None = None
    correction: Correction | None = None

    @property
    def counts(self) -> bool:
        """Whether it is known whose looking it is."""
        return self.reader != "nobody"


def leaf(db: Session, vault: Vault, token: str, now: datetime, looks: Looks = NOBODY) -> Leaf | None:
    """The page behind a link; None for a link that nobody was given."""
    link = find(db, token)
    if link is None:
        return None
    correction = correction_of(db, vault, link)
    sheet = sheet_of(db, vault, db.get_one(Notice, link.notice_id), now)
    rows = db.execute(select(Ledger.seen_at, Ledger.confirmed_at).where(_rows(db, link, looks))).all()
    if rows:
        confirmed = [row.confirmed_at for row in rows if row.confirmed_at is not None]
        seen = all(row.seen_at is not None for row in rows)
        confirmed_at = confirmed[0] if len(confirmed) == len(rows) else None
        return Leaf(link, sheet, "household", seen, confirmed_at, correction)
    if not _is_person(db, link, looks):
        return Leaf(link, sheet, "nobody", correction=correction)
    known = notice_readers.known(db, link.notice_id, looks.marks)
    confirmed_at = known.confirmed_at if known is not None else None
    return Leaf(link, sheet, "person", known is not None, confirmed_at, correction)


def _rows(db: Session, link: Link, looks: Looks) -> ColumnElement[bool]:
    """Whose rows a link is about."""
    return and_(Ledger.notice_id == link.notice_id, Ledger.household_id.in_(_households(db, link, looks)))


def _households(db: Session, link: Link, looks: Looks) -> list[int]:
    homes = homes_of(db, looks.account)
    own = link.household_id
    # A link that was passed on to somebody who certainly lives elsewhere says nothing of the household it was sent to.
    return [own] if own is not None and (not homes or own in homes) else homes


def _is_person(db: Session, link: Link, looks: Looks) -> bool:
    """Whether somebody without a row counts as a person: in a group anybody, elsewhere whom the platform names and
    nobody's book knows."""
    if link.group_id is not None:
        return True
    return link.household_id is None and looks.account is not None and not homes_of(db, looks.account)


def homes_of(db: Session, looks: Account | None) -> list[int]:
    """The households that somebody speaks for, and where they live."""
    if looks is None or looks.resident_id is None:
        return []
    speaks_for = db.scalars(select(Household.id).where(Household.contact_id == looks.resident_id)).all()
    lives_in = db.scalar(select(Resident.household_id).where(Resident.id == looks.resident_id))
    return sorted({*speaks_for, *([lives_in] if lives_in is not None else [])})


# --- looking, and 收到


def note_seen(db: Session, token: str, now: datetime, looks: Looks = NOBODY) -> bool:
    """Somebody looked at the page. Answers whether that counts for anybody; a repeat changes nothing."""
    link = find(db, token)
    return link is not None and note(db, link, now, looks, confirmed=False)


def note_confirmed(db: Session, token: str, now: datetime, looks: Looks = NOBODY) -> bool:
    """Somebody said 收到 on the page: seen, and confirmed. A repeat keeps the first time."""
    link = find(db, token)
    return link is not None and note(db, link, now, looks, confirmed=True)


def note(db: Session, link: Link, now: datetime, looks: Looks, *, confirmed: bool) -> bool:
    """The same for whatever opened the notice."""
    homes = _households(db, link, looks)
    if homes and _reached(db, link.notice_id, homes, now, confirmed=confirmed):
        return True
    if not looks.marks or not _is_person(db, link, looks):
        return False
    reading = notice_readers.Reading(link.notice_id, link.group_id, looks.marks, looks.household_id)
    return notice_readers.note(db, reading, now, confirmed=confirmed)


class Heard(NamedTuple):
    """A notice that a word in the chat was for."""

    number: int
    cancelled: bool = False
    again: bool = False  # it was confirmed before


def confirm_latest(
    db: Session, account: Account, since: datetime, now: datetime, number: int | None = None
) -> Heard | None:
    """Confirms the newest notice issued after ``since`` that this person was sent and has not confirmed, or the one
    with this number, however old.

    None when there is none. Somebody who speaks for two households confirms for both. People are quicker than a
    platform's report: what it has been given counts as sent. One that was cancelled was read all the same.
    """
    meant = Notice.number == number if number is not None else Notice.confirmed_at >= since
    notice_ids = db.scalars(select(Notice.id).where(Notice.confirmed_at.is_not(None), meant)).all()
    if not notice_ids or account.resident_id is None:
        return None
    # The ledger is indexed by household, not by account; a resident speaks for one or two households.
    households = db.scalars(select(Household.id).where(Household.contact_id == account.resident_id)).all()
    given = select(Slice.id).where(Slice.notice_id.in_(notice_ids), Slice.state.in_(AT_THE_PLATFORM))
    mine = and_(
        Ledger.notice_id.in_(notice_ids),
        Ledger.household_id.in_(households),
        Ledger.account_id.in_(persons.ids_of(db, account)),
        or_(
            Ledger.state.in_((LedgerState.SENT, LedgerState.UNKNOWN)),
            and_(Ledger.state == LedgerState.CUT, Ledger.slice_id.in_(given)),
        ),
    )
    rows = db.execute(select(Ledger.notice_id, Ledger.household_id, Ledger.confirmed_at).where(mine)).all()
    fresh = [row for row in rows if row.confirmed_at is None]
    if fresh:
        newest = max(row.notice_id for row in fresh)
        _reached(db, newest, [row.household_id for row in fresh if row.notice_id == newest], now, confirmed=True)
        return _heard(db, newest)
    return _heard(db, rows[0].notice_id, again=True) if rows and number is not None else None


def _heard(db: Session, notice_id: int, *, again: bool = False) -> Heard:
    row = db.execute(select(Notice.number, Notice.state).where(Notice.id == notice_id)).one()
    return Heard(row.number, row.state == NoticeState.CANCELLED, again)


def _reached(db: Session, notice_id: int, households: Collection[int], now: datetime, *, confirmed: bool) -> int:
    """Marks the rows of these households, and theirs of the notices that this one follows. Answers how many of the
    notice itself there are."""
    marked = _mark(db, notice_id, households, now, confirmed=confirmed)
    before = db.scalar(select(Notice.of_id).where(Notice.id == notice_id)) if marked else None
    while before is not None and before < notice_id:
        _mark(db, before, households, now, confirmed=confirmed)
        notice_id, before = before, db.scalar(select(Notice.of_id).where(Notice.id == before))
    return marked


def _mark(db: Session, notice_id: int, households: Collection[int], now: datetime, *, confirmed: bool) -> int:
    """Whoever has seen it was reached, whatever the platform said: seen is always a part of sent."""
    moment = literal(now, UtcTime())
    values: dict[str, Any] = {
        "state": LedgerState.SENT,
        "waits": None,
        "reason": None,
        "sent_at": func.coalesce(Ledger.sent_at, moment),
        "seen_at": func.coalesce(Ledger.seen_at, moment),
    }
    if confirmed:
        values["confirmed_at"] = func.coalesce(Ledger.confirmed_at, moment)
    which = and_(Ledger.notice_id == notice_id, Ledger.household_id.in_(households))
    result = db.execute(update(Ledger).where(which).values(values), execution_options={"synchronize_session": False})
    assert isinstance(result, CursorResult)
    return result.rowcount
