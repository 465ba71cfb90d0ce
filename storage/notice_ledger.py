"""The ledger of a notice: who is to be reached and by which way, what was read, and figures that add up.

Everything here runs inside a transaction that the caller opened. Times are aware; ``now`` is business time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, CursorResult, and_, case, func, insert, literal, select, true, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from storage import persons
from storage.base import UtcTime, new_ref
from storage.notices import Ledger, LedgerState, Notice, NoticeState
from storage.people import Account, Household, Unit
from storage.vault import Vault, link_hash

NUMBER_TRIES = 20  # transactions that draw a number at the same moment; each loss means that somebody else got one

UNBOUND = "unbound"
IN_GROUP_ONLY = "in_group_only"
DOOR_CANNOT_SPEAK = "door_cannot_speak"


# --- drafts


def open_draft(db: Session, vault: Vault, *, unit_id: int, author_id: int, text: str, now: datetime) -> Notice:
    """A draft under the next free number. Numbers start at 1 and are never used twice."""
    for _ in range(NUMBER_TRIES):
        ref = new_ref()
        draft = Notice(
            ref=ref,
            number=(db.scalar(select(func.max(Notice.number))) or 0) + 1,
            unit_id=unit_id,
            author_id=author_id,
            text=vault.seal(text, "notices.text", ref),
            fingerprint="",
            created_at=now,
        )
        try:
            with db.begin_nested():
                db.add(draft)
        except IntegrityError:
            continue  # PostgreSQL only: somebody else's draft took the number and has just been committed
        return draft
    raise RuntimeError("no free number for a notice")


def text_of(vault: Vault, notice: Notice) -> str:
    """The words of a notice. Raises VaultError when its key is gone."""
    return vault.open(notice.text, "notices.text", notice.ref)


def by_number(db: Session, number: int, *, lock: bool = False) -> Notice | None:
    """The notice people call by this number; locked, it is read afresh, and a second confirmation waits here."""
    query = select(Notice).where(Notice.number == number)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return db.scalars(query).one_or_none()


def latest_issued(db: Session, limit: int = 50) -> Sequence[tuple[Notice, Unit]]:
    """What has been confirmed, newest first, each with its issuer."""
    query = (
        select(Notice, Unit)
        .join(Unit, Unit.id == Notice.unit_id)
        .where(Notice.state != NoticeState.DRAFT)
        .order_by(Notice.id.desc())
        .limit(limit)
    )
    return [(row[0], row[1]) for row in db.execute(query)]


# --- the audience


@dataclass(frozen=True, slots=True)
class Count:
    """Households of one community that share a way, or the lack of one."""

    community: str
    door: str | None
    reason: str | None
    households: int


def _within(path: str) -> ColumnElement[bool]:
    return Household.estate_id.in_(select(Unit.id).where(Unit.path.startswith(path)))


def snapshot(db: Session, path: str) -> tuple[int, str]:
    """How many households live below ``path``, and a digest of exactly which."""
    ids = db.scalars(select(Household.id).where(_within(path)).order_by(Household.id)).all()
    return len(ids), hashlib.sha256(",".join(map(str, ids)).encode()).hexdigest()


def _reason(reachable: bool, bound: bool, grouped: bool) -> str | None:
    if reachable:
        return None
    if bound:
        return DOOR_CANNOT_SPEAK
    return IN_GROUP_ONLY if grouped else UNBOUND


def count_ways(db: Session, path: str, doors: Collection[str] | None = None) -> list[Count]:
    """The audience by community and way. ``doors`` that can speak now; None takes every door for able."""
    able = true() if doors is None else Account.door.in_(sorted(doors))
    ways = (
        select(Account.resident_id, func.min(case((able, Account.id))).label("account_id"))
        .where(Account.follows.is_(True), Account.resident_id.is_not(None))
        .group_by(Account.resident_id)
        .subquery()
    )
    bound, grouped = ways.c.resident_id.is_not(None), Household.group_id.is_not(None)
    shape = (Unit.id, Unit.name, Account.door, bound, grouped)
    query = (
        select(*shape, func.count())
        .select_from(Household)
        .join(Unit, Unit.id == Household.community_id)
        .outerjoin(ways, ways.c.resident_id == Household.contact_id)
        .outerjoin(Account, Account.id == ways.c.account_id)
        .where(_within(path))
        .group_by(*shape)
        .order_by(Unit.id)
    )
    return [
        Count(name, door, _reason(door is not None, was_bound, in_group), households)
        for _, name, door, was_bound, in_group, households in db.execute(query)
    ]


# --- the fan-out


def link_name(notice_id: int, household_id: int) -> str:
    """What a household's link is made of; the link itself shows nothing of it."""
    return f"notice:{notice_id}:{household_id}"


