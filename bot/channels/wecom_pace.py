"""How much one member of a WeCom app is told in a minute by this process: beyond it the platform drops without a word.

A notice tells a million members within a minute. Of the first thousands everything is kept; of the others only how
much, in cells that several members may share: a member may be asked to wait for another's sake, which is rare (a cell
would have to be hit fifteen times), and never gets more than is let through.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from zlib import crc32

from bot.channels.base import TryLater

PER_MINUTE = (
    15  # to one member by one process: two send at most, the platform drops beyond 30 a minute and 1,000 an hour
)
MINUTE = 60.0  # seconds
KNOWN = 20_000  # members of whom everything is kept: some three megabytes
CELLS = 1 << 20  # a byte each; no more than three crowds are kept at a time
FULL = 255


@dataclass(slots=True)
class _Crowd:
    """How much some members were told, by cell. It fills for a minute and is forgotten a minute after its last."""

    begun: float
    last: float
    cells: bytearray = field(default_factory=lambda: bytearray(CELLS))

    def add(self, person: str, messages: int, now: float) -> None:
        cell = _cell(person)
        self.cells[cell] = min(self.cells[cell] + messages, FULL)
        self.last = now


class Pace:
    """Of one app. Those of one call share what is kept of them, and whoever was told longest ago stands first, so that
    forgetting looks at nobody else."""

    def __init__(self, tick: Callable[[], float]) -> None:
        self._tick = tick
        self._times: dict[str, tuple[float, ...]] = {}
        self._crowds: list[_Crowd] = []
        self._lock = threading.Lock()

    def take(self, people: Iterable[str], messages: int) -> None:
        """Raises TryLater for all where it would be too much for one: a minute later everybody is told."""
        people = list(people)
        with self._lock:
            now = self._tick()
            self._forget(now)
            if longest := max(self._wait(person, messages, now) for person in people):
                raise TryLater("a member was told much this minute", timedelta(seconds=longest))
            told = (now,) * messages
            for person in people:
                earlier = self._times.pop(person, ())
                if earlier or len(self._times) < KNOWN:
                    self._times[person] = (*(time for time in earlier if time > now - MINUTE), *told)
                else:
                    self._crowd(now).add(person, messages, now)

    def _crowd(self, now: float) -> _Crowd:
        if not self._crowds or self._crowds[-1].begun <= now - MINUTE:
            self._crowds.append(_Crowd(now, now))
        return self._crowds[-1]

    def _forget(self, now: float) -> None:
        over = list(itertools.takewhile(lambda person: self._times[person][-1] <= now - MINUTE, self._times))
        for person in over:
            del self._times[person]
        self._crowds = [crowd for crowd in self._crowds if crowd.last > now - MINUTE]

    def _wait(self, person: str, messages: int, now: float) -> float:
        times = [time for time in self._times.get(person, ()) if time > now - MINUTE]
        if self._crowds:
            cell = _cell(person)
            for crowd in self._crowds:
                times += [crowd.last] * crowd.cells[cell]
        excess = len(times) + messages - PER_MINUTE
        return sorted(times)[excess - 1] + MINUTE - now if excess > 0 else 0.0


def _cell(person: str) -> int:
    return crc32(person.encode()) % CELLS
