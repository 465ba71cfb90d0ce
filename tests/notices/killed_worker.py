"""Workers that are killed, again and again, until a notice is done. Run as a program of its own by ``test_kills.py``.

    python -m tests.notices.killed_worker '{"url": …, "data": …, "key": …, "kills": …, "seed": …, "knows_keys": …}'

This process only forks: each child opens the database anew and works until SIGKILL finds it at a moment chosen by the
seed. When the kills are used up, one child may finish. What arrived is told by rows (the screens), or, for a platform
that recognises no keys, by lines of a file. Prints one JSON object.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
import traceback
from collections.abc import Sequence
from datetime import time as hour
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot import notice_cutting, notice_slices, notices
from bot.bell import SilentBell
from bot.channels.base import Outcome, Outgoing
from bot.moments import WallClock
from bot.screens import ScreenWriter
from bot.settings import Settings
from bot.wiring import App
from handlers.rules.deadlines import Policy
from handlers.rules.notice_policy import NoticePolicy
from storage import notice_slices as slices
from storage.engine import open_engine
from storage.vault import Vault
from tests.notices.world import DOOR, FOREVER, channel

LEASE = timedelta(milliseconds=150)
LONGEST_LIFE = 0.12  # seconds until a child is killed, at most
PATIENCE = 120.0  # seconds for the whole


def build(given: dict[str, Any]) -> App:
    """The program in a child."""
    settings = Settings(database_url=given["url"], data=Path(given["data"]), secret_keys=(bytes.fromhex(given["key"]),))
    app = App(
        settings=settings,
        engine=open_engine(settings.database_url),
        vault=Vault(settings.secret_keys),
        clock=WallClock(),
        bell=SilentBell(),
        policy=Policy(notices=NoticePolicy(quiet_from=hour(0), quiet_until=hour(0))),  # at any hour
    )
    if given["knows_keys"]:
        app.channels[DOOR] = channel(ScreenWriter(app.writing), knows_keys=FOREVER, batch=20)  # type: ignore[arg-type]
    else:
        app.channels[DOOR] = channel(Lines(Path(given["data"])), knows_keys=None, batch=20)  # type: ignore[arg-type]
    return app


class Lines:
    """A platform without keys: whatever arrives is a line, however often."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "arrived.txt"

    def __call__(self, batch: Sequence[Outgoing]) -> Sequence[Outcome]:
        with self.path.open("a") as file:
            for message in batch:
                file.write(f"{message.key}\n")
                file.flush()
        return [Outcome("sent") for _ in batch]


def work(given: dict[str, Any]) -> None:
    """Works until nothing is on its way any more."""
    notice_slices.LEASE, notices.STEP, notice_cutting.CUT_STEP = LEASE, 40, 60
    app = build(given)
    while True:
        with app.reading() as db:
            if not slices.in_hand(db):
                return
        if not notices.run_due(app, 0.05):
            time.sleep(0.01)


def child(given: dict[str, Any]) -> int:
    """Starts a worker; answers its process id."""
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        work(given)
        status = 0
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        sys.stderr.flush()
        os._exit(status)  # nothing of the parent is run or flushed a second time


def main() -> None:
    given = json.loads(sys.argv[1])
    chance = random.Random(given["seed"])
    killed = ended = 0
    end = time.monotonic() + PATIENCE
    while killed < given["kills"] and not ended and time.monotonic() < end:
        pids = [child(given) for _ in range(chance.choice((1, 1, 2)))]
        time.sleep(chance.uniform(0.01, LONGEST_LIFE))
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
            status = os.waitpid(pid, 0)[1]
            killed += os.WIFSIGNALED(status)
            ended += not os.WIFSIGNALED(status)
    last = os.waitpid(child(given), 0)[1]
    print(json.dumps({"killed": killed, "last": os.waitstatus_to_exitcode(last)}))


if __name__ == "__main__":
    main()
