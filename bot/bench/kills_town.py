"""The deployment that ``menkou bench kills`` kills: its processes, its queue and its database."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from bot import embedded
from bot.bench.kills_process import RUN
from bot.settings import Settings
from bot.transactions import open_database, read_session
from storage.notices import Ledger, LedgerState, Notice, NoticeState, Slice

AT_ITS_POINT = 8.0  # seconds in which a worker comes by its point; else it is left alone
UNSETTLED = (LedgerState.PLANNED, LedgerState.CUT)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the notice is. ``share``: of its households, half for being in the ledger and half for being settled."""

    share: float
    done: bool


class Office:
    """Everything that runs."""

    def __init__(self, settings: Settings, data: Path, url: str, platform: int, lease: float, way: str) -> None:
        self._settings = settings
        self._engine = open_database(settings)
        self._pids: dict[str, int] = {}
        self._queue = embedded.start(settings)
        self._starter = subprocess.Popen(
            [sys.executable, "-P", "-m", "bot.bench.kills_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        where = {"data": str(data), "url": url, "platform": platform, "redis": self._queue}
        self._tell({**where, "lease": lease, "way": way})

    def __enter__(self) -> Office:
        for name in RUN:
            self._start(name)
        return self

    def __exit__(self, *error: object) -> None:
        for name in tuple(self._pids):
            self._end(name)
        for pipe in (self._starter.stdin, self._starter.stdout):
            assert pipe is not None
            pipe.close()
        self._starter.kill()
        self._starter.wait()
        embedded.stop(self._settings)
        self._engine.dispose()

    # --- killing

    def kill(self, name: str) -> bool:
        """kill -9, and a new one at once. False when there was nobody to kill."""
        if name == "valkey":
            return self._kill_valkey()
        if name == "database":
            return self._throw_down_database()
        hit = self._end(name)
        self._start(name)
        return hit

    def kill_at(self, point: str, after: int) -> bool:
        """A bulk worker that kills itself at a point of its work, and a new one behind it. The clock's sweep, which
        would do its work meanwhile, is away."""
        self._end("clock")
        self._end("bulk")
        pid = self._start("bulk", point=point, after=after)
        end = time.monotonic() + AT_ITS_POINT
        while (alive := _lives(pid)) and time.monotonic() < end:
            time.sleep(0.02)
        if alive:
            self._end("bulk")
        self._start("bulk")
        self._start("clock")
        return not alive

    def _end(self, name: str) -> bool:
        """The process, and what it forked to do its work."""
        pid = self._pids.pop(name, 0)
        lived = bool(pid) and _lives(pid)
        for one in (*_children(pid), pid) if lived else ():
            with contextlib.suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        return lived

    def _start(self, name: str, **more: object) -> int:
        self._tell({"name": name, **more})
        assert self._starter.stdout is not None
        self._pids[name] = int(self._starter.stdout.readline())
        return self._pids[name]

    def _tell(self, given: dict[str, object]) -> None:
        assert self._starter.stdin is not None
        self._starter.stdin.write(json.dumps(given) + "\n")
        self._starter.stdin.flush()

    def _kill_valkey(self) -> bool:
        try:
            pid = int((self._settings.run_folder / embedded.LOCK).read_text(encoding="ascii"))
            os.kill(pid, signal.SIGKILL)
        except (OSError, ValueError):
            return False
        embedded.start(self._settings)
        return True

    def _throw_down_database(self) -> bool:
        """PostgreSQL: one of its servers is killed, whereupon it takes all others down and recovers. SQLite runs in
        every process, and was killed with them."""
        if self._engine.dialect.name != "postgresql":
            return False
        ours = text(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() LIMIT 1"
        )
        pid = None
        with contextlib.suppress(SQLAlchemyError), self._engine.connect() as connection:
            pid = connection.scalar(ours)
        if pid is None or not Path(f"/proc/{pid}").exists():
            return False
        os.kill(pid, signal.SIGKILL)
        return True

    # --- looking

    def progress(self) -> Progress:
        """Counts; a database that is down has got nowhere. Whoever ended by itself meanwhile, such as for want of the
        database, is started again, as whatever keeps services running does."""
        for name in [name for name, pid in self._pids.items() if not _lives(pid)]:
            self._start(name)
        for _ in self._looks():
            with contextlib.suppress(SQLAlchemyError), read_session(self._engine) as db:
                counted, state = db.execute(select(Notice.counted, Notice.state).order_by(Notice.id.desc())).one()
                rows = db.scalar(select(func.count()).select_from(Ledger)) or 0
                waits = db.scalar(select(func.count()).where(Ledger.state.in_(UNSETTLED))) or 0
                return Progress((rows + rows - waits) / 2 / counted, state == NoticeState.DONE)
        return Progress(0.0, done=False)

    def in_flight(self) -> dict[int, int]:
        """Households in somebody's hands, by slice."""
        for _ in self._looks():
            with contextlib.suppress(SQLAlchemyError), read_session(self._engine) as db:
                return dict(db.execute(select(Slice.id, Slice.members).where(Slice.state == "leased")).all())
        return {}

    def wait_until_done(self, end: float) -> bool:
        """Nobody is killed any more."""
        while time.monotonic() < end:
            if self.progress().done:
                return True
            time.sleep(0.2)
        return False

    def _looks(self) -> Iterator[int]:
        """Some tries with a pause between them: a database that was thrown down is back within seconds."""
        for number in range(60):
            yield number
            time.sleep(0.25)


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _children(pid: int) -> list[int]:
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]
    except OSError:
        return []