def fan_out_step(db: Session, vault: Vault, notice: Notice, doors: Collection[str], step: int) -> int:
    """Writes the next ``step`` households and the cursor together; the last step closes the snapshot.

    Answers how many rows it wrote. The caller holds the notice's row locked.
    """
    path = db.scalar(select(Unit.path).where(Unit.id == notice.unit_id))
    assert path is not None
    rows = [_ledger_row(vault, notice.id, page, doors) for page in _next_page(db, path, notice.cursor, step)]
    if rows:
        db.connection().execute(insert(Ledger.__table__), rows)  # type: ignore[arg-type]
        notice.cursor = rows[-1]["household_id"]
    if len(rows) < step:
        notice.households = db.scalar(select(func.count()).where(Ledger.notice_id == notice.id)) or 0
        notice.state = NoticeState.SENDING
    db.flush()
    return len(rows)


class _Page(NamedTuple):
    """One household of a step, with the accounts that its contact follows us by, lowest id first."""

    household_id: int
    community_id: int
    grouped: bool
    accounts: list[tuple[int, str]]  # id, door


def _next_page(db: Session, path: str, cursor: int, step: int) -> list[_Page]:
    page = (
        select(Household.id, Household.community_id, Household.contact_id, Household.group_id)
        .where(_within(path), Household.id > cursor)
        .order_by(Household.id)
        .limit(step)
        .subquery()
    )
    # A join and not a scalar subquery with min(): PostgreSQL walks all accounts by id for each of those.
    query = (
        select(page.c.id, page.c.community_id, page.c.group_id, Account.id, Account.door)
        .outerjoin(Account, and_(Account.resident_id == page.c.contact_id, Account.follows.is_(True)))
        .order_by(page.c.id, Account.id)
    )
    found: dict[int, _Page] = {}
    for household_id, community_id, group_id, account_id, door in db.execute(query):
        entry = found.setdefault(household_id, _Page(household_id, community_id, group_id is not None, []))
        if account_id is not None:
            entry.accounts.append((account_id, door))
    return list(found.values())


def _ledger_row(vault: Vault, notice_id: int, page: _Page, doors: Collection[str]) -> dict[str, Any]:
    account_id = next((account_id for account_id, door in page.accounts if door in doors), None)
    return {
        "notice_id": notice_id,
        "household_id": page.household_id,
        "community_id": page.community_id,
        "account_id": account_id,
        "state": LedgerState.NO_WAY if account_id is None else LedgerState.PLANNED,
        "reason": _reason(account_id is not None, bool(page.accounts), page.grouped),
        "link_hash": link_hash(vault.link(link_name(notice_id, page.household_id))),
        "link_key": vault.first.id,
    }


# --- the household reads


@dataclass(frozen=True, slots=True)
class Leaf:
    """What a household's link opens: nothing about the household itself."""

    text: str
    issuer: str
    phone: str | None  # the issuing unit's public number, and when somebody answers it
    hours: str | None
    issued_at: datetime | None
    seen: bool
    confirmed_at: datetime | None


def leaf(db: Session, vault: Vault, token: str) -> Leaf | None:
    """The page behind a link; None for a link that nobody was given."""
    query = (
        select(Ledger, Notice, Unit)
        .join(Notice, Notice.id == Ledger.notice_id)
        .join(Unit, Unit.id == Notice.unit_id)
        .where(Ledger.link_hash == link_hash(token))
    )
    row = db.execute(query).one_or_none()
    if row is None:
        return None
    entry, notice, unit = row
    return Leaf(
        text=text_of(vault, notice),
        issuer=unit.name,
        phone=unit.phone,
        hours=unit.hours,
        issued_at=notice.confirmed_at,
        seen=entry.seen_at is not None,
        confirmed_at=entry.confirmed_at,
    )


def note_seen(db: Session, token: str, now: datetime) -> bool:
    """Somebody looked at the page. Answers whether the link exists; a repeat changes nothing."""
    return _reached(db, Ledger.link_hash == link_hash(token), now, confirmed=False) > 0


def note_confirmed(db: Session, token: str, now: datetime) -> bool:
    """Somebody said 收到 on the page: seen, and confirmed. A repeat keeps the first time."""
    return _reached(db, Ledger.link_hash == link_hash(token), now, confirmed=True) > 0


def confirm_latest(db: Session, account: Account, since: datetime, now: datetime) -> int | None:
    """Confirms the newest notice issued after ``since`` that this account was sent and has not confirmed.

    Answers its number; None when there is none. Somebody who speaks for two households confirms for both.
    """
    recent = select(Notice.id).where(Notice.confirmed_at >= since, Notice.state != NoticeState.CANCELLED)
    notice_ids = db.scalars(recent).all()
    if not notice_ids or account.resident_id is None:
        return None
    # The ledger is indexed by household, not by account; a resident speaks for one or two households.
    households = db.scalars(select(Household.id).where(Household.contact_id == account.resident_id)).all()
    mine = (
        Ledger.household_id.in_(households),
        Ledger.account_id.in_(persons.ids_of(db, account)),
        Ledger.state.in_((LedgerState.SENT, LedgerState.UNKNOWN)),
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
