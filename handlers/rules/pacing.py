"""When a send is tried again, and within which window a platform's limit counts. Decisions are values that one place
acts on. Pure; all times are the wall's.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=10)
GIVE_UP_AFTER = 12  # tries: about an hour and a half
MENDED_AFTER = 150  # tries of what waits for a door that somebody has to mend: about a day


def next_try(
    tries: int, wall: datetime, asked: timedelta | None = None, *, most: int = GIVE_UP_AFTER
) -> datetime | None:
    """The moment of the next try after ``tries`` failed ones; None when it is time to give up.

    ``asked`` is what the platform itself asked for; it counts when it is longer.
    """
    if tries >= most:
        return None
    doublings = min(max(tries - 1, 0), 20)
    wait: timedelta = min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)
    return wall + max(wait, asked or timedelta())


def window_start(per: timedelta | Literal["day"], wall: datetime) -> datetime:
    """When the window of a limit began that ``wall`` falls into; a day is the natural day of Shanghai.

    Windows lie end to end from 1970 on, so that all processes count in the same ones. A platform whose own windows
    begin at other moments can see up to twice a limit within one of its own: leave room where it punishes that.
    """
    if per == "day":
        midnight = wall.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
        return midnight.astimezone(UTC)
    return wall - (wall - datetime(1970, 1, 1, tzinfo=UTC)) % per


def next_window(per: timedelta | Literal["day"], wall: datetime) -> datetime:
    """When the next window of a limit begins: always later than ``wall``."""
    # Shanghai has known no summer time since 1991: every day has 24 hours.
    return window_start(per, wall) + (timedelta(days=1) if per == "day" else per)
