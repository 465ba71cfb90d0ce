"""Processes of ours that need not load the program first: each is forked from one that has.

A `menkou web` spends two seconds of processor time on modules, words and weights before it does anything, and the tests
start hundreds of processes. What is started here is a process like any other: it has its own number, environment and
files, can be frozen and killed. Only what happens while modules are loaded, and tidied up at the very end,
is not tried by it; `menkou up` and what it starts, and the tests of a command's first moment, use a fresh interpreter.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import gc
import json
import os
import runpy
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, NoReturn

ROOT = Path(__file__).parents[1]
LOADED = ("bot.web.app", "bot.jobs", "bot.clock", "bot.listen", "bot.doctor", "bot.backup", "bot.replay", "bot.train")
MESSAGE = 1 << 20  # bytes: a request carries a whole environment


class Process:
    """One that runs. As `subprocess.Popen`, for what the tests need of it."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        if self.returncode is None:
            self.returncode = _nursery().ended(self.pid, 0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        if self.returncode is None:
            self.returncode = _nursery().ended(self.pid, timeout)
        if self.returncode is None:
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):  # it has ended, and the news is on its way
                os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)


class Talking(Process):
    """One with a line in and a line out."""

    def __init__(self, pid: int, stdin: IO[str], stdout: IO[str]) -> None:
        super().__init__(pid)
        self.stdin, self.stdout = stdin, stdout


def start(
    module: str,
    *arguments: str,
    env: Mapping[str, str] | None = None,
    output: IO[Any],
    errors: IO[Any] | None = None,
    cwd: Path = ROOT,
) -> Process:
    """``python -m module arguments``, with this environment, writing into these files; nothing comes in."""
    with Path(os.devnull).open("rb") as nothing:
        return Process(
            _start(module, arguments, env, cwd, [file.fileno() for file in (nothing, output, errors or output)])
        )


