"""A bulk worker for the benches of notices: ``python -m bot.bench.notice_worker``; what to do is JSON on stdin.

It does what ``menkou worker bulk`` does when it is rung for, and measures itself. Prints one JSON object.
"""

from __future__ import annotations

import gc
import json
import logging
import sys
import time
from pathlib import Path

from sqlalchemy import func, select

from bot import notices, wiring
from bot.bell import SilentBell
from bot.bench.notice_town import settings_of
from bot.wiring import App
from storage import notice_slices as slices
from storage.notices import Slice

PAGE = 4096  # bytes


def main() -> None:
    """Works until no notice is on its way."""
    given = json.load(sys.stdin)
    logging.basicConfig(level=logging.WARNING)
    app = wiring.build(settings_of(Path(given["data"]), given["url"], given["platform"]))
    app.bell = SilentBell()
    gc.collect()
    gc.freeze()  # as every worker
    begun, busy = time.perf_counter(), time.process_time()
    memory = _run(app, given["households"])
    took = time.perf_counter() - begun
    app.close()
    json.dump({"seconds": took, "busy": (time.process_time() - busy) / took, "memory": memory}, sys.stdout)


def _run(app: App, households: int) -> list[float]:
    """Megabytes of this process when a tenth was sent, at the end, and at most."""
    early = most = 0.0
    while _in_hand(app):
        if not notices.run_due(app):
            time.sleep(0.01)
        now = resident()
        most = max(most, now)
        if not early and _sent(app) >= households / 10:
            early = now
    return [early, resident(), most]


def resident() -> float:
    """Megabytes that this process has in memory."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * PAGE / 1e6


def _in_hand(app: App) -> bool:
    with app.reading() as db:
        return slices.in_hand(db)


def _sent(app: App) -> int:
    with app.reading() as db:
        return db.scalar(select(func.sum(Slice.members)).where(Slice.state == "sent")) or 0


if __name__ == "__main__":
    main()
