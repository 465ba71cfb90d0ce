"""The clock: rings timers in order, says what is due, sweeps what the queue left lying, forgets what is past its time.

Everything it does is a row, claimed in the transaction of its effect: two clocks do no harm, and a clock that was
down for hours catches up in order and fires nothing twice.
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from bot import (
    deliver,
    leadership,
    mornings,
    notice_curve,
    notice_voices,
    notices,
    phones,
    purge,
    results,
    statistics,
    wanted,
    watch,
)
from bot.batch import passing
from bot.owe import Desk, owe
from bot.settings import Settings
from bot.wiring import App, build
from handlers import reminders
from handlers.message import Member, Reply
from storage.engine import is_down
from storage.outbox import Outbox
from storage.timers import Reminder, Timer

log = logging.getLogger(__name__)

EVERY = 1.0  # seconds between two looks
LEFT_LYING = timedelta(seconds=5)  # what the queue has not taken by then is delivered here
FORGET_EVERY = timedelta(minutes=10)
AT_ONCE = 50  # timers in one transaction
TRIES = 6
STOP_WITHIN = 3.0  # seconds that a sweep under way is waited for


def tick(app: App) -> int:
    """Rings everything due by now and says what may be said. Returns how many timers rang."""
    rang = _ring_all(app)
    while _repeat_if_passing(app, _say_some):
        rang += _ring_all(app)  # what fell due meanwhile does not wait until everybody is told
    return rang


def _ring_all(app: App) -> int:
    rang = 0
    while (count := _repeat_if_passing(app, _ring_some)) > 0:
        rang += count
    return rang


def _repeat_if_passing(app: App, step: Callable[[App], int]) -> int:
    for _ in range(TRIES - 1):
        try:
            return step(app)
        except Exception as error:
            if not passing(error):
                raise
    return step(app)


def _ring_some(app: App) -> int:
    if not _due(app):
        return 0
    rang = 0
    with app.writing() as db:
        if not _alone(db):
            return 0
        now, wall = app.clock.now(db), app.clock.wall()
        # One by one: what a timer does may stop the next, or put one before it.
        while rang < AT_ONCE and (timer := _earliest(db, now)) is not None:
            _ring(app, db, timer, now, wall)
            rang += 1
    if rang:
        app.bell.ring("replies")
    return rang


def _alone(db: Session) -> bool:
    """Whether no other clock is at it. On SQLite the gate sees to it; a second clock looks again in a second."""
    if db.get_bind().dialect.name != "postgresql":
        return True
    return bool(db.scalar(select(func.pg_try_advisory_xact_lock(func.hashtextextended("clock", 0)))))


def _earliest(db: Session, now: datetime) -> Timer | None:
    due = select(Timer).where(Timer.state == "waiting", Timer.due_at <= now).order_by(Timer.due_at, Timer.id)
    return db.scalars(
        due.limit(1).with_for_update(skip_locked=True).execution_options(populate_existing=True)
    ).one_or_none()


def _ring(app: App, db: Session, timer: Timer, now: datetime, wall: datetime) -> None:
    """One timer in a savepoint: one that cannot be rung must not keep the others from ringing."""
    timer_id = timer.id
    timer.state, timer.fired_at = "fired", now
    db.flush()
    try:
        with db.begin_nested():
            at = reminders.Ringing(db, now, app.policy, app.vault)
            owe(_desk(app, db, now, wall), reminders.ring(timer, at), None)
    except Exception as error:
        if passing(error) or is_down(error) or app.strict:
            raise
        log.error("timer %d failed (%s)", timer_id, type(error).__name__)
        db.execute(update(Timer).where(Timer.id == timer_id).values(state="failed"))


def _due(app: App) -> bool:
    with app.reading() as db:
        due = select(Timer.id).where(Timer.state == "waiting", Timer.due_at <= app.clock.now(db)).limit(1)
        return db.scalar(due) is not None


def _say_some(app: App) -> int:
    """Tells some people; whoever else writes need not wait for all of them. Returns 0 when nobody is left."""
    with app.reading() as db:
        due = select(Reminder.id).where(Reminder.state == "waiting", Reminder.say_after <= app.clock.now(db)).limit(1)
        if db.scalar(due) is None:
            return 0
    with app.writing() as db:
        if not _alone(db):
            return 0
        now, wall = app.clock.now(db), app.clock.wall()
        said = reminders.say_due(reminders.Ringing(db, now, app.policy, app.vault), AT_ONCE)
        for reply, rows in said:
            _say(_desk(app, db, now, wall), reply, rows)
    if said:
        app.bell.ring("replies")
    return 1  # those who were not told now are told later: nobody is asked for twice


def _say(desk: Desk, reply: Reply, rows: Sequence[Reminder]) -> None:
    before = desk.db.scalar(select(func.max(Outbox.id))) or 0
    owe(desk, [reply], None)
    written = select(Outbox.id).where(Outbox.id > before, Outbox.name.startswith(f"{reply.name}>"))
    told: dict[str, object] = {"state": "said", "say_after": desk.now, "outbox_id": desk.db.scalar(written.limit(1))}
    if isinstance(reply.to, Member):
        told["staff_id"] = reply.to.staff_id  # who hears it: the next message to them keeps its distance
    wanted = update(Reminder).where(Reminder.id.in_([row.id for row in rows]), Reminder.state == "waiting")
    taken = desk.db.execute(wanted.values(**told).execution_options(synchronize_session=False))
    if getattr(taken, "rowcount", 0) != len(rows):
        raise StaleDataError("a ticket was accepted while its reminder was written")


def _desk(app: App, db: Session, now: datetime, wall: datetime) -> Desk:
    return Desk(db, app.vault, app.channels, now, wall, app.doors_down())


def next_due(app: App) -> datetime | None:
    """The business time of the next thing the clock will do."""
    with app.reading() as db:
        timer = db.scalar(select(func.min(Timer.due_at)).where(Timer.state == "waiting"))
        reminder = db.scalar(select(func.min(Reminder.say_after)).where(Reminder.state == "waiting"))
    moments = [moment for moment in (timer, reminder) if moment is not None]
    return min(moments) if moments else None


def walk(app: App, to: datetime) -> int:
    """Moves business time forward to ``to``, timer by timer, each at its own moment. Only where time can be moved."""
    rang = 0
    while (due := next_due(app)) is not None and due <= to:
        _advance(app, due)
        rang += tick(app)
    _advance(app, to)
    return rang + tick(app)


def _advance(app: App, to: datetime) -> None:
    with app.writing() as db:
        app.clock.advance(db, to)


def sweep(app: App) -> int:
    """Delivers what nobody took: with the queue dead, emergencies still go out."""
    done = deliver.run(app, "replies", older_than=LEFT_LYING) + notices.sweep(app)
    return done + wanted.fetch_due(app, older_than=LEFT_LYING) + notice_voices.convert_due(app)


def forget(app: App) -> None:
    """Blanks what is past its time, by whichever clock is first: a daily run alone would keep talk for two days."""
    if leadership.lead(app, "purge", FORGET_EVERY) is not None:
        purge.purge(app)


@contextmanager
def _until_told() -> Iterator[threading.Event]:
    """An event that SIGTERM and SIGINT set."""
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    yield told


def run(settings: Settings) -> int:
    """The clock process: looks once a second until told to stop."""
    return keep_ringing(build(settings))


def keep_ringing(app: App) -> int:
    """The clock of a program that was built; closes it at the end."""
    with _until_told() as told:
        # Two hands: a platform that is slow to take what is swept must not keep a timer from ringing, nor people from
        # being told of it.
        work = (
            sweep,
            watch.try_again,
            forget,
            phones.keep,
            results.keep,
            statistics.keep,
            mornings.keep,
            notice_curve.mark,
        )
        sweeper = threading.Thread(target=_again_and_again, args=(app, told, work), name="sweep", daemon=True)
        sweeper.start()
        _again_and_again(app, told, (tick, watch.look))
        sweeper.join(STOP_WITHIN)
    app.close()
    return 0


def _again_and_again(app: App, told: threading.Event, steps: Sequence[Callable[[App], object]]) -> None:
    while not told.is_set():
        for step in steps:
            _carefully(app, step)
        told.wait(EVERY)


def _carefully(app: App, step: Callable[[App], object]) -> None:
    """A database that is away for a while must not end the clock."""
    try:
        step(app)
    except Exception as error:  # noqa: BLE001 - whatever it is, the next look may find it gone
        log.error(
            "the clock could not %s (%s); it tries again", getattr(step, "__name__", "step"), type(error).__name__
        )
