"""Cutting slices: who is sent a notice in one call, with what words, fixed for good.

Where a platform takes one text for thousands of people, the text is the same for all, with a link to the page that
everybody is sent; anywhere else each household gets a link of its own.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from operator import attrgetter

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import ladder, notice_doors
from bot.channels.base import Abilities, Channel
from bot.notice_request import Member, Request
from bot.wiring import App
from handlers.wording import notices as wording
from storage import notice_cuts, notice_ledger, notice_slices, notice_ways
from storage.base import new_ref
from storage.notice_cuts import Cut, Planned
from storage.notice_letting import may_go
from storage.notices import LedgerState, Notice
from storage.people import Account, Unit
from storage.vault import VaultError

log = logging.getLogger(__name__)

LARGEST = 100  # households in one slice where each has words of its own, whatever the platform would take
SINGLE, UNKEYED = 256, 32  # where each is a call: of a holder who dies without keys that many become unknown
CUT_STEP = 500  # households cut in one transaction, where a slice is not larger
SOON = timedelta(minutes=1)  # slices due until then are being worked on


def cut_step(app: App, step: int | None = None) -> int:
    """Cuts about ``step`` households of the oldest notice that has any left. Answers how many it took care of."""
    with app.writing() as db:
        for notice in _going(app, db):
            if cut := _cut_some(app, db, notice, step or CUT_STEP):
                return cut
    return 0


def _going(app: App, db: Session) -> Sequence[Notice]:
    """What may go out now, locked where nobody else holds it: two workers never cut the same notice at once."""
    query = select(Notice).where(may_go(notice_doors.hour_of(app, db))).order_by(Notice.id)
    return db.scalars(query.with_for_update(skip_locked=True)).all()


def _cut_some(app: App, db: Session, notice: Notice, step: int) -> int:
    waits: set[str] = set()
    while (door := notice_cuts.next_door(db, notice.id, waits)) is not None:
        if door in app.bulk and _wait_for_company(app, db, notice, door):
            waits.add(door)
            continue
        return _cut_door(app, db, notice, door, step)
    return 0


def _wait_for_company(app: App, db: Session, notice: Notice, door: str) -> bool:
    """Whoever falls back on a door of mass messages waits for the others who may: a call of it is precious."""
    fresh = notice_cuts.any_fresh(db, notice.id, door)
    return not fresh and notice_slices.busy_elsewhere(db, notice.id, door, app.clock.wall() + SOON)


def _cut_door(app: App, db: Session, notice: Notice, door: str, step: int) -> int:
    channel = notice_doors.speaking(app, door)
    if channel is None:
        rows = notice_cuts.planned(db, notice.id, door, step)
        _step_on(app, db, rows, notice_ways.DOOR_CANNOT_SPEAK)
    elif not channel.abilities.alike:
        rows = notice_cuts.planned(db, notice.id, door, step)
        _Cutting(app, db, notice, channel).each(rows)
    elif door in app.bulk:
        left = notice_cuts.left_to_cut(db, notice.id, door, 2 * channel.abilities.batch)
        groups = _together(db, notice, door, share(left, channel.abilities.batch), channel.abilities.batch)
        rows = groups[0] if groups else []
        plain = _alone(app, db, door, rows)
        if plain is None:
            _Cutting(app, db, notice, channel).alike([rows], bulk=True)
        else:
            _Cutting(app, db, notice, plain).each(rows)
    else:
        most = channel.abilities.batch
        groups = _together(db, notice, door, max(step // most, 1) * most, most)
        _Cutting(app, db, notice, channel).alike(groups, bulk=False)
        rows = [row for group in groups for row in group]
    return len(rows)


def share(left: int, most: int) -> int:
    """How many go into the next call. The last two are of one size: nobody is left over alone."""
    return most if left >= 2 * most else -(-left // -(-left // most)) if left else 0


def _together(db: Session, notice: Notice, door: str, wanted: int, most: int) -> list[list[Planned]]:
    """About ``wanted`` households in as few calls of ``most`` as they fill. No person is in two of them."""
    rows = notice_cuts.planned(db, notice.id, door, wanted)
    calls: list[list[Planned]] = []
    for _, theirs in groupby(notice_cuts.with_their_others(db, notice.id, rows), key=attrgetter("account_id")):
        households = list(theirs)[:most]
        if not calls or len(calls[-1]) + len(households) > most:
            if len(calls) * most >= wanted:
                break  # the rest of the last page: cut with the next
            calls.append([])
        calls[-1] += households
    return calls


def size_of(able: Abilities) -> int:
    """Households in one slice where each has words of its own."""
    if able.batch > 1:
        return min(able.batch, LARGEST)
    at_most = min([SINGLE if able.idempotent_for else UNKEYED, *(limit.most for limit in able.limits)])
    return max(1, min(at_most, 2 * able.at_once)) if able.at_once > 1 else 1


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

    def alike(self, groups: Sequence[Sequence[Planned]], *, bulk: bool) -> None:
        """Slices with one text, each a call."""
        text = common_text(self.app, self.db, self.notice, self.channel)
        cuts = [self._cut(rows, text, notice_cuts.new_provider_key(), bulk=bulk) for rows in groups]
        self._store(cuts)

    def each(self, rows: Sequence[Planned]) -> None:
        """Slices in which every household has a link of its own. What a window allows is one message less then."""
        able = self.channel.abilities
        if able.windows:
            rows = self._listening(rows)
        text = _message(self.app, self.db, self.notice, self.channel, "")
        size = size_of(able)
        self._store([self._cut(rows[start : start + size], text) for start in range(0, len(rows), size)])

    def _listening(self, rows: Sequence[Planned]) -> Sequence[Planned]:
        heard = notice_cuts.spend(self.db, [row.account_id for row in rows], self.app.clock.wall())
        deaf = [row for row, open_ in zip(rows, heard, strict=True) if not open_]
        _step_on(self.app, self.db, deaf, notice_ways.WINDOW_CLOSED)
        return [row for row, open_ in zip(rows, heard, strict=True) if open_]

    def _store(self, cuts: Sequence[Cut]) -> None:
        if kept := [cut for cut in cuts if cut.members]:
            notice_cuts.add_slices(self.db, kept)

    def _cut(self, rows: Sequence[Planned], text: str, together: str | None = None, *, bulk: bool = False) -> Cut:
        round_ = max((row.round for row in rows), default=0)
        members = self._members(rows, round_, personal=together is None)
        ref = new_ref()
        request = Request(text, self.app.clock.now(self.db), tuple(members), together)
        return Cut(
            notice_id=self.notice.id,
            door=self.channel.door,
            round=round_,
            ref=ref,
            provider_key=together or notice_cuts.new_provider_key(),
            request=self.app.vault.seal(request.dump(), notice_cuts.PLACE, ref),
            members=[member.ledger_id for member in members],
            due=self.app.clock.wall(),
            bulk=bulk,
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
            key = key_of(notice, round_, row.household_id)
            members.append(Member(row.ledger_id, key, address, token))
        if unreadable:
            log.error("notice %d: %d addresses do not open with the keys at hand", notice.number, len(unreadable))
            notice_cuts.set_aside(self.db, unreadable, LedgerState.FAILED, "address_unreadable")
        return members


def key_of(notice: Notice, round_: int, household_id: int) -> str:
    """The name of a household's message: it exists once."""
    return f"notice:{notice.number}:{round_}:{household_id}:1"


def common_text(app: App, db: Session, notice: Notice, channel: Channel) -> str:
    """What everybody is sent where a platform takes one text for many."""
    return _message(app, db, notice, channel, notice_ledger.common_link(app.vault, notice))


def _message(app: App, db: Session, notice: Notice, channel: Channel, token: str) -> str:
    issuer = db.scalar(select(Unit.name).where(Unit.id == notice.unit_id)) or ""
    text = notice_ledger.text_of(app.vault, notice)
    link = f"{app.settings.public_url}/n/{token}"
    return wording.message_of(notice, issuer, text, link, channel.abilities.text_bytes)
