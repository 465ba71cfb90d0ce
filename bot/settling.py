"""What became of what was sent: the row's end, and the next way where this one did not reach the person."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import Row, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot import ladder
from bot.channels.base import Abilities, Channel, Closed, Outcome, Outgoing, TryLater
from bot.ladder import CANNOT_SPEAK, Ladder
from bot.owe import Desk, expect
from bot.wiring import App
from handlers.rules.pacing import GIVE_UP_AFTER, MENDED_AFTER, next_try
from handlers.talk import handover
from storage.base import JsonObject
from storage.engine import is_passing
from storage.outbox import Outbox, OutboxState
from storage.people import Account
from storage.vault import VaultError

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
CODE_LIVES = timedelta(hours=71)  # a card's code works for 72 hours
UNHEARD = "outcome unknown"
TRIES = 6
UNREADABLE = (VaultError, LookupError, TypeError, ValueError)
T = TypeVar("T")
MISSED = ("unreachable", "gone")
BLOCKED = "block"  # "failed:user block": they do not want to hear from us


@dataclass(frozen=True, slots=True)
class Claimed:
    """A leased row and what is to be sent for it. ``doubtful_since``: it may have arrived then (wall time)."""

    row_id: int
    door: str
    outgoing: Outgoing
    tries: int
    until: datetime
    doubtful_since: datetime | None


def settle(app: App, rows: Sequence[Claimed], outcomes: Sequence[Outcome]) -> None:
    """Writes what the platform said of each row."""

    def write(db: Session) -> None:
        coded: set[str] = set()
        for row, outcome in zip(rows, outcomes, strict=True):
            if outcome.state in MISSED:
                _step_on(app, db, row, outcome)
            else:
                _end(app, db, row, outcome, coded)

    surely(app, write)


def _end(app: App, db: Session, row: Claimed, outcome: Outcome, coded: set[str]) -> None:
    state = "sent" if outcome.state == "submitted" else outcome.state
    values: dict[str, object] = {
        "state": state,
        "reason": _short(outcome.reason),
        "platform_id": outcome.platform_id[:160] if outcome.platform_id else None,
    }
    if state == "sent":
        values["sent_at"] = app.clock.now(db)
    mark = row.outgoing.together or row.outgoing.key
    if outcome.code is not None and mark not in coded:
        coded.add(mark)  # one code for the whole call: it is kept once, on the first row
        values["code"] = app.vault.seal(outcome.code, "outbox.code", row.outgoing.key)
        values["code_until"] = app.clock.wall() + CODE_LIVES
    ended = _finish(db, row, values)
    if ended is None or state != "sent":
        return
    if row.outgoing.way == "handover":
        _hand_over(app, db, row)
    overtaken = ended.overtaken or {}  # the report that it did not arrive may have come in before the call was answered
    reason = overtaken.get(outcome.platform_id or "", overtaken.get(row.outgoing.key))
    if reason is not None:
        failed_after_all(app, db, db.get_one(Outbox, row.row_id, populate_existing=True), reason)


def _hand_over(app: App, db: Session, row: Claimed) -> None:
    """The platform gave the talk to a person: the bot is silent until they leave, or nothing is heard of them."""
    stored = db.get_one(Outbox, row.row_id)
    if stored.account_id is not None:
        db.get_one(Account, stored.account_id).with_person_until = app.clock.wall() + handover.STAYS


def _step_on(app: App, db: Session, row: Claimed, outcome: Outcome) -> None:
    perhaps_read = row.doubtful_since is not None
    state = OutboxState.UNKNOWN if perhaps_read else OutboxState.DEAD
    if not finish(db, row, {"state": state, "reason": _short(outcome.reason) or outcome.state}):
        return
    stored = db.get_one(Outbox, row.row_id, populate_existing=True)
    if outcome.state == "gone" and stored.account_id is not None:
        db.get_one(Account, stored.account_id).follows = False
    if not perhaps_read or stored.urgent:
        step_on(app, db, stored)  # an earlier try may have been read: only an emergency is worth saying twice


def failed_after_all(app: App, db: Session, row: Outbox, reason: str) -> None:
    """The platform took it, and reports later that it did not arrive: the next way. Once."""
    if row.state != OutboxState.SENT:
        return
    row.state, row.reason = OutboxState.DEAD, _short(f"the platform: {reason}")
    if BLOCKED in reason:
        db.get_one(Account, row.account_id).follows = False
    step_on(app, db, row)


def _doors(app: App) -> Ladder:
    return Ladder(app.channels, app.clock.wall(), app.doors_down())


def step_on(app: App, db: Session, row: Outbox) -> bool:
    """The next way for a row whose own did not work and that is given up; below the last rung it is ``no_way``."""
    try:
        if _next_way(app, db, row):
            return True
    except UNREADABLE as error:  # it must not keep everybody else's rows from being claimed and settled
        log.error("message %d cannot be read (%s)", row.id, type(error).__name__)
        row.state, row.reason = OutboxState.DEAD, "unreadable"
        db.flush()
        return False
    account = db.get(Account, row.account_id) if row.account_id is not None else None
    if account is not None and row.way in ("message", *ladder.FORMS) and not _is_said_besides(db, row):
        row.state, row.reason = OutboxState.NO_WAY, CANNOT_SPEAK
        expect(Desk(db, app.vault, app.channels, app.clock.now(db), app.clock.wall()), account)
    db.flush()
    return False


def _next_way(app: App, db: Session, row: Outbox) -> bool:
    """What only a broken door could say waits for its mending."""
    doors = _doors(app)
    if ladder.next_way(db, app.vault, doors, row) is not None:
        return True
    return bool(doors.down) and ladder.next_way(db, app.vault, replace(doors, down=frozenset()), row) is not None


def _is_said_besides(db: Session, row: Outbox) -> bool:
    """An emergency that reaches the person by another of their ways."""
    return any(one.state not in (OutboxState.DEAD, OutboxState.NO_WAY) for one in ladder.besides(db, row))


def finish(db: Session, row: Claimed, values: Mapping[str, object]) -> bool:
    """Only while the row is still leased: somebody else may have taken it over after the lease ran out."""
    return _finish(db, row, values) is not None


def _finish(db: Session, row: Claimed, values: Mapping[str, object]) -> Row[JsonObject | None] | None:
    return db.execute(
        update(Outbox)
        .where(Outbox.id == row.row_id, Outbox.state == OutboxState.LEASED, Outbox.tries == row.tries)
        .values(lease=None, lease_until=None, **values)
        .returning(Outbox.overtaken),
        execution_options={"synchronize_session": False},  # half of what it costs; whoever reads on, reads anew
    ).one_or_none()


def surely(app: App, write: Callable[[Session], T]) -> T:
    """A lost race is no reason not to try again: after sending, the outcome must be written."""
    for _ in range(TRIES - 1):
        try:
            with app.writing() as db:
                return write(db)
        except SQLAlchemyError as error:
            if not is_passing(error):
                raise
    with app.writing() as db:
        return write(db)


def give_back(app: App, rows: Sequence[Claimed]) -> None:
    """What was not begun is somebody else's."""

    def write(db: Session) -> None:
        for row in rows:
            finish(db, row, {"state": OutboxState.WAITING})

    surely(app, write)


