"""Watches the doors. Who notices that one is shut notes it; the clock tells people, by another door.

A note is a short transaction of its own and is written only where it changes something, so that whatever sends may
note after every call. It never raises: a note that is lost is made again by the next call.

Told is whoever keeps the deployment going: administrators and people on duty. A door is reported when it has been shut
for a minute, once, and again when it has worked for a minute: one that comes and goes is reported as shut. A door that
has been silent for longer than usual is reported once, and again when it is heard.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from bot import door_checks, door_faults, leadership
from bot.channels.base import ChannelError, Closed
from bot.channels.http import Http
from bot.door_checks import Checked
from bot.door_faults import WELL_SINCE
from bot.owe import Desk, owe
from bot.settling import UNHEARD
from bot.wiring import App
from handlers.message import Member, Reply
from handlers.rules import silence
from handlers.rules.calendar import Calendar
from handlers.rules.silence import Unusual
from handlers.wording import doors as wording
from storage import directory
from storage.deployment import ChannelAccount
from storage.outbox import Outbox, OutboxState
from storage.people import Account, Role

log = logging.getLogger(__name__)

EVERY = timedelta(seconds=30)
PATIENCE = timedelta(minutes=1)  # a door that is shut for less has had a hiccup
STUCK_AFTER = 6  # tries of one message: they take about a minute
STUCK_UNHEARD = 3  # messages in a row that got no answer
RECENT = timedelta(minutes=15)
STUCK = "nothing goes through"
TRY_EVERY, STUCK_FOR, BANNED_FOR = timedelta(minutes=1), timedelta(minutes=5), timedelta(hours=1)
TOLD = frozenset({Role.ADMIN, Role.DUTY})
SILENT_SINCE = "silent_since"  # in a row's rhythm: the silence that people were told of


@dataclass(frozen=True, slots=True)
class News:
    """What is to be told of a door. ``since`` names the outage or the silence."""

    what: str  # fails, works, silent, heard
    since: datetime
    text: str

    @property
    def urgent(self) -> bool:
        """What is over can wait; what is not goes out by every way there is."""
        return self.what in ("fails", "silent")


def note_fault(app: App, door: str, reason: str) -> None:
    """Nothing goes through this door, and why (no secret, nobody's name)."""
    reason = reason[: door_faults.LONGEST] or "it does not work"
    try:
        if _fault_of(app, door) == reason:
            return
        with app.writing() as db:
            door_faults.mark(db, door, reason, app.clock.wall())
        log.warning("the door %s fails: %s", door, reason)
    except Exception as error:  # noqa: BLE001 - the next call that fails notes it again
        log.warning("that the door %s fails was not noted (%s)", door, type(error).__name__)


def note_well(app: App, door: str, *, said: bool = True) -> None:
    """Something went through this door. ``said`` False: it only let us in, which shows nothing of what is banned."""
    try:
        fault = _fault_of(app, door)
        if fault is None or (_pause(fault) and not said):
            return
        with app.writing() as db:
            door_faults.clear(db, door, app.clock.wall())
        log.warning("the door %s works again", door)
    except Exception as error:  # noqa: BLE001 - the next call that succeeds notes it again
        log.warning("that the door %s works again was not noted (%s)", door, type(error).__name__)


def try_again(app: App) -> None:
    """Asks the platforms of shut doors whether they let us in again: it may be that nothing waits to go out by them.

    Of an interface that is banned, or that alone is always busy, a harmless question shows nothing: such a door is
    spoken through again after a while, and shut again by what becomes of that.
    """
    wall = app.clock.wall()
    with app.reading() as db:
        shut = db.scalars(_watched(app).where(ChannelAccount.fault.is_not(None))).all()
    pauses = {
        row.door: pause for row in shut if wall - (row.failing_since or wall) >= (pause := _pause(row.fault or ""))
    }
    if not pauses or leadership.lead(app, "try doors", TRY_EVERY) is None:
        return
    http = Http()
    try:
        for one in door_checks.checked(app, app.settings, http):
            if one.door in pauses and _is_turn(app, one.door, pauses[one.door]):
                _try(app, one)
    finally:
        http.close()


def _is_turn(app: App, door: str, pause: timedelta) -> bool:
    return not pause or leadership.lead(app, f"try {door}", pause) is not None


def _pause(fault: str) -> timedelta:
    """How long a harmless question is not believed."""
    if door_checks.number_of(fault) in door_checks.BANNED:
        return BANNED_FOR
    return STUCK_FOR if fault.startswith(STUCK) else timedelta()


def _try(app: App, one: Checked) -> None:
    try:
        door_checks.ask(one)
    except Closed as error:
        if error.fault:
            note_fault(app, one.door, error.reason)
    except ChannelError as error:
        log.info("the door %s still fails: %s", one.door, error)
    else:
        note_well(app, one.door)


def _fault_of(app: App, door: str) -> str | None:
    with app.reading() as db:
        return db.scalar(select(ChannelAccount.fault).where(ChannelAccount.door == door))


def look(app: App) -> int:
    """Tells people what is new about the doors. One look in half a minute, whoever looks. Returns how many news."""
    if leadership.lead(app, "watch", EVERY) is None:
        return 0
    for door, reason in _stuck(app):
        note_fault(app, door, f"{STUCK}: {reason}")
    with app.reading() as db:
        doors = [row.door for row in db.scalars(_watched(app)) if _new(app, db, row)]
    return sum(_tell(app, door) for door in doors)


def _watched(app: App) -> Select[ChannelAccount]:
    rows = select(ChannelAccount).where(ChannelAccount.enabled, ChannelAccount.door.in_(app.channels))
    return rows.order_by(ChannelAccount.door)


def _stuck(app: App) -> list[tuple[str, str]]:
    """Doors whose platform does not even refuse: for a minute nothing went through, or what became of it is unknown."""
    with app.reading() as db:
        wall, lately = app.clock.wall(), app.clock.now(db) - 2 * PATIENCE
        recent = Outbox.next_try_at > wall - RECENT  # of ended rows: when they were last due
        waits = and_(Outbox.state == OutboxState.WAITING, Outbox.tries >= STUCK_AFTER)
        unheard = and_(Outbox.state == OutboxState.UNKNOWN, Outbox.reason == UNHEARD, recent)
        of_door = select(Account.door, func.max(Outbox.reason)).join(Outbox).where(Account.door.in_(app.channels))
        found = [
            *db.execute(of_door.where(waits).group_by(Account.door)),
            *db.execute(of_door.where(unheard).group_by(Account.door).having(func.count() >= STUCK_UNHEARD)),
        ]
        if not found:
            return []
        through = select(Outbox.id).join(Account).where(Outbox.state == OutboxState.SENT, recent)
        down = door_faults.faulty(db)
        return [
            (door, reason or "no answer")
            for door, reason in found
            if door not in down
            and db.scalar(through.where(Account.door == door, Outbox.sent_at > lately).limit(1)) is None
        ]


def _tell(app: App, door: str) -> int:
    with app.writing() as db:
        row = db.get_one(ChannelAccount, door, with_for_update=True)
        found = _new(app, db, row)
        for news in found:
            _told(row, news, app.clock.wall())
            _say(app, db, row, news)
    app.bell.ring("replies")
    return len(found)


def _new(app: App, db: Session, row: ChannelAccount) -> list[News]:
    wall = app.clock.wall()
    return [*_of_its_fault(row, wall), *(() if app.sample else _of_its_silence(row, wall, app.policy.calendar))]


def _of_its_fault(row: ChannelAccount, wall: datetime) -> Iterator[News]:
    since = row.failing_since
    if since is None:
        return
    if row.fault is not None and row.told_at is None and wall - since >= PATIENCE:
        yield News("fails", since, wording.fails(row.door, row.fault, since, wall))
    if row.fault is None and row.told_at is not None:
        well = _moment(row, WELL_SINCE) or wall
        if wall - well >= PATIENCE:
            yield News("works", since, wording.works(row.door, since, well, wall))


def _of_its_silence(row: ChannelAccount, wall: datetime, calendar: Calendar) -> Iterator[News]:
    last, known = row.last_heard_at, _moment(row, SILENT_SINCE)
    if last is None:
        return
    if known is not None and last > known:
        yield News("heard", known, wording.heard(row.door, known, last, wall))
    elif known is None and row.fault is None:  # of a door that is shut, people know already
        found: Unusual | None = silence.unusual(row.rhythm, last, wall, calendar)
        if found is not None:
            yield News("silent", last, wording.silent(row.door, last, found, wall))


def _moment(row: ChannelAccount, name: str) -> datetime | None:
    stored = row.rhythm.get(name)
    return datetime.fromisoformat(stored) if stored else None


def _told(row: ChannelAccount, news: News, wall: datetime) -> None:
    """Writes down that this was told, in the transaction that tells it."""
    left_out = {"works": WELL_SINCE, "heard": SILENT_SINCE}.get(news.what)
    rhythm = {name: value for name, value in row.rhythm.items() if name != left_out}
    if news.what == "fails":
        row.told_at = wall
    elif news.what == "works":
        row.told_at = row.failing_since = None
    elif news.what == "silent":
        rhythm[SILENT_SINCE] = news.since.isoformat()
    row.rhythm = rhythm


def _say(app: App, db: Session, row: ChannelAccount, news: News) -> None:
    down = door_faults.faulty(db)
    desk = Desk(db, app.vault, app.channels, app.clock.now(db), app.clock.wall(), down=down)
    name = f"door:{row.door}:{news.since.isoformat()}:{news.what}"
    people = directory.with_any_role(db, TOLD)
    owe(desk, [Reply(news.text, to=Member(one.id), name=name, urgent=news.urgent, aloud=False) for one in people], None)
    if not _goes_out(db, name, down):
        # The last resort: whoever watches the log, `menkou doctor` and /healthz say the same.
        log.error("DOOR %s: %s since %s, and nobody can be told by another door", row.door, news.what, news.since)


def _goes_out(db: Session, name: str, down: frozenset[str]) -> bool:
    owed = select(Outbox.id).join(Account, Account.id == Outbox.account_id)
    mine = owed.where(Outbox.name.startswith(f"{name}>"), Outbox.state == OutboxState.WAITING)
    return db.scalar(mine.where(Account.door.not_in(down)).limit(1)) is not None
