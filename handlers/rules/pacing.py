"""When a send is tried again. A decision is a value that one place acts on. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=10)
GIVE_UP_AFTER = 12  # tries: about an hour and a half


def next_try(tries: int, wall: datetime, asked: timedelta | None = None) -> datetime | None:
    """The moment of the next try after ``tries`` failed ones; None when it is time to give up.

    ``asked`` is what the platform itself asked for; it counts when it is longer.
    """
    if tries >= GIVE_UP_AFTER:
        return None
    doublings = min(max(tries - 1, 0), 20)
    wait: timedelta = min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)
    return wall + max(wait, asked or timedelta())
