"""A bench: what is needed of a channel to try it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from bot.platforms.simulator import Simulator
from tests.conformance.cases import Case
from tests.conformance.ear import Ear

if TYPE_CHECKING:
    from tests.conformance.stand import Stand


class Bench:
    """One channel. ``fewest``: people of the smallest call; ``together``: what is alike goes out in one call."""

    name = ""
    title = ""
    door = ""
    path = ""  # of the interface that sends
    screen = ""  # the platform's name of its screens
    fewest = 1
    together = False
    secrets: tuple[str, ...] = ()
    excused: Mapping[Case, str] = {}
    ear: type[Ear] | None = None

    def platform(self, simulator: Simulator) -> Any:
        """Adds what the channel talks to."""
        raise NotImplementedError

    def settings(self, base: str) -> dict[str, object]:
        """What the operator sets."""
        raise NotImplementedError

    def furnish(self, stand: Stand) -> None:
        """What is left to be done once everything runs."""

    def meet(self, stand: Stand, number: int) -> str:
        """Somebody who can be reached; their address."""
        raise NotImplementedError

    def lose(self, stand: Stand, person: str) -> None:
        """They cannot be reached here any more, and we do not know it yet."""
        raise NotImplementedError

    def screens(self, stand: Stand, door: str) -> Iterable[tuple[str, str]]:
        """Who has read what."""
        screens = stand.simulator.screens
        for person in screens.people(self.screen):
            yield from ((person, text) for text in screens.texts(self.screen, person))

    def switch_on(self, stand: Stand, fault: str, options: Mapping[str, Any]) -> None:
        """A fault of the interface that sends."""
        path = options.get("path", self.path)
        stand.simulator.faults.on(fault, **{**options, "path": path})

    def clear(self, stand: Stand) -> None:
        """Faults of its own are off."""

    def tokens(self, stand: Stand) -> list[str]:
        """Every token that was handed out."""
        return []
