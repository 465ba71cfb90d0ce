"""Letters, faults, deaths and lost people in random order: whatever happens, every row ends honestly.

The seeds are fixed, so that what fails once fails again. The long battery has the marker ``soak``.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from storage.outbox import Outbox
from tests.conformance.bench import Bench
from tests.conformance.benches import BENCHES
from tests.conformance.cases import Case
from tests.conformance.stand import SETTLED, Stand

FAULTS: Mapping[str, tuple[Case, Mapping[str, Any]]] = {
    "busy": (Case.BUSY, {}),
    "http_500": (Case.BUSY, {}),
    "minute_quota": (Case.THROTTLING, {}),
    "banned": (Case.BANNED, {}),
    "refuse_token": (Case.TOKEN_REFUSED, {"path": None}),
    "token_dead": (Case.TOKEN_EXPIRY, {}),
    "not_json": (Case.NOT_JSON, {}),
    "reset_after_accept": (Case.RESET, {}),
    "hung": (Case.HANG, {"after": True}),
    "slow": (Case.SLOW, {"seconds": 0.02}),
}
PAUSES = (timedelta(seconds=20), timedelta(minutes=1), timedelta(minutes=12))
every_bench = pytest.mark.parametrize("bench", BENCHES, ids=lambda bench: bench.name, indirect=True)


class Battle:
    """One random run."""

    def __init__(self, stand: Stand, seed: int) -> None:
        self.stand, self.chance = stand, random.Random(seed)
        self.log: list[str] = []  # what happened, for whoever reads why it failed

    def run(self, steps: int) -> None:
        """So many steps, and then time enough for everything to end."""
        acts = [self.letter] * 5 + [self.fault] * 4 + [self.death, self.lose, self.clear] + [self.pause] * 4
        for _ in range(steps):
            act = self.chance.choice(acts)
            self.log.append(act.__name__)
            act()
        self.stand.clear()
        for _ in range(60):
            if not self.unsettled():
                break
            self.stand.pass_time(timedelta(hours=1), timedelta(minutes=10))
        self.stand.check()

    def letter(self) -> None:
        other, urgent = self.chance.random() < 0.5, self.chance.random() < 0.3
        self.stand.owe(other=other, urgent=urgent)

    def fault(self) -> None:
        excused = self.stand.bench.excused
        names = [name for name, (case, _) in FAULTS.items() if case not in excused]
        name = self.chance.choice(names)
        self.log[-1] = name
        options = dict(FAULTS[name][1])
        if "path" in options and self.stand.bench.path == "/sms":
            del options["path"]
        self.stand.on(name, times=self.chance.randint(1, 3) if name != "hung" else 1, **options)

    def death(self) -> None:
        self.stand.run_killed(after=self.chance.random() < 0.5)

    def lose(self) -> None:
        """Somebody who was written to leaves, which the next letter to them finds out."""
        if self.stand.letters and not self.stand.bench.together:
            letter = self.chance.choice(self.stand.letters)
            self.stand.bench.lose(self.stand, letter.people[0])
            self.stand.owe(letter.people[0])

    def clear(self) -> None:
        self.stand.clear()

    def pause(self) -> None:
        self.stand.pass_time(self.chance.choice(PAUSES), timedelta(minutes=1))

    def unsettled(self) -> int:
        with self.stand.app.reading() as db:
            return db.scalar(select(func.count(Outbox.id)).where(Outbox.state.not_in(SETTLED))) or 0


@every_bench
def test_a_short_random_battle(stand: Stand, bench: Bench) -> None:
    Battle(stand, 7).run(25)


@pytest.mark.soak
@every_bench
@pytest.mark.parametrize("seed", range(40))
def test_a_long_random_battle(ledger: Stand, bench: Bench, seed: int) -> None:
    Battle(ledger, seed).run(80)
