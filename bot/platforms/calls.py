"""One call as a service handles it, the ground that all services stand on, and what a platform refuses."""

from __future__ import annotations

import random
import string
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from bot.platforms.clock import PlatformClock
from bot.platforms.faults import Faults
from bot.platforms.record import Record
from bot.platforms.screens import Screens, Seen
from bot.platforms.tokens import Token


class ApiFault(Exception):
    """What the platform refuses. ``more`` are fields of the answer beside the errcode."""

    def __init__(self, errcode: int, errmsg: str = "", **more: Any) -> None:
        super().__init__(f"{errcode} {errmsg}")
        self.errcode, self.errmsg, self.more = errcode, errmsg, more


class Ground:
    """What all doors of one simulator stand on. ``chance`` makes ids; its seed is fixed, so a run can be repeated."""

    def __init__(self, clock: PlatformClock | None = None, record: Record | None = None, seed: int = 0) -> None:
        self.clock = clock or PlatformClock()
        self.record = record or Record(self.clock)
        self.faults = Faults()
        self.screens = Screens(self.clock)
        self.chance = random.Random(seed)
        self.lock = threading.RLock()
        self.address = ""  # the simulator's own address once it is served

    def letters(self, length: int) -> str:
        """Fresh letters and digits, for ids."""
        with self.lock:
            return "".join(self.chance.choices(string.ascii_letters + string.digits, k=length))


class Upload(NamedTuple):
    """A file of a multipart form."""

    name: str
    content_type: str
    data: bytes


@dataclass(slots=True)
class Call:
    """One call that passed the wrapper. ``path`` is as in the documents: ``/cgi-bin/media/get``."""

    ground: Ground
    door: str
    path: str
    query: Mapping[str, str]
    cookies: Mapping[str, str] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)
    upload: Upload | None = None
    token: Token | None = None
    caller: str = ""  # the address that the call comes from
    noted: dict[str, Any] = field(default_factory=dict)  # what the record says beside request and answer

    _dropped: bool | None = None

    @property
    def dropped(self) -> bool:
        """Whether this is accepted and answered, and shown to nobody. Asking uses the fault up, so ask when showing."""
        if self._dropped is None:
            fault = self.ground.faults.hit("silent_drop", f"/{self.door}{self.path}")
            self._dropped = fault is not None
        return self._dropped

    def invalid_people(self) -> set[str]:
        """People whom the fault ``partial`` makes invalid for this call."""
        fault = self.ground.faults.hit("partial", f"/{self.door}{self.path}")
        return set(fault.options.get("people", ())) if fault else set()

    def show(self, person: str, kind: str, text: str = "", **more: Any) -> Seen | None:
        """Something appears on a person's screen, unless this call is silently dropped."""
        return None if self.dropped else self.ground.screens.show(self.door, person, kind, text, **more)
