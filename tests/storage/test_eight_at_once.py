"""Eight processes at one ticket at the same moment, on both engines: one wins, one fact each, nobody's message fails.

Sabotage: without ``version_id_col`` in ``storage/tickets.py`` two accept the same ticket on PostgreSQL.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import func, select

from storage import tickets
from storage.facts import Fact
from storage.people import Account
from storage.tickets import Ticket
from storage.timers import Timer
from tests import warm
from tests.conversations.stage import RESIDENTS, Stage

EIGHT = 8
TROUBLES = "{}号楼门口路灯坏了半个月了"


@dataclass
class Race:
    """A town, and eight processes that speak in it."""

    town: Stage
    process: warm.Talking

    def ticket(self, *words: tuple[str, str]) -> int:
        """A new ticket, and what was said of it before."""
        number = len(self.town.tickets()) + 1
        self.town.say("王阿姨", TROUBLES.format(number), RESIDENTS)
        for who, text in words:
            self.town.say(who, text.format(number))
        return number

    def at_once(self, *said: tuple[str, str]) -> None:
        """Everybody says it at once: whoever comes first in the list, again and again until eight speak."""
        order = {"at": self.town.now.isoformat(), "said": [said[n % len(said)] for n in range(EIGHT)]}
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        assert json.loads(self.process.stdout.readline()) == ["handled"] * EIGHT

    def facts(self, number: int) -> Counter[str]:
        return Counter(self.town.facts(number))


@pytest.fixture
def race(tmp_path: Path, database_url: str) -> Iterator[Race]:
    town = Stage(tmp_path, database_url)
    with warm.talking("tests.storage.racing", str(tmp_path), database_url, str(EIGHT)) as process:
        yield Race(town, process)
        process.stdin.close()
        process.wait(60)
    town.app.close()


@pytest.mark.parametrize("rounds", [1, pytest.param(25, marks=pytest.mark.soak)])
def test_of_eight_processes_one_wins(race: Race, rounds: int) -> None:
    for _ in range(rounds):
        _accept(race)
        _transfer(race)
        _close(race)
        _merge(race)
        _decide(race)
        _undo(race)
        _hand_over(race)


def _accept(race: Race) -> None:
    number = race.ticket()
    race.at_once(("小赵", f"接单 {number}"), ("小钱", f"接单 {number}"))
    assert race.facts(number)["accepted"] == 1
    ticket = race.town.ticket(number)
    with race.town.app.reading() as db:
        by = db.scalar(select(Fact.staff_id).where(Fact.ticket_id == ticket.id, Fact.kind == "accepted"))
        waits = select(func.count()).where(Timer.ticket_id == ticket.id, Timer.state == "waiting")
        still = db.scalar(waits.where(Timer.kind.in_(["accept:yellow", "accept:red"])))
    assert (ticket.status, ticket.holder_id, still) == ("accepted", by, 0)


def _transfer(race: Race) -> None:
    """Each to somebody else, or the same: what is handed on is handed on from where it was."""
    number = race.ticket(("小赵", "接单 {}"))
    race.at_once(("小赵", f"转派 {number} 安居物业"))
    assert race.facts(number)["reassigned"] == 1
    assert race.town.ticket(number).handovers == 1


def _close(race: Race) -> None:
    number = race.ticket(("小赵", "接单 {}"))
    race.at_once(("小赵", f"办结 {number} 疏通了"), ("小赵", f"办结 {number} 换了管子"))
    assert race.facts(number)["resolved"] == 1
    assert race.town.ticket(number).status == "resolved"


def _merge(race: Race) -> None:
    one, two = race.ticket(), race.ticket()
    race.at_once(("周书记", f"并案 {one} {two}"), ("小赵", f"并案 {two} {one}"))
    assert race.facts(one)["merged"] == race.facts(two)["merged"] == 1
    statuses = sorted(race.town.ticket(number).status for number in (one, two))
    assert statuses == ["merged", "reported"]


def _decide(race: Race) -> None:
    number = race.ticket(("小赵", "接单 {}"), ("小赵", "延期 {} 到周五 等配件"))
    race.at_once(("周书记", f"同意 {number}"), ("周书记", f"不同意 {number} 再想想办法"))
    assert race.facts(number)["decided"] == 1
    assert race.town.ticket(number).extensions == race.facts(number)["extended"] <= 1


def _undo(race: Race) -> None:
    number = race.ticket(("小赵", "接单 {}"))
    race.at_once(("小赵", "撤销"), ("小赵", f"撤销 {number}"))
    assert race.facts(number)["undone"] == 1
    assert race.town.ticket(number).status == "reported"


def _hand_over(race: Race) -> None:
    number = race.ticket(("小赵", "接单 {}"))
    race.at_once(("小赵", "交班 给小钱"))
    assert race.facts(number)["handed_over"] == 1
    with race.town.app.reading() as db:
        ticket = tickets.by_number(db, number)
        assert ticket is not None
        holder = db.scalars(select(Account).where(Account.staff_id == ticket.holder_id)).one()
        assert race.town.app.vault.open(holder.shown_name or "", "accounts.shown_name", holder.ref) == "小钱"
        mine = db.scalar(select(func.count()).where(Ticket.holder_id == _holder(db, race, "小赵")))
    assert mine == 0


def _holder(db, race: Race, name: str) -> int | None:  # type: ignore[no-untyped-def]
    """The number among the staff of somebody with this name."""
    accounts = db.scalars(select(Account).where(Account.staff_id.is_not(None))).all()
    vault = race.town.app.vault
    names = {vault.open(one.shown_name or "", "accounts.shown_name", one.ref): one.staff_id for one in accounts}
    return names.get(name)
