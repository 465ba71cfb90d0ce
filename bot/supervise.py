"""``menkou up``: everything of a one-machine deployment under one command.

One supervisor a data folder. It starts the queue when none is given, brings the database up to date, keeps the
processes running, and on Ctrl-C or SIGTERM ends all of it within seconds. After a SIGKILL the next start ends what
is left and goes on. The only line on stdout says where to look; the processes' words go to stderr.
"""

from __future__ import annotations

import contextlib
import fcntl
import http.client
import json
import os
import selectors
import signal
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from bot import embedded
from bot.child import Child, end_leftover
from bot.settings import Settings
from bot.settings_check import port_refused

COMMANDS: dict[str, tuple[str, ...]] = {
    "web": ("web",),
    "replies": ("worker", "replies"),
    "bulk": ("worker", "bulk"),
    "clock": ("clock",),
    "listen": ("listen",),
}
FIRST = ("web", "replies")
HEAD_START = 3.0  # seconds that the first have for themselves at most
FAULT = 1
WRONG_SETTING = 2  # a child that ends with this would end so again
TICK = 0.1  # seconds between two looks at the children
STOP_SECONDS = 5.0
LEFTOVER_SECONDS = 3.0
QUEUE_EVERY = 2.0  # seconds between two looks at the bundled queue
READY_SECONDS = 60.0


class Refused(Exception):
    """This start cannot go on; the message is one sentence for the operator."""


def run(settings: Settings) -> int:
    """Runs until told to stop. Answers 0 after a stop, 1 when it cannot start, 2 when a child refuses its settings."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # until the children run, a stop is an exception
    try:
        with _alone(settings.run_folder):
            _end_leftovers(settings.run_folder)
            _check_port(settings)
            try:
                return _run_all(settings)
            finally:
                if settings.redis_url is None:
                    embedded.stop(settings)
    except (Refused, embedded.EmbeddedError) as error:
        _say(str(error))
        return FAULT


def _run_all(settings: Settings) -> int:
    queue = settings.redis_url or embedded.start(settings)
    supervisor = Supervisor(settings, {**os.environ, "REDIS_URL": queue})
    try:
        supervisor.load_ahead()
        from bot import migrate

        code = migrate.up(settings)
        return code or supervisor.run()
    finally:
        supervisor.end()


class Supervisor:
    """Starts the children, carries their words, starts again what dies, and ends them."""

    def __init__(self, settings: Settings, environ: dict[str, str]) -> None:
        self.settings = settings
        self.environ = environ
        wanted = [name for name in COMMANDS if name != "listen" or settings.kf_secret]  # it follows nothing else
        self.children = [Child(name, COMMANDS[name]) for name in wanted]
        self.pipes = selectors.DefaultSelector()
        self.stops = 0
        self.code = 0
        self.ready = False
        self.born = self.looked_at_queue = 0.0

    def load_ahead(self) -> None:
        """Starts the slowest to load, web, while this process migrates: it waits before it opens the database."""
        self._start(self.children[0], hold=True)

    def run(self) -> int:
        """Until a signal, or until a child refuses its settings; answers the exit code."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        self.born = time.monotonic()
        self.children[0].go()
        while not self.stops:
            self._keep_running()
            self._carry(TICK)
            if not self.ready:
                self._look_at_web()
            elif self.settings.redis_url is None:
                self._look_at_queue()
        return self.code

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.stops += 1

    def _keep_running(self) -> None:
        now = time.monotonic()
        for child in self.children:
            code = child.died()
            if code is not None:
                _say(f"{child.name} ended with {code}; starting it again in {child.due - now:.1f} s.")
                if code == WRONG_SETTING:
                    self.stops, self.code = 1, code
                    return
            if child.process is None and child.due <= now and self._may_start(child):
                self._start(child)

    def _may_start(self, child: Child) -> bool:
        # Several processes that load at once make a small machine's first page wait for all of them.
        return self.ready or child.name in FIRST or time.monotonic() - self.born > HEAD_START

    def _start(self, child: Child, *, hold: bool = False) -> None:
        self.pipes.register(child.start(self.environ, hold=hold), selectors.EVENT_READ, child)
        self._note_children()

    def _note_children(self) -> None:
        """Leaves their numbers for the next start, should this process be killed."""
        pids = [child.process.pid for child in self.children if child.process is not None]
        draft = self.settings.run_folder / "children.new"
        draft.write_text(json.dumps(pids), encoding="ascii")
        draft.replace(self.settings.run_folder / "children.json")

    def _carry(self, wait: float) -> None:
        for key, _ in self.pipes.select(wait):
            child: Child = key.data
            try:
                fresh = os.read(key.fd, 65536)
            except BlockingIOError:
                continue
            if not fresh:
                self.pipes.unregister(key.fd)
                os.close(key.fd)
            for line in child.lines(fresh):
                print(line, file=sys.stderr, flush=True)

    def _look_at_web(self) -> None:
        self.ready = _answers(self.settings)
        if self.ready:
            print(f"Menkou is open: {self.settings.public_url}", flush=True)
        elif time.monotonic() - self.born > READY_SECONDS:
            _say(f"The web process does not answer after {READY_SECONDS:.0f} s; its words above say why.")
            self.born = time.monotonic()

    def _look_at_queue(self) -> None:
        if time.monotonic() - self.looked_at_queue < QUEUE_EVERY:
            return
        self.looked_at_queue = time.monotonic()
        try:
            embedded.start(self.settings)
        except embedded.EmbeddedError as error:  # deliveries go on by the clock's sweep meanwhile
            _say(str(error))

    def end(self) -> None:
        """Ends every child: politely, then, after five seconds or a second signal, at once."""
        asked_before = self.stops
        for child in self.children:
            child.signal(signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while any(child.process is not None for child in self.children):
            if time.monotonic() > deadline or self.stops > asked_before:
                for child in self.children:
                    child.signal(signal.SIGKILL)
            self._carry(TICK / 2)
            for child in self.children:
                child.died()
        (self.settings.run_folder / "children.json").unlink(missing_ok=True)


@contextlib.contextmanager
def _alone(run_folder: Path) -> Iterator[None]:
    """Holds the data folder; the lock ends with the process, however it ends."""
    for folder in (run_folder.parent, run_folder):  # a parent that mkdir makes on the way is open to all
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (run_folder / "up.lock").open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise Refused(f"Menkou already runs on {run_folder.parent} (process {file.read() or '?'}).") from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def _end_leftovers(run_folder: Path) -> None:
    with contextlib.suppress(FileNotFoundError, ValueError):
        for pid in json.loads((run_folder / "children.json").read_text(encoding="ascii")):
            end_leftover(int(pid), LEFTOVER_SECONDS)


def _check_port(settings: Settings) -> None:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise Refused(port_refused(settings, error)) from error


def _answers(settings: Settings) -> bool:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)
    line = http.client.HTTPConnection(host, settings.port, timeout=0.5)
    try:
        line.request("GET", "/healthz")
        return line.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()


def _say(sentence: str) -> None:
    print(f"menkou: {sentence}", file=sys.stderr, flush=True)
