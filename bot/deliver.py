"""What is owed goes out: claim (a transaction), send (none), settle (a transaction).

Only the oldest unsettled row of an address may be claimed, so that 已办结 never overtakes 已受理; emergencies do not
wait behind anything. A lease that ran out means that a process died in between: the row is sent again only where the
platform recognises its key, else it is ``unknown``. ``sent_at`` of a row that is not sent is when it may have been.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, aliased

from bot.channels.base import Abilities, Channel, Outcome, Outgoing, TryLater, Unsure
from bot.wiring import App
from handlers.message import Card
from handlers.rules.pacing import next_try
from storage.base import new_ref
from storage.engine import is_passing
from storage.media import Media
from storage.outbox import Outbox, OutboxState
from storage.people import Account, Group
from storage.vault import VaultError

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
CLAIM = 100
TO_SPARE = timedelta(seconds=15)  # of a lease, when a call to a platform begins
TRIES = 6
UNHEARD = "outcome unknown"
UNSETTLED = (OutboxState.WAITING, OutboxState.LEASED)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A leased row and what is to be sent for it. ``doubtful_since``: it may have arrived then (wall time)."""

    row_id: int
    door: str
    outgoing: Outgoing
    tries: int
    until: datetime
    doubtful_since: datetime | None


def run(app: App, queue: str = "replies", *, older_than: timedelta = timedelta()) -> int:
    """Delivers everything that may go out now. Returns how many rows were settled or put off.

    ``older_than``: the sweep leaves the newest rows to the queue's workers.
    """
    done = 0
    while claimed := _claim(app, queue, older_than):
        for door, rows in _by_door(claimed).items():
            done += _send(app, app.channels[door], rows)
    return done


def _by_door(claimed: Sequence[Claimed]) -> dict[str, list[Claimed]]:
    doors: dict[str, list[Claimed]] = defaultdict(list)
    for row in claimed:
        doors[row.door].append(row)
    return doors


def _claim(app: App, queue: str, older_than: timedelta) -> list[Claimed]:
    if not _anything(app, queue, older_than):
        return []  # a look costs no write: an idle sweep must not keep others from the gate
    with app.writing() as db:
        wall = app.clock.wall()
        _end_stale_leases(app, db, wall)
        rows = db.scalars(_claimable(queue, wall - older_than).limit(CLAIM).with_for_update(skip_locked=True)).all()
        lease = new_ref()
        claimed = []
        for row in rows:
            row.state, row.lease, row.lease_until = OutboxState.LEASED, lease, wall + LEASE
            row.tries += 1
            one = _outgoing(app, db, row, wall)
            if one is not None:
                claimed.append(one)
        return claimed


def _anything(app: App, queue: str, older_than: timedelta) -> bool:
    with app.reading() as db:
        wall = app.clock.wall()
        stale = and_(Outbox.state == OutboxState.LEASED, Outbox.lease_until < wall)
        ready = and_(
            Outbox.state == OutboxState.WAITING, Outbox.next_try_at <= wall - older_than, Outbox.queue == queue
        )
        return db.scalar(select(or_(exists().where(stale), exists().where(ready)))) or False


def _claimable(queue: str, before: datetime) -> Select[Outbox]:
    older = aliased(Outbox)
    blocked: ColumnElement[bool] = exists().where(
        older.address == Outbox.address, older.queue == Outbox.queue, older.state.in_(UNSETTLED), older.id < Outbox.id
    )
    return (
        select(Outbox)
        .where(
            Outbox.state == OutboxState.WAITING,
            Outbox.queue == queue,
            Outbox.next_try_at <= before,
            or_(Outbox.urgent, ~blocked),
        )
        .order_by(Outbox.urgent.desc(), Outbox.id)
    )


def _end_stale_leases(app: App, db: Session, wall: datetime) -> None:
    """Somebody died between claiming and settling: it may have been sent."""
    stale = select(Outbox).where(Outbox.state == OutboxState.LEASED, Outbox.lease_until < wall)
    for row in db.scalars(stale.with_for_update(skip_locked=True)):
        row.sent_at = row.sent_at or (row.lease_until or wall) - LEASE
        channel = app.channels.get(_door(db, row) or "")
        if channel is not None and _recognised(channel.abilities, row.sent_at, wall):
            row.state, row.lease, row.lease_until = OutboxState.WAITING, None, None
        else:
            row.state, row.reason = OutboxState.UNKNOWN, "the sender died before it heard the outcome"


def _recognised(abilities: Abilities, since: datetime, wall: datetime) -> bool:
    """Whether the platform still knows a key it may first have seen at ``since``, with a lease's length to spare."""
    window = abilities.idempotent_for
    return window is not None and wall - since + LEASE <= window


def _door(db: Session, row: Outbox) -> str | None:
    if row.group_id is not None:
        return db.get_one(Group, row.group_id).door
    return db.get_one(Account, row.account_id).door if row.account_id is not None else None


