"""A notice before it goes out: the draft, what its confirmation is bound to, and the ledger of the fan-out.

Everything here runs inside a transaction that the caller opened. Times are aware; ``now`` is business time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import BigInteger, Boolean, ColumnElement, String, Text, cast, func, insert, literal, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from storage import notice_ways
from storage.base import new_ref
from storage.given import Columns, given
from storage.inserts import table_of
from storage.notice_doors import Doors
from storage.notice_ways import Way
from storage.notices import Ledger, LedgerState, Notice, NoticeState
from storage.people import Household, Staff, Unit
from storage.vault import Vault, link_hash

NUMBER_TRIES = 20  # transactions that draw a number at the same moment; each loss means that somebody else got one


# --- drafts


def open_draft(
    db: Session, vault: Vault, *, unit_id: int, author_id: int, text: str, now: datetime, ref: str | None = None
) -> Notice:
    """A draft under the next free number. Numbers start at 1 and are never used twice. ``ref``: see ``of_form``."""
    ref = ref or new_ref()
    for _ in range(NUMBER_TRIES):
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


def of_form(db: Session, ref: str, author_id: int) -> Notice | None:
    """The draft that a form has made already: a form that is sent twice makes one. Whoever sends it a second time while
    the first is under way waits here."""
    db.execute(select(Staff.id).where(Staff.id == author_id).with_for_update())
    return db.scalars(select(Notice).where(Notice.ref == ref, Notice.author_id == author_id)).one_or_none()


def text_of(vault: Vault, notice: Notice) -> str:
    """The words of a notice. Raises VaultError when its key is gone."""
    return vault.open(notice.text, "notices.text", notice.ref)


def by_number(db: Session, number: int, *, lock: bool = False) -> Notice | None:
    """The notice people call by this number; locked, it is read afresh, and a second confirmation waits here."""
    query = select(Notice).where(Notice.number == number)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return db.scalars(query).one_or_none()


def latest_draft(db: Session, staff_id: int) -> Notice | None:
    """What somebody wrote last and has not been sent."""
    open_ = Notice.state.in_((NoticeState.DRAFT, NoticeState.SIGNING))
    mine = select(Notice).where(Notice.author_id == staff_id, open_)
    return db.scalars(mine.order_by(Notice.id.desc()).limit(1)).first()


def latest_signing(db: Session, staff_id: int) -> Notice | None:
    """What somebody confirmed last and waits for the second person; locked."""
    mine = select(Notice).where(Notice.confirmed_by_id == staff_id, Notice.state == NoticeState.SIGNING)
    fresh = mine.with_for_update().execution_options(populate_existing=True)
    return db.scalars(fresh.order_by(Notice.id.desc()).limit(1)).first()


def proposed(db: Session, limit: int = 50) -> Sequence[tuple[Notice, Unit]]:
    """What waits for somebody to decide about it, newest first, each with the unit it is for."""
    query = select(Notice, Unit).join(Unit, Unit.id == Notice.unit_id).where(Notice.state == NoticeState.PROPOSED)
    return [(row[0], row[1]) for row in db.execute(query.order_by(Notice.id.desc()).limit(limit))]


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


def snapshot(db: Session, which: ColumnElement[bool]) -> tuple[int, str]:
    """How many households these are, and a digest of exactly which."""
    ids = select(Household.id).where(which).order_by(Household.id).subquery()
    # The database writes the list: a million numbers as objects would keep this process from anything else.
    if db.get_bind().dialect.name == "postgresql":
        listed = func.string_agg(cast(ids.c.id, Text), aggregate_order_by(literal(","), ids.c.id))
    else:
        listed = func.group_concat(ids.c.id, ",")
    households, text = db.execute(select(func.count(), listed).select_from(ids)).one()
    return households, hashlib.sha256((text or "").encode()).hexdigest()


def anybody(db: Session, which: ColumnElement[bool]) -> bool:
    """Whether there is any such household."""
    return db.scalar(select(Household.id).where(which).limit(1)) is not None


# --- the fan-out


def link_name(notice_id: int, household_id: int) -> str:
    """What a household's link is made of; the link itself shows nothing of it."""
    return f"notice:{notice_id}:{household_id}"


