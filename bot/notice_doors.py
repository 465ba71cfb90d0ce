"""The doors by which notices go out: which there are now, through which channel of them, and at what pace."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from bot.channels.base import Abilities, Channel, Limit
from bot.wiring import App
from handlers.rules import notice_hours
from handlers.rules.pacing import SHANGHAI, next_window, window_start
from storage import spending
from storage.notice_doors import Door, Doors, Pace
from storage.notice_letting import Hour
from storage.spending import Ceiling


def doors_of(app: App) -> Doors:
    """The doors as they are now, but none that rings and speaks."""
    wall = app.clock.wall()
    return Doors(tuple(_doors(app)), wall, month_of(wall))


def _doors(app: App) -> Iterator[Door]:
    down = app.doors_down()
    for name in sorted({*app.channels, *app.bulk}):
        channel = speaking(app, name)
        if channel is not None and not channel.abilities.aloud:
            able = channel.abilities
            as_fast = able.batch, _at_once(able), tuple(_pace(limit) for limit in able.limits)
            yield Door(name, able.costs, bool(able.windows), able.a_month, name in down, *as_fast)


def _pace(limit: Limit) -> Pace:
    seconds = None if limit.per == "day" else limit.per.total_seconds()
    return Pace(limit.name, limit.most, seconds, limit.unit == "people")


def _at_once(able: Abilities) -> int:
    """Calls under way at the same time, as far as a channel says."""
    return int(getattr(able, "at_once", 1))


def speaking(app: App, door: str) -> Channel | None:
    """What notices go out through by this door: its way for many at once, where it has one."""
    return through(app, door, bulk=door in app.bulk)


def through(app: App, door: str, *, bulk: bool) -> Channel | None:
    """One of a door's channels, if it can speak unasked."""
    channel = (app.bulk if bulk else app.channels).get(door)
    return channel if channel is not None and channel.abilities.speaks == "now" else None


def hour_of(app: App, db: Session) -> Hour:
    """The moment as notices see it: business time, and whether it is night."""
    now = app.clock.now(db)
    return Hour(now, notice_hours.is_night(now, app.policy.notices))


def month_of(wall: datetime) -> datetime:
    """When the platforms' month began."""
    first = wall.astimezone(SHANGHAI).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return first.astimezone(UTC)


def reserve(db: Session, channel: Channel, people: int, wall: datetime) -> datetime | None:
    """Takes a slice's calls off the platform's limits, in the transaction of the claim. Where too little is left it
    answers when the next window begins, and takes nothing. What is repeated counts again, as it does for the platform.
    """
    calls = -(-people // channel.abilities.batch)
    taken: list[tuple[Ceiling, int]] = []
    for limit in sorted(channel.abilities.limits, key=lambda limit: limit.name):
        ceiling = Ceiling(limit.name, limit.most, window_start(limit.per, wall))
        wanted = min(calls if limit.unit == "calls" else people, limit.most)
        granted = spending.reserve(db, channel.door, ceiling, wanted)
        taken.append((ceiling, granted))
        if granted < wanted:
            for earlier, amount in taken:
                spending.give_back(db, channel.door, earlier, amount)
            return next_window(limit.per, wall)
    return None
