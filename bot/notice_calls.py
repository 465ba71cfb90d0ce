"""Calls of notices under way: threads that do nothing but wait for platforms, some at once for each door.

A slice becomes as many calls as its platform takes for it; when the last is back the slice is heard. Nothing here
touches the database. A little more is claimed than is under way, so that no thread waits for the next transaction;
whoever dies with it has it listed as doubtful.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType

from bot.channels.base import Abilities, Channel, Closed, Outcome, Outgoing, TryLater, Unsure
from bot.notice_request import Request
from storage.notice_slices import Claim, Due

log = logging.getLogger(__name__)

# Calls claimed for one that can be under way, where there is more than one at once: with three, threads have work while
# the last calls of a slice come back. Where the platform knows no keys, what is claimed is doubtful after a crash.
AHEAD, AHEAD_UNKEYED = 3, 2
REFUSED_ENOUGH = 8  # calls of a slice that the platform puts off, until the others are not tried
NOT_BEGUN = TryLater("not begun")


@dataclass(slots=True)
class Tried:
    """A slice after its calls: of each member the outcome, or what its call raised."""

    held: Claim
    channel: Channel
    request: Request
    heard: list[Outcome | Exception]

    @property
    def plain(self) -> bool:
        """Whether everybody was reached, and nothing more is to be said of it."""
        return all(isinstance(one, Outcome) and one.state == "sent" and not one.reason for one in self.heard)


@dataclass(slots=True)
class _Flight:
    """A slice while its calls are made."""

    tried: Tried
    messages: Sequence[Outgoing]
    left: int  # calls
    put_off: int = 0
    shut: bool = False
    guard: threading.Lock = field(default_factory=threading.Lock)

    def begins(self, wall: datetime, held_back: Collection[int]) -> bool:
        shut = self.shut or self.put_off >= REFUSED_ENOUGH or self.tried.held.notice_id in held_back
        return not shut and wall <= self.tried.held.begin_by

    def back(self, part: slice, heard: Sequence[Outcome] | Exception) -> bool:
        """Notes what a call brought; whether it was the last."""
        with self.guard:
            size = len(self.messages[part])
            self.tried.heard[part] = [heard] * size if isinstance(heard, Exception) else heard
            self.shut |= isinstance(heard, Closed)
            self.put_off += isinstance(heard, TryLater) and heard is not NOT_BEGUN
            self.left -= 1
            return not self.left


@dataclass(slots=True)
class _Door:
    """The threads of one door."""

    at_once: int
    most: int  # calls begun or waiting
    waiting: queue.SimpleQueue[tuple[_Flight, slice] | None] = field(default_factory=queue.SimpleQueue)
    threads: list[threading.Thread] = field(default_factory=list)
    calls: int = 0  # begun or waiting, by the one thread that claims


class Calls:
    """What is under way. One thread hands slices in and asks what came back."""

    def __init__(self, wall: Callable[[], datetime]) -> None:
        self._wall = wall
        self._doors: dict[str, _Door] = {}
        self._notices: Counter[int] = Counter()
        self._back: queue.SimpleQueue[Tried] = queue.SimpleQueue()
        self._over = False
        self.under_way = 0  # slices
        self.held_back: frozenset[int] = frozenset()  # notices that somebody paused: of these no call is begun

    def __enter__(self) -> Calls:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Lets calls that have begun come back; what only waits is not made."""
        self._over = True
        for door in self._doors.values():
            for _ in door.threads:
                door.waiting.put(None)
        for door in self._doors.values():
            for thread in door.threads:
                thread.join()

    def notices(self) -> set[int]:
        """Notices of which something is under way."""
        return {number for number, slices in self._notices.items() if slices}

    def full(self) -> set[str]:
        """Doors that nothing more can be claimed for now."""
        return {name for name, door in self._doors.items() if door.calls >= door.most}

    def fitting(self, due: Iterable[Due], channel_of: Callable[[Due], Channel | None]) -> list[int]:
        """Those of these slices that there is room for, in their order; a door that is idle has room for one."""
        room: dict[str, int] = {}
        taken = []
        for one in due:
            channel = channel_of(one)
            if channel is None:  # nothing is sent for it
                taken.append(one.id)
                continue
            if one.door not in room:
                room[one.door] = _most(channel.abilities) - self._calls_of(one.door)
            if room[one.door] > 0:
                taken.append(one.id)
            room[one.door] -= calls_of(one.members, channel)
        return taken

    def begin(self, held: Claim, channel: Channel, request: Request) -> None:
        """Makes a slice's calls."""
        size = channel.abilities.batch
        messages = request.messages()
        parts = [slice(start, min(start + size, len(messages))) for start in range(0, len(messages), size)]
        flight = _Flight(Tried(held, channel, request, [NOT_BEGUN] * len(messages)), messages, len(parts))
        door = self._doors.setdefault(held.door, _Door(channel.abilities.at_once, _most(channel.abilities)))
        self.under_way += 1
        self._notices[held.notice_id] += 1
        door.calls += len(parts)
        for part in parts:
            door.waiting.put((flight, part))
        while len(door.threads) < min(door.at_once, door.calls):
            thread = threading.Thread(target=self._work, args=(door,), name=f"calls-{held.door[:20]}", daemon=True)
            door.threads.append(thread)
            thread.start()

    def heard(self, patience: float) -> list[Tried]:
        """Slices whose last call is back, waiting up to ``patience`` seconds for the first."""
        found: list[Tried] = []
        try:
            while self.under_way:
                one = self._back.get(timeout=0 if found else patience) if patience or found else self._back.get_nowait()
                self.under_way -= 1
                self._notices[one.held.notice_id] -= 1
                self._doors[one.held.door].calls -= calls_of(len(one.heard), one.channel)
                found.append(one)
        except queue.Empty:
            pass
        return found

    def _calls_of(self, name: str) -> int:
        door = self._doors.get(name)
        return door.calls if door is not None else 0

    def _work(self, door: _Door) -> None:
        while (given := door.waiting.get()) is not None:
            flight, part = given
            heard = self._call(flight, part)
            if flight.back(part, heard):
                self._back.put(flight.tried)

    def _call(self, flight: _Flight, part: slice) -> Sequence[Outcome] | Exception:
        if self._over or not flight.begins(self._wall(), self.held_back):
            return NOT_BEGUN
        tried = flight.tried
        messages = flight.messages[part]
        try:
            outcomes = tried.channel.send(messages)
        except Exception as error:  # noqa: BLE001 - whatever it was, it is told to whoever settles the slice
            if not isinstance(error, TryLater):
                door = tried.held.door.partition(":")[0]
                log.warning("slice %d through %s: %s", tried.held.slice_id, door, type(error).__name__)
            return error
        return list(outcomes) if len(outcomes) == len(messages) else Unsure("an answer for fewer")


def calls_of(members: int, channel: Channel) -> int:
    """How many calls so many households take."""
    return -(-members // channel.abilities.batch)


def by_kind(tried: Tried) -> dict[str, list[int]]:
    """The members' places by what is to be done: ``told`` an outcome, ``later`` nothing was sent, else ``doubtful``."""
    kinds: dict[str, list[int]] = defaultdict(list)
    for place, one in enumerate(tried.heard):
        kinds["told" if isinstance(one, Outcome) else "later" if isinstance(one, TryLater) else "doubtful"].append(
            place
        )
    return kinds


def _most(able: Abilities) -> int:
    ahead = AHEAD if able.idempotent_for is not None else min(AHEAD, AHEAD_UNKEYED)
    return ahead * able.at_once if able.at_once > 1 else 1
