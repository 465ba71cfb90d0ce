"""Intake: what arrived in the last few milliseconds is committed together, by one writing thread a process.

Every caller waits for its own commit. A batch that loses a race is run again; one that fails is taken apart; when the
database is down the verified bytes go to the spool and are answered, and are replayed before anything newer.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Future

from sqlalchemy.orm.exc import StaleDataError

from bot.batch import Arrival, Taken, Unready, passing, put_away, take
from bot.channels.base import RawRequest
from bot.counting import count
from bot.heard import Heard
from bot.set_apart import Apart, Waiting
from bot.spool import Spool, SpoolError
from bot.surroundings import Surroundings
from bot.wiring import App
from handlers.by_name import spoken_to
from handlers.message import Incoming
from nlp.reading import Reading, warm
from storage.counting import Counts
from storage.engine import is_down

log = logging.getLogger(__name__)

LARGEST_BATCH = 50
GATHER = 0.005  # seconds that the first of a batch waits for others at most
NEXT_WITHIN = 0.002  # seconds without another one: then nobody else is coming
TRIES = 6
PATIENCE = 2.0  # seconds for races that are lost again and again; the platform waits five
LOOK_EVERY = 1.0  # seconds between two looks into the spool, or at a database that is down
UNREAD = Reading(False, "low", 0.0, None, None, (), None, (), (), frozenset(), ())

__all__ = ["Intake", "NotTaken", "Taken"]


class Stuck(Exception):
    """A message of the spool that the database, up again, still does not take."""


class NotTaken(Exception):
    """Neither the database nor the spool could keep the message: the platform must repeat it (5xx)."""


class Intake:
    """The writing thread. ``submit`` may be called from any thread; ``take_now`` from the caller's own."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.surroundings = Surroundings(app)
        self._queue: queue.SimpleQueue[Waiting | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._heard = Heard(app)
        self._spool = Spool(app.settings.data / "spool", app.vault)
        self._apart = Apart(app, self._queue.put)
        self._stuck: Counter[str] = Counter()  # how often a message of the spool was tried in vain
        self._down_until = 0.0  # until then (time.monotonic) the database is not asked: each try may take seconds

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
        self._queue.put(Waiting(incoming, raw, future))
        return future

    def take_now(self, *messages: Incoming) -> list[Taken]:
        """Takes messages in the caller's thread: replays, tests, retries."""
        return self._commit_here([self._arrival(message, None) for message in messages])

    def _warm(self) -> None:
        """The first message would wait for dictionary, lexicon and weights."""
        try:
            warm()
        except Exception as error:  # noqa: BLE001 - the first message tries again
            log.warning("the reading is not warm (%s)", type(error).__name__)

    def _run(self) -> None:
        self._warm()
        self._serve([])
        while (first := self._next()) is not None:
            waiting, last = self._gather(first)
            try:
                self._serve(waiting)
            except BaseException as error:  # noqa: BLE001 - a caller must never wait for ever
                log.error("intake stumbled over a batch (%s)", type(error).__name__)
                for one in waiting:
                    if not one.future.done():
                        one.future.set_exception(NotTaken(type(error).__name__))
            if last:
                break
        while not self._apart.is_empty():  # what is still counted for is taken too
            self._serve([one for one in [self._queue.get()] if one is not None])
        self._apart.close()

    def _next(self) -> Waiting | None:
        """The next message; None at the end. What is in the spool does not wait until somebody writes again."""
        while True:
            try:
                return self._queue.get(timeout=LOOK_EVERY)
            except queue.Empty:
                self._serve([])

    def _gather(self, first: Waiting) -> tuple[list[Waiting], bool]:
        """What is there, and what comes while more keeps coming: a transaction costs as much as several messages."""
        waiting = [first]
        end = time.monotonic() + GATHER
        while len(waiting) < LARGEST_BATCH:
            try:
                one = self._queue.get(timeout=NEXT_WITHIN) if time.monotonic() < end else self._queue.get_nowait()
            except queue.Empty:
                return waiting, False
            if one is None:
                return waiting, True
            waiting.append(one)
        return waiting, False

    def _serve(self, waiting: Sequence[Waiting]) -> None:
        down = not self._spool.is_empty() and not self._empty_spool()
        while waiting := self._apart.free(waiting):
            try:
                if down:
                    self._spool_all(waiting)
                else:
                    self._take(waiting)
            except Unready as unready:
                self._apart.count(waiting[unready.at], unready.wanted)
                waiting = [one for one in waiting if one is not waiting[unready.at]]
                continue
            except Exception as error:  # noqa: BLE001 - whatever it is, the spool is the second chance
                log.error("the database does not take messages (%s); they go to the spool", type(error).__name__)
                self._down_until = time.monotonic() + LOOK_EVERY
                self._spool_all(waiting)
            waiting = [behind for one in waiting for behind in self._apart.done(one)]

    def _take(self, waiting: Sequence[Waiting]) -> None:
        taken = self._commit([self._arrival(one.incoming, one.raw, counts=one.counts) for one in waiting])
        for one, result in zip(waiting, taken, strict=True):
            one.future.set_result(result)
        if any(result.waiting for result in taken):
            self.app.bell.ring("replies")
        self._heard.note(one.incoming.door for one in waiting)

    def _arrival(
        self, incoming: Incoming, raw: RawRequest | None, *, within_request: bool = True, counts: Counts | None = None
    ) -> Arrival:
        incoming, fault = spoken_to(incoming), None
        try:
            reading = self.surroundings.read(incoming)
        except Exception as error:
            if is_down(error) or self.app.strict:
                raise
            reading, fault = UNREAD, error
        return Arrival(incoming, reading, raw, within_request, fault, counts or Counts())

    def _commit(self, arrivals: list[Arrival]) -> list[Taken]:
        """Takes a batch; one that fails is taken apart, and who fails alone too is put away. Raises for the rest, and
        Unready, when nothing is taken yet."""
        try:
            return self._again_while_passing(arrivals)
        except Unready:
            raise
        except Exception as error:
            if self.app.strict or is_down(error):
                raise
            if len(arrivals) == 1:
                return [put_away(self.app, arrivals[0], error)]
            log.warning("a batch of %d failed (%s); taken one by one", len(arrivals), type(error).__name__)
        return [self._commit_here([arrival])[0] for arrival in arrivals]

    def _commit_here(self, arrivals: list[Arrival]) -> list[Taken]:
        """The same; what has to be counted first is counted in this thread."""
        while True:
            try:
                return self._commit(arrivals)
            except Unready as unready:
                count(self.app, arrivals[unready.at].counts, unready.wanted)

    def _again_while_passing(self, arrivals: list[Arrival]) -> list[Taken]:
        """However slow the machine, whoever lost a race is tried once more: the winner has committed by then."""
        end = time.monotonic() + PATIENCE
        for tried in range(TRIES - 1):
            try:
                return take(self.app, arrivals)
            except Exception as error:
                lost_a_race = isinstance(error, StaleDataError) and not tried
                if not passing(error) or (time.monotonic() > end and not lost_a_race):
                    raise
        return take(self.app, arrivals)

    def _spool_all(self, waiting: Sequence[Waiting]) -> None:
        for one in waiting:
            try:
                if one.raw is None:
                    raise SpoolError("only a platform's own bytes can be spooled")
                self._spool.write(one.incoming.door, one.raw)
                one.future.set_result(Taken("spooled"))
            except SpoolError as error:
                log.error("a message was refused: %s", error)
                one.future.set_exception(NotTaken(str(error)))

    def _empty_spool(self) -> bool:
        """Takes what is in the spool, oldest first. False while the database is still down."""
        if time.monotonic() < self._down_until:
            return False
        for name, door, raw in self._spool.read():
            channel = self.app.channels.get(door)
            if channel is None:
                continue  # the account is not configured any more: the operator decides (doctor tells)
            try:
                incoming = channel.verify_and_parse(raw)
            except Exception as error:  # noqa: BLE001 - such as Refused: the channel's keys were changed meanwhile
                log.error("a message of the spool does not open any more (%s): set aside", type(error).__name__)
                self._spool.set_aside(name)
                continue
            if not self._take_from_spool(name, incoming, raw):
                return False
        return True

    def _take_from_spool(self, name: str, incoming: Incoming, raw: RawRequest) -> bool:
        try:
            arrival = self._arrival(incoming, raw, within_request=False)
            tried = self._stuck[name] >= TRIES
            taken = [put_away(self.app, arrival, Stuck())] if tried else self._commit_here([arrival])
        except Exception as error:  # noqa: BLE001 - it stays where it is
            log.warning("the spool waits for the database (%s)", type(error).__name__)
            self._stuck[name] += 1
            self._down_until = time.monotonic() + LOOK_EVERY
            return False
        self._spool.done(name)
        self._stuck.pop(name, None)
        if any(result.waiting for result in taken):
            self.app.bell.ring("replies")
        return True
