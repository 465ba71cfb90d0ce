"""Faults to switch on: what platforms do on a bad day, on every path or on one, for ever or a few times."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

# What each fault does. The options are in brackets; all but the last group apply to calls of the interfaces.
NAMES = {
    "busy": "answers errcode -1",
    "minute_quota": "answers that the quota of the minute is used up (errcode)",
    "day_quota": "answers 45009: the quota of the day is used up",
    "banned": "answers 48004: the interface is banned",
    "http_500": "answers HTTP 500 (status)",
    "not_json": "answers 200 with a page of HTML",
    "slow": "answers after a while (seconds, after: the call is done first)",
    "hung": "does not answer until the fault is off (after: the call is done first)",
    "reset_before": "cuts the connection without having done anything",
    "reset_after_accept": "does and records the call, then cuts the connection without an answer",
    "silent_drop": "accepts and answers ok, and nobody ever sees it",
    "partial": "these people are invalid (people)",
    "token_dead": "every token issued so far is invalid from now on (errcode)",
    "refuse_token": "the token interface refuses (errcode)",
    # Pushes to our callback:
    "duplicate": "pushes again what was accepted (count)",
    "concurrent": "pushes the same several times at once (count)",
    "reordered": "holds a push back until the one after it has been made",
    "lost": "never makes the push",
}


@dataclass(slots=True)
class Fault:
    """One fault that is on. ``path`` is a beginning or an end of the paths it applies to; ``times`` None: for ever."""

    name: str
    path: str | None = None
    times: int | None = None
    options: Mapping[str, Any] = field(default_factory=dict)

    def applies(self, path: str) -> bool:
        """Whether it is on for this path, as ``/oa/cgi-bin/media/get``."""
        return self.path is None or path.startswith(self.path) or path.endswith(self.path)


class Faults:
    """What is switched on now. Safe to use from any thread."""

    def __init__(self) -> None:
        self._on: list[Fault] = []
        self._lock = threading.Lock()
        self._listeners: list[tuple[str, Callable[[Fault], object]]] = []

    def on(self, name: str, *, path: str | None = None, times: int | None = None, **options: Any) -> Fault:
        """Switches a fault on. ``token_dead`` happens at once and stays on no longer than that."""
        if name not in NAMES:
            raise ValueError(f"no fault is called {name!r}; there are {', '.join(NAMES)}")
        fault = Fault(name, path, times, options)
        if name != "token_dead":
            with self._lock:
                self._on.append(fault)
        for listened, listener in self._listeners:
            if listened == name:
                listener(fault)
        return fault

    def off(self, name: str) -> None:
        """Switches every fault of this name off."""
        with self._lock:
            self._on = [fault for fault in self._on if fault.name != name]

    def clear(self) -> None:
        """Switches everything off."""
        with self._lock:
            self._on = []

    def active(self) -> list[Fault]:
        """Everything that is on."""
        with self._lock:
            return list(self._on)

    def is_on(self, fault: Fault) -> bool:
        """Whether this very fault is still on."""
        with self._lock:
            return any(one is fault for one in self._on)

    def hit(self, name: str, path: str, **wanted: Any) -> Fault | None:
        """The fault that strikes here, if one does, and one of its times used up. ``wanted`` compares options."""
        with self._lock:
            for fault in self._on:
                if fault.name == name and fault.applies(path) and _has(fault, wanted) and fault.times != 0:
                    return self._used(fault)
        return None

    def when_on(self, name: str, listener: Callable[[Fault], object]) -> None:
        """Calls ``listener`` whenever a fault of this name is switched on."""
        self._listeners.append((name, listener))

    def _used(self, fault: Fault) -> Fault:
        if fault.times is not None:
            fault.times -= 1
            # A hung call waits for its fault to be switched off, so that one stays in the list at no times left.
            if fault.times == 0 and fault.name != "hung":
                self._on.remove(fault)
        return fault


def _has(fault: Fault, wanted: Mapping[str, Any]) -> bool:
    return all(fault.options.get(name, False) == value for name, value in wanted.items())
