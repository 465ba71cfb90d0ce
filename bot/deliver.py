"""What is owed goes out: claim (a transaction), send (none), settle (a transaction).

Only the oldest unsettled row of an address may be claimed, so that 已办结 never overtakes 已受理; emergencies do not
wait behind anything. A lease that ran out means that a process died in between: the row is sent again only where the
platform recognises its key, else it is ``unknown``. ``sent_at`` of a row that is not sent is when it may have been.
Rows that one call carries stay together: they are claimed, sent and repeated as a whole.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from bot import ladder, watch
from bot.channels.base import Channel, Closed, TryLater, Unsure
from bot.pacing import paced
from bot.settling import (
    LEASE,
    UNHEARD,
    UNREADABLE,
    Claimed,
    give_back,
    put_off,
    recognised,
    settle,
    step_on,
    surely,
    unsure,
)
from bot.wiring import App
from bot.written import written_out
from storage.base import new_ref
from storage.media import WANTED, Media
from storage.outbox import Outbox, OutboxState
from storage.people import Account, Group

log = logging.getLogger(__name__)

CLAIM = 100
PICTURE_WITHIN = timedelta(seconds=10)
LOOK_AGAIN = timedelta(seconds=1)
TO_SPARE = timedelta(seconds=30)  # of a lease, when a call to a platform begins
UNSETTLED = (OutboxState.WAITING, OutboxState.LEASED)


def run(app: App, queue: str = "replies", *, older_than: timedelta = timedelta()) -> int:
    """Delivers everything that may go out now. Returns how many rows were settled or put off.

    ``older_than``: the sweep leaves the newest rows to the queue's workers.
    """
    done = 0
    while (claimed := _claim(app, queue, older_than)) is not None:
        for door, rows in _by_door(claimed).items():
            done += _send(app, app.channels[door], rows)
    return done


def _by_door(claimed: Sequence[Claimed]) -> dict[str, list[Claimed]]:
    doors: dict[str, list[Claimed]] = defaultdict(list)
    for row in claimed:
        doors[row.door].append(row)
    for rows in doors.values():  # what one call carries stands side by side, in the place of its first
        first = {row.outgoing.together or row.outgoing.key: place for place, row in reversed([*enumerate(rows)])}
        rows.sort(key=lambda row: first[row.outgoing.together or row.outgoing.key])
    return doors


def _claim(app: App, queue: str, older_than: timedelta) -> list[Claimed] | None:
    """The next rows, leased; None when nothing waits. The list may be empty: every row took another way."""
    if not _anything(app, queue, older_than):
        return None  # a look costs no write: an idle sweep must not keep others from the gate
    return surely(app, lambda db: _leased(app, db, queue, older_than))


def _leased(app: App, db: Session, queue: str, older_than: timedelta) -> list[Claimed] | None:
    wall = app.clock.wall()
    _end_stale_leases(app, db, wall)
    rows = db.scalars(_claimable(queue, wall - older_than).limit(CLAIM).with_for_update(skip_locked=True)).all()
    if not rows:
        return None
    lease = new_ref()
    rows = [row for row in (*rows, *_companions(db, rows)) if not _waits_for_picture(db, row, wall)]
    listeners = _listeners(db, rows)  # held to the end: who is held by nobody is looked up anew by each who asks
    for row in rows:
        row.state, row.lease, row.lease_until = OutboxState.LEASED, lease, wall + LEASE
        row.tries += 1
        if row.together is not None and "@" not in row.together:
            row.together = f"{row.together}@{lease[:12]}"  # from now on these rows and no others
    going = _within_limits(app, db, rows, wall)
    made = [one for row in going if (one := _outgoing(app, db, row, wall)) is not None]
    del listeners
    return made


def _listeners(db: Session, rows: Sequence[Outbox]) -> Sequence[Account | Group]:
    """Whom these rows go to."""
    accounts = {row.account_id for row in rows if row.account_id is not None}
    groups = {row.group_id for row in rows if row.group_id is not None}
    return (
        *(db.scalars(select(Account).where(Account.id.in_(accounts))) if accounts else ()),
        *(db.scalars(select(Group).where(Group.id.in_(groups))) if groups else ()),
    )


def _within_limits(app: App, db: Session, rows: Sequence[Outbox], wall: datetime) -> list[Outbox]:
    """Without those that a platform's limit keeps back. Doors in a fixed order: two claims never wait crosswise."""
    doors: dict[str, list[Outbox]] = defaultdict(list)
    for row in rows:
        doors[_door(db, row) or ""].append(row)
    going: list[Outbox] = []
    for door in sorted(doors):
        here = sorted(doors[door], key=lambda row: (not row.urgent, row.id))
        first = {row.together or row.ref: row.id for row in reversed(here)}  # a call has the place of its first
        here.sort(key=lambda row: (not row.urgent, first[row.together or row.ref]))
        going += paced(db, app.channels[door], here, wall) if door in app.channels else here
    return sorted(going, key=lambda row: (not row.urgent, row.id))


