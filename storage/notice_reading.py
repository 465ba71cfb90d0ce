"""A household reads a notice: on its own page, on the one that everybody is sent, or by a word in the chat.

The common page knows nobody by itself. Where the platform says whose phone it is, looking and 收到 are noted for their
household; else nobody is counted, and a word in the chat counts. ``now`` is business time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, and_, func, literal, or_, select, update
from sqlalchemy.orm import Session

from storage import persons
from storage.base import UtcTime
from storage.notice_ledger import text_of
from storage.notices import Ledger, LedgerState, Notice, NoticeState, Slice
from storage.people import Account, Household, Resident, Unit
from storage.vault import Vault, link_hash

AT_THE_PLATFORM = ("leased", "submitted")  # a slice that may be on people's screens before we hear of it


@dataclass(frozen=True, slots=True)
class Leaf:
    """What a link opens: nothing about the household itself. ``counts``: whether it is known whose looking it is."""

    text: str
    issuer: str
    phone: str | None  # the issuing unit's public number, and when somebody answers it
    hours: str | None
    issued_at: datetime | None
    seen: bool
    confirmed_at: datetime | None
    counts: bool = True


def leaf(db: Session, vault: Vault, token: str, looks: Account | None = None) -> Leaf | None:
    """The page behind a link; None for a link that nobody was given. ``looks``: whose phone it is, if that is known."""
    notice = _notice_of(db, token)
    if notice is None:
        return None
    unit = db.get_one(Unit, notice.unit_id)
    rows = db.execute(select(Ledger.seen_at, Ledger.confirmed_at).where(_rows(db, token, looks))).all()
    confirmed = [row.confirmed_at for row in rows if row.confirmed_at is not None]
    return Leaf(
        text=text_of(vault, notice),
        issuer=unit.name,
        phone=unit.phone,
        hours=unit.hours,
        issued_at=notice.confirmed_at,
        seen=bool(rows) and all(row.seen_at is not None for row in rows),
        confirmed_at=confirmed[0] if confirmed and len(confirmed) == len(rows) else None,
        counts=bool(rows),
    )


def _notice_of(db: Session, token: str) -> Notice | None:
    mark = link_hash(token)
    own = select(Notice).join(Ledger).where(Ledger.link_hash == mark)
    return db.scalars(own).one_or_none() or db.scalars(select(Notice).where(Notice.link_hash == mark)).one_or_none()


def _rows(db: Session, token: str, looks: Account | None) -> ColumnElement[bool]:
    """Whose row a link is about: a household's own link names it, the common one needs to know who looks."""
    mark = link_hash(token)
    notice_id = db.scalar(select(Notice.id).where(Notice.link_hash == mark))
    if notice_id is None:
        return Ledger.link_hash == mark
    return and_(Ledger.notice_id == notice_id, Ledger.household_id.in_(_homes(db, looks)))


def _homes(db: Session, looks: Account | None) -> list[int]:
    """The households that somebody speaks for, and where they live."""
    if looks is None or looks.resident_id is None:
        return []
    speaks_for = db.scalars(select(Household.id).where(Household.contact_id == looks.resident_id)).all()
    lives_in = db.scalar(select(Resident.household_id).where(Resident.id == looks.resident_id))
    return sorted({*speaks_for, *([lives_in] if lives_in is not None else [])})


def note_seen(db: Session, token: str, now: datetime, looks: Account | None = None) -> bool:
    """Somebody looked at the page. Answers whether that counts for anybody; a repeat changes nothing."""
    return _reached(db, _rows(db, token, looks), now, confirmed=False) > 0


def note_confirmed(db: Session, token: str, now: datetime, looks: Account | None = None) -> bool:
    """Somebody said 收到 on the page: seen, and confirmed. A repeat keeps the first time."""
    return _reached(db, _rows(db, token, looks), now, confirmed=True) > 0


def confirm_latest(db: Session, account: Account, since: datetime, now: datetime) -> int | None:
    """Confirms the newest notice issued after ``since`` that this person was sent and has not confirmed.

    Answers its number; None when there is none. Somebody who speaks for two households confirms for both. People are
    quicker than a platform's report: what it has been given counts as sent.
    """
    recent = select(Notice.id).where(Notice.confirmed_at >= since, Notice.state != NoticeState.CANCELLED)
    notice_ids = db.scalars(recent).all()
    if not notice_ids or account.resident_id is None:
        return None
    # The ledger is indexed by household, not by account; a resident speaks for one or two households.
    households = db.scalars(select(Household.id).where(Household.contact_id == account.resident_id)).all()
    given = select(Slice.id).where(Slice.notice_id.in_(notice_ids), Slice.state.in_(AT_THE_PLATFORM))
    mine = (
        Ledger.household_id.in_(households),
        Ledger.account_id.in_(persons.ids_of(db, account)),
        or_(
            Ledger.state.in_((LedgerState.SENT, LedgerState.UNKNOWN)),
            and_(Ledger.state == LedgerState.CUT, Ledger.slice_id.in_(given)),
        ),
        Ledger.confirmed_at.is_(None),
    )
    newest = db.scalar(select(func.max(Ledger.notice_id)).where(Ledger.notice_id.in_(notice_ids), *mine))
    if newest is None:
        return None
    ids = db.scalars(select(Ledger.id).where(Ledger.notice_id == newest, *mine)).all()
    _reached(db, Ledger.id.in_(ids), now, confirmed=True)
    return db.scalar(select(Notice.number).where(Notice.id == newest))


def _reached(db: Session, which: ColumnElement[bool], now: datetime, *, confirmed: bool) -> int:
    """Whoever has seen it was reached, whatever the platform said: seen is always a part of sent."""
    moment = literal(now, UtcTime())
    values: dict[str, Any] = {
        "state": LedgerState.SENT,
        "reason": None,
        "sent_at": func.coalesce(Ledger.sent_at, moment),
        "seen_at": func.coalesce(Ledger.seen_at, moment),
    }
    if confirmed:
        values["confirmed_at"] = func.coalesce(Ledger.confirmed_at, moment)
    result = db.execute(update(Ledger).where(which).values(values), execution_options={"synchronize_session": False})
    assert isinstance(result, CursorResult)
    return result.rowcount
