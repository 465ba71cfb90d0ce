"""Cutting slices: who is sent a notice in one call, with what words, fixed for good.

Where a platform takes one text for thousands of people, the text is the same for all, with a link to the page that
everybody is sent; anywhere else each household gets a link of its own.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import ladder, notice_doors
from bot.channels.base import Channel
from bot.notice_request import Member, Request
from bot.wiring import App
from handlers.wording import notices as wording
from storage import notice_ledger, notice_slices, notice_ways
from storage.base import new_ref
from storage.notice_letting import may_go
from storage.notice_slices import Cut, Planned
from storage.notices import LedgerState, Notice
from storage.people import Account, Unit
from storage.vault import VaultError

log = logging.getLogger(__name__)

LARGEST = 100  # households in one slice where each has words of its own, whatever the platform would take
CUT_STEP = 500  # households cut in one transaction, where a slice is not larger
SOON = timedelta(minutes=1)  # slices due until then are being worked on


def cut_step(app: App) -> int:
    """Cuts some households of the oldest notice that has any left to cut. Answers how many it took care of."""
    with app.writing() as db:
        for notice in _going(app, db):
            if cut := _cut_some(app, db, notice):
                return cut
    return 0


def _going(app: App, db: Session) -> Sequence[Notice]:
    """What may go out now, locked where nobody else holds it: two workers never cut the same notice at once."""
    query = select(Notice).where(may_go(notice_doors.hour_of(app, db))).order_by(Notice.id)
    return db.scalars(query.with_for_update(skip_locked=True)).all()


def _cut_some(app: App, db: Session, notice: Notice) -> int:
    waits: set[str] = set()
    while (door := notice_slices.next_door(db, notice.id, waits)) is not None:
        if door in app.bulk and _wait_for_company(app, db, notice, door):
            waits.add(door)
            continue
        return _cut_door(app, db, notice, door)
    return 0


def _wait_for_company(app: App, db: Session, notice: Notice, door: str) -> bool:
    """Whoever falls back on a door of mass messages waits for the others who may: a call of it is precious."""
    left = notice_slices.left_to_cut(db, notice.id, door)
    return not left.fresh and notice_slices.busy_elsewhere(db, notice.id, door, app.clock.wall() + SOON)


def _cut_door(app: App, db: Session, notice: Notice, door: str) -> int:
    channel = notice_doors.speaking(app, door)
    if channel is None:
        rows = notice_slices.planned(db, notice.id, door, CUT_STEP)
        _step_on(app, db, rows, notice_ways.DOOR_CANNOT_SPEAK)
        return len(rows)
    if channel.abilities.alike:
        left = notice_slices.left_to_cut(db, notice.id, door)
        rows = _together(db, notice, door, share(left.households, channel.abilities.batch))
        plain = _alone(app, db, door, rows)
        if plain is None:
            _Cutting(app, db, notice, channel).alike(rows, bulk=door in app.bulk)
            return len(rows)
        channel = plain
    else:
        rows = notice_slices.planned(db, notice.id, door, CUT_STEP)
    _Cutting(app, db, notice, channel).each(rows)
    return len(rows)


def share(left: int, most: int) -> int:
    """How many go into the next call. The last two are of one size: nobody is left over alone."""
    return most if left >= 2 * most else -(-left // -(-left // most)) if left else 0


def _together(db: Session, notice: Notice, door: str, most: int) -> list[Planned]:
    """Up to ``most`` households, none of whose people is also in the next call."""
    rows = notice_slices.planned(db, notice.id, door, most + 1, by_person=True)
    if len(rows) <= most:
        return rows
    whole = [row for row in rows if row.account_id != rows[-1].account_id]
    return whole or rows[:most]


def _alone(app: App, db: Session, door: str, rows: Sequence[Planned]) -> Channel | None:
    """The door's way to a single person, where platforms take no mass message and this one listens just now."""
    plain = notice_doors.through(app, door, bulk=False)
    people = {row.account_id for row in rows}
    if door not in app.bulk or plain is None or len(people) != 1:
        return None
    account = db.get_one(Account, people.pop())
    return plain if ladder.Ladder(app.channels, app.clock.wall()).open(account, plain.abilities) else None


