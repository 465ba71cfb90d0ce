"""The account after a notice: what the platform put on screens, laid beside what the ledger says."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from bot.channels.http import Http
from bot.settings import Settings
from bot.transactions import open_database, read_session
from storage.notice_figures import figures
from storage.notices import Ledger, LedgerState, Notice, NoticeState
from storage.people import Account

LARGEST = 16 * 1024 * 1024  # bytes of an answer: a byte a person


@dataclass(frozen=True, slots=True)
class Proof:
    """``states`` of the ledger. ``lost``: sent, and on nobody's screen, or without a row; ``doubled``: on a screen more
    than once; ``arrived``: of those listed as unknown, how many have it after all."""

    households: int
    states: Mapping[str, int]
    lost: int
    doubled: int
    arrived: int
    adds_up: bool
    done: bool

    @property
    def unknown(self) -> int:
        """Households of which nobody can say whether they have it."""
        return self.states.get(LedgerState.UNKNOWN, 0)

    def faults(self, *, keys: bool) -> Iterator[str]:
        """One sentence for each promise that was not kept. Without keys some may be unknown, and nothing else."""
        if self.lost:
            yield f"{self.lost} households were lost"
        if self.doubled:
            yield f"{self.doubled} households were told twice"
        if keys and self.unknown:
            yield f"{self.unknown} households are unknown, though the platform knows its keys"
        if not self.adds_up:
            yield "the states do not add up"
        if not self.done:
            yield "the notice is not done"


def asked(port: int, what: str) -> bytes:
    """An answer of the platform about itself."""
    http = Http()
    try:
        return http.ask("GET", f"http://127.0.0.1:{port}/{what}", largest=LARGEST).content
    finally:
        http.close()


def counts(port: int) -> dict[str, Any]:
    """What came to the platform so far."""
    told: dict[str, Any] = json.loads(asked(port, "counts"))
    return told


def prove(settings: Settings, port: int, notice_id: int, households: int) -> Proof:
    """Compares every household."""
    reached = asked(port, "reached")
    states: Counter[str] = Counter()
    lost, arrived, rows = 0, 0, 0
    engine = open_database(settings)
    with read_session(engine) as db:
        query = select(Ledger.state, Account.address_hash).join(Account, Account.id == Ledger.account_id)
        for state, mark in db.execute(query.where(Ledger.notice_id == notice_id).execution_options(yield_per=10_000)):
            number = int(mark.rpartition("-")[2])
            times = reached[number] if number < len(reached) else 0
            rows += 1
            states[state] += 1
            lost += state == LedgerState.SENT and not times
            arrived += state == LedgerState.UNKNOWN and times > 0
        notice = db.get_one(Notice, notice_id)
        adds_up = figures(db, notice_id).total.adds_up
        adds_up = adds_up and db.scalar(select(func.count()).where(Ledger.notice_id == notice_id)) == households
    engine.dispose()
    return Proof(
        households=households,
        states=dict(states),
        lost=lost + households - rows,
        doubled=sum(times > 1 for times in reached),
        arrived=arrived,
        adds_up=adds_up,
        done=notice.state == NoticeState.DONE,
    )
