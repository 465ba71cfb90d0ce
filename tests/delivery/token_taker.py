"""A process that wants a token. Run as a program of its own by ``test_tokens.py``.

    python -m tests.delivery.token_taker '{"url": …, "base": …, "dead": …, "dies": …}'

Says ``ready``, waits for a line, and prints the token it got, or the class of the error.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta

from sqlalchemy.orm import Session

from bot.channels.base import TryLater
from bot.channels.http import Http
from bot.moments import Clock, WallClock
from bot.token_sources import StableToken
from bot.tokens import TokenRows
from bot.transactions import read_session, write_session
from storage.engine import open_engine
from storage.vault import Vault

DOOR = "oa:wx1"
APP_ID, SECRET = "wx1", "secret-that-nobody-may-read"


class Deployment:
    """What tokens need of a running program."""

    def __init__(self, url: str, clock: Clock | None = None) -> None:
        self.engine = open_engine(url)
        self.vault = Vault([bytes(range(32))])
        self.clock = clock or WallClock()

    def writing(self) -> AbstractContextManager[Session]:
        return write_session(self.engine)

    def reading(self) -> AbstractContextManager[Session]:
        return read_session(self.engine)


@contextmanager
def deployment(url: str, clock: Clock | None = None) -> Iterator[Deployment]:
    made = Deployment(url, clock)
    yield made
    made.engine.dispose()


def _dies(dead: str | None) -> tuple[str, int]:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def main() -> None:
    given = json.loads(sys.argv[1])
    with deployment(given["url"]) as app:
        fetch = _dies if given["dies"] else StableToken(app, DOOR, Http(), given["base"], APP_ID, SECRET)
        rows = TokenRows(app, DOOR, fetch, patience=timedelta(seconds=20).total_seconds())
        print("ready", flush=True)
        sys.stdin.readline()
        try:
            print(rows.renewed(given["dead"]) if given["dead"] else rows.current(), flush=True)
        except TryLater as error:
            print(type(error).__name__, flush=True)


if __name__ == "__main__":
    main()
