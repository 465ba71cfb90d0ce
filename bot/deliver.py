"""What is owed goes out: claim (a transaction), send (none), settle (a transaction).

Only the oldest unsettled row of an address may be claimed, so that 已办结 never overtakes 已受理; emergencies do not
wait behind anything. A lease that ran out means that a process died in between: the row is sent again only where the
platform recognises its key, else it is ``unknown``.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, update
from sqlalchemy.orm import Session, aliased

from bot.channels.base import Abilities, Channel, Outcome, Outgoing, TryLater, Unsure
from bot.wiring import App
from handlers.message import Card
from handlers.rules.pacing import next_try
from storage.base import new_ref
from storage.media import Media
from storage.outbox import Outbox, OutboxState
from storage.people import Account, Group

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
CLAIM = 100
UNSETTLED = (OutboxState.WAITING, OutboxState.LEASED)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A leased row and what is to be sent for it."""

    row_id: int
    door: str
    outgoing: Outgoing
    tries: int


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
            one = _outgoing(app, db, row)
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
    """Somebody died between sending and settling."""
    stale = db.scalars(select(Outbox).where(Outbox.state == OutboxState.LEASED, Outbox.lease_until < wall)).all()
    for row in stale:
        channel = app.channels.get(_door(db, row) or "")
        if channel is not None and _recognised(channel.abilities, row, wall):
            row.state, row.lease = OutboxState.WAITING, None
        else:
            row.state, row.reason = OutboxState.UNKNOWN, "the sender died before it heard the outcome"


def _recognised(abilities: Abilities, row: Outbox, wall: datetime) -> bool:
    window = abilities.idempotent_for
    return window is not None and row.lease_until is not None and wall - (row.lease_until - LEASE) < window


def _door(db: Session, row: Outbox) -> str | None:
    if row.group_id is not None:
        return db.get_one(Group, row.group_id).door
    return db.get_one(Account, row.account_id).door if row.account_id is not None else None


def _outgoing(app: App, db: Session, row: Outbox) -> Claimed | None:
    door = _door(db, row)
    if door is None or door not in app.channels:
        row.state, row.reason = OutboxState.NO_WAY, "no such channel"
        return None
    group = db.get(Group, row.group_id) if row.group_id is not None else None
    account = db.get(Account, row.account_id) if row.account_id is not None else None
    picture = db.get(Media, row.media_id) if row.media_id is not None else None
    return Claimed(
        row_id=row.id,
        door=door,
        tries=row.tries,
        outgoing=Outgoing(
            key=row.ref,
            text=app.vault.open(row.text, "outbox.text", row.ref) if row.text else "",
            chat=group.chat if group is not None else None,
            person=app.vault.open(account.address, "accounts.address", account.ref) if account is not None else None,
            card=Card.from_json(row.card) if row.card else None,
            media_ref=picture.ref if picture is not None else None,
            at=row.created_at,
        ),
    )


def _send(app: App, channel: Channel, rows: Sequence[Claimed]) -> int:
    size = channel.abilities.batch
    for start in range(0, len(rows), size):
        part = rows[start : start + size]
        try:
            outcomes: Sequence[Outcome] = channel.send([row.outgoing for row in part])
        except TryLater as error:
            _put_off(app, part, error)
        except Unsure:
            _unsure(app, channel, part)
        except Exception as error:  # noqa: BLE001 - whatever it was, the other rows still go out
            # A fault of ours, not of the platform: nothing is known, so the lease decides.
            log.error("sending through %s failed: %s", channel.door, type(error).__name__)
            _unsure(app, channel, part)
        else:
            _settle(app, part, outcomes)
    return len(rows)


def _settle(app: App, rows: Sequence[Claimed], outcomes: Sequence[Outcome]) -> None:
    with app.writing() as db:
        now = app.clock.now(db)
        for row, outcome in zip(rows, outcomes, strict=True):
            values = {"state": outcome.state, "reason": outcome.reason, "platform_id": outcome.platform_id}
            _finish(db, row, values | ({"sent_at": now} if outcome.state == "sent" else {}))


def _finish(db: Session, row: Claimed, values: dict[str, object]) -> None:
    """Only while the row is still leased: somebody else may have taken it over after the lease ran out."""
    db.execute(
        update(Outbox)
        .where(Outbox.id == row.row_id, Outbox.state == OutboxState.LEASED, Outbox.tries == row.tries)
        .values(lease=None, lease_until=None, **values)
    )


def _put_off(app: App, rows: Sequence[Claimed], error: TryLater) -> None:
    with app.writing() as db:
        wall = app.clock.wall()
        for row in rows:
            again = next_try(row.tries, wall, error.after)
            values: dict[str, object] = {
                "state": OutboxState.WAITING,
                "next_try_at": again,
                "reason": error.reason[:80],
            }
            if again is None:
                values = {"state": OutboxState.DEAD, "reason": error.reason[:80]}
            _finish(db, row, values)


def _unsure(app: App, channel: Channel, rows: Sequence[Claimed]) -> None:
    """Sent again under the same key where the platform recognises it; else unknown, and never repeated."""
    with app.writing() as db:
        wall = app.clock.wall()
        for row in rows:
            again = next_try(row.tries, wall)
            if channel.abilities.idempotent_for is not None and again is not None:
                _finish(db, row, {"state": OutboxState.WAITING, "next_try_at": again, "reason": "outcome unknown"})
            else:
                _finish(db, row, {"state": OutboxState.UNKNOWN, "reason": "outcome unknown"})