def _companions(db: Session, rows: Sequence[Outbox]) -> Sequence[Outbox]:
    """The rest of a call that has been tried: it is repeated with the same members."""
    marks = {row.together for row in rows if row.way == "message" and row.together and "@" in row.together}
    if not marks:
        return ()
    ids = [row.id for row in rows]
    rest = select(Outbox).where(
        Outbox.together.in_(marks),
        Outbox.way == "message",  # not a change of the card: it bears the same mark
        Outbox.state == OutboxState.WAITING,
        Outbox.id.not_in(ids),
        Outbox.tries > 0,
    )
    return db.scalars(rest.order_by(Outbox.id).with_for_update(skip_locked=True)).all()


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
        if channel is not None and recognised(channel.abilities, row.sent_at, wall):
            row.state, row.lease, row.lease_until = OutboxState.WAITING, None, None
        else:
            row.state, row.reason = OutboxState.UNKNOWN, "the sender died before it heard the outcome"


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
    if row.sent_at is not None and not recognised(app.channels[door].abilities, row.sent_at, wall):
        row.state, row.reason = OutboxState.UNKNOWN, UNHEARD
        return None
    if not _may_speak(app, db, row, door, wall):
        row.state, row.reason = OutboxState.DEAD, ladder.CANNOT_SPEAK
        step_on(app, db, row)
        return None
    try:
        outgoing = written_out(app, db, row, app.channels[door].abilities)
    except UNREADABLE as error:
        # One row that nobody can read must not keep everybody else's waiting.
        log.error("message %d cannot be read (%s)", row.id, type(error).__name__)
        row.state, row.reason = OutboxState.DEAD, "unreadable"
        return None
    if row.way == "stamp" and not outgoing.form.get("people"):
        row.state, row.reason = OutboxState.SENT, "nobody else has the card"
        return None
    return Claimed(row.id, door, outgoing, row.tries, wall + LEASE, row.sent_at)


def _waits_for_picture(db: Session, row: Outbox, wall: datetime) -> bool:
    """A card waits a little for its photo, which is being fetched; an emergency does not. It was not tried yet: it
    is in no call, and uses up no limit."""
    if row.media_id is None or row.urgent or row.tries:
        return False
    picture = db.get(Media, row.media_id)
    if picture is None or picture.state != WANTED or wall - picture.created_at >= PICTURE_WITHIN:
        return False
    row.next_try_at = wall + LOOK_AGAIN
    return True


def _may_speak(app: App, db: Session, row: Outbox, door: str, wall: datetime) -> bool:
    """Whether the platform lets this be said now; the first try takes it off what the person's act allows."""
    abilities = app.channels[door].abilities
    if row.way != "message" or row.account_id is None or not abilities.windows or row.tries > 1:
        return True
    account = db.get_one(Account, row.account_id)
    messages = 2 if row.media_id is not None and abilities.media else 1  # the platforms count a picture by itself
    return ladder.Ladder(app.channels, wall).open(account, abilities) and ladder.spend(db, account, wall, messages)


def _send(app: App, channel: Channel, rows: Sequence[Claimed]) -> int:
    begun = 0
    for part in _calls(channel, rows):
        if app.clock.wall() > part[0].until - TO_SPARE:
            give_back(app, rows[begun:])  # a slow platform: what was not begun is somebody else's
            return begun
        _send_part(app, channel, part)
        begun += len(part)
    return len(rows)


def _calls(channel: Channel, rows: Sequence[Claimed]) -> Iterator[Sequence[Claimed]]:
    """What goes into one call each: as many as the platform takes; only what is alike, where it asks for that."""
    size = channel.abilities.batch
    start = 0
    while start < len(rows):
        end = start + 1
        while end < len(rows) and end - start < size and _one_call(channel, rows[start], rows[end]):
            end += 1
        yield rows[start:end]
        start = end


def _one_call(channel: Channel, one: Claimed, other: Claimed) -> bool:
    if not channel.abilities.alike:
        return True
    if one.outgoing.way != other.outgoing.way:
        return False
    return one.outgoing.together is not None and one.outgoing.together == other.outgoing.together


def _send_part(app: App, channel: Channel, part: Sequence[Claimed]) -> None:
    try:
        outcomes = list(channel.send([row.outgoing for row in part]))
        if len(outcomes) != len(part):
            raise Unsure(f"{len(outcomes)} outcomes for {len(part)} messages")
    except TryLater as error:
        if isinstance(error, Closed) and error.fault:
            watch.note_fault(app, channel.door, error.reason)
        put_off(app, part, error)
    except Exception as error:  # noqa: BLE001 - whatever it was, it may have arrived, and the other rows still go out
        log.error("sending through %s failed: %s", channel.door, type(error).__name__)
        unsure(app, channel, part)
    else:
        if channel.door in app.doors_down():
            watch.note_well(app, channel.door)
        settle(app, part, outcomes)