def put_off(app: App, rows: Sequence[Claimed], error: TryLater) -> None:
    """Nothing was sent. What cannot wait for a door that is shut takes the next way at once."""

    def write(db: Session) -> None:
        wall, reason = app.clock.wall(), _short(error.reason)
        most = MENDED_AFTER if isinstance(error, Closed) and error.fault else GIVE_UP_AFTER
        for row in rows:
            again = next_try(row.tries, wall, error.after, most=most)
            if again is not None and finish(
                db, row, {"state": OutboxState.WAITING, "next_try_at": again, "reason": reason}
            ):
                if isinstance(error, Closed):
                    _not_waiting(app, db, row)
            elif again is None and row.doubtful_since is not None:
                finish(db, row, {"state": OutboxState.UNKNOWN, "reason": UNHEARD})
            elif again is None and finish(db, row, {"state": OutboxState.DEAD, "reason": reason}):
                _given_up(app, db, db.get_one(Outbox, row.row_id, populate_existing=True))

    surely(app, write)


def _given_up(app: App, db: Session, row: Outbox) -> None:
    """Somebody waits for news of a ticket: staff pass it on, or it is said at the next word. The rest stays dead."""
    reason = row.reason
    if not step_on(app, db, row) and row.ticket_id is None and row.state == OutboxState.NO_WAY:
        row.state, row.reason = OutboxState.DEAD, reason
        db.flush()


def _not_waiting(app: App, db: Session, row: Claimed) -> None:
    """An emergency whose door is shut goes by the next way; it is not said here again when the door opens."""
    stored = db.get_one(Outbox, row.row_id, populate_existing=True)
    if not stored.urgent or row.doubtful_since is not None:
        return
    doors = _doors(app)
    try:
        moved = ladder.next_way(db, app.vault, replace(doors, down=doors.down | {row.door}), stored) is not None
    except UNREADABLE:
        return  # its next claim says so
    if moved:
        stored.state = OutboxState.DEAD
        db.flush()


def unsure(app: App, channel: Channel, rows: Sequence[Claimed]) -> None:
    """Sent again under the same key while the platform recognises it; else unknown, and never repeated."""

    def write(db: Session) -> None:
        wall = app.clock.wall()
        for row in rows:
            since = row.doubtful_since or row.until - LEASE
            again = next_try(row.tries, wall)
            if again is not None and recognised(channel.abilities, since, again):
                state = {"state": OutboxState.WAITING, "next_try_at": again}
            else:
                state = {"state": OutboxState.UNKNOWN}
            finish(db, row, {**state, "reason": UNHEARD, "sent_at": since})

    surely(app, write)


def recognised(abilities: Abilities, since: datetime, wall: datetime) -> bool:
    """Whether the platform still knows a key it may first have seen at ``since``, with a lease's length to spare."""
    window = abilities.idempotent_for
    return window is not None and wall - since + LEASE <= window


def _short(reason: str | None) -> str | None:
    return reason[:80] if reason else None