def test_name(notice_id: int) -> str:
    """What the link of a test to oneself is made of: it is in no ledger, and counts nothing."""
    return f"notice:{notice_id}:test"


def common_link(vault: Vault, notice: Notice) -> str:
    """The link that everybody is sent where a platform takes one text for all; made when it is first needed."""
    name = f"notice:{notice.id}:all"
    if notice.link_hash is None:
        notice.link_hash, notice.link_key = link_hash(vault.link(name)), vault.first.id
    return vault.link(name, notice.link_key)


class Page(NamedTuple):
    """The households behind a notice's cursor, with the marks of their links; ``last``: there are none behind them."""

    after: int
    ways: Sequence[Way]
    links: Sequence[str]
    last: bool

    @property
    def end(self) -> int:
        """The cursor once it is written."""
        return self.ways[-1].household_id if self.ways else self.after

    def up_to(self, place: int) -> Page:
        """Its first households; others are behind them."""
        return Page(self.after, self.ways[:place], self.links[:place], last=False)


def read_page(
    db: Session, vault: Vault, notice: Notice, doors: Doors, after: int, step: int, speakers: Collection[str] = ()
) -> Page:
    """Looks up to ``step`` households behind ``after`` up. ``speakers``: as in ``notice_ways``."""
    ways = notice_ways.next_page(db, notice, doors, after, step, speakers)
    links = [link_hash(vault.link(link_name(notice.id, way.household_id))) for way in ways]
    return Page(after, ways, links, last=len(ways) < step)


def fan_out_step(
    db: Session,
    vault: Vault,
    notice: Notice,
    page: Page,
    cut: Mapping[int, int] | None = None,
) -> dict[int, int]:
    """Writes a page of households and the cursor together; the last step closes the snapshot.

    The caller holds the notice's row locked, and the page was read behind the same cursor. ``cut``: the slices of
    those households that are cut at once. Answers the ids of the rows of these.
    """
    made: dict[int, int] = {}
    if page.ways:
        made = _write(db, vault.first.id, notice.id, page, cut or {})
        notice.cursor = page.end
    if page.last:
        notice.households = db.scalar(select(func.count()).where(Ledger.notice_id == notice.id)) or 0
        if notice.state == NoticeState.CONFIRMED:  # and not cancelled meanwhile
            notice.state = NoticeState.SENDING
    db.flush()
    return made


_COLUMNS: Columns = {
    "household_id": BigInteger(),
    "community_id": BigInteger(),
    "account_id": BigInteger(),
    "state": String(),
    "waits": Boolean(),
    "reason": String(),
    "slice_id": BigInteger(),
    "link_hash": String(),
}


def _write(db: Session, link_key: str, notice_id: int, page: Page, cut: Mapping[int, int]) -> dict[int, int]:
    """One statement for all: row by row the library would cost as much as the disk."""
    rows = [_row(way, link, cut.get(way.household_id)) for way, link in zip(page.ways, page.links, strict=True)]
    table = given(db, _COLUMNS, rows)
    values = select(literal(notice_id, BigInteger), literal(link_key, String), *table.c)
    names = ["notice_id", "link_key", *_COLUMNS]
    written = insert(table_of(Ledger)).from_select(names, values, include_defaults=False)
    if not cut:
        db.connection().execute(written)
        return {}
    made = db.connection().execute(written.returning(Ledger.household_id, Ledger.id))
    return {household: row for household, row in made.all() if household in cut}


def _row(way: Way, link: str, slice_id: int | None) -> tuple[object, ...]:
    state = way.state if slice_id is None else LedgerState.CUT
    waits = True if state == LedgerState.PLANNED else None
    return way.household_id, way.community_id, way.account_id, str(state), waits, way.reason, slice_id, link
