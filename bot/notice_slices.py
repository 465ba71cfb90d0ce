"""Slices of a notice on their way out: cut (tx), then for each: claim (tx), send, settle (tx).

A slice is sent again byte for byte or not at all. Whoever dies between claim and settling leaves a lease that ends;
the slice is then repeated only where the platform still recognises its keys, else its households become ``unknown``.
"""

from __future__ import annotations

import json
import logging
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from bot.channels.base import Abilities, Outcome, Outgoing, TryLater
from bot.wiring import App
from handlers.wording import notices as wording
from storage import notice_ledger, notice_slices
from storage.base import new_ref
from storage.engine import is_passing
from storage.notice_slices import Claim, Planned, Settled
from storage.notices import LedgerState, Notice, NoticeState
from storage.people import Unit
from storage.vault import Vault, VaultError

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)  # wall time; longer than any platform call may take
LARGEST = 100  # households in one slice, whatever the platform would take
CUT_STEP = 500  # households cut in one transaction
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=10)
MOST_TRIES = 60  # about nine hours of a platform that never takes it
ROUND = 0
TRIES_OF_A_TRANSACTION = 5

STATE_OF = {"sent": LedgerState.SENT, "dead": LedgerState.FAILED, "unknown": LedgerState.UNKNOWN}
T = TypeVar("T")


# --- the frozen request


@dataclass(frozen=True, slots=True)
class Member:
    """One household of a slice: its row, the name of its message, where it goes, and its own part of the link."""

    ledger_id: int
    key: str
    address: str
    token: str


@dataclass(frozen=True, slots=True)
class Request:
    """A slice exactly as it is sent, each time: a household's text is ``text + token``.

    Stored in this factored form because the text of a hundred households differs in 22 characters only.
    """

    text: str
    at: datetime  # business time of the cut, shown by the playground
    members: tuple[Member, ...]

    def messages(self) -> list[Outgoing]:
        """The messages, in the order of the members."""
        return [
            Outgoing(member.key, self.text + member.token, person=member.address, at=self.at) for member in self.members
        ]

    def dump(self) -> str:
        """As it is stored, before encryption."""
        members = [[row.ledger_id, row.key, row.address, row.token] for row in self.members]
        return json.dumps([self.text, self.at.isoformat(), members], ensure_ascii=False)

    @classmethod
    def load(cls, stored: str) -> Request:
        """The same request again."""
        text, at, members = json.loads(stored)
        return cls(text, datetime.fromisoformat(at), tuple(Member(*row) for row in members))


# --- cutting


def cut_step(app: App) -> int:
    """Cuts up to ``CUT_STEP`` households of the oldest notice that has any left. Answers how many it took care of."""
    with app.writing() as db:
        for notice in _being_sent(db):
            rows = notice_slices.planned(db, notice.id, CUT_STEP)
            if rows:
                _cut(app, db, notice, rows)
                return len(rows)
    return 0


def _being_sent(db: Session) -> Sequence[Notice]:
    """Locked where nobody else holds them: two workers never cut the same notice at once."""
    query = select(Notice).where(Notice.state == NoticeState.SENDING).order_by(Notice.id)
    return db.scalars(query.with_for_update(skip_locked=True)).all()


def _cut(app: App, db: Session, notice: Notice, rows: Sequence[Planned]) -> None:
    by_door: dict[str, list[Planned]] = defaultdict(list)
    for row in rows:
        by_door[row.door].append(row)
    issuer = db.scalar(select(Unit.name).where(Unit.id == notice.unit_id)) or ""
    text = notice_ledger.text_of(app.vault, notice)
    for door, planned in sorted(by_door.items()):
        channel = app.channels.get(door)
        if channel is None or channel.abilities.speaks != "now":
            gone = [row.ledger_id for row in planned]
            notice_slices.set_aside(db, gone, LedgerState.NO_WAY, notice_ledger.DOOR_CANNOT_SPEAK)
            continue
        link = f"{app.settings.public_url}/n/"
        message = wording.message(issuer, text, link, channel.abilities.text_bytes)
        members = _members(app.vault, db, notice, planned)
        request = Request(message, app.clock.now(db), tuple(members))
        _cut_door(app, db, notice.id, door, request, channel.abilities)


def _members(vault: Vault, db: Session, notice: Notice, planned: Sequence[Planned]) -> list[Member]:
    members, unreadable = [], []
    for row in planned:
        try:
            address = vault.open(row.address, "accounts.address", row.account_ref)
        except VaultError:
            unreadable.append(row.ledger_id)
            continue
        token = vault.link(notice_ledger.link_name(notice.id, row.household_id), row.link_key)
        key = f"notice:{notice.number}:{ROUND}:{row.household_id}:1"
        members.append(Member(row.ledger_id, key, address, token))
    if unreadable:
        log.error("notice %d: %d addresses do not open with the keys at hand", notice.number, len(unreadable))
        notice_slices.set_aside(db, unreadable, LedgerState.FAILED, "address_unreadable")
    return members


