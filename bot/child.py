"""A child process of ``menkou up``, seen from both ends.

The parent starts it in a session of its own, out of the terminal's reach: Ctrl-C is the parent's business. A parent
that was killed outright can tell nobody, so the child asks to be ended with it; without that, workers of a dead
deployment would go on beside those of the next.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

PARENT = "MENKOU_PARENT"
PR_SET_PDEATHSIG = 1
LOOK_EVERY = 1.0  # seconds, where the kernel does not tell
FIRST_PAUSE = 0.5  # seconds before a child that died is started again; doubles
LONGEST_PAUSE = 30.0
STEADY = 60.0  # a child that lived this long begins again with the first pause
MARK = "bot.cli"
PROC = Path("/proc")

_is_child = False


@dataclass(eq=False)
class Child:
    """One command that should always run. Times are of ``time.monotonic``."""

    name: str
    command: tuple[str, ...]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    deaths: int = 0
    due: float = 0.0
    tail: bytes = field(default=b"", repr=False)

    def start(self, environ: Mapping[str, str], *, hold: bool = False) -> int:
        """Starts it; answers the descriptor that its output comes from, non-blocking, for the caller to close.

        With ``hold`` it loads its modules and then waits for ``go``: the end of its standard input.
        """
        output, theirs = os.pipe()
        os.set_blocking(output, False)
        self.process = subprocess.Popen(
            # -P: a folder of the operator's that happens to hold a redis.py must not be imported.
            [sys.executable, "-P", "-m", MARK, *self.command],
            env={**environ, PARENT: str(os.getpid()), "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.PIPE if hold else subprocess.DEVNULL,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        self.started = time.monotonic()
        return output

    def go(self) -> None:
        """Lets a held child begin."""
        if self.process is not None and self.process.stdin is not None:
            self.process.stdin.close()

    def lines(self, fresh: bytes) -> list[str]:
        """Whole lines of output, each with the name in front; an unfinished one waits for its rest or the end (b"")."""
        *whole, self.tail = (self.tail + (fresh or b"\n" * bool(self.tail))).split(b"\n")
        return [f"{self.name:<7} | {line.decode(errors='replace')}" for line in whole]

    def died(self) -> int | None:
        """Exit code of a child that has just ended (and is then due again after a pause), else None."""
        if self.process is None or self.process.poll() is None:
            return None
        self.go()
        code = self.process.returncode
        now = time.monotonic()
        self.deaths = 1 if now - self.started > STEADY else self.deaths + 1
        self.due = now + pause(self.deaths)
        self.process = None
        return code

    def signal(self, number: signal.Signals) -> None:
        """Sends a signal to the child alone, or SIGKILL to everything that it started."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            if number == signal.SIGKILL:
                os.killpg(self.process.pid, number)
            else:
                self.process.send_signal(number)


def pause(deaths: int) -> float:
    """Seconds to wait after so many deaths in a row."""
    return min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(deaths - 1, 10))


def end_leftover(pid: int, patience: float) -> None:
    """Ends a child of an earlier ``menkou up`` that was killed; leaves any other process with that number alone."""
    deadline = time.monotonic() + patience
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if is_ours(pid):
            os.kill(pid, signal.SIGTERM)
        while is_ours(pid) and time.monotonic() < deadline:
            time.sleep(0.05)
        if is_ours(pid):
            os.kill(pid, signal.SIGKILL)


def is_ours(pid: int) -> bool:
    """Whether the process runs a command of this program (numbers are given out again)."""
    if (PROC / "self").exists():
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            return MARK in (PROC / str(pid) / "cmdline").read_text(errors="replace")
        return False
    asked = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return MARK in asked.stdout


def follow_parent() -> None:
    """In the child: asks for SIGTERM when the parent named in the environment dies; nothing when none is named."""
    global _is_child
    named = os.environ.pop(PARENT, "")
    if not named:
        return
    _is_child = True
    parent = int(named)
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    else:
        threading.Thread(target=_watch, args=(parent,), name="parent", daemon=True).start()
    if os.getppid() != parent:  # it died before we asked
        raise SystemExit(1)


def wait_for_go() -> None:
    """In the child: returns once the parent has finished what this process must find done, such as migrations."""
    if _is_child:
        while os.read(sys.stdin.fileno(), 1):
            pass


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK_EVERY)
    os.kill(os.getpid(), signal.SIGTERM)