def _step_on(app: App, db: Session, rows: Sequence[Planned], reason: str) -> None:
    if rows:
        notice_ways.step_on(db, notice_doors.doors_of(app), [row.ledger_id for row in rows], reason)


@dataclass(frozen=True, slots=True)
class _Cutting:
    """Some households of one notice, for one channel of one door."""

    app: App
    db: Session
    notice: Notice
    channel: Channel

    def alike(self, rows: Sequence[Planned], *, bulk: bool) -> None:
        """One slice with one text."""
        link = self._link(notice_ledger.common_link(self.app.vault, self.notice))
        self._slice(rows, self._message(link), notice_slices.new_provider_key(), bulk=bulk)

    def each(self, rows: Sequence[Planned]) -> None:
        """Slices in which every household has a link of its own. What a window allows is one message less then."""
        able = self.channel.abilities
        if able.windows:
            rows = self._listening(rows)
        text = self._message(self._link(""))
        size = max(1, min(able.batch, LARGEST))
        for start in range(0, len(rows), size):
            self._slice(rows[start : start + size], text)

    def _listening(self, rows: Sequence[Planned]) -> Sequence[Planned]:
        wall, accounts = self.app.clock.wall(), self._accounts(rows)
        heard = [row for row in rows if ladder.spend(self.db, accounts[row.account_id], wall)]
        ids = {row.ledger_id for row in heard}
        _step_on(self.app, self.db, [row for row in rows if row.ledger_id not in ids], notice_ways.WINDOW_CLOSED)
        return heard

    def _accounts(self, rows: Sequence[Planned]) -> dict[int, Account]:
        found = self.db.scalars(select(Account).where(Account.id.in_({row.account_id for row in rows})))
        return {account.id: account for account in found}

    def _slice(self, rows: Sequence[Planned], text: str, together: str | None = None, *, bulk: bool = False) -> None:
        round_ = max((row.round for row in rows), default=0)
        members = self._members(rows, round_, personal=together is None)
        if not members:
            return
        ref = new_ref()
        request = Request(text, self.app.clock.now(self.db), tuple(members), together)
        notice_slices.add_slice(
            self.db,
            Cut(
                notice_id=self.notice.id,
                door=self.channel.door,
                round=round_,
                ref=ref,
                provider_key=together or notice_slices.new_provider_key(),
                request=self.app.vault.seal(request.dump(), notice_slices.PLACE, ref),
                members=[member.ledger_id for member in members],
                due=self.app.clock.wall(),
                bulk=bulk,
            ),
        )

    def _members(self, rows: Sequence[Planned], round_: int, *, personal: bool) -> list[Member]:
        vault, notice = self.app.vault, self.notice
        members, unreadable = [], []
        for row in rows:
            try:
                address = vault.open(row.address, "accounts.address", row.account_ref)
            except VaultError:
                unreadable.append(row.ledger_id)
                continue
            name = notice_ledger.link_name(notice.id, row.household_id)
            token = vault.link(name, row.link_key) if personal else ""
            key = f"notice:{notice.number}:{round_}:{row.household_id}:1"
            members.append(Member(row.ledger_id, key, address, token))
        if unreadable:
            log.error("notice %d: %d addresses do not open with the keys at hand", notice.number, len(unreadable))
            notice_slices.set_aside(self.db, unreadable, LedgerState.FAILED, "address_unreadable")
        return members

    def _link(self, token: str) -> str:
        return f"{self.app.settings.public_url}/n/{token}"

    def _message(self, link: str) -> str:
        issuer = self.db.scalar(select(Unit.name).where(Unit.id == self.notice.unit_id)) or ""
        text = notice_ledger.text_of(self.app.vault, self.notice)
        return wording.message(issuer, text, link, self.channel.abilities.text_bytes)