def _outgoing(app: App, db: Session, row: Outbox, wall: datetime) -> Claimed | None:
    """What is to be sent; None where there is nothing to be done for this row, which then says why."""
    door = _door(db, row)
    if door is None or door not in app.channels:
        row.state, row.reason = OutboxState.NO_WAY, "no such channel"
        return None
    if row.sent_at is not None and not _recognised(app.channels[door].abilities, row.sent_at, wall):
        row.state, row.reason = OutboxState.UNKNOWN, UNHEARD
        return None
    try:
        outgoing = _written_out(app, db, row)
    except (VaultError, LookupError, TypeError, ValueError) as error:
        # One row that nobody can read must not keep everybody else's waiting.
        log.error("message %d cannot be read (%s)", row.id, type(error).__name__)
        row.state, row.reason = OutboxState.DEAD, "unreadable"
        return None
    return Claimed(row.id, door, outgoing, row.tries, wall + LEASE, row.sent_at)


def _written_out(app: App, db: Session, row: Outbox) -> Outgoing:
    group = db.get(Group, row.group_id) if row.group_id is not None else None
    account = db.get(Account, row.account_id) if row.account_id is not None else None
    picture = db.get(Media, row.media_id) if row.media_id is not None else None
    return Outgoing(
        key=row.ref,
        text=app.vault.open(row.text, "outbox.text", row.ref) if row.text else "",
        chat=group.chat if group is not None else None,
        person=app.vault.open(account.address, "accounts.address", account.ref) if account is not None else None,
        card=Card.from_json(row.card) if row.card else None,
        media_ref=picture.ref if picture is not None else None,
        at=row.created_at,
    )


def _send(app: App, channel: Channel, rows: Sequence[Claimed]) -> int:
    size = channel.abilities.batch
    for start in range(0, len(rows), size):
        part = rows[start : start + size]
        if app.clock.wall() > part[0].until - TO_SPARE:
            _give_back(app, rows[start:])  # a slow platform: what was not begun is somebody else's
            return start
        _send_part(app, channel, part)
    return len(rows)


def _send_part(app: App, channel: Channel, part: Sequence[Claimed]) -> None:
    try:
        outcomes = list(channel.send([row.outgoing for row in part]))
        if len(outcomes) != len(part):
            raise Unsure(f"{len(outcomes)} outcomes for {len(part)} messages")
    except TryLater as error:
        _put_off(app, part, error)
    except Exception as error:  # noqa: BLE001 - whatever it was, it may have arrived, and the other rows still go out
        log.error("sending through %s failed: %s", channel.door, type(error).__name__)
        _unsure(app, channel, part)
    else:
        _settle(app, part, outcomes)


def _settle(app: App, rows: Sequence[Claimed], outcomes: Sequence[Outcome]) -> None:
    def write(db: Session) -> None:
        now = app.clock.now(db)
        for row, outcome in zip(rows, outcomes, strict=True):
            values = {
                "state": outcome.state,
                "reason": outcome.reason[:80] if outcome.reason else None,
                "platform_id": outcome.platform_id[:160] if outcome.platform_id else None,
            }
            _finish(db, row, values | ({"sent_at": now} if outcome.state == "sent" else {}))

    _surely(app, write)


def _finish(db: Session, row: Claimed, values: dict[str, object]) -> None:
    """Only while the row is still leased: somebody else may have taken it over after the lease ran out."""
    db.execute(
        update(Outbox)
        .where(Outbox.id == row.row_id, Outbox.state == OutboxState.LEASED, Outbox.tries == row.tries)
        .values(lease=None, lease_until=None, **values)
    )


def _surely(app: App, write: Callable[[Session], None]) -> None:
    """After sending, the outcome must be written: a lost race is no reason not to know it."""
    for _ in range(TRIES - 1):
        try:
            with app.writing() as db:
                return write(db)
        except SQLAlchemyError as error:
            if not is_passing(error):
                raise
    with app.writing() as db:
        return write(db)


def _give_back(app: App, rows: Sequence[Claimed]) -> None:
    def write(db: Session) -> None:
        for row in rows:
            _finish(db, row, {"state": OutboxState.WAITING})

    _surely(app, write)


def _put_off(app: App, rows: Sequence[Claimed], error: TryLater) -> None:
    def write(db: Session) -> None:
        wall, reason = app.clock.wall(), error.reason[:80]
        for row in rows:
            again = next_try(row.tries, wall, error.after)
            if again is not None:
                _finish(db, row, {"state": OutboxState.WAITING, "next_try_at": again, "reason": reason})
            elif row.doubtful_since is not None:
                _finish(db, row, {"state": OutboxState.UNKNOWN, "reason": UNHEARD})
            else:
                _finish(db, row, {"state": OutboxState.DEAD, "reason": reason})

    _surely(app, write)


def _unsure(app: App, channel: Channel, rows: Sequence[Claimed]) -> None:
    """Sent again under the same key while the platform recognises it; else unknown, and never repeated."""

    def write(db: Session) -> None:
        wall = app.clock.wall()
        for row in rows:
            since = row.doubtful_since or row.until - LEASE
            again = next_try(row.tries, wall)
            if again is not None and _recognised(channel.abilities, since, again):
                state = {"state": OutboxState.WAITING, "next_try_at": again}
            else:
                state = {"state": OutboxState.UNKNOWN}
            _finish(db, row, {**state, "reason": UNHEARD, "sent_at": since})

    _surely(app, write)
