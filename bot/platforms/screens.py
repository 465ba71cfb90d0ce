"""What people see: a screen for every person of every door, in the order of arrival."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.platforms.clock import PlatformClock


@dataclass(frozen=True, slots=True)
class Seen:
    """One thing on a screen. ``from_`` is ``me`` for what the person sent; ``changes`` counts a card's updates."""

    number: int
    at: float
    kind: str
    text: str = ""
    card: Mapping[str, Any] | None = None
    media_id: str | None = None
    buttons: Sequence[Mapping[str, Any]] = ()
    from_: str = ""
    changes: int = 0


class Screens:
    """Safe to use from any thread."""

    def __init__(self, clock: PlatformClock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._count = 0
        self._seen: dict[tuple[str, str], list[Seen]] = {}

    def show(self, door: str, person: str, kind: str, text: str = "", **more: Any) -> Seen:
        """Something appears on one screen; ``more`` are fields of Seen."""
        with self._lock:
            self._count += 1
            seen = Seen(self._count, self._clock.now(), kind, text, **more)
            self._seen.setdefault((door, person), []).append(seen)
        return seen

    def of(self, door: str, person: str) -> list[Seen]:
        """One screen, oldest first."""
        with self._lock:
            return list(self._seen.get((door, person), ()))

    def texts(self, door: str, person: str) -> list[str]:
        """What the person was told, without what they said themselves."""
        return [seen.text for seen in self.of(door, person) if seen.from_ != "me"]

    def people(self, door: str) -> list[str]:
        """Everybody with something on the screen."""
        with self._lock:
            return [person for one, person in self._seen if one == door]

    def change(self, door: str, person: str, which: Callable[[Seen], bool], **fields: Any) -> int:
        """Changes what is already on a screen, as an updated card; how many were changed."""
        with self._lock:
            screen = self._seen.get((door, person), [])
            found = [place for place, seen in enumerate(screen) if which(seen)]
            for place in found:
                screen[place] = replace(screen[place], changes=screen[place].changes + 1, **fields)
        return len(found)

    def remove(self, door: str, person: str, which: Callable[[Seen], bool]) -> int:
        """Takes what was recalled or deleted off a screen; how many were taken."""
        with self._lock:
            screen = self._seen.get((door, person), [])
            kept = [seen for seen in screen if not which(seen)]
            taken = len(screen) - len(kept)
            screen[:] = kept
        return taken
