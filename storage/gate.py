"""One fair gate that every write transaction on SQLite passes, in whatever process or thread it runs.

SQLite's own busy handler polls: a process that commits back to back can lock another one out for its whole patience.
Here two advisory file locks (``flock``) make a turnstile. Whoever wants to write takes *next*, waits there for
*writing*, and gives *next* back once it has it. A process that has just committed finds *next* taken by whoever waits,
so it cannot overtake. Within a process threads queue in the order they came and only the first stands at the turnstile.

The kernel lets go of both locks when a process dies, however it dies.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
import weakref
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOOK_EVERY = 0.01  # seconds, only where somebody asks whether the gate is free


class NestedWriteError(RuntimeError):
    """This thread already holds the gate: a write transaction inside another one would wait for itself for ever."""


class Gate:
    """The gate of one database. Cheap to make; files are opened with the first passage and stay open."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._queue = _Queue()
        self._files: tuple[int, int] | None = None
        _gates.add(self)

    @contextmanager
    def passage(self) -> Iterator[None]:
        """Holds the gate for the block. Raises NestedWriteError when this thread holds it already."""
        with self._queue.turn():
            following, writing = self._open()
            fcntl.flock(following, fcntl.LOCK_EX)
            try:
                fcntl.flock(writing, fcntl.LOCK_EX)
            finally:
                fcntl.flock(following, fcntl.LOCK_UN)
            try:
                yield
            finally:
                # Explicitly, not by closing: a forked child may hold a copy of the file.
                fcntl.flock(writing, fcntl.LOCK_UN)

    def is_free_within(self, seconds: float) -> bool:
        """Whether the gate could be passed within this time; it is not held afterwards. For ``menkou doctor``."""
        end = time.monotonic() + seconds
        with self._queue.turn():
            writing = self._open()[1]
            while not _taken(writing):
                if time.monotonic() > end:
                    return False
                time.sleep(LOOK_EVERY)
            fcntl.flock(writing, fcntl.LOCK_UN)
        return True

    def _open(self) -> tuple[int, int]:
        if self._files is None:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._files = (_lock_file(self.path, "next"), _lock_file(self.path, "writing"))
        return self._files

    def _start_over(self) -> None:
        """In a forked child: a lock belongs to the opened file, so the parent's must not be used here."""
        if self._files is not None:
            for file in self._files:
                os.close(file)  # the parent's copy keeps its lock
        self._files = None
        self._queue = _Queue()


class _Queue:
    """First come, first served among the threads of this process."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._holder: int | None = None

    @contextmanager
    def turn(self) -> Iterator[None]:
        self._wait()
        try:
            yield
        finally:
            self._hand_on()

    def _wait(self) -> None:
        me = threading.get_ident()
        mine = threading.Event()
        with self._guard:
            if self._holder == me:
                raise NestedWriteError("a write transaction was begun inside another one of the same thread")
            if self._holder is None:
                self._holder = me
                return
            self._waiting.append(mine)
        self._stand_in_line(mine)
        self._holder = me

    def _stand_in_line(self, mine: threading.Event) -> None:
        try:
            mine.wait()
        except BaseException:  # Ctrl-C while waiting: leave the line, or pass on a turn that came meanwhile
            with self._guard:
                given = mine not in self._waiting
                if not given:
                    self._waiting.remove(mine)
            if given:
                self._hand_on()
            raise

    def _hand_on(self) -> None:
        with self._guard:
            if self._waiting:
                self._holder = -1  # nobody yet, but not free: newcomers must not slip in before the one called
                self._waiting.popleft().set()
            else:
                self._holder = None


def _lock_file(path: Path, which: str) -> int:
    return os.open(path.with_name(f"{path.name}.{which}"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _taken(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


_gates: weakref.WeakSet[Gate] = weakref.WeakSet()


def _after_fork() -> None:
    for gate in list(_gates):
        gate._start_over()


os.register_at_fork(after_in_child=_after_fork)
