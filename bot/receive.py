"""Intake: what arrived in the last few milliseconds is committed together, by one writing thread a process.

Every caller waits for its own commit. A batch that loses a race is run again; one that fails is taken apart; when the
database is down the verified bytes go to the spool and are answered, and are replayed before anything newer.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError

from bot.batch import Arrival, Taken, passing, take
from bot.channels.base import RawRequest
from bot.spool import Spool, SpoolError
from bot.surroundings import Surroundings
from bot.wiring import App
from handlers.message import Incoming

log = logging.getLogger(__name__)

LARGEST_BATCH = 50
TRIES = 6

__all__ = ["Intake", "NotTaken", "Taken"]


class NotTaken(Exception):
    """Neither the database nor the spool could keep the message: the platform must repeat it (5xx)."""


@dataclass(slots=True)
class _Waiting:
    incoming: Incoming
    raw: RawRequest | None
    future: Future[Taken]


class Intake:
    """The writing thread. ``submit`` may be called from any thread; ``take_now`` from the caller's own."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.surroundings = Surroundings(app)
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._spool = Spool(app.settings.data / "spool", app.vault)

    def start(self) -> None:
        """Starts the thread; replays what a process before left in the spool."""
        self._thread = threading.Thread(target=self._run, name="intake", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Finishes what was submitted and ends."""
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join()
            self._thread = None

    def submit(self, incoming: Incoming, raw: RawRequest | None = None) -> Future[Taken]:
        """Hands a message over; the future is done when it is durable. It may raise NotTaken."""
        future: Future[Taken] = Future()
        self._queue.put(_Waiting(incoming, raw, future))
        return future

    def take_now(self, *messages: Incoming) -> list[Taken]:
        """Takes messages in the caller's thread: replays, tests, retries."""
        return self._commit([self._arrival(message, None) for message in messages])

    def _run(self) -> None:
        self._replay_spool()
        while (first := self._queue.get()) is not None:
            waiting, last = self._gather(first)
            try:
                self._serve(waiting)
            except BaseException as error:  # a caller must never wait for ever
                log.exception("intake stumbled over a batch")
                for one in waiting:
                    if not one.future.done():
                        one.future.set_exception(NotTaken(type(error).__name__))
            if last:
                return

    def _gather(self, first: _Waiting) -> tuple[list[_Waiting], bool]:
        waiting = [first]
        while len(waiting) < LARGEST_BATCH:
            try:
                one = self._queue.get_nowait()
            except queue.Empty:
                return waiting, False
            if one is None:
                return waiting, True
            waiting.append(one)
        return waiting, False

    def _serve(self, waiting: Sequence[_Waiting]) -> None:
        if not self._spool.is_empty() and not self._replay_spool():
            self._spool_all(waiting)
            return
        try:
            taken = self._commit([self._arrival(one.incoming, one.raw) for one in waiting])
        except DBAPIError as error:
            log.error("the database does not take messages (%s); they go to the spool", type(error.orig).__name__)
            self._spool_all(waiting)
            return
        for one, result in zip(waiting, taken, strict=True):
            one.future.set_result(result)
        if any(result.waiting for result in taken):
            self.app.bell.ring("replies")

    def _arrival(self, incoming: Incoming, raw: RawRequest | None) -> Arrival:
        return Arrival(incoming, self.surroundings.read(incoming), raw.body.decode("utf-8", "replace") if raw else "")

    def _commit(self, arrivals: list[Arrival]) -> list[Taken]:
        try:
            return self._again_while_passing(arrivals)
        except DBAPIError as error:
            if len(arrivals) == 1 or error.connection_invalidated:
                raise
            log.warning("a batch of %d failed (%s); taken one by one", len(arrivals), type(error.orig).__name__)
        return [self._again_while_passing([arrival])[0] for arrival in arrivals]

    def _again_while_passing(self, arrivals: list[Arrival]) -> list[Taken]:
        for _ in range(TRIES - 1):
            try:
                return take(self.app, arrivals)
            except Exception as error:
                if not passing(error):
                    raise
        return take(self.app, arrivals)

    def _spool_all(self, waiting: Sequence[_Waiting]) -> None:
        for one in waiting:
            try:
                if one.raw is None:
                    raise SpoolError("only a platform's own bytes can be spooled")
                self._spool.write(one.incoming.door, one.raw)
                one.future.set_result(Taken("spooled"))
            except SpoolError as error:
                one.future.set_exception(NotTaken(str(error)))

    def _replay_spool(self) -> bool:
        """Takes what is in the spool, oldest first. False while the database is still down."""
        for name, door, raw in self._spool.read():
            channel = self.app.channels.get(door)
            if channel is None:
                continue  # the account is not configured any more: the operator decides (doctor tells)
            try:
                results = self._commit([self._arrival(channel.verify_and_parse(raw), raw)])
            except DBAPIError:
                return False
            self._spool.done(name)
            if any(result.waiting for result in results):
                self.app.bell.ring("replies")
        return True
