"""Menkou's processes for ``menkou bench kills``, started by forking: ``python -m bot.bench.kills_process``.

A first line of JSON on stdin says where everything is; each line after it starts a process and is answered by its
number. Each runs what its ``menkou …`` command runs, on connections of its own. With a ``point`` it kills itself there,
when it passes it for the ``after``-th time.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot import clock, jobs, listen, notice_calls, notice_slices
from bot.bench.notice_town import settings_of
from bot.channels import sms
from bot.settings import Settings
from bot.web import server
from storage import notice_cuts, notice_ledger, notice_settling
from storage import notice_slices as slices

RUN: dict[str, Callable[[Settings], int]] = {
    "web": server.run,
    "replies": lambda settings: jobs.work(settings, "replies"),
    "bulk": lambda settings: jobs.work(settings, "bulk"),
    "clock": clock.run,
    "listen": listen.run,
}

POINTS: dict[str, tuple[Any, str]] = {
    "ledger rows written, not committed": (notice_ledger, "fan_out_step"),
    "slices cut, not committed": (notice_cuts, "add_slices"),
    "calls cut with their rows, not committed": (notice_cuts, "fill_slices"),
    "slices claimed, not committed": (slices, "claim_these"),
    "claimed, nothing sent": (notice_calls.Calls, "begin"),
    "sent, nobody has heard": (notice_calls._Flight, "back"),
    "settled, not committed": (notice_settling, "settle_sent"),
    "closed, not committed": (slices, "finish"),
}
OF_MANY = frozenset({"calls cut with their rows, not committed"})  # passed only where a call takes many
BEFORE = frozenset({"claimed, nothing sent", "sent, nobody has heard"})  # killed there, not behind it


def main() -> None:
    """Forks until the input ends."""
    given = json.loads(sys.stdin.readline())
    settings = settings_of(Path(given["data"]), given["url"], given["platform"], redis_url=given["redis"])
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the dead
    if given["way"] == "unkeyed":
        sms.REMEMBERED = None  # type: ignore[assignment]
    born = []
    for line in iter(sys.stdin.readline, ""):
        order = json.loads(line)
        pid = os.fork()
        if not pid:
            _be(settings, order, given["lease"])
        born.append(pid)
        print(pid, flush=True)
    for pid in born:  # whoever started us is gone: nobody else would end them
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)


def _be(settings: Settings, order: dict[str, Any], lease: float) -> None:
    """In the child: never returns."""
    code = 1
    try:
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        log = os.open(settings.data / "processes.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        for number in (1, 2):
            os.dup2(log, number)
        logging.basicConfig(level=logging.WARNING)
        notice_slices.LEASE = timedelta(seconds=lease)
        if order.get("point"):
            _arm(order["point"], order["after"])
        code = RUN[order["name"]](settings)
    finally:
        with contextlib.suppress(Exception):
            sys.stderr.flush()
        os._exit(code)


def _arm(point: str, after: int) -> None:
    """From now on this process dies when it passes the point for the so-manieth time."""
    owner, name = POINTS[point]
    real = getattr(owner, name)
    passed = 0

    def armed(*given: Any, **named: Any) -> Any:
        nonlocal passed
        passed += 1
        if passed >= after and point in BEFORE:
            os.kill(os.getpid(), signal.SIGKILL)
        done = real(*given, **named)
        if passed >= after:
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    setattr(owner, name, armed)


if __name__ == "__main__":
    main()