def run(
    module: str, *arguments: str, env: Mapping[str, str] | None = None, timeout: float
) -> subprocess.CompletedProcess[str]:
    """The same to its end. Raises TimeoutExpired after so many seconds."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        process = start(module, *arguments, env=env, output=output, errors=errors, cwd=Path.cwd())
        try:
            code = process.wait(timeout)
        finally:
            process.kill()
        said = []
        for file in (output, errors):
            file.seek(0)
            said.append(file.read().decode())
        return subprocess.CompletedProcess([module, *arguments], code, *said)


@contextlib.contextmanager
def talking(module: str, *arguments: str, env: Mapping[str, str] | None = None) -> Iterator[Talking]:
    """The same, to be talked with; its errors go where ours do. Killed at the end if it is still there."""
    (theirs_in, ours_in), (ours_out, theirs_out) = os.pipe(), os.pipe()
    with os.fdopen(ours_in, "w", encoding="utf-8") as stdin, os.fdopen(ours_out, encoding="utf-8") as stdout:
        try:
            process = Talking(_start(module, arguments, env, ROOT, (theirs_in, theirs_out, 2)), stdin, stdout)
        finally:
            os.close(theirs_in)
            os.close(theirs_out)
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def _start(
    module: str, arguments: Sequence[str], env: Mapping[str, str] | None, cwd: Path, files: Sequence[int]
) -> int:
    environ = dict(os.environ if env is None else env)
    request = {"module": module, "arguments": arguments, "env": environ, "cwd": str(cwd)}
    return _nursery().start(request, files)


# --- the near end: one loaded process for this one


class Nursery:
    """Asked for children and told of their ends."""

    def __init__(self) -> None:
        self._near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with far:
            command = [sys.executable, "-m", __name__, str(far.fileno())]
            self._process = subprocess.Popen(command, cwd=ROOT, pass_fds=[far.fileno()])
        self._ended: dict[int, int] = {}
        self._turn = threading.RLock()
        atexit.register(self.close)

    def start(self, request: Mapping[str, object], files: Sequence[int]) -> int:
        """The number of a new child with these as its input, output and errors."""
        with self._turn:
            self._near.settimeout(None)
            socket.send_fds(self._near, [json.dumps(request).encode()], files)
            while "started" not in (news := self._hear()):
                pass
            return int(news["started"])

    def ended(self, pid: int, timeout: float | None) -> int | None:
        """How a child ended, as `Popen.returncode`; None if it still runs after so many seconds."""
        until = None if timeout is None else time.monotonic() + timeout
        with self._turn:
            while pid not in self._ended:
                self._near.settimeout(None if until is None else max(until - time.monotonic(), 0))
                try:
                    self._hear()
                except (TimeoutError, BlockingIOError):
                    return None
            return self._ended.pop(pid)

    def _hear(self) -> dict[str, int]:
        news: dict[str, int] = json.loads(self._near.recv(MESSAGE))
        if "ended" in news:
            self._ended[news["ended"]] = news["code"]
        return news

    def close(self) -> None:
        self._near.close()
        self._process.wait()


@functools.cache
def _nursery() -> Nursery:
    return Nursery()


# --- the far end


@dataclass
class _Child:
    """What a forked process is to become."""

    module: str
    arguments: list[str]
    env: dict[str, str]
    cwd: str
    files: list[int]

    def become(self) -> None:
        for number, file in enumerate(self.files):
            os.dup2(file, number)
            os.close(file)
        os.environ.clear()
        os.environ.update(self.env)
        time.tzset()
        os.chdir(self.cwd)
        sys.path[0] = self.cwd
        sys.stdin = open(0, encoding="utf-8")  # noqa: SIM115 - as long as the process lives
        sys.stdout = open(1, "w", encoding="utf-8", buffering=1)  # noqa: SIM115
        sys.stderr = open(2, "w", encoding="utf-8", buffering=1)  # noqa: SIM115
        sys.argv = [self.module, *self.arguments]
        code = 0
        try:
            runpy.run_module(self.module, run_name="__main__", alter_sys=True)
        except SystemExit as error:
            code = error.code if isinstance(error.code, int) else int(error.code is not None)
        except Exception:  # noqa: BLE001 - said as the interpreter would say it
            traceback.print_exc()
            code = 1
        _leave(code)


def _leave(code: int) -> NoReturn:
    """What the interpreter does at its end, but for tidying up what it loaded, which takes a second of copying."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _load() -> None:
    import importlib

    from sqlalchemy.orm import configure_mappers

    from nlp import reading

    for name in LOADED:
        importlib.import_module(name)
    configure_mappers()
    reading.read("三号楼路灯坏了")
    gc.collect()
    gc.freeze()  # what is here is shared with the children: to look through it would copy it


def _serve(line: socket.socket) -> _Child | None:
    """Forks what is asked for and tells of ends, until nobody is there. In a child: what it is to become."""
    woken, wake = socket.socketpair()
    wake.setblocking(False)
    signal.set_wakeup_fd(wake.fileno())
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with selectors.DefaultSelector() as waiting, woken, wake:
        waiting.register(line, selectors.EVENT_READ)
        waiting.register(woken, selectors.EVENT_READ)
        while True:
            ready = {key.fileobj for key, _ in waiting.select()}
            if woken in ready:
                woken.recv(MESSAGE)
                _tell_ends(line)
            if line not in ready:
                continue
            data, files, *_ = socket.recv_fds(line, MESSAGE, 3)
            if not data:
                return None
            pid = os.fork()
            if pid == 0:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                signal.signal(signal.SIGINT, signal.default_int_handler)
                return _Child(**json.loads(data), files=files)
            for file in files:
                os.close(file)
            line.send(json.dumps({"started": pid}).encode())


def _tell_ends(line: socket.socket) -> None:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        line.send(json.dumps({"ended": pid, "code": os.waitstatus_to_exitcode(status)}).encode())


def _main() -> None:
    line = socket.socket(fileno=int(sys.argv[1]))
    _load()
    with line:
        child = _serve(line)
    if child is not None:
        child.become()


if __name__ == "__main__":
    _main()
