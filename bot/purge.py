"""``menkou purge``: forgets what is not to be kept (rule 8). The clock runs the same; running it twice changes nothing.

The command reads business time from the sample clock in sample mode, so that a jump of a day forgets a day's talk.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.moments import Clock, SampleClock, WallClock
from bot.seed import is_sample
from bot.settings import Settings
from bot.transactions import open_database, snapshot_connection, write_session
from bot.wiring import App
from handlers.rules.privacy import discreet_place
from storage import candidates, erasing, forgetting
from storage.engine import empty_log


@dataclass(slots=True)
class Forgotten:
    """How many rows of each sort were blanked or removed."""

    talk: int = 0
    failed: int = 0
    media: int = 0
    said: int = 0
    expired: int = 0
    candidates: int = 0
    tickets: int = 0


def run(settings: Settings) -> int:
    """Forgets what is due now and says how much that was."""
    engine = open_database(settings)
    try:
        with snapshot_connection(engine) as connection:
            clock: Clock = SampleClock() if settings.sample and is_sample(connection) else WallClock()
        done = forget(engine, clock, settings.keep_tickets_days)
    finally:
        engine.dispose()
    print(", ".join(f"{name} {number}" for name, number in asdict(done).items()))
    return 0


def purge(app: App) -> Forgotten:
    """The same for a running process. Cheap when nothing is due."""
    return forget(app.engine, app.clock, app.settings.keep_tickets_days)


def forget(engine: Engine, clock: Clock, keep_tickets_days: int = 0) -> Forgotten:
    """One pass over everything that is due, in short transactions. Afterwards the words are gone from the files too.

    ``keep_tickets_days``: after how many days the words of a ticket that is over are erased; 0: never.
    """
    done = Forgotten(
        talk=_all(engine, lambda db: forgetting.blank_talk(db, clock.now(db))),
        failed=_all(engine, lambda db: forgetting.blank_failed(db, clock.wall())),
        media=_all(engine, lambda db: forgetting.remove_media(db, clock.wall())),
        said=_all(engine, lambda db: forgetting.blank_said(db, clock.wall())),
    )
    done.candidates = _all(engine, lambda db: candidates.blank_candidates(db, clock.now(db)))
    if keep_tickets_days:
        kept = timedelta(days=keep_tickets_days)
        done.tickets = _all(engine, lambda db: _erase(db, clock, kept), load=erasing.STEP)
    with write_session(engine) as db:
        done.expired = forgetting.drop_expired(db, clock.now(db), clock.wall())
    if any(asdict(done).values()):
        empty_log(engine)
    return done


def _erase(db: Session, clock: Clock, kept: timedelta) -> int:
    now = clock.now(db)
    tickets = erasing.due(db, now - kept)
    for ticket in tickets:
        erasing.erase(db, ticket, now, discreet_place)
    return len(tickets)


def _all(engine: Engine, step: Callable[[Session], int], load: int | None = None) -> int:
    """Repeats a step, each in a transaction of its own, until one has less than a full load."""
    total = 0
    while True:
        with write_session(engine) as db:
            changed = step(db)
        total += changed
        if changed < (load or forgetting.STEP):
            return total
