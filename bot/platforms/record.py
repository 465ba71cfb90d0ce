"""The append-only record of what the platforms accepted, refused and pushed: what a test counts."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bot.platforms.clock import PlatformClock

REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. ``what`` is the path as the documents write it, ``refused`` or ``push``."""

    seq: int
    at: float
    door: str
    what: str
    fields: Mapping[str, Any]


class Record:
    """Entries in the order of their happening, and as JSON lines in ``path`` when it is given."""

    def __init__(self, clock: PlatformClock, path: Path | None = None) -> None:
        self._clock = clock
        self._entries: list[Entry] = []
        self._lock = threading.Lock()
        self._file = path.open("a", encoding="utf-8") if path else None

    def add(self, door: str, what: str, **fields: Any) -> Entry:
        """Writes one entry; nothing is ever changed or removed."""
        with self._lock:
            entry = Entry(len(self._entries) + 1, self._clock.now(), door, what, fields)
            self._entries.append(entry)
            if self._file:
                self._file.write(json.dumps(asdict(entry), ensure_ascii=False, default=str) + "\n")
                self._file.flush()
        return entry

    def entries(self, what: str | None = None, door: str | None = None) -> list[Entry]:
        """Everything so far, or only one kind or one door of it."""
        with self._lock:
            entries = list(self._entries)
        return [one for one in entries if what in (None, one.what) and door in (None, one.door)]

    def close(self) -> None:
        """Closes the file; the entries stay readable."""
        if self._file:
            self._file.close()
            self._file = None