def _cut_door(app: App, db: Session, notice_id: int, door: str, whole: Request, abilities: Abilities) -> None:
    size = max(1, min(abilities.batch, LARGEST))
    number = notice_slices.next_slice_number(db, notice_id, ROUND, door)
    for start in range(0, len(whole.members), size):
        members = whole.members[start : start + size]
        ref = new_ref()
        request = Request(whole.text, whole.at, members)
        sealed = app.vault.seal(request.dump(), notice_slices.PLACE, ref)
        ids = [member.ledger_id for member in members]
        notice_slices.add_slice(db, notice_id, door, number, ref, sealed, ids, app.clock.wall())
        number += 1


# --- claim, send, settle


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be written after a try: exactly one of the three is given."""

    results: tuple[Settled, ...] = ()
    alike: tuple[LedgerState, str] | None = None  # every member the same, with the reason
    pause: tuple[timedelta, str, bool] | None = None  # how long, why, and whether something may have arrived


def send_due(app: App, until: float) -> int:
    """Sends slices that are due until ``until`` (``time.monotonic()``). Answers how many it tried."""
    tried = 0
    held = _again(app, lambda db: notice_slices.claim(db, app.clock.wall(), LEASE))
    while held is not None:
        verdict = _try(app, held)
        more = time.monotonic() < until
        held = _again(app, _closing(app, held, verdict, more))
        tried += 1
    return tried


def _closing(app: App, held: Claim, verdict: Verdict, more: bool) -> Callable[[Session], Claim | None]:
    """Settles one slice and claims the next in the same transaction: one durable commit a slice."""

    def close(db: Session) -> Claim | None:
        if not _write(app, db, held, verdict):
            log.warning("slice %d was settled by somebody else: its lease had ended", held.slice_id)
        return notice_slices.claim(db, app.clock.wall(), LEASE) if more else None

    return close


def _write(app: App, db: Session, held: Claim, verdict: Verdict) -> bool:
    wall, now = app.clock.wall(), app.clock.now(db)
    if verdict.pause is not None:
        pause, reason, doubtful = verdict.pause
        kept = notice_slices.put_off(db, held, wall + pause, reason)
        if kept and doubtful:
            notice_slices.note_doubt(db, held.slice_id, held.attempt, wall)
        return kept
    if verdict.alike is not None:
        return notice_slices.settle_alike(db, held, *verdict.alike, now, wall)
    return notice_slices.settle(db, held, verdict.results, now, wall)


def _try(app: App, held: Claim) -> Verdict:
    """One try at a slice, outside any transaction."""
    channel = app.channels.get(held.door)
    if channel is None or channel.abilities.speaks != "now":
        return _later(held, "door_gone", None)
    if held.doubtful_since is not None and not recognised(channel.abilities, held.doubtful_since, app.clock.wall()):
        return Verdict(alike=(LedgerState.UNKNOWN, "no_answer"))
    try:
        request = Request.load(app.vault.open(held.request or "", notice_slices.PLACE, held.ref))
    except VaultError:
        return Verdict(alike=(LedgerState.FAILED, "address_unreadable"))
    try:
        outcomes = channel.send(request.messages())
    except TryLater as error:
        return _later(held, error.reason, error.after)
    except Exception as error:  # noqa: BLE001 - Unsure, or a fault in a channel: whichever, it may have arrived
        log.warning("slice %d through %s: %s", held.slice_id, held.door.partition(":")[0], type(error).__name__)
        return _doubtful(channel.abilities, held)
    if len(outcomes) != len(request.members):
        return _doubtful(channel.abilities, held)
    return Verdict(results=tuple(_settled(*pair) for pair in zip(request.members, outcomes, strict=True)))


def _settled(member: Member, outcome: Outcome) -> Settled:
    reason = outcome.reason[:60] if outcome.reason else None
    return Settled(member.ledger_id, STATE_OF[outcome.state], reason)


def _later(held: Claim, reason: str, after: timedelta | None) -> Verdict:
    pause = next_pause(held.tries, after)
    if pause is not None:
        return Verdict(pause=(pause, reason[:80], False))
    if held.doubtful_since is not None:
        return Verdict(alike=(LedgerState.UNKNOWN, "no_answer"))
    return Verdict(alike=(LedgerState.FAILED, reason[:60]))


def _doubtful(abilities: Abilities, held: Claim) -> Verdict:
    pause = next_pause(held.tries, None)
    if abilities.idempotent_for is None or pause is None:
        return Verdict(alike=(LedgerState.UNKNOWN, "no_answer"))
    return Verdict(pause=(pause, "no_answer", True))


def recognised(abilities: Abilities, since: datetime, wall: datetime) -> bool:
    """Whether the platform still knows a key it may first have seen at ``since``, with a lease's length to spare."""
    return abilities.idempotent_for is not None and wall - since + LEASE <= abilities.idempotent_for


def next_pause(tries: int, after: timedelta | None) -> timedelta | None:
    """How long to wait after this many tries; None when it is time to give up. The platform's own wish counts."""
    if tries >= MOST_TRIES:
        return None
    doubled = FIRST_PAUSE * (1 << min(tries - 1, 12))
    return max(min(doubled, LONGEST_PAUSE), after or timedelta())


def _again(app: App, work: Callable[[Session], T]) -> T:
    """Runs a transaction, again if it lost a race: after sending, the outcome must be written."""
    for left in reversed(range(TRIES_OF_A_TRANSACTION)):
        try:
            with app.writing() as db:
                return work(db)
        except DBAPIError as error:
            if not left or not is_passing(error):
                raise
    raise AssertionError
