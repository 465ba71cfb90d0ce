"""What sending a notice takes: time, quota and money, as honest ranges. Seconds, and fen (a hundredth of a yuan)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from storage.notice_doors import Door, Pace

QUICK, SLOW = 0.05, 0.6  # seconds that a platform takes for one call
A_DAY = 86_400
SETTLING = 120  # a mass message is reported on within a minute or two; an administrator may have to confirm it
TOGETHER = 1000  # people of a call from which on it is a mass message
SMS_FEN = (3, 6)  # what a part of a text message costs, by contract
FIRST_PART, FURTHER_PARTS = 70, 67  # characters of a text message that is one part, and of each part of a longer one


@dataclass(frozen=True, slots=True)
class Quota:
    """What one door's limit of the day leaves. ``short``: how much of this must wait for tomorrow."""

    door: str
    name: str
    needed: int
    left: int

    @property
    def short(self) -> int:
        """0: it suffices."""
        return max(self.needed - self.left, 0)


def seconds(door: Door, households: int, used: Mapping[str, int]) -> tuple[float, float]:
    """The shortest and longest that a door needs for so many. ``used``: what is spent of its limits of the day."""
    calls = -(-households // max(door.batch, 1))
    low, high = calls * QUICK / max(door.at_once, 1), calls * SLOW / max(door.at_once, 1)
    for pace in door.paces:
        needed = households if pace.by_people else calls
        least, most = _waits(pace, needed, used.get(pace.name, 0))
        low, high = max(low, least), max(high, most)
    return low, high + (SETTLING if door.batch >= TOGETHER else 0)


def _waits(pace: Pace, needed: int, used: int) -> tuple[float, float]:
    if pace.seconds is not None:
        windows = -(-needed // pace.most)
        return (windows - 1) * pace.seconds, (windows if windows > 1 else 0) * pace.seconds
    over = needed - max(pace.most - used, 0)
    if over <= 0:
        return 0, 0
    days = -(-over // pace.most)
    return (days - 1) * A_DAY, days * A_DAY


def whole(spans: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Doors work side by side: the slowest decides."""
    return max((low for low, _ in spans), default=0), max((high for _, high in spans), default=0)


def quotas(door: Door, households: int, used: Mapping[str, int]) -> list[Quota]:
    """What is left today of each limit of a door that counts by the day."""
    calls = -(-households // max(door.batch, 1))
    return [
        Quota(door.name, pace.name, households if pace.by_people else calls, max(pace.most - used.get(pace.name, 0), 0))
        for pace in door.paces
        if pace.seconds is None
    ]


def fen(households: int, length: int) -> tuple[int, int]:
    """What so many text messages of so many characters cost, from and to."""
    parts = 1 if length <= FIRST_PART else -(-length // FURTHER_PARTS)
    return households * parts * SMS_FEN[0], households * parts * SMS_FEN[1]
