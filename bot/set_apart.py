"""Messages that wait for a figure: counted for in a thread of their own, while intake goes on with everybody else.

Whoever writes more meanwhile is answered in order: their later messages wait behind the one that is counted for.
Everything but the counting itself is done in the intake thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from bot.batch import Taken
from bot.channels.base import RawRequest
from bot.counting import count
from bot.speakers import Speaker, speaker
from bot.wiring import App
from handlers.message import Incoming
from storage.counting import Counts, Uncounted


@dataclass(slots=True, eq=False)
class Waiting:
    """A message on its way into the database, and what its sender's request waits for."""

    incoming: Incoming
    raw: RawRequest | None
    future: Future[Taken]
    counts: Counts = field(default_factory=Counts)

    @property
    def was_counted_for(self) -> bool:
        """Whether it has waited for a figure."""
        return bool(self.counts.known) or self.counts.here


class Apart:
    """Who waits. ``give_back`` is called from the counting thread with a message whose figure is there."""

    def __init__(self, app: App, give_back: Callable[[Waiting], None]) -> None:
        self._app, self._give_back = app, give_back
        self._pool: ThreadPoolExecutor | None = None
        self._behind: dict[Speaker, list[Waiting]] = {}

    def free(self, messages: Iterable[Waiting]) -> list[Waiting]:
        """Those that may be taken now. The others are kept until the one before them is done."""
        free: list[Waiting] = []
        for one in messages:
            behind = self._behind.get(speaker(one.incoming))
            if behind is None or one.was_counted_for:
                free.append(one)
            else:
                behind.append(one)
        return free

    def count(self, one: Waiting, wanted: Uncounted) -> None:
        """Has the figure counted; the message is given back then."""
        self._behind.setdefault(speaker(one.incoming), [])
        if self._pool is None:
            self._pool = ThreadPoolExecutor(1, thread_name_prefix="counting")
        self._pool.submit(self._count, one, wanted)

    def _count(self, one: Waiting, wanted: Uncounted) -> None:
        count(self._app, one.counts, wanted)
        self._give_back(one)

    def done(self, one: Waiting) -> list[Waiting]:
        """It is taken, or never will be: what waited behind it may follow."""
        return self._behind.pop(speaker(one.incoming), []) if one.was_counted_for else []

    def is_empty(self) -> bool:
        """Whether nobody waits."""
        return not self._behind

    def close(self) -> None:
        """Ends the thread; nobody waits any more."""
        if self._pool is not None:
            self._pool.shutdown()
